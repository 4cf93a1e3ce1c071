import re
import subprocess
import sys
from pathlib import Path

from kubestock.secrets.keys import read_certificate

GUIDE = Path(__file__).parent.parent.parent / "docs" / "secrets.md"


def test_the_guide_makes_a_sample_certificate_of_which_no_key_remains(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (script,) = [block for block in blocks if "key_size=4096" in block]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "cert.pem"
    path.write_bytes(done.stdout)
    pinned = read_certificate(path).pinned

    assert pinned.is_sample
    assert pinned.modulus_bits == 4096
    assert b"PRIVATE" not in done.stdout
