"""Everything that the constructors of a namespace accept is valid for the API server."""

from operator import add

import cdk8s
import pytest
from hypothesis import strategies as st
from support import manifests
from validation.asking import everything_accepted_is_valid
from validation.oddities import accepted, amounts, likely_names, maps, maybe, numbers, sequences, texts
from validation.pod_spaces import labels
from validation.validator import Releases
from workload.samples import PLATFORM

from kubestock.namespace import NamespaceQuota, Quota
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.limits import ContainerLimits, NamespaceLimits, ResourceList
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.values.off import Off

LABELS = PLATFORM.labels("shop")

_amounts = accepted(ResourceList, {}, dict.fromkeys(("cpu", "memory", "ephemeral_storage"), maybe(amounts)))
limits = accepted(
    ContainerLimits,
    {"default_request": ResourceList(cpu="1m"), "default": ResourceList(cpu="1")},
    dict.fromkeys(("default_request", "default", "minimum", "maximum", "max_limit_request_ratio"), _amounts),
)
_counted = st.sampled_from(
    ["pods", "requests.cpu", "limits.memory", "requests.storage", "services.nodeports", "secrets"]
)
_added = st.sampled_from(["count/", "requests.nvidia.com/", "requests.", "a.storageclass.storage.k8s.io/"])
_hard = st.dictionaries(_counted | st.builds(add, _added, likely_names | texts) | texts, amounts, max_size=4)
quotas = accepted(Quota, {"hard": {"pods": "5"}}, {"hard": _hard, "headroom_percent": maybe(numbers)})
security = accepted(
    NamespaceSecurity,
    {},
    {"level": st.sampled_from(["restricted", "baseline", "privileged"]), "version": st.just("v1.27") | texts},
)


def test_all_accepted_limits_are_valid(releases: Releases) -> None:
    everything_accepted_is_valid(
        releases, limits, lambda chart, value: NamespaceLimits(chart, "limits", limits=value, labels=LABELS)
    )


def test_every_accepted_quota_is_valid(releases: Releases) -> None:
    everything_accepted_is_valid(
        releases, quotas, lambda chart, value: NamespaceQuota(chart, "quota", quota=value, labels=LABELS)
    )


def test_all_accepted_guardrails_are_valid(releases: Releases) -> None:
    groups = sequences(texts)
    arguments = {
        "labels": labels,
        "viewers": groups,
        "operators": groups,
        "namespace_labels": maps,
        "pod_security": security | st.just(Off("why")),
        "limits": limits | st.just(Off("why")),
    }

    everything_accepted_is_valid(
        releases,
        accepted(dict, {"labels": LABELS}, arguments),
        lambda chart, given: Guardrails(chart, "guardrails", **given),
    )


@pytest.mark.parametrize("name", ["a", "0", "9-a", "n" * 63])
def test_every_accepted_name_of_a_namespace_is_valid(releases: Releases, name: str) -> None:
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace=name)
    Guardrails(chart, "guardrails", labels=LABELS)

    assert releases.refusals(manifests(chart)) == []
