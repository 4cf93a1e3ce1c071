"""The metrics that a program exports; their names are settings, because programs differ."""

import re

from kubestock.errors import ConfigurationError
from kubestock.monitoring.relabeling import KeepValues
from kubestock.values.numbers import whole
from kubestock.values.value import Value

_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SUFFIXES = ("_bucket", "_sum", "_count")


class DatabaseMetrics(Value):
    """The metrics of a program about its pool of database connections.

    Args:
        connections_in_use: a gauge of the connections in use.
        connections_limit: a gauge of the limit, or the limit of one process as a number if no metric exports it.
        connections_idle: a gauge of the connections that are open but not in use: the instance counts them as well.
            Defaults to none.
        query_seconds: a histogram of query durations, without `_bucket`. Defaults to none: the program does not measure
            queries, and no alert or panel reads them. Leave out a histogram that is declared but never observed.

    Raises:
        ConfigurationError: if a name of a metric or a histogram is invalid, or a limit is below 1.
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
        """The names of the series, as in a query."""
        limit = () if isinstance(self.connections_limit, int) else (self.connections_limit,)
        queries = () if self.query_seconds is None else (f"{self.query_seconds}_bucket",)
        return frozenset((*self.connections_open, *limit, *queries))

    @property
    def connections_open(self) -> tuple[str, ...]:
        """The gauges whose sum is the number of all connections of a process."""
        return (self.connections_in_use, *(() if self.connections_idle is None else (self.connections_idle,)))


class RequestMetrics(Value):
    """The metrics by which a program counts requests: those that it answers, or those that it sends.

    Args:
        total: a counter of requests.
        status: the label of the counter with the status of the response.
        seconds: a histogram of request durations, without `_bucket`.
        slow_seconds: the duration above which a request is slow. It must be a bucket bound of the histogram, because
            values between two bounds cannot be distinguished.
        failed: a regular expression for the values of `status` that are failures. Defaults to `5..`.
        path: the label with the path of a request. Defaults to none.
        paths: the paths whose series a scrape keeps; it drops the series of all others. A program that exports each
            path as it was sent creates new series for each product or user, without limit. Leave out paths that probes
            request: their responses would hide the failures of the others. Defaults to all paths.

    Raises:
        ConfigurationError: if a name of a metric, a histogram or a label is invalid, a bound is not above 0, the
            regular expression is invalid, there are paths without their label, or a scrape cannot keep the label.
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
                raise ConfigurationError(f"{what} must be a valid label name, such as status_code, got {label!r}")
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
        """The names of the series, as in a query."""
        return frozenset((self.total, f"{self.seconds}_bucket", f"{self.seconds}_count"))

    @property
    def slow_bound(self) -> str:
        """A regular expression for the bound as a label: Prometheus 3 writes a float, Prometheus 2 as exported."""
        whole_, point, rest = f"{self.slow_seconds:g}".partition(".")
        return f"{whole_}[.]{rest}" if point else f"{whole_}([.]0)?"


class Dependency(Value):
    """A service outside the product that a program calls, such as an identity provider.

    Args:
        name: the name of the dependency in alerts.
        calls: the metrics that count the calls and their failures. Give several if one release counts its calls and
            another only returns an error when a call failed; an alert fires for each of them.

    Raises:
        ConfigurationError: if there is no name or no metrics, or the name has quotes or backslashes.
    """

    name: str
    calls: tuple[RequestMetrics, ...]

    def check(self) -> None:
        if not self.name.strip() or re.search(r"[\"\\$\n]", self.name):
            raise ConfigurationError(
                f"name of a dependency must be a string without quotes, backslashes and $, got {self.name!r}"
            )
        if not self.calls:
            raise ConfigurationError(f"calls must have the metrics that count the calls to {self.name!r}, got none")


class ProgramMetrics(Value):
    """All metrics of a program that alerts and panels read.

    Args:
        requests: the metrics of the requests that it answers, including calls from other services, which do not pass
            the gateway. Defaults to none.
        database: the metrics of its connection pool. Defaults to none: it has no database.
        dependencies: the services outside the product that it calls. Defaults to none.
    """

    requests: RequestMetrics | None = None
    database: DatabaseMetrics | None = None
    dependencies: tuple[Dependency, ...] = ()

    @property
    def kept(self) -> tuple[KeepValues, ...]:
        """The series that a scrape of the program keeps; for two metrics with one label, the values of both."""
        found: dict[str, dict[str, None]] = {}
        for each in self.counted:
            if each.path is not None:
                found.setdefault(each.path, {}).update(dict.fromkeys(each.paths))
        return tuple(KeepValues(label=label, values=tuple(values)) for label, values in found.items())

    @property
    def counted(self) -> tuple[RequestMetrics, ...]:
        """All metrics that count requests, without duplicates."""
        own = () if self.requests is None else (self.requests,)
        return tuple(dict.fromkeys((*own, *(each for one in self.dependencies for each in one.calls))))

    @property
    def series(self) -> frozenset[str]:
        """The names of the series, as in a query."""
        own = frozenset[str]() if self.database is None else self.database.series
        return own.union(*(each.series for each in self.counted))


def _metric(what: str, name: str) -> None:
    if not _METRIC.fullmatch(name):
        raise ConfigurationError(
            f"{what} must be the name of a metric (letters, digits and '_', not beginning with a digit), got {name!r}"
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
