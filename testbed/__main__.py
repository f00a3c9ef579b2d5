"""The testbed's command line."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from testbed.binary import OTHER_RELEASES, build_binary
from testbed.cluster import Cluster, remove_abandoned
from testbed.errors import TestbedError
from testbed.interruption import Interrupted, Interruption
from testbed.packages import install_packages
from testbed.progress import say

_GRACE = 30  # seconds that an interrupted command gets to end by itself


def main() -> int:
    """Carry out the command line and return the exit code."""
    arguments = _parse()
    interruption = Interruption()
    try:
        if arguments.action == "build":
            print(build_binary(arguments.release))
        elif arguments.action == "down":
            cluster = Cluster.load(arguments.directory)
            cluster.stop()
            cluster.remove()
        else:
            cluster = _create(arguments)
            if arguments.action == "run":
                return _run(cluster, arguments.command, interruption)
            _up(cluster, interruption)
    except TestbedError as error:
        say(str(error))
        return 1
    except Interrupted as interrupted:
        say(str(interrupted))
        return 128 + interrupted.number
    return 0


def _parse() -> argparse.Namespace:
    # What follows the first `--` is the command as it stands: argparse would take out every `--` of it.
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    options, command = given[:end], given[end + 1 :]
    parser = argparse.ArgumentParser(
        prog="python -m testbed", description="A real Kubernetes on the loopback interface."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="build the binary, if it isn't, and print its path")
    up = actions.add_parser("up", help="start a cluster that stays until `down`")
    down = actions.add_parser("down", help="stop the cluster that `up` started, and remove its directory")
    run = actions.add_parser("run", help="start a cluster, run a command with KUBECONFIG set, stop the cluster")
    for action in (up, down):
        action.add_argument("directory", type=Path, metavar="DIRECTORY", help="where the cluster keeps everything")
    for action in (build, up, run):
        action.add_argument(
            "--release",
            choices=OTHER_RELEASES,
            help="an API server of this release; goes with --no-node and --no-controllers",
        )
    for action in (up, run):
        action.add_argument("--no-node", action="store_true", help="API server and controllers only; needs no root")
        action.add_argument("--no-controllers", action="store_true", help="API server alone; goes with --no-node")
        action.add_argument(
            "--apiserver-flag", action="append", default=[], metavar="FLAG", help="one more, as --apiserver-flag=--x=y"
        )
    run.usage = (
        "python -m testbed run [--no-node] [--no-controllers] [--release RELEASE] [--apiserver-flag FLAG] -- COMMAND"
    )
    arguments = parser.parse_args(options)
    if (arguments.action == "run") != bool(command):
        run.error("a command after `--` is what `run` takes, and nothing else does")
    is_alone = arguments.action in ("up", "run") and arguments.no_node and arguments.no_controllers
    if arguments.action in ("up", "run") and arguments.release is not None and not is_alone:
        run.error("--release goes with --no-node and --no-controllers")
    arguments.command = command
    return arguments


def _create(arguments: argparse.Namespace) -> Cluster:
    remove_abandoned()
    if not arguments.no_node and os.geteuid() == 0:
        install_packages()
    return Cluster.create(
        build_binary(arguments.release),
        node=not arguments.no_node,
        controllers=not arguments.no_controllers,
        apiserver_flags=tuple(arguments.apiserver_flag),
        directory=arguments.directory if arguments.action == "up" else None,
    )


def _up(cluster: Cluster, interruption: Interruption) -> None:
    try:
        _start(cluster, interruption)
    except BaseException:
        _clean_up(cluster, interruption, failed=True)
        raise
    print(f"export KUBECONFIG={cluster.settings.kubeconfig}")


def _run(cluster: Cluster, command: list[str], interruption: Interruption) -> int:
    succeeded = False
    try:
        _start(cluster, interruption)
        code = _call(command, {**os.environ, "KUBECONFIG": str(cluster.settings.kubeconfig)})
        succeeded = code == 0
    finally:
        _clean_up(cluster, interruption, failed=not succeeded)
    return code


def _start(cluster: Cluster, interruption: Interruption) -> None:
    with interruption.deferred():
        cluster.launch()
    cluster.wait_until_ready()


def _clean_up(cluster: Cluster, interruption: Interruption, *, failed: bool) -> None:
    with interruption.deferred():
        cluster.stop()
        if failed and (kept := cluster.keep_logs()) is not None:
            say(f"the logs are in {kept}")
        cluster.remove()


def _call(command: list[str], environment: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise TestbedError(f"{command[0]} can't be run: {error.strerror}") from error
    try:
        code = process.wait()
    except Interrupted as interrupted:
        # Ctrl-C has reached the command already, a signal sent to us alone has not.
        if interrupted.number != signal.SIGINT:
            process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
