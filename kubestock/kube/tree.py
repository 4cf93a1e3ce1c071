"""Constructs that Node learns of when something asks there, and not before.

cdk8s runs in Node, and each construct costs it a message and memory on both sides. A synth of a `kubestock.App`
needs none of them: the objects are rendered and written in Python. So a construct of ours is made in Node when
something needs it there: its `node`, a construct of others in its scope, a dependency, a label that is added to its
metadata. Whoever looks at the tree sees the whole tree, because `node` of a scope makes everything below it first.

Below a scope that is not ours, such as a plain `cdk8s.App`, a construct is made in Node at once: nobody would tell
us that the tree is read.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

import cdk8s
import constructs
import jsii
from constructs import Construct
from jsii.errors import JSIIError

from kubestock.errors import ConfigurationError

_REFERENCE = "__jsii_ref__"


class _Reference:
    """The reference by which Node knows a construct; reading it makes the construct there."""

    def __get__(self, construct: "Deferred | None", _: type) -> Any:
        if construct is None:
            return self
        construct.realize()
        return vars(construct)[_REFERENCE]


class _Node:
    """The node of a construct in the tree, below which everything is then real."""

    def __get__(self, construct: "Scope | None", _: type) -> Any:
        if construct is None:
            return self
        for each in descendants(construct):
            each.realize()
        return real_node(cast("Construct", construct))


class _DeferredType(jsii.JSIIMeta):
    """Leaves out what jsii does after a construct is made: it would ask for the reference at once."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # of a metaclass
        made: Any = object.__new__(cast("type[Any]", cls))
        try:
            made.__init__(*args, **kwargs)
        except BaseException:
            _forget(made)
            raise
        return made


class Scope:
    """What our constructs, charts and apps have in common: they know in Python what is in their scope."""

    node: ClassVar[Any] = _Node()
    _chart: Any
    _deferring: bool
    _members: dict[str, "Scope"]

    def _join(self, scope: Construct | None, id: str) -> None:
        """Take a place in the tree, in Python."""
        self._members = {}
        self._id = id
        self._owner = scope
        if (owner := ours(scope)) is not None:
            owner._members[id] = self

    def realize(self) -> None:
        """Make the construct in Node, if it is not there."""

    def problems(self) -> list[str]:
        """Return what is wrong with it once everything is declared; a chart with a problem is not written."""
        return []


class Deferred(Scope, metaclass=_DeferredType):
    """A construct that is made in Node when something needs it there."""

    __jsii_ref__ = _Reference()

    def _join(self, scope: Construct | None, id: str) -> None:
        if not isinstance(scope, Construct):
            raise ConfigurationError(
                f"scope of {id!r} must be a construct, such as a chart, got {type(scope).__name__}"
            )
        super()._join(scope, unused_id(scope, id))
        self._chart = chart_of(scope)
        owner = ours(scope)
        self._deferring = owner is not None and owner._deferring
        if not self._deferring:
            self.realize()

    def realize(self) -> None:
        """Make the construct in Node, if it is not there, after the scope that it is in."""
        if _REFERENCE in vars(self):
            return
        try:
            self._create(cast("Construct", self._owner), self._id)
        except (JSIIError, RuntimeError) as error:
            if "There is already a Construct" not in str(error):
                raise
            raise _taken(cast("Construct", self._owner), self._id) from None

    def _create(self, scope: Construct, id: str) -> None:
        jsii.create(type(self), self, [scope, id])

    @property
    def is_real(self) -> bool:
        """Whether the construct is made in Node."""
        return _REFERENCE in vars(self)


class Group(Deferred, Construct):
    """A construct of several objects."""

    def __init__(self, scope: Construct, id: str) -> None:
        self._join(scope, id)


def ours(scope: object) -> Scope | None:
    """Return a construct if it is one of ours."""
    return scope if isinstance(scope, Scope) else None


def real_node(construct: constructs.IConstruct) -> constructs.Node:
    """Return the node of a construct as Node has it, without making real what is below."""
    return cast("constructs.Node", jsii.kernel.get(construct, "node"))


def descendants(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and everything of ours below it, each before what it holds."""
    yield scope
    for each in scope._members.values():
        yield from descendants(each)


def unused_id(scope: Construct, id: str) -> str:
    """Return `id` if `scope` has no construct of that id.

    Raises:
        ConfigurationError: if it has one, or the id is empty: cdk8s would raise a JavaScript error.
    """
    if not isinstance(id, str) or not id:
        raise ConfigurationError(f"id must be a text that is not empty, got {id!r}")
    owner = ours(scope)
    if id in owner._members if owner is not None else scope.node.try_find_child(id) is not None:
        raise _taken(scope, id)
    return id


def refuse_taken(scope: Scope, real: Iterable[constructs.IConstruct]) -> None:
    """Refuse constructs of others that have the id of one of ours, which Node does not know.

    Raises:
        ConfigurationError: naming the id and where it is taken.
    """
    others = [real_node(each) for each in real if ours(each) is None]
    if not others:
        return
    known = {path_of(cast("Construct", each)): each for each in descendants(scope)}
    for each in others:
        own = known.get(each.path)
        if own is not None:
            raise _taken(cast("Construct", own._owner), own._id)


def path_of(scope: constructs.IConstruct) -> str:
    """Return the ids from the app to a construct, with slashes between them."""
    own = ours(scope)
    if own is None:
        return scope.node.path
    above = path_of(own._owner) if own._owner is not None else ""
    return f"{above}/{own._id}".strip("/")


def chart_of(scope: Construct) -> cdk8s.Chart:
    """Return the chart that a construct is in.

    Raises:
        ConfigurationError: if it is in none.
    """
    own = ours(scope)
    if own is not None and own._chart is not None:
        return cast("cdk8s.Chart", own._chart)
    if isinstance(scope, cdk8s.App):
        raise ConfigurationError("scope must be a chart or something in one, got the app: make a Chart in it first")
    return cdk8s.Chart.of(scope)


def chart_namespace(scope: Construct) -> str | None:
    """Return the namespace of the chart that `scope` is in, or None."""
    return chart_of(scope).namespace


def required_namespace(scope: Construct, what: str) -> str:
    """Return the namespace of the chart that `scope` is in.

    Raises:
        ConfigurationError: if the chart has none: network policies name their peers by namespace.
    """
    namespace = chart_namespace(scope)
    if namespace is None:
        raise ConfigurationError(
            f"{what} needs to know its namespace; give it to the chart: Chart(app, 'shop', namespace='shop')"
        )
    return namespace


def _taken(scope: Construct, id: str) -> ConfigurationError:
    where = path_of(scope) or "the app"
    return ConfigurationError(f"id {id!r} is taken in {where!r}; give one of the two constructs another id")


def _forget(construct: Any) -> None:
    """Take a construct out of the tree whose constructor raised, so that nothing of it is written."""
    known: dict[str, Any] = vars(construct)
    owner = ours(known.get("_owner"))
    if owner is not None and owner._members.get(known["_id"]) is construct:
        del owner._members[known["_id"]]
