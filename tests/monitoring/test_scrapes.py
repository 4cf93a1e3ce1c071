"""The real Prometheus applies the relabeling and the limit of a monitor, and reports a scrape that it drops."""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from exposition import Answers, backend
from support import pick, production

PROMETHEUS = os.environ.get("PROMETHEUS")
pytestmark = pytest.mark.skipif(
    PROMETHEUS is None, reason="PROMETHEUS is not set; install Go and run 'make monitoring-check'"
)
TEXT = backend(
    "product_catalog_service",
    [Answers("GET", f"/{number}", 200, number) for number in range(1, 401)] + [Answers("GET", "/", 200, 7)],
)
TOTAL = "product_catalog_service_http_requests_total"
SECONDS = 30


class Program(BaseHTTPRequestHandler):
    """Serves the metrics of a program."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(TEXT.encode())

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class Server:
    """A running Prometheus with the jobs of the test."""

    def __init__(self, address: str) -> None:
        self.address = address

    def query(self, expression: str) -> dict[str, float]:
        """Return the value of each job."""
        url = f"{self.address}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # the test's own server
            found = json.load(answer)["data"]["result"]
        return {each["metric"].get("job", ""): float(each["value"][1]) for each in found}


def unused_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def job(name: str, port: int, **settings: Any) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}], **settings}


def jobs(program: int) -> list[dict[str, Any]]:
    monitor = pick(production(), "PodMonitor", "ms-product")["spec"]
    (step,) = monitor["podMetricsEndpoints"][0]["metricRelabelings"]
    emitted = {"action": step["action"], "regex": step["regex"], "source_labels": step["sourceLabels"]}
    limit = monitor["sampleLimit"]
    return [
        job("emitted", program, sample_limit=limit, metric_relabel_configs=[emitted]),
        job("unlimited", program),
        job("everything", program, sample_limit=limit),
        job("dropped-label", program, metric_relabel_configs=[{"action": "labeldrop", "regex": "route"}]),
        job("silent", unused_port()),
    ]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    program = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    threading.Thread(target=program.serve_forever, daemon=True).start()
    port = unused_port()
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": jobs(program.server_address[1]),
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    ran = subprocess.Popen(
        [
            str(PROMETHEUS),
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield ready(Server(f"http://127.0.0.1:{port}"), len(config["scrape_configs"]))
    finally:
        ran.terminate()
        ran.wait(SECONDS)
        program.shutdown()
        program.server_close()


def ready(server: Server, wanted: int) -> Server:
    """Return the server after it has scraped each job twice."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if len(server.query("count_over_time(up[1m]) > 1")) == wanted:
                return server
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"Prometheus has not scraped its {wanted} jobs within {SECONDS} seconds")


def test_with_the_monitor_prometheus_keeps_the_scrape_of_a_program_with_four_hundred_paths(prometheus: Server) -> None:
    scraped, kept = (
        prometheus.query(f"scrape_samples_{each}")["emitted"] for each in ("scraped", "post_metric_relabeling")
    )

    assert prometheus.query("up")["emitted"] == 1
    assert scraped > 5000
    assert kept < 100
    assert prometheus.query(f"{TOTAL}")["emitted"] == 7
    assert prometheus.query("product_catalog_service_db_connections_active")["emitted"] == 2
    bucket = 'product_catalog_service_http_request_duration_seconds_bucket{le=~"3([.]0)?"}'
    assert prometheus.query(bucket)["emitted"] == 7


def test_a_scrape_above_the_limit_is_dropped_completely_and_its_samples_are_counted(prometheus: Server) -> None:
    for name in ("scraped", "post_metric_relabeling"):
        assert prometheus.query(f"scrape_samples_{name}")["everything"] > 5000
    assert prometheus.query("up")["everything"] == 0
    assert "everything" not in prometheus.query(f'{TOTAL}{{route="/"}}')


def test_a_program_that_does_not_answer_has_no_samples(prometheus: Server) -> None:
    assert prometheus.query("up")["silent"] == 0
    assert prometheus.query("scrape_samples_post_metric_relabeling")["silent"] == 0
    assert prometheus.query("scrape_samples_scraped")["silent"] == 0


def test_removing_the_label_instead_loses_counts_without_a_failed_scrape(prometheus: Server) -> None:
    assert prometheus.query("up")["dropped-label"] == 1
    assert prometheus.query(f"sum by (job) ({TOTAL})")["unlimited"] == sum(range(1, 401)) + 7
    assert prometheus.query(f"sum by (job) ({TOTAL})")["dropped-label"] == 1
