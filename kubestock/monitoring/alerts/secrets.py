"""Alerts on sealed values that do not open, and on certificates and pull secrets that expire."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds

_DAY = 86400
_OLD_HOURS = 10
"""A password of ECR is valid for 12 hours."""


def secrets(product: MonitoredProduct, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on sealed secrets and certificates."""
    days = thresholds.certificate_days
    synced = " or ".join(_of_others(product, "sealed_secrets_controller_condition_info", 'condition="Synced"'))
    expires = " or ".join(_of_others(product, "certmanager_certificate_expiration_timestamp_seconds"))
    errors = _of_others(product, "sealed_secrets_controller_unseal_errors_total")
    found = [
        Alert(
            name="SealedSecretsDoNotOpen",
            expression=f"sum by (reason) ({' or '.join(map(_grown, errors))}) > 0",
            severity="warning",
            summary=f"the controller cannot unseal a value of {product.namespace}: {{{{ $labels.reason }}}}",
            description=f"The Secret keeps its old value: kubectl --namespace {product.namespace} get sealedsecrets.",
            runbook="SealedSecretsDoNotOpen.md",
        ),
        Alert(
            name="SealedSecretNotSynced",
            expression=f"max by (name) ({synced}) == -1",
            for_="5m",
            severity="critical",
            summary=f"SealedSecret {{{{ $labels.name }}}} of {product.namespace} differs from its Secret",
            description="Pods keep the old value, and new pods may not start. Read its status.",
            runbook="SealedSecretNotSynced.md",
        ),
        Alert(
            name="CertificateExpires",
            expression=f"min by (name) ({expires}) - time() < {days * _DAY}",
            for_="1h",
            severity="warning",
            summary=f"certificate {{{{ $labels.name }}}} of {product.namespace} "
            "ends in {{ $value | humanizeDuration }}",
            description="cert-manager should already have renewed it: kubectl describe certificate.",
            runbook="CertificateExpires.md",
        ),
    ]
    if product.certificate_due is not None:
        found.append(
            Alert(
                name="CertificateRotationDue",
                expression=f"vector(time()) > {product.certificate_due - days * _DAY}",
                severity="warning",
                summary=f"the sealed certificate of {product.name} in {product.namespace} is due for rotation",
                description="Seal a new certificate with kubestock seal, and roll it out before the old one expires.",
                runbook="CertificateRotationDue.md",
            )
        )
    if product.renewals:
        found.append(_pull_secret_old(product))
    return AlertGroup(name="secrets", alerts=tuple(found))


def _pull_secret_old(product: MonitoredProduct) -> Alert:
    """Return the alert on a CronJob whose last success, or else whose creation, is too long ago."""
    which = f'{{{product.here},cronjob=~"{"|".join(product.renewals)}"}}'
    last = f"kube_cronjob_status_last_successful_time{which} or kube_cronjob_created{which}"
    return Alert(
        name="PullSecretOld",
        expression=f"time() - max by (cronjob) ({last}) > {_OLD_HOURS * 3600}",
        severity="critical",
        summary=f"{{{{ $labels.cronjob }}}} of {product.namespace} has not renewed its pull secret for "
        "{{ $value | humanizeDuration }}",
        description="Two hours after this alert, nodes can no longer pull images. Read the log of the last Job of the "
        "CronJob.",
        runbook="PullSecretOld.md",
    )


def _grown(counter: str) -> str:
    """Return the series of a counter that increased within 15 minutes.

    The controller exports a series only from its first error on, for which increase() returns nothing: a new series
    counts with its whole value, if the controller was scraped before.
    """
    watched = "sealed_secrets_controller_unseal_requests_total offset 15m"
    return f"increase({counter}[15m]) > 0 or {counter} unless {counter} offset 15m and on () {watched}"


def _of_others(product: MonitoredProduct, metric: str, matcher: str = "") -> tuple[str, str]:
    """Return the two forms of a metric about the product that a program in another namespace exports.

    Prometheus sets the label `namespace` to that of the target, and renames the program's own label to
    `exported_namespace`, unless the scrape honors labels.
    """
    either = (f'exported_namespace="{product.namespace}"', product.here)
    first, second = (f"{metric}{{{','.join(filter(None, (matcher, each)))}}}" for each in either)
    return first, second
