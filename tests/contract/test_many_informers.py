"""Many informers in one process: a connection each, idle while nothing happens, and nothing left behind."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import anyio
import pytest

from tests.cluster import Transport

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

PROJECT = Path(__file__).resolve().parents[2]


async def test_they_leave_nothing_behind(kubeconfig: Path, namespace: str, transport: Transport) -> None:
    is_whole = bool(os.environ.get("KUBEX_SOAK"))
    informers, rounds, seconds = (100, 1_000, 10.0) if is_whole else (20, 30, 1.5)
    command = [sys.executable, "-m", "tests.contract.many_informers", str(kubeconfig), namespace]
    command += [transport.library.value, transport.loop, str(informers), str(rounds), str(seconds)]
    done = await anyio.run_process(command, cwd=PROJECT, stderr=None)
    found = json.loads(done.stdout)
    print(f"{informers} informers, started and stopped {rounds} times: {found}")
    assert found["connections"] <= informers
    assert found["idle_share_of_cpu"] <= 0.01
    assert (found["tasks"], found["descriptors"]) == (0, 0)
    assert found["more_sockets"] <= informers  # idle ones of the pool
    # In few rounds the pool's connections weigh (0 to 14 were seen); an informer that is kept has more than a hundred.
    assert found["more_blocks_a_start"] < (1 if is_whole else 50)
