"""The rule about Pod Security agrees with the admission controllers of two releases for generated pods."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubestock.checks import built_in_rules, findings

PROGRAMS = [Path(each) for each in os.environ.get("POD_SECURITY", "").split(os.pathsep) if each]
pytestmark = pytest.mark.skipif(
    not PROGRAMS, reason="POD_SECURITY names no program: install Go and run 'make validation-check'"
)
VERSIONS = {
    "kubernetes-1.27": ["v1.25", "v1.27"],
    "kubernetes-1.36": ["v1.27", "v1.29", "v1.31", "v1.36", "v1.36", "latest"],
}
RULE = [each for each in built_in_rules() if each.id == "pod-security"]
EXAMPLES = int(os.environ.get("VALIDATION_EXAMPLES", "400"))


def some(fields: dict[str, st.SearchStrategy[Any]], most: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Return maps with a few of these fields."""
    return st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=most).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )


PROFILES = st.sampled_from(["RuntimeDefault", "Localhost", "Unconfined"]).map(lambda each: {"type": each})
CAPABILITIES = st.lists(st.sampled_from(["ALL", "NET_BIND_SERVICE", "NET_ADMIN", "CHOWN", "SYS_TIME"]), max_size=2)
OF_BOTH = {
    "runAsNonRoot": st.booleans(),
    "runAsUser": st.sampled_from([0, 1, 10001]),
    "seccompProfile": PROFILES,
    "seLinuxOptions": some(
        {
            "type": st.sampled_from(["", "container_t", "container_engine_t", "spc_t"]),
            "user": st.just("u"),
            "role": st.just(""),
        }
    ),
    "windowsOptions": some({"hostProcess": st.booleans()}),
}
NEWER_OF_BOTH = {"appArmorProfile": PROFILES}
OF_CONTAINERS = {
    "privileged": st.booleans(),
    "allowPrivilegeEscalation": st.booleans(),
    "procMount": st.sampled_from(["Default", "Unmasked"]),
    "capabilities": some({"add": CAPABILITIES, "drop": CAPABILITIES}),
}
HANDLERS = some(
    {
        "httpGet": some({"host": st.sampled_from(["", "example.com"]), "port": st.just(80)}),
        "tcpSocket": some({"host": st.sampled_from(["", "example.com"]), "port": st.just(80)}),
    }
)
SYSCTLS = ["kernel.msgmax", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_rmem"]
VOLUMES = ["configMap", "emptyDir", "hostPath", "nfs", "csi", "ephemeral", "secret", "gitRepo"]
RESTRICTED = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
OF_PODS = {"runAsNonRoot", "seccompProfile"}


@st.composite
def pods(draw: st.DrawFn, *, newer: bool) -> dict[str, Any]:
    """Return a pod that the restricted level admits, with a few fields changed, so that both answers are likely."""
    both = {**OF_BOTH, **(NEWER_OF_BOTH if newer else {})}
    in_pod = draw(st.booleans())
    shared = {key: value for key, value in RESTRICTED.items() if (key in OF_PODS) is in_pod or key not in OF_PODS}
    own = {key: value for key, value in shared.items() if key not in OF_PODS or not in_pod}
    names = iter("abcde")

    def container() -> dict[str, Any]:
        context = {**own, **draw(some({**both, **OF_CONTAINERS}, most=1))}
        for key in draw(st.sampled_from([(), (), *((each,) for each in sorted(RESTRICTED))])):
            context.pop(key, None)
        optional = draw(
            some(
                {
                    "ports": st.just([{"containerPort": 80, "hostPort": 80}]) | st.just([{"containerPort": 80}]),
                    "livenessProbe": HANDLERS,
                    "lifecycle": some({"preStop": HANDLERS}),
                }
            )
        )
        return {"name": next(names), "image": "a:1", "securityContext": context, **optional}

    context = {key: value for key, value in RESTRICTED.items() if key in OF_PODS and in_pod}
    context |= draw(
        some({**both, "sysctls": st.sampled_from(SYSCTLS).map(lambda name: [{"name": name, "value": "1"}])})
    )
    volumes = draw(st.lists(st.sampled_from([*VOLUMES, *(["image"] if newer else [])]), max_size=1))
    spec = {
        "containers": [container() for _ in range(draw(st.integers(1, 2)))],
        "initContainers": [container() for _ in range(draw(st.integers(0, 1)))],
        "securityContext": context,
        "volumes": [{"name": f"v{at}", kind: {}} for at, kind in enumerate(volumes)],
        **draw(
            some(
                {
                    "hostNetwork": st.booleans(),
                    "hostPID": st.booleans(),
                    "hostIPC": st.booleans(),
                    "os": st.sampled_from([{"name": "linux"}, {"name": "windows"}]),
                }
            )
        ),
    }
    if draw(st.booleans()):
        spec["hostUsers"] = False
    annotation = draw(st.sampled_from(["", "runtime/default", "localhost/a", "unconfined"]))
    annotations = {"container.apparmor.security.beta.kubernetes.io/a": annotation} if annotation else {}
    return {"metadata": {"annotations": annotations}, "spec": spec}


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda path: path.parent.name)
def program(request: pytest.FixtureRequest) -> Iterator[tuple[str, IO[bytes], IO[bytes]]]:
    path: Path = request.param
    with subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield path.parent.name, process.stdin, process.stdout
        process.stdin.close()


def rejected(pod: dict[str, Any], level: str, version: str) -> list[str]:
    labels = {
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": version,
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
    metadata = {"name": "a", "namespace": "shop", **pod["metadata"]}
    whole = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod["spec"]}
    return [each.message for each in findings([namespace, whole], rules=RULE)]


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_the_rule_agrees_with_the_admission_controller(level: str, program: tuple[str, IO[bytes], IO[bytes]]) -> None:
    release, questions, answers = program
    admitted = []

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pods(newer=release != "kubernetes-1.27"), st.sampled_from(VERSIONS[release]))
    def holds(pod: dict[str, Any], version: str) -> None:
        questions.write(json.dumps({"level": level, "version": version, **pod}).encode() + b"\n")
        questions.flush()
        verdict = json.loads(answers.readline())
        admitted.append(verdict["allowed"])

        assert (rejected(pod, level, version) == []) is verdict["allowed"], verdict["reasons"]

    holds()

    assert 0.05 < sum(admitted) / len(admitted) < 0.95, "nearly all pods have the same answer, so little is tested"
