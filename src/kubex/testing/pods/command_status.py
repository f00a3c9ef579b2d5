"""How a command ended, in the words of kubelet and container runtime."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.storage import JsonObject

__all__ = ["failed", "missing_program", "succeeded", "with_exit_code"]

_INTERNAL: Final = "Internal error occurred: "


def succeeded() -> JsonObject:
    """It ended with 0."""
    return {"metadata": {}, "status": "Success"}


def with_exit_code(code: int, command: Sequence[str], *, is_told_by_api_server: bool) -> JsonObject:
    """It ended with a code.

    Args:
        code: 0 to 255.
        command: program and arguments.
        is_told_by_api_server: with the newest protocol the API server finds words of its own, else the kubelet.
    """
    if code == 0:
        return succeeded()
    what = f"command terminated with exit code {code}"
    if not is_told_by_api_server:
        what = f"error executing command [{' '.join(command)}], exit code {code}"
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: {what}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def missing_program(command: Sequence[str], *, is_told_by_api_server: bool) -> JsonObject:
    """The container has no such program."""
    name = command[0] if command else ""
    why = "exec failed: args must not be empty"
    if name:
        what = f"stat {name}: no such file or directory" if "/" in name else "executable file not found in $PATH"
        why = f"exec failed: unable to start container process: exec: {go_quoted(name)}: {what}"
    why = (
        "error executing command in container: failed to exec in container: failed to start exec "
        f"{go_quoted(secrets.token_hex(32))}: OCI runtime exec failed: {why}: unknown"
    )
    return failed(f"{_INTERNAL}{why}" if is_told_by_api_server else why)


def failed(why: str) -> JsonObject:
    """It never ran, or nobody knows how it ended."""
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"{_INTERNAL}{why}",
        "reason": "InternalError",
        "details": {"causes": [{"message": why}]},
        "code": 500,
    }
