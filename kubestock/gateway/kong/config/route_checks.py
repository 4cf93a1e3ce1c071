"""What a route must not say, beside paths, hosts and methods that no request has."""

from collections.abc import Mapping, Sequence

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.segments import DEEPEST, parameters, rank, segments_of
from kubestock.values.value import require_unique


def check_paths(route: str, given: Sequence[str]) -> None:
    """Refuse paths that no request has, that Kong could not compare with those of other routes, or that are alike."""
    found = []
    for each in given:
        request_paths.path_pattern("path", each)
        found.append(segments_of(each))
        if rank(found[-1]) != rank(found[0]):
            raise ConfigurationError(
                f"paths of route {route} must be as deep as each other, with as many parameters, because Kong compares "
                f"routes by one priority, got {given[0]} and {each}; make a route of each"
            )
    if len(found[0]) > DEEPEST:
        raise ConfigurationError(
            f"paths of route {route} must have at most {DEEPEST} segments, because Kong compares no more, got "
            f"{len(found[0])}; write a shorter one"
        )
    require_unique("of paths", ["/" + "/".join(each) for each in found])


def check_headers(route: str, wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse headers that no request has, or of which Kong reads the value as a regular expression."""
    for name, values in wanted.items():
        http.header_name("each name in headers", name)
        if name.lower() == "host":
            raise ConfigurationError(f"headers of route {route} must not hold Host; use hosts")
        if not values or not all(values):
            raise ConfigurationError(f"headers of route {route} must have values for {name}")
        if any(each.startswith("~*") for each in values):
            raise ConfigurationError(
                f"headers of route {route} must have plain values for {name}, got one that begins with '~*', "
                "which is a regular expression for Kong; name each value"
            )
    require_unique("of headers", http.seen_headers(wanted))


def check_no_parameters(route: str, path: str) -> None:
    """Refuse a path with parameters where it is stripped, and nothing else tells the pods what they are."""
    if parameters(path):
        raise ConfigurationError(
            f"strip_path of route {route} must be False, because the path {path} has parameters, and the pods would "
            "not learn what they are; say options=RouteOptions(strip_path=False), or what the pods are asked for, by "
            f"RequestTransformer(replace=RequestReplacements(uri='/$(uri_captures[\"{parameters(path)[0]}\"])'))"
        )
