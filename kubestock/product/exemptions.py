"""Exemptions from checks of the hardening guides that a workload cannot pass, with the reasons."""

from kubestock.workload.image import ContainerImage

_DIGEST = "CKV_K8S_43"
_SECRETS_AS_FILES = "CKV_K8S_35"


def exemptions(image: ContainerImage, *, reads_secrets: bool) -> dict[str, str]:
    """Return the exemptions of a workload; an image with a digest needs no exemption for its digest."""
    found = {}
    if image.digest is None:
        found[_DIGEST] = "a release is named by its commit; its digest is not known here"
    if reads_secrets:
        found[_SECRETS_AS_FILES] = "the program reads its credentials from the environment"
    return found
