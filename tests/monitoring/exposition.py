"""The /metrics of KubeStock's programs for a number of requests: fakes that count as the programs do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Series = dict[str, float]
"""Values by metric name and labels, as in the exposition format."""

_LINE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*(?:\{.*\})?) (?P<value>[-+.\w]+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_BACKEND_BOUNDS = ("0.1", "0.3", "0.5", "0.7", "1", "3", "5", "7", "10")
_IDENTITY_BOUNDS = ("0.01", "0.05", "0.1", "0.5", "1", "5")
_PROCESS = (
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "nodejs_eventloop_lag_seconds",
    "nodejs_heap_size_used_bytes",
)


@dataclass(frozen=True)
class Answers:
    """A number of responses to one request."""

    method: str
    path: str
    status: int
    count: int


def backend(prefix: str, answers: Iterable[Answers], *, active: int = 2, idle: int = 3) -> str:
    """Return the metrics of a program with a database: its label `route` is the path as it was sent."""
    lines = _declared(prefix)
    for each in answers:
        labels = f'method="{each.method}",route="{each.path}",status_code="{each.status}"'
        lines += _histogram(f"{prefix}_http_request_duration_seconds", labels, each.count, _BACKEND_BOUNDS)
        lines.append(f"{prefix}_http_requests_total{{{labels}}} {each.count}")
    for method, path in dict.fromkeys((each.method, each.path) for each in answers):
        lines.append(f'{prefix}_http_requests_in_progress{{method="{method}",route="{path}"}} 0')
    # The histogram of query durations is declared, but never observed.
    lines += [f"# TYPE {prefix}_db_query_duration_seconds histogram"]
    lines += [f"{prefix}_db_connections_active {active}", f"{prefix}_db_connections_idle {idle}"]
    return "\n".join(lines) + "\n"


def identity(answers: Iterable[Answers]) -> str:
    """Return the metrics of ms-identity, which declares its calls of the provider but never counts them."""
    lines = _declared("")
    durations: dict[str, int] = {}
    for each in answers:
        labels = f'method="{each.method}",path="{each.path}"'
        durations[labels] = durations.get(labels, 0) + each.count
        lines.append(f'identity_http_requests_total{{{labels},status="{each.status}"}} {each.count}')
    for labels, count in durations.items():
        lines += _histogram("identity_http_request_duration_seconds", labels, count, _IDENTITY_BOUNDS)
    lines += ["# TYPE identity_asgardeo_api_calls_total counter"]
    lines += ["# TYPE identity_asgardeo_api_duration_seconds histogram"]
    return "\n".join(lines) + "\n"


def read(text: str) -> Series:
    """Return the series of an exposition; a duplicate series is an error."""
    found: Series = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        assert match["name"] not in found, line
        found[match["name"]] = float(match["value"])
    return found


def labels_of(series: str) -> dict[str, str]:
    """Return the labels of a series, including its name."""
    name, _, rest = series.partition("{")
    return {"__name__": name, **dict(_LABEL.findall(rest))}


def relabeled(series: Series, steps: Iterable[Mapping[str, Any]]) -> Series:
    """Return the series that a monitor's relabeling keeps; Prometheus matches whole values, missing as empty."""
    kept = dict(series)
    for step in steps:
        assert step["action"] == "keep"
        (label,) = step["sourceLabels"]
        regex = step["regex"]
        kept = {name: each for name, each in kept.items() if re.fullmatch(regex, labels_of(name).get(label, ""))}
    return kept


def _declared(prefix: str) -> list[str]:
    return [f"{prefix}_{each} 1" if prefix else f"{each} 1" for each in _PROCESS]


def _histogram(name: str, labels: str, count: int, bounds: tuple[str, ...]) -> list[str]:
    """Return buckets in which all requests were quick."""
    buckets = [f'{name}_bucket{{le="{bound}",{labels}}} {count}' for bound in (*bounds, "+Inf")]
    return [*buckets, f"{name}_sum{{{labels}}} {count * 0.02}", f"{name}_count{{{labels}}} {count}"]
