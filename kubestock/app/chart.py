"""The chart, whose manifests are checked before they are written."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import cdk8s
import constructs
import jsii
from constructs import Construct

from kubestock.app.checking import CheckedChart, check_charts, errors_of, findings_of
from kubestock.checks import Rule
from kubestock.checks.registry import check_rules
from kubestock.kube.dependencies import after_dependencies
from kubestock.kube.objects import KubeObject, ordered_by_dependency
from kubestock.kube.rendering import one_rendering, rendered
from kubestock.kube.tree import check_ids_free, descendants, ours, real_node, unused_id
from kubestock.kube.written import Manifest
from kubestock.values import names
from kubestock.values.labels import label_map
from kubestock.values.value import checked

OUTPUT_FILE_EXTENSION = ".k8s.yaml"


class Chart(CheckedChart, cdk8s.Chart):
    """A chart of one namespace, whose finished manifests the rules of `kubestock.checks` check before they are written.

    The rules read all objects of the chart, including those of other libraries, together with the other charts of the
    app, including plain cdk8s charts. An error stops the synth before a file is written; a warning is printed.

    Args:
        scope: the app.
        id: the id of the chart, which is also the name of its file.
        namespace: the namespace of all objects that are not cluster-scoped.
        provided: objects that exist in the cluster and are not in a chart, such as Secret/registry.
        labels: labels to add to every object of the chart that does not set them. Pods do not get them. Defaults to
            none.
        rules: additional rules for all charts of the app, created with `kubestock.checks.rule`. Defaults to none.

    Raises:
        ConfigurationError: if the namespace, a label or an object of `provided` is malformed, or `rules` has an object
            that is not a rule.
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
        rules: Collection[Rule] = (),
    ) -> None:
        names.dns_label("namespace", namespace)
        for each in provided:
            names.kind_and_name("each of provided", each)
        check_rules("rules", rules)
        self.object_labels = label_map("labels", labels or {})
        super().__init__(scope, unused_id(scope, id), namespace=namespace, labels=self.object_labels or None)
        self._join(scope, id)
        self._chart = self
        owner = ours(scope)
        self._deferring = owner is not None and owner._deferring
        self.namespace = namespace
        self.provided, self.rules = tuple(provided), tuple(rules)
        if not self._deferring:
            real_node(self).add_validation(_Rules(self))

    def to_json(self) -> list[Any]:
        """Return the finished manifests of all objects, after the rules have checked them.

        Raises:
            ConfigurationError: if the rules find errors; the message lists all of them.
        """
        with one_rendering():
            check_charts(self._charts_of_app())
            return list(self.manifests())

    def made(self) -> list[tuple[Manifest, cdk8s.ApiObject]]:
        """Return the finished manifests of all objects, each with its object, in the order of the file."""
        return rendered((self, "made"), self._made)

    def findings(self) -> list[str]:
        """Return the findings of the rules in the charts of the app, one text for each."""
        return findings_of(self._charts_of_app())

    @property
    def chart_id(self) -> str:
        """The id of the chart, which names its file."""
        return self._id

    @property
    def file_name(self) -> str:
        """The name of the file of the chart, unless charts depend on each other."""
        return f"{cdk8s.Names.to_dns_label(self)}{OUTPUT_FILE_EXTENSION}"

    def complete(self) -> None:
        """Add what depends on all other declarations; the chart calls it before it reads its objects."""

    def objects(self) -> list[cdk8s.ApiObject]:
        """Return all objects, each after its dependencies."""
        self.complete()
        if not self._deferring:
            return ordered_by_dependency(self)
        own = [each for each in descendants(self) if isinstance(each, cdk8s.ApiObject)]
        real = real_node(self).find_all()
        check_ids_free(self, real)
        known = set(map(id, own))
        others = [each for each in real if isinstance(each, cdk8s.ApiObject) and id(each) not in known]
        return after_dependencies([*own, *others], real)

    def _charts_of_app(self) -> list[cdk8s.Chart]:
        """Return all charts of the app, including this one; the rules check them together."""
        root = real_node(self).root if self._owner is None else real_node(self._owner).root
        return list(root.charts) if isinstance(root, cdk8s.App) else [self]

    def _made(self) -> list[tuple[Manifest, cdk8s.ApiObject]]:
        found = [(self._finished(each), each) for each in self.objects()]
        place = self.place
        return found if place is None else sorted(found, key=lambda each: place(each[0]))

    def _finished(self, each: cdk8s.ApiObject) -> Manifest:
        document = cast("Manifest", each.to_json())
        if self.finish is not None and not isinstance(each, KubeObject):
            self.finish(document)
        return document


@jsii.implements(constructs.IValidation)
class _Rules:
    """Reports the findings of a chart in the validation of a plain `cdk8s.App`."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    @jsii.member(jsii_name="validate")
    def validate(self) -> list[str]:
        """Return the errors, one text for each; the first chart reports them for the whole app."""
        first = next(each for each in self._chart._charts_of_app() if isinstance(each, Chart))
        return errors_of(self._chart._charts_of_app()) if first is self._chart else []
