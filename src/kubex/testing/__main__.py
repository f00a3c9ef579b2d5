"""`python -m kubex.testing`: a Kubernetes API server in memory, from a shell."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from kubex.core.exceptions import KubexException
from kubex.testing.command import serve

__all__ = ["main"]

_EPILOG = """\
It prints the kubeconfig file to use, and ends with Ctrl-C or SIGTERM:

  $ python -m kubex.testing --load manifests/ &
  Kubernetes 1.35 in memory at http://127.0.0.1:39113
  loaded objects of manifests: 12
  export KUBECONFIG=/tmp/kubex-7s8df/kubeconfig

Whoever can reach its port is the cluster's administrator, unless there is authorization. With --workloads
pods run in name: they are put on make-believe nodes and become ready, Deployments roll out, Jobs complete. Nothing is
executed.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as the command line says, and give the exit code."""
    options = _parser().parse_args(arguments)
    try:
        serve(
            version=options.kubernetes_version,
            host=options.host,
            port=options.port,
            tls=options.tls,
            api_resources=options.api_resources,
            authorization=options.authorization,
            kubeconfig=options.kubeconfig,
            load=options.load,
            snapshot=options.snapshot,
            workloads=options.workloads,
            replay=options.replay,
            speed=options.replay_speed or None,
            tell=_tell,
            complain=_complain,
        )
    except KubexException as error:
        _complain(str(error))
        return 1
    except KeyboardInterrupt:  # before it serves
        return 128 + signal.SIGINT
    return 0


def _tell(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # who has read enough does not end the server; what is still to be written goes nowhere
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _complain(why: str) -> None:
    sys.stderr.write(f"error: {' '.join(why.split())}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kubex.testing",
        description="Serve a Kubernetes API server in memory, for any client in any process.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--kubernetes-version", metavar="VERSION", default="1.35", help="1.32 to 1.37 (default: 1.35)")
    add("--host", default="127.0.0.1", help="address to bind to (default: 127.0.0.1, for this machine alone)")
    add("--port", type=_port, default=0, help="TCP port (default: a free one)")
    add("--tls", action="store_true", help="serve HTTPS, with a certificate made for it; needs kubex[testing-tls]")
    add("--api-resources", choices=("default", "all"), default="default", help="all: with alpha and beta versions")
    add(
        "--authorization",
        choices=("AlwaysAllow", "RBAC"),
        default="AlwaysAllow",
        help="RBAC: look at roles, and ask who one is; needs kubex[testing-auth]",
    )
    add("--kubeconfig", metavar="FILE", help="write the kubeconfig there; it is removed at the end")
    add(
        "--load",
        metavar="PATH",
        action="append",
        default=[],
        help="load manifests from a file, a folder or standard input (-); may be given again",
    )
    add("--snapshot", metavar="FILE", help="go on from this file if it is there; saved at the end and on SIGUSR1")
    add(
        "--workloads",
        metavar="NODES",
        type=int,
        nargs="?",
        const=3,
        help="let workloads move, on so many make-believe nodes (default: 3)",
    )
    add("--replay", metavar="FILE", help="play this recording, which `kubex record` has made")
    add(
        "--replay-speed",
        metavar="FACTOR",
        type=_speed,
        default=1.0,
        help="how many times as fast as it was; 0: as fast as it goes (default: 1)",
    )
    return parser


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed < float("inf"):
        raise argparse.ArgumentTypeError(f"a speed is a number, 0 or more, and not {text!r}")
    return speed


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, and not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
