"""Constructs that are created in Node.js only when they are needed there.

cdk8s runs in Node.js, and each construct costs a message and memory on both sides. A synth of a `kubestock.App`
needs none of them, because it renders and writes the objects in Python. So a construct of this library is created in
Node.js when it is needed there: for its `node`, a construct of another library in its scope, a dependency, or a label
that is added to its metadata. A reader of the tree sees the whole tree, because `node` of a scope first creates
everything below it.

Below a scope of another library, such as a plain `cdk8s.App`, a construct is created in Node.js at once, because this
library does not notice when the tree is read.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

import cdk8s
import constructs
import jsii
from constructs import Construct
from jsii.errors import JSIIError

from kubestock.errors import ConfigurationError

_REFERENCE = "__jsii_ref__"


class _Reference:
    """The reference of a construct in Node.js; reading it creates the construct there."""

    def __get__(self, construct: "Deferred | None", _: type) -> Any:
        if construct is None:
            return self
        construct.realize()
        return vars(construct)[_REFERENCE]


class _Node:
    """The node of a construct in the tree; reading it creates everything below it in Node.js."""

    def __get__(self, construct: "Scope | None", _: type) -> Any:
        if construct is None:
            return self
        for each in descendants(construct):
            each.realize()
        return real_node(cast("Construct", construct))


class _DeferredType(jsii.JSIIMeta):
    """Skips what jsii does after it creates a construct, because that would read the reference at once."""

    if not TYPE_CHECKING:  # type checkers read the constructors of the classes

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # of a metaclass
            made: Any = object.__new__(cast("type[Any]", cls))
            try:
                made.__init__(*args, **kwargs)
            except BaseException:
                _forget(made)
                raise
            return made


class Scope:
    """The base of the constructs, charts and apps of this library, which know in Python what is in their scope."""

    if TYPE_CHECKING:

        @property
        def node(self) -> constructs.Node:
            """The node of the construct in the tree; reading it creates everything below it in Node.js."""
    else:
        node = _Node()
    _chart: Any
    _deferring: bool
    _members: dict[str, "Scope"]

    def _join(self, scope: Construct | None, id: str) -> None:
        """Add the construct to the tree in Python."""
        self._members = {}
        self._id = id
        self._owner = scope
        if (owner := ours(scope)) is not None:
            owner._members[id] = self

    def realize(self) -> None:
        """Create the construct in Node.js, if it does not exist there."""

    def problems(self) -> list[str]:
        """Return the errors that are known only when everything is declared; a chart with errors is not written."""
        return []


class Deferred(Scope, metaclass=_DeferredType):
    """A construct that is created in Node.js when it is needed there."""

    __jsii_ref__: ClassVar[Any] = _Reference()

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
        """Create the construct in Node.js, after its scope, if it does not exist there."""
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
        """Whether the construct exists in Node.js."""
        return _REFERENCE in vars(self)


class Group(Deferred, Construct):
    """A construct that consists of several objects."""

    def __init__(self, scope: Construct, id: str) -> None:
        self._join(scope, id)


def ours(scope: object) -> Scope | None:
    """Return the construct if it is one of this library, or None."""
    return scope if isinstance(scope, Scope) else None


def real_node(construct: constructs.IConstruct) -> constructs.Node:
    """Return the node of a construct in Node.js, without creating the constructs below it."""
    return cast("constructs.Node", jsii.kernel.get(construct, "node"))


def descendants(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and all constructs of this library below it, parents first."""
    yield scope
    for each in scope._members.values():
        yield from descendants(each)


def unused_id(scope: Construct, id: str) -> str:
    """Return `id` after checking that `scope` has no construct with that id.

    Raises:
        ConfigurationError: if it has one, or the id is empty; cdk8s would raise a JavaScript error.
    """
    if not isinstance(id, str) or not id:
        raise ConfigurationError(f"id must be a text that is not empty, got {id!r}")
    owner = ours(scope)
    if id in owner._members if owner is not None else scope.node.try_find_child(id) is not None:
        raise _taken(scope, id)
    return id


def check_ids_free(scope: Scope, real: Iterable[constructs.IConstruct]) -> None:
    """Check that constructs of other libraries do not have the id of one of this library, which Node.js does not know.

    Raises:
        ConfigurationError: if one does; the message names the id and the scope.
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
    """Return the ids from the app to a construct, joined by slashes."""
    own = ours(scope)
    if own is None:
        return scope.node.path
    above = path_of(own._owner) if own._owner is not None else ""
    return f"{above}/{own._id}".strip("/")


def chart_of(scope: Construct) -> cdk8s.Chart:
    """Return the chart of a construct.

    Raises:
        ConfigurationError: if it is not in a chart.
    """
    own = ours(scope)
    if own is not None and own._chart is not None:
        return cast("cdk8s.Chart", own._chart)
    if isinstance(scope, cdk8s.App):
        raise ConfigurationError(
            "scope must be a chart or a construct in a chart, got the app; create a Chart in the app first"
        )
    return cdk8s.Chart.of(scope)


def chart_namespace(scope: Construct) -> str | None:
    """Return the namespace of the chart of `scope`, or None."""
    return chart_of(scope).namespace


def required_namespace(scope: Construct, what: str) -> str:
    """Return the namespace of the chart of `scope`.

    Raises:
        ConfigurationError: if the chart has none; network policies need it to select their peers.
    """
    namespace = chart_namespace(scope)
    if namespace is None:
        raise ConfigurationError(
            f"{what} must be in a chart with a namespace; give it one: Chart(app, 'shop', namespace='shop')"
        )
    return namespace


def _taken(scope: Construct, id: str) -> ConfigurationError:
    where = path_of(scope) or "the app"
    return ConfigurationError(
        f"id {id!r} must be unique in {where!r}, got it twice; give one of the two constructs another id"
    )


def _forget(construct: Any) -> None:
    """Remove a construct whose constructor raised an error from the tree, so that none of its objects are written."""
    known: dict[str, Any] = vars(construct)
    owner = ours(known.get("_owner"))
    if owner is not None and owner._members.get(known["_id"]) is construct:
        del owner._members[known["_id"]]
