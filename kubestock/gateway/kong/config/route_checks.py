"""Checks of the paths and headers of a route."""

from collections.abc import Mapping, Sequence

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.segments import MAX_SEGMENTS, parameters, rank, segments_of
from kubestock.values.value import require_unique


def check_paths(route: str, given: Sequence[str]) -> None:
    """Check that requests can have the paths, that Kong can compare them, and that they are unique."""
    found = []
    for each in given:
        request_paths.path_pattern("path", each)
        found.append(segments_of(each))
        if rank(found[-1]) != rank(found[0]):
            raise ConfigurationError(
                f"paths of route {route} must have the same number of segments and of parameters, because "
                f"Kong compares routes by one priority, got {given[0]} and {each}; make a separate route of "
                "each"
            )
    if len(found[0]) > MAX_SEGMENTS:
        raise ConfigurationError(
            f"paths of route {route} must have at most {MAX_SEGMENTS} segments, because Kong cannot compare more, "
            f"got {len(found[0])}; write a shorter path"
        )
    require_unique("of paths", ["/" + "/".join(each) for each in found])


def check_headers(route: str, wanted: Mapping[str, Sequence[str]]) -> None:
    """Check that requests can have the headers, and that Kong does not read a value as a regular expression."""
    for name, values in wanted.items():
        http.header_name("each name in headers", name)
        if name.lower() == "host":
            raise ConfigurationError(f"headers of route {route} must not contain Host; use hosts")
        if not values or not all(values):
            raise ConfigurationError(
                f"headers of route {route} must have at least one value for {name}, and no empty value"
            )
        if any(each.startswith("~*") for each in values):
            raise ConfigurationError(
                f"headers of route {route} must have literal values for {name}, got one that begins with "
                "'~*', which Kong reads as a regular expression; list each value"
            )
    require_unique("of headers", http.comparable_header_names(wanted))


def check_no_parameters(route: str, path: str) -> None:
    """Check that a stripped path has no parameters, because the pods would not get their values."""
    if parameters(path):
        raise ConfigurationError(
            f"strip_path of route {route} must be False, because the path {path} has parameters and the pods "
            "would not get their values; use options=RouteOptions(strip_path=False), or write the path for "
            "the pods with "
            f"RequestTransformer(replace=RequestReplacements(uri='/$(uri_captures[\"{parameters(path)[0]}\"])'))"
        )
