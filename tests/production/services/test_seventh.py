"""An additional service of KubeStock needs one module, an image and its secret."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

SEVENTH = """
from kubestock.production.edge import ApiRoute
from kubestock.production.metrics import program_metrics
from kubestock.production.services.backend import Call, DatabaseBackend


class ReturnService(DatabaseBackend):
    NAME = "ms-returns"
    PORT = 3007
    DATABASE = "returns_db"
    CALLS = (Call("ms-inventory", variables=("INVENTORY_SERVICE_URL",)),)
    API = ApiRoute(path="/api/returns", service=NAME, methods=("GET", "POST"))
    REQUESTS_PER_MINUTE = 100
    METRICS = program_metrics("returns_service", "/stats")
"""
PROGRAM = """
import sys
from dataclasses import replace

from kubestock.production import PRODUCTION, build_app

# Its secret would be sealed into the store, which needs no code.
build_app(replace(PRODUCTION, provided=("Secret/ms-returns-db",)), outdir=sys.argv[1]).synth()
"""


def test_a_seventh_service_is_one_module_and_reaches_gateway_monitoring_and_policies(tmp_path: Path) -> None:
    package = tmp_path / "kubestock"
    shutil.copytree(ROOT / "kubestock", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "production" / "services" / "returns.py").write_text(SEVENTH)
    with (package / "production" / "images.yaml").open("a") as images:
        images.write("ms-returns: 0f3c9de\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT / 'imports'}"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "out")]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    written = (tmp_path / "out" / "production.k8s.yaml").read_text() if ran.returncode == 0 else ran.stderr

    assert "name: ms-returns-pods" in written
    assert "/api/returns" in written
    assert "200 /api/returns/health" in written
    assert "401 /api/returns" in written
    assert "kubestock-production/ms-returns" in written
    assert "returns_service_db_connections_active" in written
