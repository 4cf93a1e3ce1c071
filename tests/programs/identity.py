"""ms-identity, with an identity provider that takes what has an @ for an address."""

from programs.express import Call, Program, default_metrics, known, of

admin = of("admin")


def create(call: Call) -> int:
    body = call.body if isinstance(call.body, dict) else {}
    if not all(body.get(each) for each in ("email", "firstName", "lastName")):
        return 400
    texts = all(isinstance(body[each], str) for each in ("email", "firstName", "lastName"))
    return 201 if texts and "@" in body["email"] else 500


IDENTITY = Program(
    "ms-identity",
    metrics=default_metrics(
        "identity_",
        "http_requests_total",
        "http_request_duration_seconds",
        "asgardeo_api_calls_total",
        "asgardeo_api_duration_seconds",
    ),
    routes=(
        ("GET /suppliers", known(lambda _: 200)),
        ("POST /suppliers", admin(create)),
        ("GET /staff", admin(lambda _: 200)),
        ("POST /staff", admin(create)),
        ("GET /users/:userId", admin(lambda _: 200)),
        ("DELETE /users/:userId", admin(lambda _: 200)),
        ("GET /groups", admin(lambda _: 200)),
    ),
    bad_json=500,
)
