"""The project's cluster with its node, and a pod with servers in it: started once, for all workloads that need it."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from contextlib import ExitStack
from functools import cache
from typing import Any

from benchmarks.measure import PeerProcess, Unavailable, WrongAnswer

__all__ = ["SIZE", "pod_of_cluster"]

SIZE = 2**28
"""Bytes that the pod sends and takes at once."""


@cache
def pod_of_cluster() -> dict[str, Any]:
    """Start the cluster, which ends with this process, and tell where the pod is and what is in it.

    Raises:
        Unavailable: there can be none here.
    """
    if os.geteuid() != 0:
        raise Unavailable("a node needs root, as `sudo make bench-streams` has")
    testbed = (sys.executable, "-m", "testbed")
    print("  a cluster with a node is started, and built before if it never was …", file=sys.stderr, flush=True)
    built = subprocess.run([*testbed, "build"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if built.returncode != 0:
        raise Unavailable(f"no cluster can be built here ({(built.stderr.strip().splitlines() or ['?'])[-1]})")
    running = ExitStack()
    command = (*testbed, "run", "--", sys.executable, "-m", "benchmarks.peers.cluster")
    try:
        process = running.enter_context(PeerProcess.running("cluster", command))
        answer: dict[str, Any] = process.ask({"workload": "pod", "size": SIZE})["answer"]
    except WrongAnswer as error:  # the testbed has said more on standard error
        running.close()
        raise Unavailable(f"no cluster with a node can be started here ({error})") from None
    atexit.register(running.close)
    return answer
