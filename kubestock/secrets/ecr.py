"""A pull secret for Amazon ECR, renewed at each sync and every six hours: its password is valid for 12 hours."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.peers import INTERNET, IpBlocks
from kubestock.kube.tree import Group, required_namespace
from kubestock.secrets.aws import AwsKeys, AwsRole
from kubestock.secrets.ecrscript import LOGIN, variables
from kubestock.secrets.types import SecretType
from kubestock.values import names
from kubestock.values.makers import MAKES_SECRET
from kubestock.values.references import SecretRef
from kubestock.values.value import checked
from kubestock.workload.callees import ExternalService
from kubestock.workload.container import Container
from kubestock.workload.cronjob import CronJob, Schedule
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.hook import Hook
from kubestock.workload.image import ContainerImage
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.resources import ContainerResources
from kubestock.workload.security import PodSecurity

AWS_CLI = ContainerImage("public.ecr.aws/aws-cli/aws-cli", tag="2.31.21", pull_policy="IfNotPresent")
"""Amazon's official image of the AWS command line, which has a shell."""
KUBECTL = ContainerImage("registry.k8s.io/kubectl", tag="v1.34.1", pull_policy="IfNotPresent")
"""The image of kubectl for this release of Kubernetes; it has no other program."""

_RBAC = "rbac.authorization.k8s.io"
_REGISTRY = re.compile(
    r"[0-9]{12}\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com(?:\.cn)?"
)
_FILE, _FOLDER = "secret.json", "/run/pull-secret"
_RESOURCES = ContainerResources.of(cpu=("50m", "500m"), memory=("128Mi", "256Mi"))
_JOB = JobOptions(deadline_seconds=300, backoff_limit=3)
_MANAGER = "ecr-pull-secret"
_NAME_MAX = 44  # a CronJob name has at most 52 characters, of which "-renewal" takes 8


class EcrPullSecret(Group):
    """The Secret that nodes use to pull images from Amazon ECR.

    In the cluster appear a CronJob `<name>-renewal` and a Job `<name>-creation`, each with a ServiceAccount, a Role and
    a NetworkPolicy. Both run the same pod: the AWS command line gets a password, and kubectl applies the Secret by
    server-side apply. The Job is an Argo CD hook that runs at each sync before any workload, so that the Secret exists
    and is valid when they start. The chart has no manifest of the Secret, and no SealedSecret may create it: both would
    restore an expired password.

    The CronJob may only patch the Secret with that name; the Job may also create it, with that name only. Neither may
    get a Secret; the response to a patch contains the Secret that they write. Their pods can reach the API server, DNS
    and port 443 of AWS.

    The images come from public registries, because the Secret may not exist yet.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct; no object depends on it.
        name: the name of the Secret, with at most 44 characters; pass it to `Platform(pull_secrets=…)`.
        platform: the settings of the product, which must include the addresses of the API server.
        registries: the host names of the registries, all in one region, such as
            123456789012.dkr.ecr.eu-west-1.amazonaws.com.
        credentials: the credentials for ECR: access keys in a Secret, or the role of the ServiceAccounts.
        interval_hours: the hours between two renewals: 1, 2, 3, 4, 6 or 8. Defaults to 6.
        addresses: the addresses of the endpoints of ECR and STS. Defaults to the internet without the private ranges;
            for endpoints in your own network, give their ranges.
        aws_cli: an image with `aws`, `sh` and `base64`.
        kubectl: an image with `kubectl`.

    Raises:
        ConfigurationError: if a registry is not a registry of ECR, the registries are in several regions, the name is
            too long, or the platform has no addresses of the API server.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        registries: Sequence[str],
        credentials: AwsKeys | AwsRole,
        interval_hours: Literal[1, 2, 3, 4, 6, 8] = 6,
        addresses: IpBlocks = INTERNET,
        aws_cli: ContainerImage = AWS_CLI,
        kubectl: ContainerImage = KUBECTL,
    ) -> None:
        self.name = _checked_name(name)
        self.namespace = required_namespace(scope, f"EcrPullSecret {name!r}")
        self._registries, self._region = tuple(registries), _region_of(registries)
        self._credentials, self._addresses = credentials, addresses
        self._aws_cli, self._kubectl = aws_cli, kubectl
        # The pods must not need the Secret that they create.
        self._platform = replace(platform, pull_secrets=())
        super().__init__(scope, id)
        self.creation = self._add_creation()
        self.renewal = self._add_renewal(interval_hours)

    @property
    def ref(self) -> SecretRef:
        """The Secret. It has no checksum, because pods need no restart when it is renewed."""
        return SecretRef(name=self.name, keys=(".dockerconfigjson",))

    def _add_creation(self) -> Job:
        name = f"{self.name}-creation"
        job = Job(
            self,
            "Creation",
            name=name,
            platform=self._platform,
            container=self._apply(),
            options=_JOB,
            # The wave of secrets and of the StatefulSets that may need it.
            hook=Hook(phase="Sync", wave=0),
            pod=self._pod(),
            component="pull-secret",
        )
        self._finish(job, job.job, ("create", "patch"))
        return job

    def _add_renewal(self, interval_hours: int) -> CronJob:
        renewal = CronJob(
            self,
            "Renewal",
            name=f"{self.name}-renewal",
            platform=self._platform,
            container=self._apply(),
            schedule=Schedule(cron=f"17 */{interval_hours} * * *", concurrency="Replace"),
            options=_JOB,
            pod=self._pod(),
            component="pull-secret",
        )
        self._finish(renewal, renewal.cron_job, ("patch",))
        return renewal

    def _finish(self, workload: Job | CronJob, owner: KubeObject, verbs: Sequence[str]) -> None:
        owner.metadata.add_annotation(MAKES_SECRET, self.name)
        for host in (f"api.ecr.{self._region}.amazonaws.com", f"sts.{self._region}.amazonaws.com"):
            workload.calls(ExternalService(host=host, addresses=self._addresses))
        metadata = meta(workload.name, workload.labels.metadata)
        # A server-side apply that creates names the Secret, so a Role can restrict it to this name.
        rule = k8s.PolicyRule(api_groups=[""], resources=["secrets"], resource_names=[self.name], verbs=list(verbs))
        KubeObject(workload, "Role", manifest=k8s.KubeRole.manifest(metadata=metadata, rules=[rule]))
        binding = k8s.KubeRoleBinding.manifest(
            metadata=metadata,
            role_ref=k8s.RoleRef(api_group=_RBAC, kind="Role", name=workload.name),
            subjects=[k8s.Subject(kind="ServiceAccount", name=workload.name, namespace=self.namespace)],
        )
        KubeObject(workload, "RoleBinding", manifest=binding)

    def _pod(self) -> Pod:
        reason = f"writes the pull secret {self.name}, and may do nothing else"
        security = PodSecurity(mount_api_token=True, reasons={"mount_api_token": reason})
        return Pod(
            init_containers=(self._login(),),
            security=security,
            exemptions=self._exemptions(),
            service_account_annotations=self._credentials.account_annotations,
        )

    def _exemptions(self) -> dict[str, str]:
        images = (self._aws_cli, self._kubectl)
        found = {"CKV_K8S_38": "the pods write the pull secret through the API server"}
        if self._credentials.variables.keys() >= {"AWS_ACCESS_KEY_ID"}:
            found["CKV_K8S_35"] = "the AWS command line reads its access key from the environment"
        if any(each.digest is None for each in images):
            found["CKV_K8S_43"] = "the images are named by their release; give images with digests"
        if any(each.effective_pull_policy != "Always" for each in images):
            found["CKV_K8S_15"] = "tags of releases do not move; a node with the images needs no registry"
        return found

    def _login(self) -> Container:
        return Container(
            name="login",
            image=self._aws_cli,
            resources=_RESOURCES,
            command=("/bin/sh", "-c", LOGIN),
            env={
                "HOME": "/tmp",  # noqa: S108  # an emptyDir of the pod
                "AWS_REGION": self._region,
                "AWS_STS_REGIONAL_ENDPOINTS": "regional",
                **variables(self._secret_without_data(), self._registries, f"{_FOLDER}/{_FILE}"),
                **self._credentials.variables,
            },
            mounts=(self._hand_over(), *self._credentials.mounts),
        )

    def _apply(self) -> Container:
        flags = ("--server-side", "--force-conflicts", f"--field-manager={_MANAGER}", "--validate=false")
        return Container(
            image=self._kubectl,
            resources=_RESOURCES,
            command=("kubectl", "apply", *flags, f"--filename={_FOLDER}/{_FILE}"),
            env={"HOME": "/tmp"},  # noqa: S108  # an emptyDir of the pod
            mounts=(self._hand_over(),),
        )

    def _hand_over(self) -> VolumeMount:
        return VolumeMount(volume=EmptyDir(name="pull-secret", size_limit="1Mi", in_memory=True), path=_FOLDER)

    def _secret_without_data(self) -> dict[str, object]:
        labels = self._platform.labels(self.name, component="pull-secret").metadata
        metadata = {"name": self.name, "namespace": self.namespace, "labels": dict(labels)}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": str(SecretType.REGISTRY)}


def _checked_name(name: str) -> str:
    if len(name) > _NAME_MAX:
        raise ConfigurationError(
            f"name of a pull secret must have at most {_NAME_MAX} characters, got {len(name)} in {name!r}: the name "
            "of its "
            "CronJob is longer; shorten it"
        )
    return names.service_name("name of a pull secret", name)


def _region_of(registries: Sequence[str]) -> str:
    regions = set()
    for registry in registries:
        host = _REGISTRY.fullmatch(registry)
        if host is None:
            raise ConfigurationError(
                "each of registries must be the host of an ECR registry, such as "
                f"123456789012.dkr.ecr.eu-west-1.amazonaws.com, got {registry!r}"
            )
        regions.add(host["region"])
    if len(regions) != 1:
        found = ", ".join(sorted(regions)) or "none"
        raise ConfigurationError(
            f"registries must be in one region, because a password is valid in one region, got {found}; "
            "create an EcrPullSecret for each region"
        )
    return str(regions.pop())
