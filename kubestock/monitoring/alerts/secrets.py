"""Whether sealed values open, and certificates last."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import Product
from kubestock.monitoring.thresholds import Thresholds

_DAY = 86400


def secrets(product: Product, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on sealed secrets and certificates."""
    days = thresholds.certificate_days
    synced = _of_others(product, "sealed_secrets_controller_condition_info", 'condition="Synced"')
    expires = _of_others(product, "certmanager_certificate_expiration_timestamp_seconds", 'name!=""')
    found = [
        Alert(
            name="SealedSecretsDoNotOpen",
            # The controller is scraped in a namespace of its own, so whose secret it is has another label there.
            expression="sum by (reason) (increase(sealed_secrets_controller_unseal_errors_total[15m])) > 0",
            severity="warning",
            summary="the sealed-secrets controller fails to open a value: {{ $labels.reason }}",
            description="The Secret keeps its old value. Look which one: kubectl get sealedsecrets --all-namespaces.",
        ),
        Alert(
            name="SealedSecretNotSynced",
            expression=f"max by (name) ({synced}) == -1",
            lasting="5m",
            severity="critical",
            summary="SealedSecret {{ $labels.name }} is not what its Secret holds",
            description="Pods run on with the old value, and new ones may not start. Read its status.",
        ),
        Alert(
            name="CertificateExpires",
            expression=f"min by (name) ({expires}) - time() < {days * _DAY}",
            lasting="1h",
            severity="warning",
            summary="certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}",
            description="cert-manager should have renewed it long ago: kubectl describe certificate.",
        ),
    ]
    if product.certificate_due is not None:
        found.append(
            Alert(
                name="CertificateRotationDue",
                expression=f"vector(time()) > {product.certificate_due - days * _DAY}",
                severity="warning",
                summary=f"the sealed certificate of {product.name} is due for rotation",
                description="Seal a new one with kubestock seal, and roll it out, before browsers refuse the old one.",
            )
        )
    return AlertGroup(name="secrets", alerts=tuple(found))


def _of_others(product: Product, metric: str, matcher: str) -> str:
    """Return a metric about the product that another namespace's program exports.

    Prometheus keeps the label `namespace` for where it scrapes, and calls the program's own `exported_namespace`,
    unless that scrape honours labels.
    """
    either = (f'exported_namespace="{product.namespace}"', product.here)
    return " or ".join(f"{metric}{{{matcher},{each}}}" for each in either)
