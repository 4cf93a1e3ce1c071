"""Who is known to the gateway, by which credentials, and in which groups."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.entities import drop_empty
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values.references import SecretKey
from kubestock.values.value import Value

_LEAST_BITS = 2048
_ONE_PUBLIC_KEY = re.compile(r"\s*-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PUBLIC KEY-----\s*")
"""What stands beside it would be published with it, a private key too."""

_KEYS: dict[str, tuple[type, ...]] = {
    "RS": (RSAPublicKey,),
    "PS": (RSAPublicKey,),
    "ES": (EllipticCurvePublicKey,),
    "Ed": (Ed25519PublicKey, Ed448PublicKey),
}


class JwtIssuer(Value):
    """An issuer whose tokens are verified: with its public key, or with a shared secret for HS algorithms.

    Args:
        key: the value of the token's `iss` claim.
        kid: the identifier of this key, which the header of a token names. Give it to each key of an issuer that has
            several at a time, as while it rotates them, and let `Jwt` say key_claim_name="kid". Defaults to none: the
            issuer has one key.
        rsa_public_key: PEM, of whichever kind the algorithm needs. Kong reads no JWKS, so a rotated key is a
            change of the configuration.
        secret: a key of the Secret that the configuration is rendered from.

    Raises:
        ConfigurationError: for a key that is none, is of another kind than the algorithm, or is short.
    """

    key: str
    algorithm: Literal[
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "ES256",
        "ES384",
        "ES512",
        "PS256",
        "PS384",
        "PS512",
        "EdDSA",
    ] = "RS256"
    kid: str | None = None
    rsa_public_key: str | None = None
    secret: SecretKey | None = None

    def check(self) -> None:
        """Refuse an issuer whose tokens nothing verifies."""
        if not self.key:
            raise ConfigurationError("key of a JWT issuer must be the value of the iss claim, got an empty text")
        http.check_not_empty(f"kid of {self.key}", self.kid)
        symmetric = self.algorithm.startswith("HS")
        if symmetric and (self.secret is None or self.rsa_public_key is not None):
            raise ConfigurationError(f"secret, and no public key, must be given for {self.algorithm} of {self.key}")
        if not symmetric and (self.rsa_public_key is None or self.secret is not None):
            raise ConfigurationError(f"rsa_public_key, and no secret, must be given for {self.algorithm} of {self.key}")
        if self.rsa_public_key is not None:
            self._check_public_key(self.rsa_public_key)

    @property
    def credential(self) -> str:
        """What Kong finds the key by: its identifier if it has one, and the issuer otherwise."""
        return self.kid or self.key

    def _check_public_key(self, pem: str) -> None:
        try:
            key = load_pem_public_key(pem.encode() if _ONE_PUBLIC_KEY.fullmatch(pem) else b"")
        except (ValueError, UnsupportedAlgorithm):
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must be a public key in PEM, and nothing else; "
                "take it from the provider's JWKS"
            ) from None
        family = self.algorithm[:2]
        wanted = _KEYS[family]
        if not isinstance(key, wanted) or (isinstance(key, EllipticCurvePublicKey) and not self._fits(key)):
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must be a key for {self.algorithm}, got {type(key).__name__.strip('_')} "
                "of another kind or curve"
            )
        if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_BITS:
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must have at least {_LEAST_BITS} bits, got {key.key_size}"
            )

    def _fits(self, key: EllipticCurvePublicKey) -> bool:
        return key.curve.key_size == {"ES256": 256, "ES384": 384, "ES512": 521}.get(self.algorithm)


class Consumer(Value):
    """A caller: a program with API keys, or everybody for whom an issuer signs tokens.

    Args:
        username: in metrics and logs, and in the header X-Consumer-Username that the pods see.
        api_keys: keys of the Secret that the configuration is rendered from, each of one consumer.
        issuers: whose tokens are this consumer's: to Kong, all people of an issuer are one.
        groups: that `Acl` names. Defaults to none: it then enters where no `Acl` is.
        plugins: for its requests; they take the place of those of routes, services and all requests.

    Raises:
        ConfigurationError: without a username, for empty or repeated groups, and for a limit that all people of an
            issuer would share.

    See https://developer.konghq.com/gateway/entities/consumer/
    """

    username: str
    api_keys: Sequence[SecretKey] = ()
    issuers: Sequence[JwtIssuer] = ()
    groups: Sequence[str] = ()
    plugins: Sequence[Plugin] = ()

    def check(self) -> None:
        """Refuse a consumer without a name, empty or repeated groups, and one limit for all people."""
        if not self.username:
            raise ConfigurationError("username must be given")
        if not all(self.groups) or len(set(self.groups)) != len(self.groups):
            raise ConfigurationError(f"groups of {self.username} must be named, each one once, got {list(self.groups)}")
        for each in self.plugins:
            by = each.traits.counts_by
            if self.issuers and by and (each.setting(by) or "consumer") in ("consumer", "credential"):
                raise ConfigurationError(
                    f"{by} of {each.kong_name} on consumer {self.username} must be 'ip': all tokens of an issuer are "
                    "one consumer, so one person's flood would limit all people"
                )

    @property
    def credential_kinds(self) -> frozenset[str]:
        """The kinds of its credentials, named as the collections in Kong's file."""
        held = {"keyauth_credentials": self.api_keys, "jwt_secrets": self.issuers}
        return frozenset(kind for kind, each in held.items() if each)

    @property
    def credentials(self) -> tuple[SecretKey, ...]:
        """What is secret of it: the API keys, and the secrets that issuers share."""
        shared = (each.secret for each in self.issuers)
        return (*self.api_keys, *(each for each in shared if each is not None))

    def to_kong(self) -> dict[str, Any]:
        """Return the consumer as it stands in Kong's file; secrets are references."""
        issuers = [
            drop_empty(
                {
                    "key": each.credential,
                    "algorithm": each.algorithm,
                    "rsa_public_key": each.rsa_public_key,
                    "secret": each.secret,
                }
            )
            for each in self.issuers
        ]
        rendered = {
            "username": self.username,
            "keyauth_credentials": [{"key": each} for each in self.api_keys],
            "jwt_secrets": issuers,
            "acls": [{"group": each} for each in self.groups],
            "plugins": [each.to_kong() for each in self.plugins],
        }
        return drop_empty(rendered)
