"""The settings of KubeStock's production environment."""

from kubestock.delivery.application import ApplicationSource
from kubestock.delivery.chart import DeliverySettings
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.monitoring.dashboard import Sidecar
from kubestock.product.images import read_images
from kubestock.product.monitoring import MonitoringSettings
from kubestock.production.data import data_file
from kubestock.production.paths import EDGE
from kubestock.production.provider import Groups, IdentityProvider
from kubestock.production.services import BACKENDS
from kubestock.production.settings import Settings
from kubestock.secrets.storefile import read_store

REPOSITORY = "https://github.com/kubestock/kubestock"
REGISTRY = "478468757808.dkr.ecr.ap-south-1.amazonaws.com/kubestock"

PRODUCTION = Settings(
    namespace="kubestock-production",
    environment="production",
    images=read_images(data_file("images.yaml"), registry=REGISTRY, names={"frontend": "web"}),
    database=IpBlocks(ranges=("10.0.0.0/16",)),  # the VPC in ap-south-1 with the RDS instance
    identity_provider=IdentityProvider(
        organization="kubestock",
        # Samples: replace them by the ids that the console of the provider shows for the groups and for the
        # application.
        groups=Groups(
            admin="00000000-0000-4000-8000-000000000001",
            supplier="00000000-0000-4000-8000-000000000002",
            warehouse_staff="00000000-0000-4000-8000-000000000003",
        ),
        page_client_id="sample_client_id_of_the_page",
    ),
    # A sample: replace it by the addresses that `kubectl get endpoints kubernetes` shows.
    api_server=IpBlocks(ranges=("10.0.0.0/16",)),
    scraper=Pods(namespace="observability-production", labels={"app.kubernetes.io/name": "prometheus"}),
    edge=EDGE,
    monitoring=MonitoringSettings(
        runbooks=f"{REPOSITORY}/blob/main/docs/runbooks",
        metrics={each.NAME: each.METRICS for each in BACKENDS},
        dashboard=Sidecar(folder="KubeStock"),
    ),
    secrets=read_store(data_file("secrets.yaml")),
    viewers=("kubestock:viewers",),
    operators=("kubestock:operators",),
    delivery=DeliverySettings(
        source=ApplicationSource(repo_url=f"{REPOSITORY}.git"), sync_groups=("kubestock:operators",)
    ),
)
