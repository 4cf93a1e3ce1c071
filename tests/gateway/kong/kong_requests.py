"""Requests of clients, responses of Kong, and the state of a request in between."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True, kw_only=True)
class Token:
    """The claims of a token, the public key of its signature, and how many seconds it is valid from now."""

    claims: Mapping[str, Any]
    algorithm: str
    signed_for: str
    seconds: int = 3600
    groups: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The token without a signature."""
        parts = ({"alg": self.algorithm}, self.claims)
        return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().strip("=") for each in parts)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request. `bearer` is the name of a token; `times` is how often it is sent within one second."""

    method: str = "GET"
    path: str = "/"
    host: str = "kubestock.dpiyumal.me"
    scheme: str = "https"
    headers: Mapping[str, str] = field(default_factory=dict)
    bearer: str | None = None
    body: str = ""
    length: int | None = None
    peer: str = "198.51.100.7"
    times: int = 1

    @property
    def size(self) -> int:
        return len(self.body) if self.length is None else self.length

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.path.partition("?")[2])

    def header(self, name: str) -> str | None:
        found = {each.lower(): value for each, value in self.headers.items()}
        if self.bearer is not None:
            found["authorization"] = f"Bearer {self.bearer}"
        return found.get(name.lower())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    service: str | None = None
    client: str = ""
    uri: str = ""
    unseen: frozenset[str] = frozenset()
    text: str = ""


@dataclass
class State:
    """What plugins have found out about a request."""

    client: str
    route: str
    uri: str
    found: Any = None
    consumer: Any = None
    credential: str | None = None
    token: str | None = None
    hidden: set[str] = field(default_factory=set)

    @property
    def groups(self) -> set[str]:
        return {each["group"] for each in self.consumer["acls"]} if self.consumer else set()
