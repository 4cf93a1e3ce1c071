"""The files that nginx needs to serve a single-page application, with the script that configures the page."""

import json
import re
from collections.abc import Mapping

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value, to_plain

MAIN_FILE, SERVER_FILE = "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/default.conf"
RUN, CACHE = "/run", "/var/cache/nginx"
"""The folders that nginx writes to."""

_PATH = re.compile(r"/[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROTOTYPE = "__proto__"  # in an object literal, it sets the prototype instead of a property
_LOWEST_PORT = 1024
_YEAR = 365 * 24 * 3600

_MAIN = """\
worker_processes {workers};
pid {run}/nginx.pid;
error_log stderr warn;
events {{
  worker_connections 1024;
}}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  client_body_temp_path {cache}/client_body;
  proxy_temp_path {cache}/proxy;
  fastcgi_temp_path {cache}/fastcgi;
  uwsgi_temp_path {cache}/uwsgi;
  scgi_temp_path {cache}/scgi;
  map $request_uri $path_only {{
    ~^(?<before_query>[^?]*) $before_query;
  }}
  log_format requests '$time_iso8601 $remote_addr "$request_method $path_only" $status $body_bytes_sent $request_time';
  access_log /dev/stdout requests;
  sendfile on;
  server_tokens off;
  gzip on;
  gzip_vary on;
  gzip_min_length 1024;
  gzip_types text/css text/javascript application/javascript application/json image/svg+xml;
  include {server};
}}
"""


class PageConfig(Value):
    """A script with values of the environment, which a page loads before its own scripts. Any client can read it.

    Args:
        values: the values that the page reads, by name. They are strings, like environment variables.
        variable: the property of `window` that has the values. Defaults to __RUNTIME_CONFIG__.
        path: the path of the script. Defaults to /config.js. Browsers do not cache it, so a change takes effect at
            once.

    Raises:
        ConfigurationError: if a name is not valid in a script, or the path is not valid in the configuration of nginx.
    """

    values: Mapping[str, str]
    variable: str = "__RUNTIME_CONFIG__"
    path: str = "/config.js"

    def check(self) -> None:
        for what, name in (("variable", self.variable), *(("a name of values", each) for each in self.values)):
            if not _IDENTIFIER.fullmatch(name) or name == _PROTOTYPE:
                raise ConfigurationError(
                    f"{what} must be letters, digits and underscores, not begin with a digit, and not be "
                    f"{_PROTOTYPE}, got {name!r}"
                )
        safe_path("path", self.path)

    def script(self) -> str:
        """Return the script; every character that could end a string or a script element is escaped."""
        text = json.dumps(to_plain(self.values), indent=2)  # ASCII only
        for character in "<>&":
            text = text.replace(character, f"\\u{ord(character):04x}")
        return f"window.{self.variable} = {text};\n"


class StaticSite(Value):
    """How nginx serves the files of a single-page application.

    For a path without a file, nginx serves the page, which does its own routing. Browsers revalidate the page at each
    visit.

    Args:
        port: the port that nginx listens on, 1024 or higher: a lower port requires a privilege. Defaults to 8080.
        root: the folder of the files in the image. Defaults to /usr/share/nginx/html.
        index: the page, a file in that folder. Defaults to index.html.
        hashed: folders of files whose names change with their content, such as the output of a bundler. Browsers cache
            these files for `hashed_seconds` without revalidation, and a missing file answers 404. Defaults to /assets.
        hashed_seconds: how long browsers cache these files, in seconds. Defaults to a year.
        absent: folders that nginx answers with 404 instead of the page, such as the path of an API. Defaults to /api.
        config: the script that configures the page. Defaults to none.
        workers: the number of nginx worker processes. Defaults to 1: more of them need more than one CPU, and each uses
            memory.

    Raises:
        ConfigurationError: if a port requires a privilege, or a path is not valid in the configuration of nginx.
    """

    port: int = 8080
    root: str = "/usr/share/nginx/html"
    index: str = "index.html"
    hashed: tuple[str, ...] = ("/assets",)
    hashed_seconds: int = _YEAR
    absent: tuple[str, ...] = ("/api",)
    config: PageConfig | None = None
    workers: int = 1

    def check(self) -> None:
        if names.port_number("port", self.port) < _LOWEST_PORT:
            raise ConfigurationError(
                f"port must be {_LOWEST_PORT} or higher, got {self.port}: a non-root user cannot listen on a lower "
                "port; set that port on the Service instead"
            )
        safe_path("root", self.root)
        safe_path("index", f"/{self.index}")
        seconds("hashed_seconds", self.hashed_seconds)
        whole("workers", self.workers, minimum=1)
        folders = (*self.hashed, *self.absent)
        for folder in folders:
            safe_path("each of hashed and absent", folder)
            if folders.count(folder) > 1:
                raise ConfigurationError(f"hashed and absent must name each folder once, got {folder!r} twice")

    @property
    def main(self) -> str:
        """The content of nginx.conf. It logs no query strings: after a sign-in, the query has an authorization code."""
        return _MAIN.format(workers=self.workers, run=RUN, cache=CACHE, server=SERVER_FILE)

    @property
    def server(self) -> str:
        """The content of conf.d/default.conf."""
        config = () if self.config is None else (_location(f"= {self.config.path}", _cached("no-store")),)
        age = f"public, max-age={self.hashed_seconds}, immutable"
        locations = (
            *config,
            *(_location(f"{folder}/", "try_files $uri =404;", _cached(age)) for folder in self.hashed),
            *(_location(f"= {folder}", "return 404;") for folder in self.absent),
            *(_location(f"{folder}/", "return 404;") for folder in self.absent),
            _location("/", f"try_files $uri /{self.index};", _cached("no-cache")),
        )
        lines = (f"listen {self.port};", f"root {self.root};", *(line for each in locations for line in each))
        return "\n".join(("server {", *(f"  {line}" for line in lines), "}", ""))


def safe_path(what: str, path: str) -> None:
    """Check that a path has no character with a special meaning in the configuration of nginx.

    Raises:
        ConfigurationError: if it has; the error lists the accepted characters.
    """
    if not _PATH.fullmatch(path) or ".." in path.split("/"):
        raise ConfigurationError(
            f"{what} must be '/' and names of letters, digits, '.', '_', '~' and '-', without '..' and without a '/' "
            f"at the end, got {path!r}"
        )


def _location(match: str, *lines: str) -> tuple[str, ...]:
    return (f"location {match} {{", *(f"  {line}" for line in lines), "}")


def _cached(how: str) -> str:
    return f'add_header Cache-Control "{how}";'
