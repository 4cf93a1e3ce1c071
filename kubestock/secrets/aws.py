"""The credentials with which a pod calls AWS: access keys in a Secret, or an IAM role."""

import re
from collections.abc import Mapping

from kubestock.errors import ConfigurationError
from kubestock.values.references import SecretRef
from kubestock.values.value import Value
from kubestock.workload.env import EnvValue
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.projections import ServiceAccountToken
from kubestock.workload.volumes import ProjectedVolume

_ROLE = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)
_FOLDER, _FILE = "/run/aws-token", "token"
_ACCESS_KEY = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class AwsKeys(Value, kw_only=False):
    """An access key of an IAM user, in a Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

    Args:
        secret: the Secret, such as `SealedSecret(…).ref`. The IAM user needs the permission ecr:GetAuthorizationToken,
            and the permissions to pull images.

    Raises:
        ConfigurationError: if the Secret lacks one of the keys.
    """

    secret: SecretRef

    def check(self) -> None:
        for key in _ACCESS_KEY:
            self.secret.known(key)

    @property
    def variables(self) -> Mapping[str, EnvValue]:
        """The environment variables that the AWS command line reads."""
        return {key: self.secret[key] for key in _ACCESS_KEY}

    @property
    def mounts(self) -> tuple[VolumeMount, ...]:
        """No volumes are needed."""
        return ()

    @property
    def account_annotations(self) -> Mapping[str, str]:
        """The ServiceAccount needs no annotation."""
        return {}


class AwsRole(Value, kw_only=False):
    """An IAM role that the ServiceAccount of the pod assumes (IRSA), so that no access key is stored.

    The pod mounts a token for sts.amazonaws.com and names the role itself, so it does not need the webhook of EKS.

    Args:
        arn: the ARN of the role, such as arn:aws:iam::123456789012:role/pull. The trust policy of the role must name
            the OIDC provider of the cluster and both ServiceAccounts.

    Raises:
        ConfigurationError: if the ARN is invalid.

    See https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
    """

    arn: str

    def check(self) -> None:
        if not _ROLE.fullmatch(self.arn):
            raise ConfigurationError(
                f"arn must be the ARN of a role, such as arn:aws:iam::123456789012:role/pull, got {self.arn!r}"
            )

    @property
    def variables(self) -> Mapping[str, EnvValue]:
        """The environment variables that the AWS command line reads."""
        return {"AWS_ROLE_ARN": self.arn, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{_FOLDER}/{_FILE}"}

    @property
    def mounts(self) -> tuple[VolumeMount, ...]:
        """The token, in another folder than that of the EKS webhook, which may mount a token as well."""
        token = ServiceAccountToken(path=_FILE, audience="sts.amazonaws.com")
        return (VolumeMount(volume=ProjectedVolume(name="aws-token", sources=(token,)), path=_FOLDER),)

    @property
    def account_annotations(self) -> Mapping[str, str]:
        """The annotation from which EKS and its tools read the role."""
        return {"eks.amazonaws.com/role-arn": self.arn}
