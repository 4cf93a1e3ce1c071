"""A PersistentVolumeClaim that pods mount by its name."""

from collections.abc import Mapping

from constructs import Construct

from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.labels import annotation_map
from kubestock.values.value import checked
from kubestock.workload.platform import Platform
from kubestock.workload.storage import PersistentVolumeClaimVolume, Storage


class PersistentVolumeClaim(Group):
    """Requests storage that outlives pods: a PersistentVolumeClaim, which pods mount by its `volume`.

    A StatefulSet creates the claims of its pods from its claim templates; use this class for a single pod, or for
    storage that many nodes can mount.

    Args:
        scope: the parent construct, such as the chart.
        id: the id of the construct; it does not affect the manifest.
        name: the name of the object.
        platform: the settings that all workloads of the product share.
        storage: the size and the kind of the storage.
        component: its role in the product. Defaults to storage.
        annotations: annotations of the object. Defaults to none.

    Raises:
        ConfigurationError: if the name or an annotation is malformed.

    See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        storage: Storage,
        component: str = "storage",
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.name = names.dns_label("name", name)
        self.storage = storage
        labels = platform.labels(name, component=component)
        metadata = meta(name, labels.metadata, annotation_map("annotations", annotations or {}))
        super().__init__(scope, id)
        manifest = k8s.KubePersistentVolumeClaim.manifest(metadata=metadata, spec=storage.to_kube())
        self.object = KubeObject(self, "PersistentVolumeClaim", manifest=manifest)

    @checked
    def volume(self, name: str | None = None, *, read_only: bool = False) -> PersistentVolumeClaimVolume:
        """Return the claim as a volume.

        Args:
            name: the name of the volume. Defaults to the name of the claim.
            read_only: Defaults to false.
        """
        return PersistentVolumeClaimVolume(
            name=name or self.name, claim_name=self.name, read_only=read_only, access_modes=self.storage.access_modes
        )
