"""A web shop in production: two services, a page, a database, a gateway, what watches it and what ships it."""

from pathlib import Path

from kubestock import App, Autoscaler, ContainerResources, Database, IpBlocks, Pods
from kubestock.gateway.kong import JsonBody, JwtIssuer
from kubestock.product import Product, read_images

HERE = Path(__file__).parent
SMALL = ContainerResources.of(cpu=("50m", "200m"), memory=("64Mi", "128Mi"))
PEOPLE = JwtIssuer(key="https://login.example.com", rsa_public_key=(HERE / "login.pub.pem").read_text())
ORDER = JsonBody(schema={"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}})


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    shop = Product(
        app,
        "shop",
        environment="production",
        images=read_images(HERE / "images.yaml", registry="ghcr.io/acme"),
        provided=["Secret/orders-db", "Secret/shop-tls"],  # or secrets=read_store(HERE / "secrets.yaml")
        viewers=["shop:developers"],
        operators=["shop:operators"],
        scraper=Pods(namespace="monitoring"),
    )
    scaling = Autoscaler(min_replicas=2, max_replicas=6)
    orders = shop.service("orders", port=8080, health="/healthz", metrics="/metrics", resources=SMALL, scaling=scaling)
    stock = shop.service("stock", port=8080, health="/healthz", resources=SMALL)
    web = shop.service("web", port=8080, health="/", resources=SMALL)
    orders.calls(stock, variable="STOCK_URL")
    database = Database("orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",)))
    orders.calls(database, credentials=shop.secret("orders-db"))
    shop.gateway(host="shop.example.com", tls="shop-tls", issuer=PEOPLE)
    shop.route("/api/orders", to=orders, methods=["GET", "POST"], auth="people", limit_per_minute=150, body=ORDER)
    shop.route("/", to=web, public=True)
    shop.monitoring(runbooks="https://github.com/acme/shop/blob/main/runbooks", availability=99.9)
    shop.argo_cd(repo_url="https://github.com/acme/shop.git", sync_groups=["shop:operators"])
    return app


if __name__ == "__main__":
    build().synth()
