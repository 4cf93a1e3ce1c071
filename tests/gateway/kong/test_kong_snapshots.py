"""The objects of a gateway, and separately the file that Kong reads, as YAML."""

import cdk8s
from kong_gateways import CREDENTIALS, fullest, smallest
from support import Manifest, as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

FILE = "kong.yml"


def own(chart: cdk8s.Chart, *others: str) -> list[Manifest]:
    """Return all objects except those of the workloads, without random values and without the file."""
    found = [each for each in manifests(chart) if not each["metadata"]["name"].startswith(others)]
    for each in found:
        if each["kind"] == "SealedSecret":
            each["spec"]["encryptedData"] = dict.fromkeys(each["spec"]["encryptedData"], "ciphertext")
            each["spec"]["template"]["data"][FILE] = "the other snapshot"
        if each["kind"] == "ConfigMap":
            each["data"][FILE] = "the other snapshot"
        if each["kind"] == "Deployment" and "checksum/secrets" in each["spec"]["template"]["metadata"]["annotations"]:
            each["spec"]["template"]["metadata"]["annotations"]["checksum/secrets"] = "of the ciphertexts"
    return found


def test_the_smallest_gateway_is_hardened_and_serves_https(
    chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion
) -> None:
    smallest(chart)

    assert as_yaml(own(chart, "orders")) == yaml_snapshot


def test_the_file_of_the_smallest_gateway(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    smallest(chart)

    assert find(chart, "ConfigMap", "kong-config")["data"][FILE] == yaml_snapshot


def test_the_fullest_gateway_uses_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert as_yaml(own(chart, "orders", "stock", "site")) == yaml_snapshot


def test_the_template_of_the_fullest_gateway(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert find(chart, "SealedSecret", CREDENTIALS)["spec"]["template"]["data"][FILE] == yaml_snapshot
