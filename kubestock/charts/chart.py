"""A chart that is read before it is written."""

from collections.abc import Collection

import cdk8s
import constructs
import jsii
from constructs import Construct

from kubestock.checks import findings
from kubestock.kube.objects import manifests
from kubestock.kube.scope import unused_id
from kubestock.values import names
from kubestock.values.types import typed


class Chart(cdk8s.Chart):
    """A chart of one namespace, whose finished manifests the rules of `kubestock.checks` must find workable.

    The rules read everything in the chart, whoever added it. What they find stops the synth before anything
    is written.

    Args:
        scope: the app.
        id: of the chart, and the name of its file.
        namespace: of every object that is not cluster-scoped.
        provided: objects that the cluster has and the chart does not make, such as Secret/ecr-cred.
    """

    @typed
    def __init__(self, scope: Construct, id: str, *, namespace: str, provided: Collection[str] = ()) -> None:
        names.dns_label("namespace", namespace)
        super().__init__(scope, unused_id(scope, id), namespace=namespace)
        self.node.add_validation(_Rules(self, provided))


@jsii.implements(constructs.IValidation)
class _Rules:
    @typed
    def __init__(self, chart: Chart, provided: Collection[str]) -> None:
        self._chart = chart
        self._provided = provided

    @jsii.member(jsii_name="validate")
    def validate(self) -> list[str]:
        """Return one line for each finding."""
        return [str(finding) for finding in findings(manifests(self._chart), provided=self._provided)]
