from case import Case, and_elsewhere, both

ERRORS = "sealed_secrets_controller_unseal_errors_total"
CONDITION = "sealed_secrets_controller_condition_info"
EXPIRES = "certmanager_certificate_expiration_timestamp_seconds"
CONTROLLER = "sealed_secrets_controller_unseal_requests_total"
# The namespace of the secret, in a scrape that honors the program's labels, and in one that does not.
SCRAPES = {
    "it honours labels": 'namespace="shop"',
    "it renames labels": 'exported_namespace="shop",namespace="kube-system"',
}
FIRES = ('reason="unseal"',)


def errors(of: str, amount: str, since: str = "1x90") -> dict[str, str]:
    return {f'{ERRORS}{{{of},reason="unseal"}}': amount, f'{CONTROLLER}{{namespace="kube-system"}}': since}


def synced(of: str, status: int, other: int = 1) -> dict[str, str]:
    """Metrics as two replicas of the controller report them."""
    return {
        f'{CONDITION}{{{of},name="orders-db",condition="{condition}",instance="{copy}"}}': f"{each}x60"
        for copy in ("a", "b")
        for condition, each in {"Synced": status, "Other": other}.items()
    }


def certificate(of: str, ends: int) -> dict[str, str]:
    """A certificate that another issuer issued again, and that is still in use."""
    return {f'{EXPIRES}{{{of},name="tls",issuer_name="a"}}': f"{ends}x120", f'{EXPIRES}{{{of},name="tls"}}': "9e6x120"}


def of_both_scrapes(why: str, of: str) -> tuple[Case, ...]:
    once: dict[str, tuple[str, ...]] = {"30m": (), "32m": FIRES, "50m": ()}
    return (
        Case("SealedSecretsDoNotOpen", errors(of, "0x30 1x60"), once, f"one error; {why}"),
        Case("SealedSecretsDoNotOpen", errors(of, "_x30 6x60"), {"29m": (), **once, "30m": FIRES}, f"born at 6; {why}"),
        Case("SealedSecretsDoNotOpen", errors(of, "_x30 1x60"), {"32m": FIRES}, f"born at 1; {why}"),
        Case("SealedSecretsDoNotOpen", errors(of, "_x30 0x60"), {"32m": ()}, f"born at 0; {why}"),
        Case("SealedSecretsDoNotOpen", errors(of, "3x90"), {"45m": ()}, f"of long ago; {why}"),
        Case("SealedSecretsDoNotOpen", errors(of, "_x30 9x60", "_x30 9x60"), {"32m": ()}, f"not scraped before; {why}"),
        Case("SealedSecretNotSynced", synced(of, -1), {"4m": (), "6m": ('name="orders-db"',)}, why),
        Case("SealedSecretNotSynced", synced(of, 1, -1), {"45m": ()}, why),
        Case("SealedSecretNotSynced", synced(of, 0), {"45m": ()}, f"not yet known; {why}"),
        Case("CertificateExpires", certificate(of, 1_200_000), {"59m": (), "61m": ('name="tls"',)}, f"13 days; {why}"),
        Case("CertificateExpires", certificate(of, 1_451_520), {"61m": ()}, f"16 days; {why}"),
    )


SUCCEEDED = "kube_cronjob_status_last_successful_time"
CREATED = "kube_cronjob_created"


def renewed(amount: str, name: str = "ecr-cred-renewal") -> dict[str, str]:
    """The successes of a CronJob, every half hour; the CronJob was created at time 0."""
    labels = f'namespace="shop",cronjob="{name}"'
    return both(SUCCEEDED, labels, amount) | both(CREATED, labels, "0x60")


def made(name: str) -> dict[str, str]:
    return both(CREATED, f'namespace="shop",cronjob="{name}"', "0x60")


OLD: dict[str, tuple[str, ...]] = {"11h": (), "13h": ('cronjob="ecr-cred-renewal"',)}
RENEWALS = (
    Case("PullSecretOld", renewed("_x4 7200x56"), OLD, "renewed at 2 hours and never again", "30m"),
    Case("PullSecretOld", renewed("0x11 21600x12 43200x30"), {"5h": (), "13h": ()}, "renewed every six hours", "30m"),
    Case("PullSecretOld", made("other-renewal"), {"9h": (), "11h": ('cronjob="other-renewal"',)}, "never", "30m"),
    Case("PullSecretOld", renewed("_x4 7200x56", "report"), {"13h": ()}, "another CronJob", "30m"),
)
DUE: dict[str, tuple[str, ...]] = {"20h": (), "28h": ("",)}
SECRETS = (
    *and_elsewhere(RENEWALS),
    *and_elsewhere(case for why, of in SCRAPES.items() for case in of_both_scrapes(why, of)),
    Case("CertificateRotationDue", {"up": "1x60"}, DUE, "15 days after the beginning of time", "1h"),
)
