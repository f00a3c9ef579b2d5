"""Random graphs of owners and dependents, deleted in every manner: what is left is as with real controllers."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest

from kubex.configuration import configure_from_kubeconfig
from kubex.testing import ApiServer
from tests.e2e.likeness.peers import Peer

SEEDS = range(100 if os.environ.get("KUBEX_SOAK") else 3)
GRAPHS = 12
"""How many there are at a time: the controllers of a cluster take seconds, however many they look after."""
PATIENCE = 60.0
QUIET = 1.5
"""Seconds in which nothing more may happen."""
KINDS = {
    "ConfigMap": ("v1", "/api/v1", "configmaps"),
    "Secret": ("v1", "/api/v1", "secrets"),
    "Role": ("rbac.authorization.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1", "roles"),
    "Lease": ("coordination.k8s.io/v1", "/apis/coordination.k8s.io/v1", "leases"),
}
POLICIES = ("Background", "Background", "Foreground", "Foreground", "Orphan", "")
HOLD = "kubex.example.com/hold"
State = dict[str, Any]


class Node(NamedTuple):
    """An object.

    Its owners are among those before it (-1 is one that never was), and with each stands whether it waits for this one.
    """

    kind: str
    owners: tuple[tuple[int, bool], ...]
    held: bool


class Graph(NamedTuple):
    """Objects, and which of them are deleted and how; then the finalizers of those that are held go."""

    nodes: tuple[Node, ...]
    deletions: tuple[tuple[int, str], ...]
    released: bool


def random_graph(chance: random.Random) -> Graph:
    nodes: list[Node] = []
    for index in range(chance.randint(2, 6)):
        among = [*range(index)] * 3 + [-1]
        count = chance.choice([0, 1, 1, 1, 2]) if index else 0
        owners = {chance.choice(among): chance.random() < 0.5 for _ in range(count)}
        nodes.append(Node(chance.choice(sorted(KINDS)), tuple(owners.items()), chance.random() < 0.2))
    indexes = chance.sample(range(len(nodes)), chance.randint(1, 2))
    deletions = tuple((each, chance.choice(POLICIES)) for each in indexes)
    # An owner that nobody blocks stops waiting for its dependents at once. If it is held, whether they still find it
    # waiting, and so leave it for another owner, is a race between the collector's workers.
    if any(policy == "Foreground" for _, policy in deletions):
        held = {index for index, node in enumerate(nodes) if node.held}
        nodes = [
            node._replace(owners=tuple((each, block or each in held) for each, block in node.owners)) for node in nodes
        ]
    return Graph(tuple(nodes), deletions, chance.random() < 0.6)


class Gardener:
    """Makes graphs on a server, and tells what is left of them."""

    def __init__(self, peer: Peer, namespace: str) -> None:
        self.peer = peer
        self.namespace = namespace
        self.uids: dict[str, str] = {}

    def url(self, kind: str, name: str = "") -> str:
        _, root, plural = KINDS[kind]
        return f"{root}/namespaces/{self.namespace}/{plural}" + (f"/{name}" if name else "")

    def grow(self, number: int, graph: Graph) -> None:
        for index, node in enumerate(graph.nodes):
            name = f"g{number}-{index}"
            metadata: dict[str, Any] = {"name": name, "labels": {"garden": "yes"}}
            if node.owners:
                metadata["ownerReferences"] = [self.reference(number, graph, *owner) for owner in node.owners]
            if node.held:
                metadata["finalizers"] = [HOLD]
            made = self.peer.request("POST", self.url(node.kind), {"metadata": metadata})
            assert made.succeeded, made.content
            self.uids[name] = made.content["metadata"]["uid"]

    def reference(self, number: int, graph: Graph, owner: int, block: bool) -> dict[str, Any]:
        kind = graph.nodes[owner].kind if owner >= 0 else "ConfigMap"
        name = f"g{number}-{owner}" if owner >= 0 else "never"
        uid = self.uids[name] if owner >= 0 else str(uuid.UUID(int=7))
        reference = {"apiVersion": KINDS[kind][0], "kind": kind, "name": name, "uid": uid}
        return {**reference, "blockOwnerDeletion": True} if block else reference

    def cut(self, number: int, graph: Graph) -> None:
        for index, policy in graph.deletions:
            body = {"propagationPolicy": policy} if policy else {}
            self.peer.request("DELETE", self.url(graph.nodes[index].kind, f"g{number}-{index}"), body)

    def release(self, number: int, graph: Graph) -> None:
        for index, node in enumerate(graph.nodes):
            name = f"g{number}-{index}"
            found = self.peer.request("GET", self.url(node.kind, name))
            finalizers: list[str] = found.content["metadata"].get("finalizers", []) if found.succeeded else []
            if HOLD in finalizers:
                patch = {"metadata": {"finalizers": [each for each in finalizers if each != HOLD] or None}}
                form = "application/merge-patch+json"
                self.peer.request("PATCH", self.url(node.kind, name), patch, content_type=form)

    def state(self) -> State:
        """Give what there is: which are going, who holds them, and to whom they belong."""
        found: State = {}
        for kind in KINDS:
            listed = self.peer.request("GET", self.url(kind), query={"labelSelector": "garden=yes"})
            for item in listed.content["items"]:
                metadata = item["metadata"]
                owners = [
                    (each["name"], each.get("blockOwnerDeletion")) for each in metadata.get("ownerReferences", ())
                ]
                going = "deletionTimestamp" in metadata
                found[metadata["name"]] = (kind, going, sorted(metadata.get("finalizers", ())), owners)
        return found


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def peers(kubeconfig: Path) -> Iterator[tuple[Peer, Peer]]:
    configuration = anyio.run(lambda: configure_from_kubeconfig(path=kubeconfig))
    with ApiServer() as server, Peer.connected(configuration) as real, Peer.connected(server.configuration) as mine:
        yield real, mine


def settled(real: Gardener, mine: Gardener) -> State:
    """Wait until both have the same, and then for a while that nothing more happens; gives what the real one has."""
    end = time.monotonic() + PATIENCE
    same_since: float | None = None
    expected = mine.state()
    while True:
        now = time.monotonic()
        state = real.state()
        same_since = (same_since or now) if state == expected else None
        if now > end or (same_since is not None and now - same_since > QUIET):
            return state
        time.sleep(0.2)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_left_of_random_graphs_is_alike(seed: int, peers: tuple[Peer, Peer]) -> None:
    chance = random.Random(seed)
    graphs = [random_graph(chance) for _ in range(GRAPHS)]
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    real, mine = (Gardener(peer, namespace) for peer in peers)
    namespaces = "/api/v1/namespaces"
    for each in (real, mine):
        assert each.peer.request("POST", namespaces, {"metadata": {"name": namespace}}).succeeded
    try:
        for each in (real, mine):
            for number, graph in enumerate(graphs):
                each.grow(number, graph)
        unlike(real, mine, graphs)
        for each in (real, mine):
            for number, graph in enumerate(graphs):
                each.cut(number, graph)
        unlike(real, mine, graphs)
        for each in (real, mine):
            for number, graph in enumerate(graphs):
                if graph.released:
                    each.release(number, graph)
        unlike(real, mine, graphs)
    finally:
        for each in (real, mine):
            for number, graph in enumerate(graphs):
                each.release(number, graph)
            each.peer.request("DELETE", f"{namespaces}/{namespace}")


def unlike(real: Gardener, mine: Gardener, graphs: list[Graph]) -> None:
    state = settled(real, mine)
    expected = mine.state()
    other = {name: (state.get(name), expected.get(name)) for name in state.keys() | expected.keys()}
    other = {name: both for name, both in other.items() if both[0] != both[1]}
    told = {number: graphs[number] for number in {int(name[1:].partition("-")[0]) for name in other}}
    assert not other, f"real and mine: {other}\n{told}"
