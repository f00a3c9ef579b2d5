"""The first process of a testbed: starts the others and takes them along when it ends.

It runs as `python -m testbed.supervisor DIRECTORY LOCK`, in a session of its own; with a node also in process and mount
namespaces of its own, so that the kernel ends every process and unmounts everything when it ends, whatever the reason.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from testbed.api_server import ApiServer
from testbed.components import Components
from testbed.control_plane import start_control_plane
from testbed.errors import TestbedError
from testbed.node import hide_machine, start_node
from testbed.progress import say
from testbed.settings import Settings

__all__ = ("CONTROL", "READY")

CONTROL = "control"
"""A named pipe. Lines `stop NAME`, `kill NAME` and `start NAME` are about one component; after any other line, and when
its starter closes the pipe, the testbed ends."""
READY = "ready"  # a file that is there once the cluster is


def main() -> None:
    """Start the testbed of the directory on the command line and keep it until told to stop."""
    settings = Settings.load(Path(sys.argv[1]))
    if settings.detached:
        # Holding the other end ourselves, we don't end with our starter.
        os.open(settings.directory / CONTROL, os.O_WRONLY)
    components = Components(settings, int(sys.argv[2]))
    threading.Thread(target=_do_as_told, args=(components,), daemon=True).start()
    try:
        if settings.node:
            hide_machine(settings, components)
        api = ApiServer(settings)
        start_control_plane(settings, components, api)
        if settings.node:
            start_node(settings, components, api)
        (settings.directory / READY).touch()
        components.watch()
    except TestbedError as error:
        say(str(error))
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        _end(components)


def _do_as_told(components: Components) -> None:
    try:
        for line in sys.stdin:
            match line.split():
                case ["stop", name]:
                    components.stop(name)
                case ["kill", name]:
                    components.stop(name, at_once=True)
                case ["start", name]:
                    components.start_again(name)
                case _:
                    break
    finally:
        _end(components)


def _end(components: Components) -> NoReturn:
    if os.getpid() != 1:
        components.end()
        # One that is being started at this moment is in our group: without a node, none makes a group of its own.
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
