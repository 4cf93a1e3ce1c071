"""The same objects for kustomize: a base of all services, and an overlay with namespace, labels and image tags."""

from pathlib import Path

from plain import service

from kubestock.yaml.writer import to_yaml


def write(services: int, folder: Path) -> None:
    """Write the base and the overlay `production` of that many services."""
    (folder / "base").mkdir(parents=True)
    (folder / "production").mkdir()
    names = [f"service-{number:04}" for number in range(services)]
    for number, name in enumerate(names):
        manifests = service(number, services)
        for each in manifests:
            del each["metadata"]["namespace"], each["metadata"]["labels"]["environment"]
        (folder / "base" / f"{name}.yaml").write_text(to_yaml(manifests), "utf-8")
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    base = {**head, "resources": [f"{name}.yaml" for name in names]}
    production = {
        **head,
        "resources": ["../base"],
        "namespace": "fleet",
        "labels": [{"pairs": {"environment": "production"}}],
        "images": [{"name": f"ghcr.io/acme/{name}", "newTag": "1.0.0"} for name in names],
    }
    for name, content in (("base", base), ("production", production)):
        (folder / name / "kustomization.yaml").write_text(to_yaml([content]), "utf-8")
