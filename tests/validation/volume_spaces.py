"""Every volume that is accepted, and everything that refers to a ConfigMap, a Secret or the pod."""

from hypothesis import strategies as st
from validation.oddities import PATHS, accepted, amounts, maybe, numbers, sequences, texts

from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.env import EnvFrom, FieldRef, ResourceFieldRef
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.projections import DownwardApi, ProjectedKeys, ServiceAccountToken
from kubestock.workload.storage import PersistentVolumeClaimVolume
from kubestock.workload.volumes import (
    ConfigMapVolume,
    ProjectedVolume,
    SecretVolume,
)

paths = st.sampled_from(PATHS) | texts
_object = {"name": texts, "keys": maybe(sequences(texts)), "checksum": maybe(texts), "optional": st.booleans()}
config_maps = accepted(ConfigMapRef, {"name": "flags"}, _object)
secrets = accepted(SecretRef, {"name": "db"}, _object)
sources = config_maps | secrets
config_map_keys = accepted(
    ConfigMapKey, {"source": ConfigMapRef(name="a"), "key": "a"}, {"source": config_maps, "key": texts}
)
secret_keys = accepted(SecretKey, {"source": SecretRef(name="a"), "key": "a"}, {"source": secrets, "key": texts})
field_refs = accepted(FieldRef, {"path": "metadata.name"}, {"path": texts})
resource_refs = accepted(ResourceFieldRef, {"resource": "limits.cpu"}, {"resource": texts, "divisor": amounts})
env_values = st.one_of(texts, config_map_keys, secret_keys, field_refs, resource_refs)
env_from = accepted(EnvFrom, {"source": SecretRef(name="db")}, {"source": sources, "prefix": texts})

_items = st.dictionaries(texts, paths, max_size=3)
_modes = numbers | st.integers(0, 0o777)
keys = accepted(ProjectedKeys, {"source": SecretRef(name="db")}, {"source": sources, "items": _items})
tokens = accepted(
    ServiceAccountToken,
    {"path": "token", "audience": "vault"},
    {"path": paths, "audience": texts, "expiration_seconds": numbers},
)
pod_fields = accepted(
    DownwardApi,
    {"items": {"name": FieldRef("metadata.name")}},
    {"items": st.dictionaries(paths, field_refs, max_size=3)},
)
volumes = st.one_of(
    accepted(EmptyDir, {"name": "cache"}, {"name": texts, "size_limit": amounts, "in_memory": st.booleans()}),
    accepted(
        ConfigMapVolume,
        {"name": "flags", "source": ConfigMapRef(name="flags")},
        {"name": texts, "source": config_maps, "items": _items, "mode": maybe(_modes)},
    ),
    accepted(
        SecretVolume,
        {"name": "db", "source": SecretRef(name="db")},
        {"name": texts, "source": secrets, "items": _items, "mode": maybe(_modes)},
    ),
    accepted(
        PersistentVolumeClaimVolume,
        {"name": "data", "claim_name": "data"},
        {"name": texts, "claim_name": texts, "read_only": st.booleans()},
    ),
    accepted(
        ProjectedVolume,
        {"name": "all", "sources": (ProjectedKeys(source=SecretRef(name="db")),)},
        {"name": texts, "sources": sequences(keys | tokens | pod_fields), "mode": _modes},
    ),
)
mounts = volumes.flatmap(
    lambda volume: accepted(
        VolumeMount,
        {"volume": volume, "path": "/data"},
        {"path": paths, "sub_path": maybe(paths), "read_only": maybe(st.booleans())},
    )
)
