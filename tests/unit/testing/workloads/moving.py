"""A cluster whose workloads move, below HTTP, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kubex.testing.clock import VirtualClock
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads import PodRule, Workloads
from kubex.testing.workloads.movement import Movement
from tests.unit.testing.clusters import Cluster

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STRATEGIC = "application/strategic-merge-patch+json"


class MovingCluster(Cluster):
    """A cluster with a namespace `shop`, at noon."""

    def __init__(self, *rules: PodRule, nodes: Any = 3, seed: int = 0) -> None:
        self.clock = VirtualClock(START)
        super().__init__(clock=self.clock)
        self.movement = Movement(self.operations, Workloads(nodes=nodes, rules=rules, seed=seed), "1.35.0")

    def advance(self, seconds: float) -> None:
        self.movement.pass_time(self.clock.now() + timedelta(seconds=seconds))

    def there(self, place: str, name: str) -> JsonObject:
        found = self.get(place, name)
        assert found is not None, f"{place} {name}"
        return found

    def all(self, place: str, namespace: str = "shop") -> list[JsonObject]:
        found = self.operations.cluster.storage.scan(self.resource(place).storage, namespace=namespace)
        return [entry.object for _, entry in found]

    def status(self, place: str, name: str) -> JsonObject:
        return object_at(self.there(place, name), "status")

    def events(self, name: str) -> list[tuple[str, str]]:
        """Give reasons and messages of the events about an object of this name, in the order of their creation."""
        found = [*self.all("v1/events"), *self.all("v1/events", "default")]
        found = [each for each in found if each["involvedObject"]["name"] == name]
        found.sort(key=lambda each: int(each["metadata"]["name"].rpartition(".")[2], 16))
        return [(each["reason"], each["message"]) for each in found]

    def created(self, name: str) -> int:
        """Give a number by which pods sort as they were made."""
        made = [each for each in self.all("v1/events") if each["message"] == f"Created pod: {name}"]
        return int(made[0]["metadata"]["resourceVersion"])

    def update(self, place: str, name: str, body: Mapping[str, Any]) -> JsonObject:
        return self.patch(place, name, body, patch_type=STRATEGIC)

    def evict(self, name: str) -> None:
        key = Key("shop", name)
        body = {"metadata": {"name": name}}
        self.operations.connect(self.resource("v1/pods"), key, "eviction", "create", body)


def template(image: str = "example.com/web:1", app: str = "web", **spec: Any) -> JsonObject:
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "main", "image": image}], **spec}}


def workload(name: str = "web", image: str = "example.com/web:1", **spec: Any) -> JsonObject:
    given = {"selector": {"matchLabels": {"app": "web"}}, "template": template(image), **spec}
    return {"metadata": {"name": name}, "spec": given}


def job(name: str = "once", image: str = "example.com/job:1", **spec: Any) -> JsonObject:
    return {"metadata": {"name": name}, "spec": {"template": template(image, "job", restartPolicy="Never"), **spec}}


def conditions(object_: JsonObject) -> dict[str, tuple[str, str]]:
    """Give status and reason of each condition."""
    found = list_at(object_at(object_, "status"), "conditions")
    return {each["type"]: (each["status"], each.get("reason", "")) for each in found}


def names(objects: list[JsonObject]) -> list[str]:
    return [each["metadata"]["name"] for each in objects]


def images(pods: list[JsonObject]) -> list[str]:
    return sorted(each["spec"]["containers"][0]["image"].rpartition("/")[2] for each in pods)


def phases(pods: list[JsonObject]) -> list[str]:
    return [each["status"]["phase"] for each in pods]
