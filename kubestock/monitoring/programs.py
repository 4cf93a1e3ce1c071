"""What a program exports itself; the names differ from program to program, so they are data."""

import re

from kubestock.errors import ConfigurationError
from kubestock.monitoring.relabeling import KeepValues
from kubestock.values.numbers import whole
from kubestock.values.value import Value

_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SUFFIXES = ("_bucket", "_sum", "_count")


class DatabaseMetrics(Value):
    """What a program says about its pool of database connections.

    Args:
        connections_in_use: a gauge.
        connections_limit: a gauge, or the number of connections that one process may open where no metric says it.
        connections_idle: a gauge of the connections that are open and not in use: the instance counts them, too.
            Defaults to none.
        query_seconds: a histogram, without `_bucket`. Defaults to none: the program measures no query, and no alert or
            panel is about its queries. A histogram that is declared and never observed is none.

    Raises:
        ConfigurationError: for what cannot be the name of a metric or of a histogram, or a limit below 1.
    """

    connections_in_use: str
    connections_limit: str | int
    connections_idle: str | None = None
    query_seconds: str | None = None

    def check(self) -> None:
        _metric("connections_in_use", self.connections_in_use)
        if isinstance(self.connections_limit, int):
            whole("connections_limit", self.connections_limit, minimum=1)
        else:
            _metric("connections_limit", self.connections_limit)
        if self.connections_idle is not None:
            _metric("connections_idle", self.connections_idle)
        if self.query_seconds is not None:
            _histogram("query_seconds", self.query_seconds)

    @property
    def series(self) -> frozenset[str]:
        """The names as a query writes them."""
        limit = () if isinstance(self.connections_limit, int) else (self.connections_limit,)
        queries = () if self.query_seconds is None else (f"{self.query_seconds}_bucket",)
        return frozenset((*self.connections_open, *limit, *queries))

    @property
    def connections_open(self) -> tuple[str, ...]:
        """The gauges that together are all connections of a process."""
        return (self.connections_in_use, *(() if self.connections_idle is None else (self.connections_idle,)))


class RequestMetrics(Value):
    """How a program counts requests: those that it answers, or those that it sends.

    Args:
        total: a counter.
        status: the label of the counter that says how a request ended.
        seconds: a histogram of how long requests took, without `_bucket`.
        slow_seconds: what takes longer is slow; one of the bounds of the histogram, because what lies between two of
            them cannot be told.
        failed: a regular expression of the values of `status` that are failures. Defaults to `5..`.
        path: the label that holds the path of a request. Defaults to none.
        paths: the paths that are counted: a scrape drops the series of all others. A program that writes each path as
            it was sent makes new series for each product or user, without end. Leave out paths that probes ask: their
            answers would hide the failures of the others. Defaults to all of them.

    Raises:
        ConfigurationError: for what cannot be the name of a metric, a histogram or a label, a bound that is not above
            0, a malformed regular expression, paths without the label that holds them, or what no scrape can keep.
    """

    total: str
    status: str
    seconds: str
    slow_seconds: float
    failed: str = "5.."
    path: str | None = None
    paths: tuple[str, ...] = ()

    def check(self) -> None:
        _metric("total", self.total)
        _histogram("seconds", self.seconds)
        for what, label in (("status", self.status), ("path", self.path)):
            if label is not None and not _LABEL.fullmatch(label):
                raise ConfigurationError(f"{what} must be the name of a label, such as status_code, got {label!r}")
        if not self.slow_seconds > 0:
            raise ConfigurationError(f"slow_seconds must be a bound above 0, got {self.slow_seconds:g}")
        if not self.failed or '"' in self.failed or "\\" in self.failed or not _compiles(self.failed):
            raise ConfigurationError(
                f"failed must be a regular expression without quotes and backslashes, such as 5.., got {self.failed!r}"
            )
        if (self.path is None) is not (not self.paths):
            raise ConfigurationError(
                f"path and paths must be given together: the label, such as route, and its values, got {self.path!r} "
                f"and {self.paths!r}"
            )
        if self.path is not None:
            KeepValues(label=self.path, values=self.paths)

    @property
    def series(self) -> frozenset[str]:
        """The names as a query writes them."""
        return frozenset((self.total, f"{self.seconds}_bucket", f"{self.seconds}_count"))

    @property
    def slow_bound(self) -> str:
        """A regular expression of the bound as a label: Prometheus 3 writes it as a float, Prometheus 2 as exported."""
        whole_, point, rest = f"{self.slow_seconds:g}".partition(".")
        return f"{whole_}[.]{rest}" if point else f"{whole_}([.]0)?"


class Dependency(Value):
    """Something outside the product that a program calls, such as an identity provider.

    Args:
        name: as an alert calls it.
        calls: what tells how the calls end. Several, where one release counts its calls and another only answers with
            an error when a call failed; an alert fires for each of them.

    Raises:
        ConfigurationError: without a name or something that tells, or for a name with quotes or backslashes.
    """

    name: str
    calls: tuple[RequestMetrics, ...]

    def check(self) -> None:
        if not self.name.strip() or re.search(r"[\"\\$\n]", self.name):
            raise ConfigurationError(
                f"name of a dependency must be a text without quotes, backslashes and $, got {self.name!r}"
            )
        if not self.calls:
            raise ConfigurationError(f"calls must say what tells how the calls to {self.name!r} end, got none")


class ProgramMetrics(Value):
    """All that a program exports and alerts or panels read.

    Args:
        requests: how it counts what it answers: calls between services, too, which do not pass the gateway. Defaults
            to none.
        database: its pool of connections. Defaults to none: it has no database.
        dependencies: what it calls outside the product. Defaults to none.
    """

    requests: RequestMetrics | None = None
    database: DatabaseMetrics | None = None
    dependencies: tuple[Dependency, ...] = ()

    @property
    def kept(self) -> tuple[KeepValues, ...]:
        """Which series a scrape of the program keeps: where two count by one label, the values of both."""
        found: dict[str, dict[str, None]] = {}
        for each in self.counted:
            if each.path is not None:
                found.setdefault(each.path, {}).update(dict.fromkeys(each.paths))
        return tuple(KeepValues(label=label, values=tuple(values)) for label, values in found.items())

    @property
    def counted(self) -> tuple[RequestMetrics, ...]:
        """All that counts requests, each one once."""
        own = () if self.requests is None else (self.requests,)
        return tuple(dict.fromkeys((*own, *(each for one in self.dependencies for each in one.calls))))

    @property
    def series(self) -> frozenset[str]:
        """The names as a query writes them."""
        own = frozenset[str]() if self.database is None else self.database.series
        return own.union(*(each.series for each in self.counted))


def _metric(what: str, name: str) -> None:
    if not _METRIC.fullmatch(name):
        raise ConfigurationError(
            f"{what} must be the name of a metric (letters, digits and '_', no digit first), got {name!r}"
        )


def _histogram(what: str, name: str) -> None:
    _metric(what, name)
    if name.endswith(_SUFFIXES):
        raise ConfigurationError(f"{what} must be the histogram's name, without _bucket, _sum and _count, got {name!r}")


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
