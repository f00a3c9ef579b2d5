"""Three processes that compete for a lease, and what happens to the one that leads."""

from __future__ import annotations

import itertools
import signal
import time
import uuid
from contextlib import AsyncExitStack

import anyio
import pytest
from anyio.abc import TaskGroup

from kubex.api import Api
from kubex.api._background_tasks import BackgroundTasks
from kubex.client import create_client
from kubex.configuration import ClientConfiguration
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex_core.models.metadata import ObjectMetadata
from testbed.cluster import Cluster
from tests.e2e.runtime.leading_process import Competitor, Race
from tests.e2e.runtime.leading_program import WORK
from tests.e2e.runtime.network import network_to
from tests.faults.proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

START = 60.0  # seconds that a process may take to begin, on a busy machine


class Election:
    """The processes, each with a network of its own."""

    def __init__(self, race: Race, lease: float, tasks: TaskGroup) -> None:
        self.race = race
        self.lease = lease
        self.tasks = tasks
        self.competitors: list[Competitor] = []
        self.networks: dict[str, FaultProxy] = {}

    async def enter(self, identity: str, network: FaultProxy) -> None:
        competitor = Competitor(identity, network.url)
        self.competitors.append(competitor)
        self.networks[identity] = network
        await self.tasks.start(self.race.run, competitor)

    @property
    def leader(self) -> Competitor:
        """Who made the last step."""
        return max(self.competitors, key=lambda each: each.last_step)

    async def someone_leads(self) -> None:
        await self.race.until(lambda: any(each.steps for each in self.competitors), START)

    async def disturb(self, how: str) -> float:
        """Do something to the leader, and give the seconds until another one led."""
        leader = self.leader
        losses = leader.losses
        others = [each for each in self.competitors if each is not leader]
        began = time.monotonic()
        if how == "stop":
            leader.send(signal.SIGSTOP)
        elif how == "kill":
            leader.send(signal.SIGKILL)
        else:
            self.networks[leader.identity].hold()
        await self.race.until(lambda: any(each.last_step > began for each in others), 3 * self.lease)
        took = min(at for each in others for at, _ in each.steps if at > began) - began
        # The next one must not lead in the moment that this one comes back.
        await anyio.sleep(self.lease / 10)
        if how == "stop":
            leader.send(signal.SIGCONT)
            await self.race.until(lambda: leader.losses > losses, START)
        elif how == "kill":
            await self.tasks.start(self.race.run, leader)
        else:
            await self.race.until(lambda: leader.losses > losses, START)
            self.networks[leader.identity].release()
            self.networks[leader.identity].cut()
        return took

    def check_steps(self) -> None:
        """Hold all steps to the deadlines, and to those of others."""
        for each in self.competitors:
            late = [at - deadline for at, deadline in each.steps if at >= deadline]
            assert late == [], f"{each.identity} made steps past its deadline, by so many seconds: {late}"
        steps = sorted((at, each.identity) for each in self.competitors for at, _ in each.steps)
        turns = [identity for identity, _ in itertools.groupby(identity for _, identity in steps)]
        assert len(turns) > 1, "one led all the time"
        for before, after in itertools.pairwise(steps):
            if before[1] != after[1]:
                deadline = max(end for at, end in self._of(before[1]).steps if at <= before[0])
                assert after[0] > deadline, f"{after[1]} led before the time of {before[1]} was over"

    def _of(self, identity: str) -> Competitor:
        return next(each for each in self.competitors if each.identity == identity)


@pytest.mark.parametrize("how", ["elector", "manager"])
async def test_one_takes_over_and_the_other_has_ended(
    cluster: Cluster, configuration: ClientConfiguration, is_whole: bool, how: str
) -> None:
    lease, rounds = (15.0, 5) if is_whole else (6.0, 1)
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    async with await create_client(configuration) as client:
        await Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=namespace)))
        await Api(ConfigMap, client, namespace=namespace).create(ConfigMap(metadata=ObjectMetadata(name=WORK)))
    async with AsyncExitStack() as exits:
        networks = [exits.enter_context(network_to(cluster)) for _ in "abc"]
        tasks = await exits.enter_async_context(BackgroundTasks())
        election = Election(Race(cluster.settings.kubeconfig, namespace, lease, how), lease, tasks)
        for identity, network in zip("abc", networks, strict=True):
            await election.enter(identity, network)
        await election.someone_leads()
        for disturbance in ("stop", "kill", "cut") * rounds:
            took = await election.disturb(disturbance)
            print(f"{how}, {disturbance}: another one led after {took:.2f} s")
            assert took <= 1.5 * lease, f"{disturbance}: it took {took:.2f} s until another one led"
        election.check_steps()
