"""An identity provider of one run, which signs the tokens that the guide's table names."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class Issuer:
    """Its key, and one of a stranger; `name` is what its tokens say in `iss`."""

    def __init__(self, name: str) -> None:
        self.name, self.key, self.strangers = name, _key(), _key()

    @property
    def public(self) -> str:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()

    def token(self, name: str) -> str:
        """Return the token of this name."""
        hour = 3600
        groups = ["supplier"] if name == "supplier" else ["admin"]
        claims = {"iss": self.name, "groups": groups, "exp": int(time.time()) + hour}
        if name == "wrong-algorithm":
            return _signed("HS256", claims, lambda text: hmac.digest(self.public.encode(), text, hashlib.sha256))
        changed: dict[str, dict[str, Any]] = {
            "expired": {"exp": int(time.time()) - hour},
            "lasting": {"exp": int(time.time()) + 100 * 365 * 24 * hour},
            "early": {"nbf": int(time.time()) + hour},
            "unknown-issuer": {"iss": "https://evil.example.net"},
        }
        if name == "forged":
            return _signed("RS256", claims, _signer(self.strangers))
        return self.signed({**claims, **changed.get(name, {})})

    def signed(self, claims: Mapping[str, Any], **header: str) -> str:
        """Return a token that says this."""
        return _signed("RS256", claims, _signer(self.key), header)


def _signer(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def _signed(
    algorithm: str, claims: Mapping[str, Any], sign: Callable[[bytes], bytes], header: Mapping[str, str] | None = None
) -> str:
    parts = [{"alg": algorithm, "typ": "JWT", **(header or {})}, claims]
    text = ".".join(_encoded(json.dumps(each).encode()) for each in parts)
    return f"{text}.{_encoded(sign(text.encode()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
