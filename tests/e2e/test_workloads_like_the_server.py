"""The same workloads on a real cluster, with its kubelet and controllers, and on the server in memory: compared.

What users depend on has to agree: the sequences of conditions, phases and states of containers, the events, the last
status, and who owns which fields.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest

from kubex.configuration import configure_from_kubeconfig
from kubex.testing import ApiServer, Workloads
from tests.e2e.likeness.workloads import agreed
from tests.e2e.raw_server import RawServer, raw_server
from tests.e2e.workloads.history import History, history
from tests.e2e.workloads.scenarios import RULES, SCENARIOS, Scenario, Stage


class Pair(NamedTuple):
    """The two servers."""

    real: RawServer
    mine: RawServer


_TIMES = 3
"""So often a scenario is played on the real cluster at most. Its kubelet leaves states out where it is busy: a pod that
it first tells of when its container runs was never waiting. What it did in one of them is what the other has to do."""


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def servers(kubeconfig: Path) -> Iterator[Pair]:
    if os.environ.get("KUBEX_TEST_SERVER") == "memory":
        pytest.skip("it takes a real cluster to compare with")
    configuration = anyio.run(lambda: configure_from_kubeconfig(path=kubeconfig))
    workloads = Workloads(nodes=1, rules=RULES)
    with (
        ApiServer(workloads=workloads) as server,
        raw_server(configuration) as real,
        raw_server(server.configuration) as mine,
    ):
        yield Pair(real, mine)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_workloads_move_as_on_a_real_cluster(scenario: Scenario, servers: Pair) -> None:
    with ThreadPoolExecutor() as threads:
        playing = [threads.submit(told, scenario, server) for server in servers]
    expected, found = (agreed(scenario.name, each.result()) for each in playing)
    for _ in range(_TIMES - 1):
        if found == expected:
            break
        expected = agreed(scenario.name, told(scenario, servers.real))
    assert found == expected


def told(scenario: Scenario, server: RawServer) -> History:
    stage = Stage(server)
    try:
        scenario.play(stage)
        return history(server, stage.namespace, stage.since)
    finally:
        stage.close()
