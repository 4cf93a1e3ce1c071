"""Rules about the projects of Argo CD."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document, Path
from kubestock.values.kinds import CLUSTER_SCOPED

_GROUP = "argoproj.io"
_DEFAULT_PROJECT = "default"
_OWN = frozenset({"Application", "ApplicationSet", "AppProject"})

_PROJECT = """
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop, namespace: argocd}
        spec:
          sourceRepos: ["https://git.example.com/shop.git"]
          destinations: [{server: "https://kubernetes.default.svc", namespace: shop}]
"""
_APPLICATION = """
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop, namespace: argocd}
        spec:
          project: shop
          source: {repoURL: "https://git.example.com/shop.git", path: dist, targetRevision: main}
"""


@rule(
    "project-permits",
    title="A project of Argo CD does not permit an object of its Application",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/projects/",
    fails=f"""{_PROJECT}{_APPLICATION}
          destination: {{server: "https://kubernetes.default.svc", namespace: shop-staging}}
    """,
    passes=f"""{_PROJECT}{_APPLICATION}
          destination: {{server: "https://kubernetes.default.svc", namespace: shop}}
    """,
)
def project_permits(inventory: Inventory) -> Iterator[Problem]:
    """Argo CD does not sync the Application, or does not apply the object that is not permitted."""
    for application in inventory.of_kind("Application"):
        if documents.group(application) != _GROUP:
            continue
        name = documents.text(application, "spec", "project") or _DEFAULT_PROJECT
        project = inventory.find("AppProject", documents.namespace(application), name)
        if project is None:
            yield from _unknown_project(inventory, application, name)
            continue
        yield from _sources(application, project)
        yield from _destination(application, project)
    for application, project in _only_applications(inventory):
        yield from _objects(inventory, application, project)


def _unknown_project(inventory: Inventory, application: Document, name: str) -> Iterator[Problem]:
    own = documents.namespace(application)
    known = any(True for _ in inventory.of_namespace(own, "AppProject"))
    if known and name != _DEFAULT_PROJECT and not inventory.provides("AppProject", own, name):
        yield Problem(
            application,
            f"has the project {name!r}, which is not in the manifests",
            fix="add it, correct the name, or declare it as provided",
            field=("spec", "project"),
        )


def _sources(application: Document, project: Document) -> Iterator[Problem]:
    permitted = documents.texts(project, "spec", "sourceRepos")
    sources = [documents.mapping(application, "spec", "source"), *documents.mappings(application, "spec", "sources")]
    for source in sources:
        url = documents.text(source, "repoURL")
        if url and not _is_one_of(_plain_url(url), [_plain_url(each) for each in permitted]):
            yield _not_permitted(application, project, f"the repository {url}", "sourceRepos", ("spec",))


def _destination(application: Document, project: Document) -> Iterator[Problem]:
    wanted = documents.mapping(application, "spec", "destination")
    destinations = documents.mappings(project, "spec", "destinations")
    if not any(_is_destination(each, wanted) for each in destinations):
        where = documents.text(wanted, "server") or documents.text(wanted, "name")
        what = f"the namespace {documents.text(wanted, 'namespace')!r} of the cluster {where}"
        yield _not_permitted(application, project, what, "destinations", ("spec", "destination"))


def _is_destination(permitted: Document, wanted: Document) -> bool:
    cluster = documents.text(wanted, "server"), documents.text(wanted, "name")
    allowed = documents.text(permitted, "server"), documents.text(permitted, "name")
    equal = any(
        own and allowed_value and fnmatchcase(own, allowed_value)
        for own, allowed_value in zip(cluster, allowed, strict=True)
    )
    # Only Argo CD knows whether the name and the address of a cluster mean the same cluster.
    incomparable = not any(own and allowed_value for own, allowed_value in zip(cluster, allowed, strict=True))
    namespace = documents.text(permitted, "namespace")
    return (equal or incomparable) and fnmatchcase(documents.text(wanted, "namespace"), namespace)


def _only_applications(inventory: Inventory) -> Iterator[tuple[Document, Document]]:
    """Yield the Applications that are the only one for their namespace, each with its project."""
    by_namespace: dict[str, list[Document]] = {}
    for application in inventory.of_kind("Application"):
        namespace = documents.text(application, "spec", "destination", "namespace")
        by_namespace.setdefault(namespace, []).append(application)
    for namespace, (application, *others) in by_namespace.items():
        name = documents.text(application, "spec", "project")
        project = inventory.find("AppProject", documents.namespace(application), name)
        if namespace and not others and project is not None:
            yield application, project


def _objects(inventory: Inventory, application: Document, project: Document) -> Iterator[Problem]:
    namespace = documents.text(application, "spec", "destination", "namespace")
    kinds: dict[tuple[str, str], str] = {}
    for each in inventory.of_namespace(namespace):
        kind = documents.text(each, "kind")
        if kind not in _OWN | CLUSTER_SCOPED:
            kinds.setdefault((documents.group(each), kind), "")
    for group, kind in kinds:
        if not _is_permitted(project, "namespaceResource", group, kind, ""):
            what = f"a {kind} of the group {group!r}"
            yield _not_permitted(
                application, project, what, "namespaceResourceWhitelist or -Blacklist", ("spec", "project")
            )
    for group, kind, name in _of_the_cluster(inventory, namespace):
        if not _is_permitted(project, "clusterResource", group, kind, name):
            what = f"the {kind} {name!r}"
            yield _not_permitted(
                application, project, what, "clusterResourceWhitelist or -Blacklist", ("spec", "project")
            )


def _of_the_cluster(inventory: Inventory, namespace: str) -> Iterator[tuple[str, str, str]]:
    if inventory.find("Namespace", "", namespace) is not None:
        yield "", "Namespace", namespace
    names = dict.fromkeys(documents.text(each.spec, "priorityClassName") for each in inventory.workloads_of(namespace))
    for name in names:
        if inventory.find("PriorityClass", "", name) is not None:
            yield "scheduling.k8s.io", "PriorityClass", name


def _is_permitted(project: Document, lists: str, group: str, kind: str, name: str) -> bool:
    denied = documents.mappings(project, "spec", f"{lists}Blacklist")
    if any(_is_kind(each, group, kind, name) for each in denied):
        return False
    permitted = documents.at(project, "spec", f"{lists}Whitelist")
    if permitted is None:
        # By default, all namespaced kinds are permitted, and no cluster-scoped kinds.
        return lists == "namespaceResource"
    return any(_is_kind(each, group, kind, name) for each in documents.mappings(project, "spec", f"{lists}Whitelist"))


def _is_kind(entry: Document, group: str, kind: str, name: str) -> bool:
    named = documents.text(entry, "name")
    matches = fnmatchcase(group, documents.text(entry, "group")) and fnmatchcase(kind, documents.text(entry, "kind"))
    return matches and (not named or fnmatchcase(name, named))


def _is_one_of(value: str, patterns: list[str]) -> bool:
    if any(each.startswith("!") and fnmatchcase(value, each[1:]) for each in patterns):
        return False
    return any(fnmatchcase(value, each) for each in patterns if not each.startswith("!"))


def _plain_url(url: str) -> str:
    return re.sub(r"(\.git)?/?$", "", url.strip().lower())


def _not_permitted(application: Document, project: Document, what: str, lists: str, field: Path) -> Problem:
    return Problem(
        application,
        f"deploys {what}, which the project {documents.name(project)!r} does not permit",
        fix=f"add it to the {lists} of the project",
        field=field,
    )
