"""Pods that answer: logs, exec, attach and port-forward of the server in memory, by what a test gives.

https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.testing.pods.pods import Pods as Pods
    from kubex.testing.pods.programs import BlockingInput as BlockingInput
    from kubex.testing.pods.programs import CommandNotFound as CommandNotFound
    from kubex.testing.pods.programs import CommandResult as CommandResult
    from kubex.testing.pods.sessions import CommandSession as CommandSession
    from kubex.testing.pods.sessions import InputStream as InputStream
    from kubex.testing.pods.sessions import OutputStream as OutputStream
    from kubex.testing.pods.sessions import TerminalSize as TerminalSize

_HOMES = {
    "BlockingInput": "kubex.testing.pods.programs",
    "CommandNotFound": "kubex.testing.pods.programs",
    "CommandResult": "kubex.testing.pods.programs",
    "CommandSession": "kubex.testing.pods.sessions",
    "InputStream": "kubex.testing.pods.sessions",
    "OutputStream": "kubex.testing.pods.sessions",
    "Pods": "kubex.testing.pods.pods",
    "TerminalSize": "kubex.testing.pods.sessions",
}

__all__ = [
    "BlockingInput",
    "CommandNotFound",
    "CommandResult",
    "CommandSession",
    "InputStream",
    "OutputStream",
    "Pods",
    "TerminalSize",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
