from case import Case

KONG = 'namespace="shop",service="orders.8080",route="orders.api"'
ERRORS = f'kong_http_requests_total{{{KONG},code="500"}}'
FINE = f'kong_http_requests_total{{{KONG},code="200"}}'
COUNT = f"kong_request_latency_ms_count{{{KONG}}}"
POOL = 'namespace="shop",container="orders",pod="orders-1"'


def within(bound: str) -> str:
    return f'kong_request_latency_ms_bucket{{{KONG},le="{bound}"}}'


def query(bound: str) -> str:
    return f'db_query_seconds_bucket{{{POOL},le="{bound}"}}'


APPLICATION = (
    Case("ServiceErrorsFast", 1, {ERRORS: "0+2x120", FINE: "0+98x120"}, "90m", "2 % fail: 20 times the budget"),
    Case("ServiceErrorsFast", 0, {ERRORS: "0+0x120", FINE: "0+98x120"}, "90m"),
    Case("ServiceErrorsFast", 0, {ERRORS: "0x60 0+0x60", FINE: "0+98x120"}, "90m"),
    Case("ServiceErrorsFast", 0, {ERRORS: "0+2x60 120x40", FINE: "0+98x120"}, "90m", "it is over"),
    Case("ServiceErrorsFast", 0, {ERRORS: "0x80 1x40", FINE: "0+0.02x120"}, "90m", "one of two requests at night"),
    Case("ServiceErrorsFast", 0, {ERRORS: "0+1x120", FINE: "0+299x120"}, "90m", "0.3 %: slow, and not fast"),
    Case("ServiceErrorsSlow", 1, {ERRORS: "0+4x180", FINE: "0+996x180"}, "29h", "4 times the budget", "10m"),
    Case("ServiceErrorsSlow", 0, {ERRORS: "0+1x600", FINE: "0+1999x600"}, "99h", "half of the budget", "10m"),
    Case("ServiceLatencyFast", 1, {COUNT: "0+100x120", within("1000"): "0+80x120", FINE: "0+100x120"}, "90m"),
    Case("ServiceLatencyFast", 1, {COUNT: "0+100x120", within("1000.0"): "0+80x120", FINE: "0+100x120"}, "90m"),
    Case("ServiceLatencyFast", 0, {COUNT: "0+100x120", within("1000"): "0+99x120", FINE: "0+100x120"}, "90m"),
    Case(
        "ServiceLatencySlow", 1, {COUNT: "0+100x180", within("1000"): "0+96x180", FINE: "0+100x180"}, "29h", every="10m"
    ),
    Case(
        "ServiceLatencySlow",
        0,
        {COUNT: "0+1000x600", within("1000"): "0+995x600", FINE: "0+1000x600"},
        "99h",
        every="10m",
    ),
    Case("ServiceSlow", 1, {within("1000"): "0+50x60", within("5000"): "0+100x60", within("+Inf"): "0+100x60"}),
    Case("ServiceSlow", 0, {within("1000"): "0+99x60", within("5000"): "0+100x60", within("+Inf"): "0+100x60"}),
    Case("DatabasePoolNearlyFull", 1, {f"db_pool_in_use{{{POOL}}}": "10x60", f"db_pool_limit{{{POOL}}}": "10x60"}),
    Case("DatabasePoolNearlyFull", 0, {f"db_pool_in_use{{{POOL}}}": "5x60", f"db_pool_limit{{{POOL}}}": "10x60"}),
    Case("DatabaseQueriesSlow", 1, {query("1"): "0+50x60", query("5"): "0+100x60", query("+Inf"): "0+100x60"}),
    Case("DatabaseQueriesSlow", 0, {query("1"): "0+99x60", query("5"): "0+100x60", query("+Inf"): "0+100x60"}),
)
