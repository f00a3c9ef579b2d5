"""What controllers write by the shorter ways is stored as the same requests would have stored it, owners included."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle import bodies
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.known_parts import KnownParts
from kubex.testing.storage import Change, JsonObject, Key
from kubex.testing.workloads import PodRule, event_recorder, writer
from tests.unit.testing.workloads.moving import MovingCluster, job, template, workload

Step: TypeAlias = tuple[str, int]
Seen: TypeAlias = tuple[str, Key, JsonObject, JsonObject | None]

KINDS = {
    "deployment": "apps/v1/deployments",
    "stateful-set": "apps/v1/statefulsets",
    "daemon-set": "apps/v1/daemonsets",
    "job": "batch/v1/jobs",
    "cron-job": "batch/v1/cronjobs",
}
RULES = (
    PodRule(image="example.com/bad:*", exit_code=1, ends_after=1),
    PodRule(image="example.com/missing:*", pull_error="not found"),
)
IMAGES = ("example.com/web:1", "example.com/web:2", "example.com/bad:1", "example.com/missing:1")
NUMBERS = st.integers(0, 7)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [*KINDS, "service", "scale", "image", "label", "forget", "delete", "delete-pod", "apply", "wait", "read"]
        ),
        NUMBERS,
    ),
    min_size=1,
    max_size=8,
)


@contextmanager
def repeatable() -> Generator[pytest.MonkeyPatch]:
    """Have uids and generated names be the same ones in each cluster."""
    random = Random(1)

    def new_uid(cluster: Cluster) -> str:
        return str(UUID(int=random.getrandbits(128), version=4))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cluster, "new_uid", new_uid)
        patch.setattr("secrets.randbelow", random.randrange)
        yield patch


def by_requests(patch: pytest.MonkeyPatch) -> None:
    """Have controllers write as requests do."""

    def are_there(cluster: object) -> bool:
        return True

    def nothing(resource: object, spec: object) -> None:
        return None

    def not_known(parts: object, part: object, how: object) -> None:
        return None

    for module in (writer, event_recorder):
        patch.setattr(module, "has_policies", are_there)  # which are shown whole objects
    patch.setattr(bodies._TEMPLATES, "decoded", nothing)
    patch.setattr(KnownParts, "get", not_known)


class Recorded(MovingCluster):
    """A cluster, with what has happened in it."""

    def __init__(self) -> None:
        super().__init__(*RULES)
        self.changes: list[Change] = []
        storage = self.operations.cluster.storage
        for resource in self.operations.cluster.registry.every():
            if resource.version == self.operations.cluster.registry.storage_version(resource.storage).version:
                storage.subscribe(resource.storage, self.changes.append)

    def unread(self, place: str) -> list[JsonObject]:
        """Give objects as controllers see them: nobody has read them for that."""
        return list(self.movement.state.every(self.resource(place).storage, "shop"))

    def take(self, steps: Sequence[Step]) -> None:
        for step, number in steps:
            with contextlib.suppress(ApiFailure):  # of what is there already, or may not be changed
                self._take(step, number)
        self.advance(5)

    def _take(self, step: str, number: int) -> None:
        image = IMAGES[number % len(IMAGES)]
        found = [(place, each) for place in KINDS.values() for each in self.unread(place)]
        place, object_ = found[number % len(found)] if found else ("", {})
        name = object_["metadata"]["name"] if object_ else ""
        running = self.unread("v1/pods")
        match step:
            case "deployment" | "stateful-set" | "daemon-set":
                spec: dict[str, Any] = {} if step == "daemon-set" else {"replicas": number % 4}
                self.create(KINDS[step], workload(step, image, **spec))
            case "job":
                self.create(KINDS[step], job(step, image, completions=1 + number % 3, ttlSecondsAfterFinished=number))
            case "cron-job":
                spec = {"template": template(image, "job", restartPolicy="Never")}
                body = {"schedule": "* * * * *", "jobTemplate": {"spec": spec}, "successfulJobsHistoryLimit": 1}
                self.create(KINDS[step], {"metadata": {"name": "cron-job"}, "spec": body})
            case "service":
                self.create("v1/services", {"metadata": {"name": "web"}, "spec": _SERVICE})
            case "scale" if "replicas" in object_.get("spec", {}):
                self.update(place, name, {"spec": {"replicas": number % 4}})
            case "image" if "template" in object_.get("spec", {}):
                containers = [{"name": "main", "image": image}]
                self.update(place, name, {"spec": {"template": {"spec": {"containers": containers}}}})
            case "label" if running:
                pod = running[number % len(running)]["metadata"]["name"]
                self.patch("v1/pods", pod, {"metadata": {"labels": {"number": str(number)}}})
            case "forget" if object_:
                self.patch(place, name, {"metadata": {"managedFields": [{}]}})
            case "delete" if object_:
                self.delete(place, name, propagationPolicy=["Background", "Foreground", "Orphan"][number % 3])
            case "delete-pod" if running:
                self.delete("v1/pods", running[number % len(running)]["metadata"]["name"])
            case "apply" if running:
                pod = running[number % len(running)]["metadata"]["name"]
                body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod, "annotations": {"a": str(number)}}}
                self.patch("v1/pods", pod, body, patch_type="application/apply-patch+yaml")
            case "wait":
                self.advance(number * 20)
            case "read" if self.changes:
                _ = self.changes[-1 - number % len(self.changes)].entry.encoded
            case _:
                pass

    def seen(self) -> list[Seen]:
        """Give all that has happened, each object as somebody reads it who comes late; the latest is read first."""
        told: list[Seen] = []
        for each in reversed(self.changes):
            before = each.previous.object if each.previous is not None else None
            told.append((each.type, each.key, each.entry.object, before))
        return told


_SERVICE: dict[str, Any] = {"selector": {"app": "web"}, "ports": [{"port": 80}]}


@given(STEPS)
def test_each_version_of_each_object_is_the_same(steps: Sequence[Step]) -> None:
    with repeatable():
        short = Recorded()
        short.take(steps)
    with repeatable() as patch:
        by_requests(patch)
        long = Recorded()
        long.take(steps)
    for ours, theirs in zip(short.seen(), long.seen(), strict=True):
        assert ours == theirs


def test_controllers_do_not_work_out_owners() -> None:
    """What takes the most of a write is left undone, unless somebody reads it."""
    with repeatable():
        short = Recorded()
        short.take([("deployment", 3), ("cron-job", 0), ("wait", 7)])
    written = [each for each in short.changes if each.type != "DELETED"]
    unread = [each for each in written if each.entry.finish is not None]
    assert len(unread) > len(written) * 0.9
    assert all(each.entry.object["metadata"].get("managedFields") for each in unread)
