"""The rules of `kubestock.checks`, applied to a chart before anything is written."""

from collections.abc import Collection

import cdk8s
import constructs
import jsii

from kubestock.checks import findings
from kubestock.kube.objects import manifests


@jsii.implements(constructs.IValidation)
class ManifestRules:
    """Reads the finished manifests of a chart; cdk8s asks it at synth and writes nothing if it finds anything.

    Args:
        chart: whose objects are read.
        provided: objects that the cluster has and the chart does not make, such as Secret/ecr-cred.
    """

    def __init__(self, chart: cdk8s.Chart, *, provided: Collection[str] = ()) -> None:
        self._chart = chart
        self._provided = provided

    @jsii.member(jsii_name="validate")
    def validate(self) -> list[str]:
        """Return one line for each finding."""
        return [str(finding) for finding in findings(manifests(self._chart), provided=self._provided)]
