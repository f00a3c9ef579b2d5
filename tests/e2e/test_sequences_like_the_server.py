"""The same random sequences of calls on the server in memory and on a real one, over several kinds at once: compared.

Both run alone: nobody collects garbage, ends namespaces or looks after workloads, so each change is a call's own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import Phase, event, given, settings

from kubex.configuration import ClientConfiguration
from kubex.testing import ApiServer
from kubex.testing.lifecycle import operations
from kubex.testing.lifecycle.cluster import Cluster
from tests.e2e.custom_kind import CUSTOM_GROUP, CUSTOM_RESOURCE_DEFINITION, WHOLE_DEFINITION
from tests.e2e.likeness.peers import Peer
from tests.e2e.sequences.steps import Step, sequences
from tests.e2e.sequences.trial import Trial

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Idle:
    """A controller that does nothing."""

    def __init__(self, cluster: Cluster) -> None:
        pass


class Pair(NamedTuple):
    """The two servers."""

    real: Peer
    mine: Peer


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def servers(bare_server: ClientConfiguration) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(operations, "GarbageCollector", Idle)
        with ApiServer() as server, Peer.connected(bare_server) as real, Peer.connected(server.configuration) as mine:
            pair = Pair(real, mine)
            for peer in pair:
                for definition in (CUSTOM_RESOURCE_DEFINITION, WHOLE_DEFINITION):
                    peer.request("POST", DEFINITIONS, definition)
                    until_served(peer, definition["spec"]["names"]["plural"])
            yield pair


def until_served(peer: Peer, plural: str) -> None:
    """Wait until a server serves a custom resource."""
    path = f"/apis/{CUSTOM_GROUP}/v1/{plural}"
    assert any(peer.request("GET", path).succeeded for _ in range(2000)), f"{plural} are not served"


# Not made shorter when it fails: each attempt is dozens of requests to both servers.
@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(sequence=sequences())
def test_random_sequences_are_answered_alike(servers: Pair, sequence: list[Step]) -> None:
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    real, mine = (Trial(peer, namespace) for peer in servers)
    try:
        for trial in (real, mine):
            trial.begin()
        for step in sequence:
            expected = real.take(step)
            assert mine.take(step) == expected, step
            for answer in expected:
                event(f"{step.action}: {answer['code']}")
        assert mine.events() == real.events()
    finally:
        real.close()
        mine.close()
