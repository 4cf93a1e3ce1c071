"""A chart that is read before it is written."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

import cdk8s
import constructs
import jsii
from constructs import Construct

from kubestock.checks import findings
from kubestock.checks.identity import duplicate_object
from kubestock.checks.inventory import Inventory
from kubestock.errors import ConfigurationError
from kubestock.kube.dependencies import after_dependencies
from kubestock.kube.objects import KubeObject, Manifest, Written, ordered_by_dependency
from kubestock.kube.rendering import one_rendering, rendered
from kubestock.kube.tree import Scope, descendants, ours, real_node, refuse_taken, unused_id
from kubestock.values import names
from kubestock.values.labels import label_map
from kubestock.values.value import checked


class Chart(Written, Scope, cdk8s.Chart):
    """A chart of one namespace, whose finished manifests the rules of `kubestock.checks` must find workable.

    The rules read everything in the chart, whoever added it. What they find stops the synth before anything
    is written.

    Args:
        scope: the app.
        id: of the chart, and the name of its file.
        namespace: of every object that is not cluster-scoped.
        provided: objects that the cluster has and the chart does not make, such as Secret/ecr-cred.
        labels: of every object in the chart, whoever added it, unless the object has the label itself. Pods do not get
            them. Defaults to none.

    Raises:
        ConfigurationError: if the namespace or a label is malformed.
    """

    namespace: str = ""

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        provided: Collection[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        names.dns_label("namespace", namespace)
        self.object_labels = label_map("labels", labels or {})
        super().__init__(scope, unused_id(scope, id), namespace=namespace, labels=self.object_labels or None)
        self._join(scope, id)
        self._chart = self
        owner = ours(scope)
        self._deferring = owner is not None and owner._deferring
        self.namespace = namespace
        self._provided = tuple(provided)
        if not self._deferring:
            real_node(self).add_validation(_Rules(self))

    def to_json(self) -> list[Any]:
        """Return the finished manifest of every object, once the rules find them workable.

        Raises:
            ConfigurationError: with every finding.
        """
        with one_rendering():
            refuse_unworkable([self])
            return list(self.manifests())

    def manifests(self) -> list[Manifest]:
        """Return the finished manifest of every object, whoever added it, in the order of the file."""
        return rendered((self, "manifests"), self._manifests)

    def findings(self) -> list[str]:
        """Return one line for each thing that could not work in a cluster."""
        with one_rendering():
            problems = [line for each in descendants(self) for line in each.problems()]
            return [*problems, *(str(each) for each in findings(self.manifests(), provided=self._provided))]

    def objects(self) -> list[cdk8s.ApiObject]:
        """Return every object, each after those that it depends on."""
        if not self._deferring:
            return ordered_by_dependency(self)
        own = [each for each in descendants(self) if isinstance(each, cdk8s.ApiObject)]
        real = real_node(self).find_all()
        refuse_taken(self, real)
        known = set(map(id, own))
        others = [each for each in real if isinstance(each, cdk8s.ApiObject) and id(each) not in known]
        return after_dependencies([*own, *others], real)

    def _manifests(self) -> list[Manifest]:
        found = [self._finished(each) for each in self.objects()]
        return found if self.place is None else sorted(found, key=self.place)

    def _finished(self, each: cdk8s.ApiObject) -> Manifest:
        document = cast("Manifest", each.to_json())
        if self.finish is not None and not isinstance(each, KubeObject):
            self.finish(document)
        return document


def refuse_unworkable(charts: Iterable[cdk8s.Chart]) -> None:
    """Raise what the rules of charts find.

    Raises:
        ConfigurationError: with one line for each finding.
    """
    charts = list(charts)
    found = [line for each in charts for line in _findings_of(each)]
    own = [each for each in charts if isinstance(each, Chart)]
    if len(own) > 1:
        everything = Inventory([manifest for each in own for manifest in each.manifests()])
        found += [line for line in map(str, duplicate_object(everything)) if line not in found]
    if found:
        lines = "\n".join(f"  - {line}" for line in found)
        raise ConfigurationError(f"nothing was written, because in a cluster this would not work:\n{lines}")


def _findings_of(chart: cdk8s.Chart) -> list[str]:
    """What a chart finds, and what validations of others find that stand in it."""
    # Only what is real can have validations; what the findings make real has none.
    others = [line for each in real_node(chart).find_all() for line in real_node(each).validate()]
    own = chart.findings() if isinstance(chart, Chart) else []
    return [*own, *(line for line in others if line not in own)]


@jsii.implements(constructs.IValidation)
class _Rules:
    """Asks for the findings of a chart where cdk8s itself validates: below a plain `cdk8s.App`."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    @jsii.member(jsii_name="validate")
    def validate(self) -> list[str]:
        """Return one line for each finding."""
        return self._chart.findings()
