"""Consumers: the clients that Kong identifies, their credentials, and their groups."""

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

_MIN_RSA_BITS = 2048
_ONE_PUBLIC_KEY = re.compile(r"\s*-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PUBLIC KEY-----\s*")
"""The text must contain nothing else: anything next to the key, even a private key, would be published with it."""

_KEYS: dict[str, tuple[type, ...]] = {
    "RS": (RSAPublicKey,),
    "PS": (RSAPublicKey,),
    "ES": (EllipticCurvePublicKey,),
    "Ed": (Ed25519PublicKey, Ed448PublicKey),
}


class JwtIssuer(Value):
    """An issuer of JWTs: Kong accepts its tokens if their signature is valid.

    Kong's file gets an entry in `jwt_secrets` of the consumer. The HS algorithms use a shared secret, all others a
    public key.

    Args:
        key: the value of the `iss` claim of its tokens.
        algorithm: the signature algorithm. Defaults to RS256.
        kid: the identifier of this key, as in the header of the tokens. Required if the issuer has several keys at a
            time, for example while it rotates them; the routes then need `Jwt(key_claim_name="kid")`. Defaults to none:
            the issuer has one key.
        rsa_public_key: the public key in PEM format, for every algorithm except HS, despite its name, which is Kong's.
            Kong does not read a JWKS, so a rotated key is a change of the configuration.
        secret: the shared secret for an HS algorithm, as a key of the sealed Secret.

    Raises:
        ConfigurationError: if the key is not a public key in PEM format, does not fit the algorithm or has less than
            2048 bits; if the secret and the public key are both given or both missing.

    See https://developer.konghq.com/plugins/jwt/
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
        """Check that its tokens can be verified."""
        if not self.key:
            raise ConfigurationError("key of a JWT issuer must be the value of the iss claim, got an empty text")
        http.check_not_empty(f"kid of {self.key}", self.kid)
        symmetric = self.algorithm.startswith("HS")
        if symmetric and (self.secret is None or self.rsa_public_key is not None):
            raise ConfigurationError(
                f"secret, and no rsa_public_key, must be given for {self.algorithm} of issuer {self.key}"
            )
        if not symmetric and (self.rsa_public_key is None or self.secret is not None):
            raise ConfigurationError(
                f"rsa_public_key, and no secret, must be given for {self.algorithm} of issuer {self.key}"
            )
        if self.rsa_public_key is not None:
            self._check_public_key(self.rsa_public_key)

    @property
    def credential(self) -> str:
        """The value by which Kong finds the key: `kid` if it is given, and the issuer otherwise."""
        return self.kid or self.key

    def _check_public_key(self, pem: str) -> None:
        try:
            key = load_pem_public_key(pem.encode() if _ONE_PUBLIC_KEY.fullmatch(pem) else b"")
        except (ValueError, UnsupportedAlgorithm):
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must be one public key in PEM format without any other text; "
                "copy it from the provider's JWKS"
            ) from None
        family = self.algorithm[:2]
        wanted = _KEYS[family]
        if not isinstance(key, wanted) or (isinstance(key, EllipticCurvePublicKey) and not self._fits(key)):
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must be a key for {self.algorithm}, got "
                f"{type(key).__name__.strip('_')} of another kind or curve"
            )
        if isinstance(key, RSAPublicKey) and key.key_size < _MIN_RSA_BITS:
            raise ConfigurationError(
                f"rsa_public_key of {self.key} must have at least {_MIN_RSA_BITS} bits, got {key.key_size}"
            )

    def _fits(self, key: EllipticCurvePublicKey) -> bool:
        return key.curve.key_size == {"ES256": 256, "ES384": 384, "ES512": 521}.get(self.algorithm)


class Consumer(Value):
    """A client that Kong identifies by its credentials: a program with API keys, or all users of an issuer of tokens.

    Kong's file gets the consumer with its credentials and groups. Secrets are references to the sealed Secret.

    Args:
        username: its name in metrics, in logs, and in the header X-Consumer-Username that the services get.
        api_keys: its API keys, as keys of the sealed Secret. Each key belongs to one consumer only. Defaults to none.
        issuers: the issuers whose tokens identify this consumer. All users of an issuer are one consumer to Kong.
            Defaults to none.
        groups: the groups that an `Acl` can name. Defaults to none: only routes without an `Acl` admit it.
        plugins: the plugins for its requests; they override those of routes, services and all requests. Defaults to
            none.

    Raises:
        ConfigurationError: if the username is empty, a group is empty or duplicated, or a rate limit on the consumer
            would be shared by all users of an issuer.

    See https://developer.konghq.com/gateway/entities/consumer/
    """

    username: str
    api_keys: Sequence[SecretKey] = ()
    issuers: Sequence[JwtIssuer] = ()
    groups: Sequence[str] = ()
    plugins: Sequence[Plugin] = ()

    def check(self) -> None:
        """Check the username, the groups, and that no rate limit is shared by all users of an issuer."""
        if not self.username:
            raise ConfigurationError("username of a consumer must be given, got an empty text")
        if not all(self.groups) or len(set(self.groups)) != len(self.groups):
            raise ConfigurationError(f"groups of {self.username} must be unique and not empty, got {list(self.groups)}")
        for each in self.plugins:
            by = each.traits.counts_by
            if self.issuers and by and (each.setting(by) or "consumer") in ("consumer", "credential"):
                raise ConfigurationError(
                    f"{by} of {each.kong_name} on consumer {self.username} must be 'ip': all tokens of an "
                    "issuer are one consumer, so one user that exceeds the limit would block all users"
                )

    @property
    def credential_kinds(self) -> frozenset[str]:
        """The kinds of its credentials, named as the collections in Kong's file."""
        credentials = {"keyauth_credentials": self.api_keys, "jwt_secrets": self.issuers}
        return frozenset(kind for kind, each in credentials.items() if each)

    @property
    def credentials(self) -> tuple[SecretKey, ...]:
        """Its secret values: the API keys, and the shared secrets of its issuers."""
        shared = (each.secret for each in self.issuers)
        return (*self.api_keys, *(each for each in shared if each is not None))

    def to_kong(self) -> dict[str, Any]:
        """Return the consumer as in Kong's file. Secrets are references."""
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
