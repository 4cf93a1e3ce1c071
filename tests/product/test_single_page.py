"""nginx itself serves the page from the mounts of the pod, as a non-root user with a read-only root."""

import json
import os
import subprocess
from pathlib import Path

import cdk8s
import pytest
import support
from product.sandbox import Image, Served, needs, serve
from support import Manifest, find, manifests
from workload.samples import IMAGE, PLATFORM

from kubestock import ConfigurationError
from kubestock.product import PageConfig, SinglePageApplication, StaticSite

PAGE = "<!doctype html><script src='/config.js'></script>"
HASHED = "/assets/index-D3adB33f.js"
PATHS = ("/", "/config.js", HASHED, "/assets/missing.js", "/orders/7?code=secret", "/vite.svg", "/api", "/api/orders")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The files of the image `web`; its config.js has placeholders."""
    needs("nginx", "bwrap")
    root = tmp_path_factory.mktemp("html")
    (root / "assets").mkdir()
    (root / "index.html").write_text(PAGE, "utf-8")
    (root / "config.js").write_text("window.__RUNTIME_CONFIG__ = {};", "utf-8")
    (root / "vite.svg").write_text("<svg/>", "utf-8")
    (root / HASHED.removeprefix("/")).write_text("console.log('page')", "utf-8")
    for each in (root, *root.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return Image({"/usr/share/nginx/html": root, "/etc/nginx/mime.types": Path("/etc/nginx/mime.types")})


@pytest.fixture(scope="module")
def production(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Served:
    return serve(support.production(), "frontend", image, PATHS, tmp_path_factory.mktemp("volumes"))


def evaluated(script: str, expression: str) -> object:
    """What a browser would see: Node runs the script with an empty object as `window`."""
    program = f"const window = {{}};\n{script}\nprocess.stdout.write(JSON.stringify({expression}))"
    ran = subprocess.run([os.environ["JSII_NODE"], "-e", program], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def test_the_page_is_served_and_revalidated_at_each_visit(production: Served) -> None:
    answer = production.answers["/"]

    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html"


def test_a_deep_link_serves_the_page(production: Served) -> None:
    answer = production.answers["/orders/7?code=secret"]

    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"


def test_the_configuration_has_the_values_of_the_environment_and_is_never_cached(production: Served) -> None:
    answer = production.answers["/config.js"]

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "javascript" in answer.headers["content-type"]
    assert evaluated(answer.body, "window.__RUNTIME_CONFIG__") == {
        "VITE_ASGARDEO_CLIENT_ID": "sample_client_id_of_the_page",
        "VITE_ASGARDEO_ORG_NAME": "kubestock",
        "VITE_ASGARDEO_BASE_URL": "https://api.asgardeo.io/t/kubestock",
    }


def test_a_file_with_a_hash_in_its_name_is_cached_for_a_year(production: Served) -> None:
    answer = production.answers[HASHED]

    assert (answer.status, answer.body) == (200, "console.log('page')")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_missing_file_is_404_and_not_the_page_for_a_year(production: Served) -> None:
    answer = production.answers["/assets/missing.js"]

    assert answer.status == 404
    assert "cache-control" not in answer.headers


def test_another_file_is_revalidated_because_its_name_does_not_change(production: Served) -> None:
    answer = production.answers["/vite.svg"]

    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api", "/api/orders"])
def test_a_path_of_the_api_does_not_serve_the_page(production: Served, path: str) -> None:
    assert production.answers[path].status == 404


def test_nginx_reveals_neither_its_release_nor_a_query_and_logs_no_warning(production: Served) -> None:
    assert production.answers["/"].headers["server"] == "nginx"
    assert '"GET /orders/7" 200' in production.output
    assert "secret" not in production.output
    assert "[" not in production.output  # as in [error] and [warn]


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ("/run", "nginx.pid"),
        ("/var/cache/nginx", "/var/cache/nginx/client_body"),
        ("/etc/nginx/nginx.conf", "nginx.conf"),
        ("/etc/nginx/conf.d/default.conf", "default.conf"),
    ],
)
def test_nginx_does_not_start_without_each_mount(image: Image, mount: str, message: str, tmp_path: Path) -> None:
    served = serve(support.production(), "frontend", image, ["/"], tmp_path, without=mount)

    assert not served.answers
    assert message in served.output


def test_no_character_of_the_script_can_end_a_script_element() -> None:
    script = PageConfig(values={"NAME": "</script><!--&\u2028\ud800Ä"}).script()

    assert script.isascii()
    assert not {"<", ">", "&"} & set(script)


def single_page(chart: cdk8s.Chart, site: StaticSite) -> list[Manifest]:
    SinglePageApplication(chart, "shop", name="shop", image=IMAGE, platform=PLATFORM, site=site)
    return manifests(chart)


def test_another_product_serves_another_page(chart: cdk8s.Chart, image: Image, tmp_path: Path) -> None:
    values = {"API": "https://api.example.com/?a=1&b='</script>\u2028\"\\", "NAME": "Läden"}
    config = PageConfig(values=values, variable="settings", path="/env/settings.js")
    root = tmp_path / "pages"
    (root / "env").mkdir(parents=True)
    (root / "static").mkdir()
    (root / "shop.html").write_text(PAGE, "utf-8")
    (root / "env" / "settings.js").write_text("", "utf-8")
    (root / "static" / "a.css").write_text("a {}", "utf-8")
    for each in (tmp_path, root, *root.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    site = StaticSite(port=9000, root="/srv/shop", index="shop.html", hashed=("/static",), absent=(), config=config)
    own = Image({"/srv/shop": root, "/etc/nginx/mime.types": image.folders["/etc/nginx/mime.types"]})
    volumes = tmp_path / "volumes"
    volumes.mkdir()
    served = serve(single_page(chart, site), "shop", own, ["/x", "/env/settings.js", "/static/a.css", "/api"], volumes)

    assert served.answers["/x"].body == served.answers["/api"].body == PAGE
    assert served.answers["/static/a.css"].headers["cache-control"].endswith("immutable")
    assert evaluated(served.answers["/env/settings.js"].body, "window.settings") == values


def test_the_service_forwards_to_the_port_of_nginx(chart: cdk8s.Chart) -> None:
    single_page(chart, StaticSite(port=9000))

    port = find(chart, "Service", "shop")["spec"]["ports"][0]
    assert (port["port"], port["targetPort"]) == (80, "http")
    assert [each["containerPort"] for each in container(chart)["ports"]] == [9000]


def test_pods_roll_when_the_configuration_changes(app: cdk8s.App) -> None:
    def checksum(namespace: str, value: str) -> str:
        chart = cdk8s.Chart(app, namespace, namespace=namespace)
        single_page(chart, StaticSite(config=PageConfig(values={"ORG": value})))
        template = find(chart, "Deployment", "shop")["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/config"])

    assert checksum("one", "acme") == checksum("two", "acme") != checksum("three", "other")


def container(chart: cdk8s.Chart) -> Manifest:
    found: Manifest = find(chart, "Deployment", "shop")["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "assets",
        "/a b",
        "/a;",
        "/a{",
        "/a}",
        "/$uri",
        "/a'",
        '/a"',
        "/a\n",
        "/a\\",
        "/../etc",
        "/a/",
        "/a#",
        "/ä",
    ],
)
def test_refuses_a_path_with_a_special_meaning_in_nginx(path: str) -> None:
    message = "must be '/' and names of letters, digits"

    with pytest.raises(ConfigurationError, match=f"root {message}"):
        StaticSite(root=path)
    with pytest.raises(ConfigurationError, match=f"each of hashed and absent {message}"):
        StaticSite(hashed=(path,))
    with pytest.raises(ConfigurationError, match=f"each of hashed and absent {message}"):
        StaticSite(absent=(path,))
    with pytest.raises(ConfigurationError, match=f"path {message}"):
        PageConfig(values={}, path=path)


def test_refuses_an_index_that_is_not_a_file_of_the_root() -> None:
    with pytest.raises(ConfigurationError, match="index must be '/' and names"):
        StaticSite(index="index.html; autoindex on")


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a.b", "a b", "a;alert(1)//", "__proto__", "ä"])
def test_refuses_a_name_that_is_not_valid_in_a_script(name: str) -> None:
    with pytest.raises(ConfigurationError, match="variable must be letters, digits and underscores"):
        PageConfig(values={}, variable=name)
    with pytest.raises(ConfigurationError, match="a name of values must be letters, digits and underscores"):
        PageConfig(values={name: "x"})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"port": 80}, "port must be 1024 or higher, got 80: a non-root user cannot listen on a lower port"),
        ({"workers": 0}, "workers must be at least 1, got 0"),
        ({"hashed": ("/a", "/a")}, "must name each folder once, got '/a' twice"),
        ({"hashed": ("/a",), "absent": ("/a",)}, "must name each folder once, got '/a' twice"),
    ],
)
def test_refuses_a_site_that_nginx_would_not_serve(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        StaticSite(**wrong)  # type: ignore[arg-type]  # deliberately wrong


def test_refuses_a_value_that_is_not_a_string_without_showing_it() -> None:
    with pytest.raises(ConfigurationError, match=r"values\['LIMIT'\] must be str, got 5"):
        PageConfig(values={"LIMIT": 5})  # type: ignore[dict-item]  # deliberately wrong
