"""The texts in a picture."""

from collections.abc import Sequence

KEPT = {
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    4222: "NATS",
    5432: "PostgreSQL",
    5672: "RabbitMQ",
    6379: "Redis",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    11211: "Memcached",
    27017: "MongoDB",
}
"""Databases and queues, by their port."""

_LONGEST = 22
_ENDS = ("(/|$)", "(?:/|$)", "(/.*)?$", "/?$", "$")


def title_of(reference: str) -> str:
    """Return the name at the end of a reference."""
    return reference.rpartition("/")[2]


def requirement(requires: Sequence[str]) -> str:
    """Return what a request must have, as a text; long words are shortened."""
    return ", ".join(each if len(each) <= _LONGEST else f"{each[: _LONGEST - 1]}…" for each in requires) or "anyone"


def plain_path(path: str) -> str:
    """Return a path without the characters of a pattern."""
    if not path.startswith("~"):
        return path
    plain = path[1:].removeprefix("^")
    return next((plain.removesuffix(end) for end in _ENDS if plain.endswith(end)), plain) or "/"
