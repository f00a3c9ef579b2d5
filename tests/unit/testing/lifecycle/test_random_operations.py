"""Random calls against a dict; and every watch, replayed, is the list."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.requests import ListOptions, WatchOptions
from kubex.testing.watching import Subscription
from tests.unit.testing.clusters import Cluster, config_map

NAMES = st.sampled_from(["a", "b", "c"])
COLOURS = st.sampled_from(["red", "green"])
PLACE = "v1/configmaps"


class OperationsMachine(RuleBasedStateMachine):
    """ConfigMaps in one namespace, their colours and finalizers."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster()
        self.colours: dict[str, str] = {}
        self.held: set[str] = set()
        self.dying: set[str] = set()
        self.watches: list[tuple[Subscription, dict[str, Any], str]] = []

    @rule(name=NAMES, colour=COLOURS, held=st.booleans())
    def create(self, name: str, colour: str, held: bool) -> None:
        body = config_map(name, labels={"colour": colour}, finalizers=["a.b/c"] if held else [])
        if name in self.colours:
            with pytest.raises(ApiFailure, match="already exists"):
                self.cluster.create(PLACE, body)
            return
        self.cluster.create(PLACE, body)
        self.colours[name] = colour
        if held:
            self.held.add(name)

    @rule(name=NAMES, colour=COLOURS)
    def paint(self, name: str, colour: str) -> None:
        body = {"metadata": {"labels": {"colour": colour}}}
        if name not in self.colours:
            with pytest.raises(ApiFailure, match="not found"):
                self.cluster.patch(PLACE, name, body)
            return
        self.cluster.patch(PLACE, name, body)
        self.colours[name] = colour

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if name not in self.colours:
            with pytest.raises(ApiFailure, match="not found"):
                self.cluster.delete(PLACE, name)
            return
        self.cluster.delete(PLACE, name)
        if name in self.held:
            self.dying.add(name)
        else:
            self.forget(name)

    @rule(name=NAMES)
    def release(self, name: str) -> None:
        if name in self.colours:
            self.cluster.patch(PLACE, name, {"metadata": {"finalizers": None}})
            self.held.discard(name)
            if name in self.dying:
                self.forget(name)

    def forget(self, name: str) -> None:
        del self.colours[name]
        self.held.discard(name)
        self.dying.discard(name)

    @rule(selector=st.sampled_from(["", "colour=red", "colour!=red"]), resumed=st.booleans())
    def watch(self, selector: str, resumed: bool) -> None:
        resource = self.cluster.resource(PLACE)
        seen: dict[str, Any] = {}
        version = ""
        if resumed:
            page = self.cluster.operations.list(resource, "shop", ListOptions(label_selector=selector))
            seen = {entry.object["metadata"]["name"]: entry.object for entry in page.entries}
            version = page.resource_version
        options = WatchOptions(label_selector=selector, resource_version=version)
        self.watches.append((self.cluster.operations.watch(resource, "shop", options), seen, selector))

    @invariant()
    def the_list_is_the_model(self) -> None:
        page = self.cluster.operations.list(self.cluster.resource(PLACE), "shop", ListOptions())
        found = {entry.object["metadata"]["name"]: entry.object["metadata"] for entry in page.entries}
        assert {name: metadata["labels"]["colour"] for name, metadata in found.items()} == self.colours
        assert {name for name, metadata in found.items() if "deletionTimestamp" in metadata} == self.dying

    @invariant()
    def watches_replay_to_the_list(self) -> None:
        for watch, seen, selector in self.watches:
            for item in watch.take():
                name = item.object["metadata"]["name"]
                assert (item.type == "ADDED") == (name not in seen)
                if item.type == "DELETED":
                    del seen[name]
                else:
                    seen[name] = item.object
            options = ListOptions(label_selector=selector)
            page = self.cluster.operations.list(self.cluster.resource(PLACE), "shop", options)
            assert seen == {entry.object["metadata"]["name"]: entry.object for entry in page.entries}


TestOperations = OperationsMachine.TestCase
