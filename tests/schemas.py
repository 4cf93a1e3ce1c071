"""Strict validation: the API server's schema of a version, or the CRD of a custom resource."""

from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate.utils
import pytest
import yaml
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CRDS = Path(__file__).parent.parent.parent / "shared" / "crds"

# It reads the megabyte of a release's definitions anew for each object.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)


def validate(manifest: dict[str, Any], version: str = "1.27") -> None:
    """Fail on a field that is unknown, missing or malformed; a custom resource without its CRD is passed over."""
    group = manifest["apiVersion"].partition("/")[0]
    if "." not in group or group.endswith(".k8s.io"):
        kubernetes_validate.validate(manifest, version, strict=True)
    elif CRDS.is_dir():
        validator = of_crd(manifest["apiVersion"], manifest["kind"])
        validator.validate({key: value for key, value in manifest.items() if key != "metadata"})


@cache
def of_crd(api_version: str, kind: str) -> Validator:
    schema = crd(api_version, kind)
    checked = validator_for(schema)
    checked.check_schema(schema)
    return checked(schema)


def crd(api_version: str, kind: str) -> dict[str, Any]:
    group, _, version = api_version.partition("/")
    for path in CRDS.glob(f"{group}_*.yaml"):
        document = yaml.load(path.read_text(), Loader=FAST)  # noqa: S506  # a safe loader, too
        if document["spec"]["group"] == group and document["spec"]["names"]["kind"] == kind:
            (found,) = [each for each in document["spec"]["versions"] if each["name"] == version]
            schema = closed(found["schema"]["openAPIV3Schema"])
            schema["properties"].pop("metadata", None)
            schema["required"] = [each for each in schema.get("required", []) if each != "metadata"]
            return dict(schema)
    pytest.fail(f"there is no CRD of {api_version} {kind} in {CRDS}")


def closed(schema: Any) -> Any:
    """Forbid unknown fields, as server-side apply with strict field validation does."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in result and not schema.get("x-kubernetes-preserve-unknown-fields"):
        result.setdefault("additionalProperties", False)
    if isinstance(result.get("pattern"), str) and "(?i)" in result["pattern"]:
        result["pattern"] = "(?i)" + result["pattern"].replace("(?i)", "")  # Go takes the flag anywhere
    return result
