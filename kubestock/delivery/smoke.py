"""A smoke test of a release, which requests public paths from the gateway when everything is healthy."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.gateway import Gateway
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value, checked
from kubestock.workload.callees import ExternalService
from kubestock.workload.container import Container
from kubestock.workload.hook import Hook
from kubestock.workload.image import ContainerImage
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.resources import ContainerResources

CURL = ContainerImage("docker.io/curlimages/curl", tag="8.12.1")
"""curl's official image, which has a shell and does not run as root."""

_PATH = re.compile(r"/[A-Za-z0-9/._~-]*")
_FIRST_STATUS, _LAST_STATUS = 200, 499
_LAST_REQUESTS_SECONDS = 10
_SCRIPT = r"""set -u
ask() {
  curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5 \
    ${PROXY_PROTOCOL:+--haproxy-protocol} ${GATEWAY:+--connect-to "$HOST:443:${GATEWAY#https://}"} "https://$HOST$1"
}
failed=0
end=$(($(date +%s) + PATIENCE))
for expected in "$@"; do
  wanted=${expected%% *} path=${expected#* }
  while got=$(ask "$path"); [ "$got" != "$wanted" ] && [ "$(date +%s)" -lt "$end" ]; do sleep 2; done
  [ "$got" = "$wanted" ] || failed=1
  printf '{"path":"%s","status":"%s","wanted":"%s"}\n' "$path" "$got" "$wanted"
done
exit "$failed"
"""


class Expectation(Value):
    """The status that a GET of a path must return.

    Args:
        path: begins with a slash, without a query.
        status: the status code, from 200 to 499. Defaults to 200.
    """

    path: str
    status: int = 200

    def check(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise ConfigurationError(
                f"path must begin with a slash and have only letters, digits and / . _ ~ -, got {self.path!r}"
            )
        whole("status", self.status, minimum=_FIRST_STATUS, maximum=_LAST_STATUS)


class SmokeTest(Job):
    """A Job after each sync that requests paths from the gateway by HTTPS and the public host name.

    The sync fails if a path does not return the expected status.

    If TLS ends at the gateway, the Job connects to the Service of the gateway, with the PROXY protocol if the gateway
    expects it. The certificate must be valid for the host, and signed by an authority that curl's image trusts. If TLS
    ends at a load balancer in front of the gateway, the Job connects to the public name. The Job writes a JSON object
    for each path to standard output.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct.
        platform: the settings that all workloads of the product share.
        gateway: the gateway that is tested.
        host: the public host name.
        expectations: the paths with the expected status, or a function that returns them when the chart is written.
        name: the name of the objects. Defaults to smoke-test.
        image: an image with curl, sh and date. Defaults to `CURL`.
        timeout_seconds: how long the test repeats a request with another status. Defaults to 120: Kong finds new pods
            by name resolution, and unhealthy pods by its health checks, both with a delay.

    Raises:
        ConfigurationError: if there are no expectations, a path is duplicated, or the host is not a valid host name.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: Platform,
        gateway: Gateway,
        host: str,
        expectations: Sequence[Expectation] | Callable[[], Sequence[Expectation]],
        name: str = "smoke-test",
        image: ContainerImage = CURL,
        timeout_seconds: int = 120,
    ) -> None:
        names.host_name("host", host)
        seconds("timeout_seconds", timeout_seconds)
        self._expectations, self._patience = expectations, timeout_seconds
        if not callable(expectations):
            _checked(name, expectations)
        secure = None if gateway.workload is None else gateway.secure_port
        through = {} if secure is None else {"GATEWAY": f"https://{gateway.name}:{secure.service_port_number}"}
        if secure is not None and gateway.proxy_protocol:
            through["PROXY_PROTOCOL"] = "v1"
        container = Container(
            image=image,
            resources=ContainerResources.of(cpu=("10m", "100m"), memory=("32Mi", "64Mi")),
            command=("sh", "-c", _SCRIPT, name),
            env={"HOST": host, "PATIENCE": str(timeout_seconds), **through},
        )
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=container,
            options=JobOptions(deadline_seconds=timeout_seconds + _LAST_REQUESTS_SECONDS),
            hook=Hook(phase="PostSync"),
            pod=Pod(exemptions=_exemptions(image)),
        )
        if secure is None or gateway.workload is None:
            self.calls(ExternalService(host=host))
        else:
            self.calls(gateway.workload, port=secure.name)

    @property
    def expectations(self) -> Sequence[Expectation]:
        """The expectations, as they are known at this time.

        Raises:
            ConfigurationError: if there are none, or a path is duplicated.
        """
        found = self._expectations
        return _checked(self.name, found() if callable(found) else found)

    def _final_template(self) -> PodTemplate:
        args = tuple(f"{each.status} {each.path}" for each in self.expectations)
        return replace(self.template, main=replace(self.template.main, args=args))

    def _job_spec(self) -> k8s.JobSpec:
        last_requests = _LAST_REQUESTS_SECONDS * (len(self.expectations) + 1)
        return replace(self.options, deadline_seconds=self._patience + last_requests).to_kube(self._pods())


def _checked(name: str, expectations: Sequence[Expectation]) -> Sequence[Expectation]:
    paths = [each.path for each in expectations]
    if not paths or len(set(paths)) != len(paths):
        raise ConfigurationError(f"expectations of {name!r} must have at least one path, and each path only once")
    return expectations


def _exemptions(image: ContainerImage) -> dict[str, str]:
    if image.digest is not None:
        return {}
    return {"CKV_K8S_43": "the image is named by its release; give the smoke test an image with a digest"}
