"""What the blocks of some pages take as given: names, and files of the reader's project."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import sealed
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from docs.blocks import ROOT
from docs.importing import imported
from keyring import key_pair

from kubestock import App, Chart, Container, ContainerImage, ContainerResources, Microservice, Platform, Port, Probes
from kubestock.gateway import kong
from kubestock.secrets import SealedSecret
from kubestock.values import SecretRef
from kubestock.workload import Service, StatefulSet

Names = dict[str, Any]


def workloads(folder: Path) -> Names:
    """A chart, and what the workloads in it share."""
    return {
        "chart": Chart(App(outdir=str(folder / "dist")), "shop", namespace="shop"),
        "platform": Platform(part_of="shop", environment="production"),
        "image": ContainerImage("ghcr.io/acme/shop", tag="1.4.2"),
        "resources": ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi")),
    }


def gateway(folder: Path) -> Names:
    """Services behind a gateway, its certificate, the product of another example, and the names of Kong's package."""
    names = workloads(folder)
    orders, items = (_served(names, each) for each in ("orders", "items"))
    public = key_pair().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    anything = {"type": "object"}
    store = sealed.store(sealed.secret("gateway-consumers", "redis"))
    certificate = SecretRef(name="acme-tls", keys=("tls.crt", "tls.key"))
    return {
        **names,
        "example": imported(ROOT / "examples" / "gateway_of_another_product.py").build(str(folder / "dist")),
        "gateway": kong.KongGateway(
            Chart(App(outdir=str(folder / "dist")), "shop", namespace="shop"),
            "gateway",
            hosts=["acme.example.com"],
            platform=names["platform"],
            tls=kong.TlsAtGateway(secret=certificate),
        ),
        **{name: getattr(kong, name) for name in kong.__all__},
        "Service": Service,  # that of a workload, and not that of Kong's file
        "ClassVar": ClassVar,
        "yaml": yaml,
        "orders": orders,
        "items": items,
        "StatefulSet": StatefulSet,
        "container": Container(image=names["image"], resources=names["resources"], ports=(Port(6379),)),
        "keys": SealedSecret(
            names["chart"],
            "keys",
            secret=store["gateway-consumers"],
            certificates=store.certificates,
            labels=names["platform"].labels("gateway-consumers"),
        ),
        "certificate": SimpleNamespace(ref=certificate),
        "PEOPLE": [kong.Jwt(), kong.Acl(allow=["people"])],
        "NEW_ORDER": anything,
        "STATUS": anything,
        "NOTES": anything,
        "text": "_format_version: '3.0'\nservices: []\n",
        "ISSUER": "https://login.example.com",
        "OLD": public,
        "NEW": key_pair(1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    }


def _served(names: Names, name: str) -> Microservice:
    container = Container(
        image=names["image"], resources=names["resources"], ports=(Port(8080),), probes=Probes.http("/health")
    )
    return Microservice(
        names["chart"],
        name,
        name=name,
        platform=names["platform"],
        container=container,
        services=(Service(), Service(name=f"{name}-pods", headless=True)),
    )


def sealing(folder: Path) -> Names:
    """The certificate of a controller, as kubeseal fetches it."""
    (folder / "sealing-cert.pem").write_bytes(_certificate(key_pair(), "sealed-secret"))
    return {}


def secrets(folder: Path) -> Names:
    """A pinned certificate, a store with one value, a certificate of a host and a dotenv file."""
    (folder / "sealing-cert.pem").write_bytes(_certificate(key_pair(), "sealed-secret"))
    (folder / "edge.crt").write_bytes(_certificate(key_pair(1), "shop.example.com"))
    (folder / "orders.env").write_text("DB_USER=orders\nDB_PASSWORD=made-up\n", "utf-8")
    options = "--namespace shop --store secrets.yaml --cert sealing-cert.pem --owner orders-team --pin"
    command = ["kubestock", "seal", "orders-db", "DB_PASSWORD", *options.split()]
    subprocess.run(command, input=b"made-up", check=True, cwd=folder)
    return {}


def _certificate(key: rsa.RSAPrivateKey, subject: str) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=3650))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


PRELUDES: dict[str, Callable[[Path], Names]] = {
    "docs/constructs/product.md": sealing,
    "docs/constructs/statefulset.md": sealing,
    "docs/constructs/sealed-secret.md": secrets,
    "docs/gateway.md": gateway,
    "docs/programs.md": workloads,
    "docs/secrets.md": secrets,
    "docs/tutorial/index.md": sealing,
}
"""For each page that begins in the middle, what its reader has written before."""

FILES: dict[str, dict[str, str]] = {
    "docs/tutorial/index.md": {"login.pub.pem": "examples/web_shop/login.pub.pem"},
    "README.md": {
        "login.pub.pem": "examples/web_shop/login.pub.pem",
        "images.yaml": "examples/web_shop/images.yaml",
    },
}
"""For each page, files that its reader has already, and where in the repository they are."""

ALTERNATIVES = ("docs/gateway.md",)
"""Pages whose blocks do one thing in several ways: each block is run without the others."""

VARIANTS = {
    "docs/gateway.md": "its routes name consumers that no gateway of the page has",
    "docs/workloads-network.md": "it leaves the policies of the namespace out, which is a warning",
    "docs/programs.md": "it shows one construct, and not a chart",
    "docs/secrets.md": "it shows secrets that no workload uses, and one whose second key is sealed later",
    "docs/monitoring.md": "it has no chart",
}
"""Pages whose charts are not held against the rules, and why."""
