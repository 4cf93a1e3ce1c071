import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sealed
import yaml
from commandline import Result, kubestock, wide
from keyring import Files, key_pair, write_keys

from kubestock.secrets.certificates import SAMPLE_SUBJECT
from kubestock.secrets.sealing import unseal
from kubestock.secrets.store import SecretStore
from kubestock.secrets.storefile import read_store
from kubestock.secrets.storewriting import write_store

CANARY = b"canary-7f3e"


def today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, kw_only=True)
class Place:
    folder: Path
    keys: Files

    @property
    def store(self) -> Path:
        return self.folder / "secrets.yaml"

    def secrets(self, *arguments: str) -> Result:
        given = ("--store", self.store, "--cert", self.keys.certificate, "--manifests", self.folder / "dist")
        with wide():
            return kubestock("secrets", *given, *arguments)

    def seal(self, *arguments: str) -> None:
        given = ("--store", self.store, "--cert", self.keys.certificate, "--owner", "platform-team")
        assert kubestock("seal", *arguments, "--namespace", "shop", *given, stdin=CANARY).code == 0

    def ciphertexts(self) -> dict[str, str]:
        return {key: value.ciphertext for key, value in read_store(self.store)["db"].values.items()}

    def use(self, *keys: str) -> None:
        env = [{"valueFrom": {"secretKeyRef": {"name": "db", "key": key}}} for key in keys]
        documents = [
            {"kind": "SealedSecret", "metadata": {"name": "db"}, "spec": {"encryptedData": self.ciphertexts()}},
            {"kind": "Deployment", "metadata": {"name": "orders"}, "spec": {"containers": [{"env": env}]}},
        ]
        (self.folder / "dist").mkdir(exist_ok=True)
        (self.folder / "dist" / "shop.k8s.yaml").write_text(yaml.safe_dump_all(documents))


def make(folder: Path, *, subject: str = "sealed-secret") -> Place:
    keys = write_keys(folder / "keys", subject=subject, made=today(), expires=today() + timedelta(days=9))
    place = Place(folder=folder, keys=keys)
    place.seal("db", "DB_USER")
    place.seal("db", "DB_PASSWORD")
    place.use("DB_USER", "DB_PASSWORD")
    return place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make(tmp_path)


def test_the_table_shows_all_fields_of_each_value(place: Place) -> None:
    result = place.secrets("--check")
    (row,) = [line for line in result.out.splitlines() if "DB_USER" in line]
    fingerprint = place.keys.sealing.pinned.fingerprint

    assert result.code == 0
    for cell in ("db", "strict", "platform-team", str(today()), fingerprint[:12], "Deployment/orders", "ok"):
        assert cell in row
    assert "2 values, 0 to fix" in result.out


def test_a_narrow_terminal_shows_all_fields(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    given = ("--store", place.store, "--cert", place.keys.certificate, "--manifests", place.folder / "dist")
    result = kubestock("secrets", *given)

    assert "…" not in result.out
    assert str(today()) in result.out
    assert "State" in result.out
    assert " ok " in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_only_the_check_fails_on_a_finding(place: Place) -> None:
    place.use("DB_USER", "DB_HOST")
    plain, checked = place.secrets(), place.secrets("--check")

    assert (plain.code, checked.code) == (0, 1)
    assert plain.out == checked.out
    assert "unused: db.DB_PASSWORD is not used by any manifest" in checked.out
    assert "missing: db.DB_HOST, used by Deployment/orders, is not sealed" in checked.out
    assert "2 values, 2 to fix" in checked.out


def test_the_check_fails_on_manifests_that_are_older_than_the_store(place: Place) -> None:
    place.seal("db", "DB_USER")
    checked = place.secrets("--check")
    place.use("DB_USER", "DB_PASSWORD")

    assert checked.code == 1
    assert "stale-manifests: the manifests have another value of db.DB_USER than the store" in checked.out
    assert "1 to fix" in checked.out
    assert place.secrets("--check").code == 0


def test_json_has_the_same_fields_and_no_ciphertext(place: Place) -> None:
    place.use("DB_USER")
    result = place.secrets("--json", "--check")
    report = json.loads(result.out)

    assert result.code == 1
    assert report["ok"] is False
    assert [each["state"] for each in report["keys"]] == [["unused"], []]
    assert report["keys"][1]["used_by"] == ["Deployment/orders"]
    assert report["findings"][0]["code"] == "unused"
    assert all(value.ciphertext not in result.out for value in read_store(place.store)["db"].values.values())


def test_the_sample_certificate_is_reported_for_each_value(tmp_path: Path) -> None:
    result = make(tmp_path, subject=SAMPLE_SUBJECT).secrets("--check")

    assert result.code == 0
    assert "sample-certificate: db.DB_USER is sealed with the sample certificate, whose private key" in result.out
    assert "sample-certificate: db.DB_PASSWORD is sealed" in result.out


def test_reseal_seals_all_values_with_the_new_certificate(place: Place, tmp_path: Path) -> None:
    new = write_keys(tmp_path / "new", number=1, made=today(), expires=today())
    before = read_store(place.store)
    late = replace(before["db"].values["DB_USER"], due=today() - timedelta(days=1))
    write_store(place.store, before.with_secret(sealed.with_value(before["db"], "DB_USER", late)))
    result = reseal(place, new, place.keys)
    after = read_store(place.store)

    assert result.code == 0, result.err
    assert "100%" in result.err
    assert "resealed 2 values" in result.err
    assert opened(after, 1) == {"DB_USER": CANARY, "DB_PASSWORD": CANARY}
    assert opened(after, 0) == {"DB_USER": None, "DB_PASSWORD": None}
    assert after["db"].values["DB_USER"].due == late.due
    assert list(after.certificates) == [new.sealing.pinned.fingerprint]


def test_reseal_writes_nothing_unless_every_value_opens(place: Place, tmp_path: Path) -> None:
    new = write_keys(tmp_path / "new", number=1, made=today(), expires=today())
    other = Place(folder=place.folder, keys=new)
    kubestock(
        "seal", "db", "TOKEN", "--store", place.store, "--cert", other.keys.certificate, "--owner", "a", "--pin",
        stdin=CANARY,
    )  # fmt: skip
    before = place.store.read_bytes()
    refused = reseal(place, new, place.keys)

    assert refused.code == 1
    assert "none of the private keys opens db.TOKEN; nothing was written" in refused.err
    assert place.store.read_bytes() == before
    assert reseal(place, new, place.keys, new).code == 0
    assert opened(read_store(place.store), 1)["TOKEN"] == CANARY


@pytest.mark.parametrize("options", [("--store",), ("--manifests", "--store")])
def test_reseal_refuses_options_before_its_name(place: Place, tmp_path: Path, options: tuple[str, ...]) -> None:
    new = write_keys(tmp_path / "new", number=1, made=today(), expires=today())
    before = place.store.read_bytes()
    early = [word for name in options for word in (name, str(place.folder / "other"))]
    late = ("--store", place.store, "--cert", new.certificate, "--private-key", place.keys.private_key)
    refused = kubestock("secrets", *early, "reseal", *late)

    assert refused.code == 1
    assert f"must follow its name, got {', '.join(options)} before it" in refused.err
    assert place.store.read_bytes() == before


def reseal(place: Place, new: Files, *old: Files) -> Result:
    keys = [word for files in old for word in ("--private-key", str(files.private_key))]
    with wide():
        return kubestock("secrets", "reseal", "--store", place.store, "--cert", new.certificate, *keys)


def opened(store: SecretStore, number: int) -> dict[str, bytes | None]:
    return {
        key: unseal(value.ciphertext, private_keys=[key_pair(number)], label=value.sealed_for)
        for key, value in store["db"].values.items()
    }


def test_no_command_shows_a_value(place: Place, tmp_path: Path) -> None:
    new = write_keys(tmp_path / "new", number=1, made=today(), expires=today())
    results = [place.secrets(), place.secrets("--json"), reseal(place, new, place.keys)]
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    assert not any(CANARY.decode() in result.out + result.err for result in results)
    assert not any(CANARY in content for content in written)


def test_refuses_missing_or_invalid_manifests(place: Place) -> None:
    (place.folder / "dist" / "broken.yaml").write_text("a: b: canary")
    broken = place.secrets()

    assert broken.code == 1
    assert "broken.yaml must be valid YAML, got an error in line 1" in broken.err
    assert "canary" not in broken.err
    assert "run 'cdk8s synth'" in place.secrets("--manifests", "no-such-folder").err


def test_the_check_fails_on_a_malformed_store(place: Place) -> None:
    place.store.write_text("namespace: shop")

    assert place.secrets("--check").code == 1


def test_a_chart_does_not_need_the_cli_extra() -> None:
    script = (
        "import sys, kubestock.secrets.sealedsecret, kubestock.secrets.storefile, kubestock.secrets.audit; "
        "print([name for name in ('typer', 'click', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_the_command_reports_how_to_install_its_extra() -> None:
    script = "import sys; sys.modules['typer'] = None\nfrom kubestock.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "pip install 'kubestock[cli]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_refuses_a_fifo_among_the_manifests_at_once(place: Place) -> None:
    os.mkfifo(place.folder / "dist" / "pipe.yaml")
    result = place.secrets("--check")

    assert result.code == 1
    assert "pipe.yaml cannot be read (it is a FIFO without a writer)" in result.err
