import subprocess
import sys
from pathlib import Path

from docs.blocks import blocks

from kubestock.secrets.keys import read_certificate


def test_the_guide_creates_a_sample_certificate_without_keeping_its_key(tmp_path: Path) -> None:
    (script,) = [each.text for each in blocks("docs/secrets.md") if "key_size=4096" in each.text]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "cert.pem"
    path.write_bytes(done.stdout)
    pinned = read_certificate(path).pinned

    assert pinned.is_sample
    assert pinned.modulus_bits == 4096
    assert b"PRIVATE" not in done.stdout
