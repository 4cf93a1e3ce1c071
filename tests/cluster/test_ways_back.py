"""The ways back of docs/rollout.md, rehearsed: a good release, a bad one, its undo, and the revert in Git."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cluster.conftest import DIST, TOOLS, ready_for_dist
from cluster.controlplane import control_plane, wait_until
from cluster.nodes import Namespace, images
from support import Manifest

from kubestock import ContainerImage
from kubestock.production import PRODUCTION, build_app

SERVICE = "ms-product"
OPERATOR = ("--as=somebody", "--as-group=kubestock:operators")
GOOD, BAD = "aaaaaaa", "bbbbbbb"


def image(tag: str) -> ContainerImage:
    return replace(PRODUCTION.images[SERVICE], tag=tag)


def release(folder: Path, tag: str, **flags: str) -> Path:
    """The manifests of a release: production with another image of one service, and with feature flags."""
    settings = replace(PRODUCTION, images={**PRODUCTION.images, SERVICE: image(tag)}, flags=flags, delivery=None)
    build_app(settings, outdir=str(folder / tag)).synth()
    return folder / tag


class Rehearsal(Namespace):
    """Production in a cluster of its own, and what an operator does to it."""

    def apply(self, folder: Path) -> None:
        # A Job's pod template is immutable: Argo CD deletes the hook, a person who applies by hand does so, too.
        self.kubectl("delete", "job", "smoke-test", "--ignore-not-found")
        # Argo CD takes back what others wrote, as --force-conflicts does.
        done = self.cluster.kubectl(
            "apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller", "-f", str(folder)
        )
        assert done.returncode == 0, done.stderr

    def differs(self, folder: Path) -> str:
        """What the cluster would change if it were applied; the Job of the test is made anew each time."""
        found = self.cluster.kubectl(
            "diff", "--server-side", "--force-conflicts", "--field-manager=argocd-controller", "-f", str(folder)
        )
        assert found.returncode in (0, 1), found.stderr
        return found.stdout

    def pods(self) -> list[Manifest]:
        return [each for each in self.serving_pods() if each["metadata"]["labels"]["app"] == SERVICE]

    def running(self) -> set[str]:
        """The images of the pods that are ready."""
        ready = [each for each in self.pods() if each["status"].get("phase") == "Running"]
        return {found for each in ready for found in images(each)}

    def rolled_out(self, tag: str) -> bool:
        self.tend_pods()
        fewest = {
            each["metadata"]["name"]: each["spec"]["replicas"] for each in self.items("deployments", "apis/apps/v1")
        }
        done = self.replicas("availableReplicas") == self.replicas("updatedReplicas") == self.replicas() == fewest
        # A first deploy starts one pod of each, until the autoscalers have raised that to their minimum.
        raised = min(fewest.values(), default=0) >= PRODUCTION.min_replicas
        return done and raised and self.running() == {image(tag).reference}

    def flags(self) -> dict[str, str]:
        (found,) = [each for each in self.items("configmaps") if each["metadata"]["name"] == "feature-flags"]
        return dict(found["data"])


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("releases")
    return release(folder, GOOD, NEW_CHECKOUT="off"), release(folder, BAD, NEW_CHECKOUT="on")


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, releases: tuple[Path, Path]) -> Iterator[Rehearsal]:
    """Production as it is in Git; then a good release of one service has been rolled out."""
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("rehearsal")) as made:
        rehearsed = Rehearsal(ready_for_dist(made), PRODUCTION.namespace)
        rehearsed.broken = {image(BAD).reference}
        rehearsed.apply(DIST)
        wait_until("production runs", lambda: rehearsed.rolled_out(PRODUCTION.images[SERVICE].tag or ""))
        rehearsed.apply(releases[0])
        wait_until("the good release runs", lambda: rehearsed.rolled_out(GOOD))
        yield rehearsed


@pytest.fixture(scope="module")
def stuck(rehearsal: Rehearsal, releases: tuple[Path, Path]) -> Rehearsal:
    """A release whose pods never become ready has been applied."""
    rehearsal.apply(releases[1])

    def tried() -> bool:
        rehearsal.tend_pods()
        return image(BAD).reference in {found for each in rehearsal.pods() for found in images(each)}

    wait_until("a pod of the bad release is there", tried)
    return rehearsal


@pytest.fixture(scope="module")
def undone(stuck: Rehearsal) -> Rehearsal:
    """`kubectl rollout undo`, as an operator, of each Deployment that the release has changed."""
    for name in (SERVICE, "ms-inventory"):
        done = stuck.kubectl("rollout", "undo", f"deployment/{name}", *OPERATOR)
        assert done.returncode == 0, done.stderr
    return stuck


def test_a_release_leaves_nothing_that_differs_from_git(rehearsal: Rehearsal, releases: tuple[Path, Path]) -> None:
    assert rehearsal.differs(releases[0]) == ""


def test_a_release_whose_pods_never_become_ready_leaves_every_old_pod_serving(stuck: Rehearsal) -> None:
    ready = stuck.replicas("readyReplicas")

    assert stuck.running() == {image(GOOD).reference}
    assert ready[SERVICE] == 2


def test_an_undo_brings_the_old_image_back(undone: Rehearsal) -> None:
    wait_until("the undo is rolled out", lambda: undone.rolled_out(GOOD))

    assert undone.running() == {image(GOOD).reference}


def test_an_undo_leaves_the_configuration_of_the_release_behind(undone: Rehearsal, releases: tuple[Path, Path]) -> None:
    wait_until("the undo is rolled out", lambda: undone.rolled_out(GOOD))

    assert undone.flags() == {"NEW_CHECKOUT": "on"}
    assert image(BAD).reference in undone.differs(releases[1])
    assert '"on"' in undone.differs(releases[0]) or "NEW_CHECKOUT: on" in undone.differs(releases[0])


def test_after_the_revert_in_git_nothing_differs_and_the_old_release_runs(
    undone: Rehearsal, releases: tuple[Path, Path]
) -> None:
    undone.apply(releases[0])
    wait_until("the revert is rolled out", lambda: undone.rolled_out(GOOD))

    assert undone.flags() == {"NEW_CHECKOUT": "off"}
    assert undone.differs(releases[0]) == ""
