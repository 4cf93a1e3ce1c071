from case import Case, and_elsewhere, both

EXPORTERS = {
    "kube-state-metrics": "kube_pod_status_phase",
    "cAdvisor": "container_memory_working_set_bytes",
    "node_exporter": "node_filesystem_avail_bytes",
}
JOBS = ("shop/orders", "shop/stock", "shop/web")
FAILS = ('job="shop/orders",pod="orders-1"',)


def exported(without: str = "") -> dict[str, str]:
    """All three exporters, one of which only reports another namespace."""
    found = {}
    for exporter, name in EXPORTERS.items():
        if exporter != "node_exporter":
            found[f'{name}{{namespace="other",pod="orders-1"}}'] = "1x60"
        if exporter != without:
            found[f'{name}{{namespace="shop",pod="orders-1"}}'] = "1x60"
    return found


def scraped(without: str = "") -> dict[str, str]:
    """All jobs; the missing one has a job of the same name in another namespace."""
    found = {f'up{{namespace="other",job="{job}",pod="p"}}': "1x60" for job in JOBS}
    return found | {f'up{{namespace="shop",job="{job}",pod="p"}}': "1x60" for job in JOBS if job != without}


def endpoints(first: str, second: str) -> dict[str, str]:
    of = 'namespace="shop",job="shop/orders",pod="orders-1"'
    return both("up", of, first, "endpoint", ("http",)) | both("up", of, second, "endpoint", ("admin",))


def samples(scraped: str, kept: str, up: str, admin: str = "1x60") -> dict[str, str]:
    """Prometheus' own metrics of one port of a pod, while the other port is healthy or has none."""
    of = 'namespace="shop",job="shop/orders",pod="orders-1"'
    found = endpoints(up, admin)
    for name, amount in {"scrape_samples_scraped": scraped, "scrape_samples_post_metric_relabeling": kept}.items():
        found |= both(name, of, amount, "endpoint", ("http",)) | both(name, of, "9x60", "endpoint", ("admin",))
    return found


CLUSTER = (
    *and_elsewhere(
        (
            Case("ScrapeFails", samples("0x60", "0x60", "0x60"), {"9m": (), "11m": FAILS}, "no answer"),
            Case("ScrapeFails", samples("6100x60", "6000x60", "0x60"), {"45m": ()}, "ScrapeCutOff says so"),
            Case("ScrapeCutOff", samples("6100x60", "6000x60", "0x60"), {"9m": (), "11m": FAILS}, "beyond the limit"),
            Case("ScrapeFails", samples("1x60", "1x60", "0x60"), {"45m": ()}, "ScrapeCutOff says so, of one sample"),
            Case("ScrapeCutOff", samples("1x60", "1x60", "0x60"), {"11m": FAILS}, "one failed sample"),
            Case("ScrapeCutOff", samples("5100x60", "4900x60", "1x60"), {"45m": ()}, "just below the limit"),
            Case("ScrapeCutOff", samples("0x60", "0x60", "0x60"), {"45m": ()}, "no answer"),
            Case("ScrapeFails", endpoints("0x60", "1x60"), {"9m": (), "11m": FAILS}, "one of its ports"),
            Case("ScrapeFails", endpoints("0x60", "0x60"), {"11m": FAILS}, "the pod hangs"),
            Case("ScrapeFails", endpoints("1x60", "1x60"), {"45m": ()}),
        )
    ),
    *(
        Case("ClusterMetricsMissing", exported(each), {"9m": (), "11m": (f'exporter="{each}"',)}, each)
        for each in EXPORTERS
    ),
    Case("ClusterMetricsMissing", exported(), {"45m": ()}, "all are there"),
    *(Case("ScrapeTargetMissing", scraped(job), {"9m": (), "11m": (f'job="{job}"',)}, job) for job in JOBS),
    Case("ScrapeTargetMissing", scraped(), {"45m": ()}, "all are there"),
)
