import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import sealed
from secrets_of_ecr import PULLING
from support import find
from workload.samples import PLATFORM

from kubestock import Chart
from kubestock.secrets.keys import read_certificate
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.secrets.storefile import read_store
from kubestock.secrets.storewriting import write_store
from kubestock.secrets.template import SecretTemplate

GUIDE = Path(__file__).parent.parent.parent / "docs" / "secrets.md"


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


def test_the_guide_creates_a_sample_certificate_without_keeping_its_key(tmp_path: Path) -> None:
    (script,) = [block for block in blocks() if "key_size=4096" in block]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "cert.pem"
    path.write_bytes(done.stdout)
    pinned = read_certificate(path).pinned

    assert pinned.is_sample
    assert pinned.modulus_bits == 4096
    assert b"PRIVATE" not in done.stdout


def test_the_guide_shows_how_a_chart_uses_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take, template, *_ = (block for block in blocks() if "key_size=4096" not in block)
    path = tmp_path / "kubestock" / "production" / "secrets.yaml"
    path.parent.mkdir(parents=True)
    write_store(path, sealed.store(sealed.secret("orders-db", "DB_PASSWORD", "DB_USER")))
    monkeypatch.chdir(tmp_path)
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop")
    names: dict[str, Any] = {
        "chart": chart,
        "labels": PLATFORM.labels("orders"),
        "Path": Path,
        "read_store": read_store,
    }
    names |= {"SealedSecret": SealedSecret, "SecretTemplate": SecretTemplate}
    exec(take, names)  # noqa: S102  # code of the guide
    exec(template, names)  # noqa: S102  # code of the guide

    assert names["env"]["DB_PASSWORD"].source.name == "orders-db"
    assert find(chart, "SealedSecret", "orders-db")


def test_the_guide_shows_how_a_pull_secret_is_renewed(chart: Chart) -> None:
    (script,) = [block for block in blocks() if "EcrPullSecret" in block]
    names: dict[str, Any] = {"chart": chart, "platform": PULLING}
    exec(script, names)  # noqa: S102  # code of the guide

    assert find(chart, "CronJob", "ecr-cred-renewal")
    assert names["pull"].renewal.name == "ecr-cred-renewal"


def test_the_guide_shows_how_a_value_comes_from_an_external_store(chart: Chart) -> None:
    (script,) = [block for block in blocks() if "ExternalStore" in block]
    names: dict[str, Any] = {"chart": chart, "labels": PLATFORM.labels("orders")}
    exec(script, names)  # noqa: S102  # code of the guide

    assert names["env"]["DB_PASSWORD"].source.name == "orders-db"
    assert find(chart, "ExternalSecret", "orders-db")
