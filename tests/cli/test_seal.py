import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from commandline import Result, kubestock
from keyring import Files, key_pair, write_keys

from kubestock.secrets.certificates import SAMPLE_SUBJECT
from kubestock.secrets.sealing import unseal
from kubestock.secrets.storefile import read_store
from kubestock.secrets.storewriting import write_store

CANARY = "canary-7f3e"


def today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, kw_only=True)
class Place:
    store: Path
    keys: Files

    def seal(self, *arguments: str | Path, stdin: bytes = b"") -> Result:
        given = ("--store", self.store, "--cert", self.keys.certificate)
        return kubestock("seal", *arguments, *given, stdin=stdin)

    def opened(self, name: str, key: str) -> bytes | None:
        value = read_store(self.store)[name].values[key]
        return unseal(value.ciphertext, private_keys=[key_pair()], label=value.sealed_for)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    keys = write_keys(tmp_path / "keys", made=today() - timedelta(days=3), expires=today() + timedelta(days=9))
    place = Place(store=tmp_path / "secrets.yaml", keys=keys)
    first = place.seal("db", "DB_USER", "--namespace", "shop", "--owner", "orders", stdin=b"first")
    assert first.code == 0, first.err
    return place


def test_a_value_from_standard_input_is_sealed_unchanged(place: Place) -> None:
    result = place.seal("db", "DB_PASSWORD", "--owner", "dba", "--rotate-days", "30", stdin=b"\x00\xff canary\n\n")
    value = read_store(place.store)["db"].values["DB_PASSWORD"]

    assert result.code == 0
    assert place.opened("db", "DB_PASSWORD") == b"\x00\xff canary\n\n"
    assert (value.owner, value.sealed, value.due) == ("dba", today(), today() + timedelta(days=30))
    assert value.certificate == place.keys.sealing.pinned.fingerprint
    assert result.err == f"kubestock: sealed db.DB_PASSWORD, due {value.due}"


def test_a_value_from_a_file_is_sealed_unchanged(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "value.bin"
    path.write_bytes(bytes(range(256)))
    place.seal("db", "blob", "--owner", "dba", "--from-file", path)

    assert place.opened("db", "blob") == bytes(range(256))


def test_a_dotenv_file_seals_all_its_values(place: Place) -> None:
    place.seal("db", "--dotenv", "-", "--owner", "dba", stdin=b"A=1\nexport B='two words'\n")

    assert place.opened("db", "A") == b"1"
    assert place.opened("db", "B") == b"two words"


def test_sealing_again_changes_only_that_entry(place: Place) -> None:
    place.seal("db", "DB_PASSWORD", "--owner", "dba", "--rotate-days", "30", stdin=b"one")
    before = read_store(place.store)["db"].values
    place.seal("db", "DB_PASSWORD", stdin=b"two")
    after = read_store(place.store)["db"].values

    assert after["DB_USER"] == before["DB_USER"]
    assert after["DB_PASSWORD"].ciphertext != before["DB_PASSWORD"].ciphertext
    assert (after["DB_PASSWORD"].owner, after["DB_PASSWORD"].rotate_days) == ("dba", 30)
    assert place.opened("db", "DB_PASSWORD") == b"two"


@pytest.mark.parametrize(("scope", "label"), [("strict", "shop/x"), ("namespace-wide", "shop"), ("cluster-wide", "")])
def test_a_new_secret_may_have_a_scope_and_a_type(place: Place, scope: str, label: str) -> None:
    place.seal("x", "username", "--owner", "a", "--scope", scope, "--type", "kubernetes.io/basic-auth", stdin=b"me")
    secret = read_store(place.store)["x"]

    assert (str(secret.scope), str(secret.type)) == (scope, "kubernetes.io/basic-auth")
    assert secret.values["username"].sealed_for == label
    assert place.opened("x", "username") == b"me"


@contextlib.contextmanager
def prompted(place: Place) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    controller, terminal = pty.openpty()
    command = (sys.executable, "-c", "from kubestock.cli import main; main()", "seal", "db", "key", "--owner", "dba")
    given = ("--store", str(place.store), "--cert", str(place.keys.certificate))
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    with subprocess.Popen(
        (*command, *given), stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True, env=strict
    ) as process:
        try:
            yield controller, process
        finally:
            process.kill()
    os.close(terminal)
    os.close(controller)


def test_the_prompt_shows_nothing_and_asks_twice(place: Place) -> None:
    with prompted(place) as (terminal, process):
        shown = _until(terminal, b"db.key: ")
        os.write(terminal, f"{CANARY}\n".encode())
        shown += _until(terminal, b"confirmation: ")
        os.write(terminal, f"{CANARY}\n".encode())
        shown += _until(terminal, b"sealed db.key")
        assert process.wait(30) == 0

    assert place.opened("db", "key") == CANARY.encode()
    assert CANARY.encode() not in shown


def test_refuses_bytes_at_the_prompt_that_are_not_text_without_a_traceback(place: Place) -> None:
    before = place.store.read_bytes()
    with prompted(place) as (terminal, process):
        shown = _until(terminal, b"db.key: ")
        os.write(terminal, CANARY.encode() + b"\xff\n")
        shown += _until(terminal, b"seal it with --from-file")
        assert process.wait(30) == 1

    assert b"Traceback" not in shown
    assert CANARY.encode() not in shown
    assert place.store.read_bytes() == before


def _until(terminal: int, expected: bytes) -> bytes:
    shown = b""
    while expected not in shown:
        assert select.select([terminal], [], [], 30)[0], "the prompt did not come"
        shown += os.read(terminal, 1024)
    return shown


def test_a_seal_killed_before_the_rename_leaves_the_old_file_complete(place: Place) -> None:
    before = place.store.read_bytes()
    script = (
        "import os, signal, pathlib\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from kubestock.cli import main; main()"
    )
    command = [sys.executable, "-c", script, "seal", "db", "K", "--owner", "a"]
    given = ["--store", str(place.store), "--cert", str(place.keys.certificate)]
    done = subprocess.run([*command, *given], input=CANARY.encode(), check=False, capture_output=True)

    assert done.returncode == -signal.SIGKILL
    assert place.store.read_bytes() == before
    assert not any(CANARY.encode() in path.read_bytes() for path in place.store.parent.glob("*secrets.yaml*"))


# Prints when everything is loaded, and pauses between the read and the write of the store.
SLOW_SEAL = """
import sys, tempfile, time
import kubestock.cli.app, kubestock.secrets.keys, kubestock.secrets.rotation, kubestock.secrets.tls
make = tempfile.mkstemp
tempfile.mkstemp = lambda **options: time.sleep(0.1) or make(**options)
print("ready", flush=True)
kubestock.cli.app.run()
"""


def test_several_seals_at_once_keep_every_value(place: Place) -> None:
    given = ("--store", str(place.store), "--cert", str(place.keys.certificate), "--owner", "a")
    command = (sys.executable, "-c", SLOW_SEAL, "seal", "db")
    running = [
        subprocess.Popen((*command, f"KEY_{number}", *given), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for number in range(6)
    ]
    for number, process in enumerate(running):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(f"value {number}".encode())
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
    codes = [process.wait(60) for process in running]
    for process in running:
        assert process.stdout is not None
        process.stdout.close()

    assert codes == [0] * len(running)
    assert [place.opened("db", f"KEY_{n}") for n in range(6)] == [f"value {n}".encode() for n in range(6)]
    assert sorted(each.name for each in place.store.parent.iterdir()) == ["keys", "secrets.yaml"]


def test_a_killed_seal_leaves_a_temporary_file_that_the_next_one_deletes(place: Place) -> None:
    script = (
        "import os, signal, pathlib\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from kubestock.cli import main; main()"
    )
    given = ["--store", str(place.store), "--cert", str(place.keys.certificate)]
    subprocess.run(
        [sys.executable, "-c", script, "seal", "db", "K", "--owner", "a", *given],
        input=b"x", check=False, capture_output=True,
    )  # fmt: skip
    left = [each.name for each in place.store.parent.iterdir()]
    place.seal("db", "K", "--owner", "a", stdin=b"x")

    assert len(left) == 3
    assert sorted(each.name for each in place.store.parent.iterdir()) == ["keys", "secrets.yaml"]


def test_a_seal_preserves_the_comments_of_the_store(place: Place) -> None:
    place.store.write_text(place.store.read_text().replace("  db:\n", "  # The database of orders\n  db:\n"))
    place.seal("db", "DB_USER", stdin=b"again")
    place.seal("a-first", "K", "--owner", "a", stdin=b"x")

    assert "  # The database of orders\n  db:\n" in place.store.read_text()
    assert place.opened("db", "DB_USER") == b"again"


@pytest.mark.parametrize("option", ["--from-file", "--dotenv"])
def test_refuses_a_fifo_or_a_device_at_once(place: Place, tmp_path: Path, option: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    key = ["K"] if option == "--from-file" else []

    for path, why in ((tmp_path / "fifo", "without a writer"), (Path("/dev/zero"), "it is not a regular file")):
        result = place.seal("db", *key, "--owner", "a", option, path)
        assert result.code == 1
        assert f"the file {path} of {option} cannot be read (it is" in result.err
        assert why in result.err


def test_accepts_a_pipe_with_a_writer(place: Place) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    result = place.seal("db", "K", "--owner", "a", "--from-file", f"/dev/fd/{reading}")
    os.close(reading)

    assert result.code == 0, result.err
    assert place.opened("db", "K") == b"piped"


def test_warns_of_a_line_break_at_the_end_and_of_an_empty_value(place: Place) -> None:
    assert (
        "warning: the value of db.K ends with a line break"
        in place.seal("db", "K", "--owner", "a", stdin=b"word\n").err
    )
    assert "warning: the value of db.K is empty" in place.seal("db", "K", stdin=b"").err
    assert place.opened("db", "K") == b""


def test_warns_of_the_sample_certificate(place: Place, tmp_path: Path) -> None:
    keys = write_keys(tmp_path, subject=SAMPLE_SUBJECT, made=today(), expires=today())
    result = kubestock(
        "seal", "a", "K", "--store", tmp_path / "s.yaml", "--cert", keys.certificate, "--namespace", "shop",
        "--owner", "me", stdin=b"x",
    )  # fmt: skip

    assert result.code == 0
    assert "warning: this is the sample certificate: its private key does not exist" in result.err


def test_refuses_another_certificate_unless_it_is_pinned(place: Place, tmp_path: Path) -> None:
    other = write_keys(tmp_path, number=1, made=today(), expires=today())
    again = Place(store=place.store, keys=other)
    before = place.store.read_bytes()
    refused = again.seal("db", "DB_USER", stdin=b"x")

    assert refused.code == 1
    assert "is not pinned in the store, which has" in refused.err
    assert place.store.read_bytes() == before
    assert again.seal("db", "DB_USER", "--pin", stdin=b"x").code == 0
    assert len(read_store(place.store).certificates) == 2


def test_a_store_without_its_pinned_certificates_accepts_none_without_pin(place: Place) -> None:
    store = read_store(place.store)
    write_store(place.store, replace(store, certificates={}))
    refused = place.seal("other", "K", "--owner", "a", stdin=b"x")

    assert refused.code == 1
    assert "is not pinned in the store, which has none" in refused.err
    assert place.seal("other", "K", "--owner", "a", "--pin", stdin=b"x").code == 0


def test_refuses_an_expired_certificate(place: Place, tmp_path: Path) -> None:
    keys = write_keys(tmp_path, made=today() - timedelta(days=9), expires=today() - timedelta(days=1))
    result = Place(store=place.store, keys=keys).seal("db", "DB_USER", stdin=b"x")

    assert result.code == 1
    assert "the sealing certificate has expired" in result.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("db", "KEY", CANARY), "", "never a value"),
        (("db", f"KEY={CANARY}"), "", "never a value"),
        ((f"db={CANARY}",), "", "never a value"),
        (("db", f"{CANARY}!"), "", "never a value"),
        (("db", "KEY", f"--value={CANARY}"), "", "No such option"),
        (("db", "KEY"), CANARY, "is new and must have an owner; set one with --owner"),
        (("db",), CANARY, "a key of secret 'db' is required"),
        (("db", "KEY", "--dotenv", "-"), CANARY, "--dotenv must not be given with KEY or --from-file"),
        (("db", "--dotenv", "-", "--owner", "a"), f"A=1\n{CANARY}", "line 2 is invalid"),
        (("db", "--dotenv", "-", "--owner", "a"), f"A={CANARY}\nA={CANARY}", "the key in line 2 is a duplicate"),
        (("db", "--dotenv", "-", "--owner", "a"), f"A='{CANARY}", "line 1 is invalid: quote it"),
        (
            ("db", "DB_USER", "--scope", "cluster-wide"),
            CANARY,
            "--scope must be strict, which all keys",
        ),
        (("db", "DB_USER", "--type", "kubernetes.io/tls"), CANARY, "--type must be Opaque"),
        (("db", "DB_USER", "--namespace", "other"), CANARY, "--namespace must be shop"),
        (("db", "DB_USER"), CANARY * 100_000, "must have at most 1048576 bytes"),
        (("db", "DB_USER", "--from-file", CANARY), "", "--from-file must name a file"),
        (("db", "DB_USER", "--from-file", CANARY * 999), "", "--from-file must name a file"),
        (("db", "--dotenv", CANARY), "", "--dotenv must name a file"),
        (("Bad_Name", "K", "--owner", "a"), CANARY, "lower-case letters"),
        (("db", "..", "--owner", "a"), CANARY, "not name a folder"),
        (("db", "K", "--owner", "a", "--rotate-days", "0"), CANARY, "must be between 1 and 3650 days, got 0"),
        (
            ("db", "K", "--owner", "a", "--rotate-days", "99999999"),
            CANARY,
            "between 1 and 3650 days, got 99999999",
        ),
    ],
)
def test_refuses_without_showing_or_writing_anything(
    place: Place, arguments: tuple[str, ...], stdin: str, message: str
) -> None:
    before = place.store.read_bytes()
    result = place.seal(*arguments, stdin=stdin.encode())

    assert result.code != 0
    assert message in result.err
    assert CANARY not in result.out + result.err
    assert place.store.read_bytes() == before


def test_refuses_a_missing_store_without_a_namespace(tmp_path: Path, place: Place) -> None:
    result = Place(store=tmp_path / "new.yaml", keys=place.keys).seal("db", "K", stdin=b"x")

    assert result.code == 1
    assert "give --namespace, the namespace of the environment, to create it" in result.err


@pytest.mark.parametrize("value", [CANARY, f'["{CANARY}"]', f'{{"auths": {CANARY}}}'])
def test_refuses_a_pull_secret_that_is_not_a_json_object(place: Place, value: str) -> None:
    arguments = ("registry", ".dockerconfigjson", "--type", "kubernetes.io/dockerconfigjson", "--owner", "a")
    refused = place.seal(*arguments, stdin=value.encode())

    assert refused.code == 1
    assert "registry..dockerconfigjson must be a JSON object" in refused.err
    assert CANARY not in refused.err
    assert place.seal(*arguments, stdin=b'{"auths": {}}').code == 0


def test_refuses_a_folder_that_cannot_be_written(tmp_path: Path, place: Place) -> None:
    nowhere = Place(store=tmp_path / "none" / "new.yaml", keys=place.keys)
    result = nowhere.seal("db", "K", "--namespace", "shop", "--owner", "a", stdin=CANARY.encode())

    assert result.code == 1
    assert "No such file or directory; nothing is written" in result.err


def test_no_value_is_left_in_any_file_or_output(place: Place, tmp_path: Path) -> None:
    results = [
        place.seal("db", "A", "--owner", "a", stdin=CANARY.encode()),
        place.seal("db", "--dotenv", "-", "--owner", "a", stdin=f'B="{CANARY}\\n"'.encode()),
        place.seal("db", "C", CANARY),
    ]
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    assert place.opened("db", "A") == CANARY.encode()
    assert not any(CANARY in result.out + result.err for result in results)
    assert not any(CANARY.encode() in content for content in written)
