"""`ExecAuthProvider`: credentials that a program prints, such as the login helpers of clouds.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
from anyio.abc import ByteReceiveStream, Process

from kubex.configuration._files import read_bounded
from kubex.configuration.auth._exec_credential import API_VERSIONS, ExecCluster, exec_info, parse_exec_credential
from kubex.configuration.auth.refreshing import Credentials, RefreshingSource
from kubex.core.exceptions import ConfigurationError

if TYPE_CHECKING:
    from kubex.configuration.configuration import ExecConfig

__all__ = ["ExecAuthProvider", "ExecCluster"]

_TIMEOUT = 60.0
_INTERACTIVE_TIMEOUT = 300.0  # somebody has to find the browser's tab

_LARGEST_OUTPUT = 1 << 20
_LONGEST_COMPLAINT = 2000
_LAST_WORDS = 0.2  # seconds that the standard error is listened to when the program has ended

# Shorter values of variables are words and regions, which belong into an error's text.
_SHORTEST_SECRET = 8


class ExecAuthProvider(RefreshingSource):
    """Runs a program for a token or a client certificate: at the first request, before they expire, and after a 401.

    It gets the environment, the variables of its configuration, and KUBERNETES_EXEC_INFO. Its standard input is the
    program's own where that is a terminal and the configuration lets it; then what it writes to its standard
    error is shown, too. When the request that needs it is cancelled it is killed, with all that it has started.

    Args:
        config: the program, as a kubeconfig describes it.
        cluster: what it is told of the cluster where it wants to know (`provideClusterInfo`).
        timeout: seconds it may take; where left out 60, or 300 where it may ask somebody.
        clock: seconds since 1970.

    Raises:
        ConfigurationError: it is configured for a version of the protocol that is not spoken here.
    """

    def __init__(
        self,
        config: ExecConfig,
        *,
        cluster: ExecCluster | None = None,
        timeout: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock=clock)
        self._config = config
        self._cluster = cluster if config.provide_cluster_info else None
        self._timeout = timeout
        self._plugin = f"the credential plugin {config.command}"
        if config.api_version not in API_VERSIONS:
            raise ConfigurationError(
                f"{self._plugin} is configured with apiVersion {config.api_version or '(none)'}:"
                f" kubex speaks {' and '.join(API_VERSIONS)}"
            )
        self._api_version = config.api_version
        if not config.command:
            raise ConfigurationError("a credential plugin needs a command")

    async def fetch(self) -> Credentials:
        """Run the program, and give what it prints.

        Raises:
            ConfigurationError: it is not there, fails, takes too long, or prints something else; with the end of its
                standard error.
        """
        is_interactive = self._is_interactive()
        seconds = self._timeout or (_INTERACTIVE_TIMEOUT if is_interactive else _TIMEOUT)
        complaint = bytearray()
        try:
            with anyio.fail_after(seconds):
                code, output = await self._run(is_interactive, complaint)
        except TimeoutError:
            raise ConfigurationError(f"{self._plugin} took longer than {seconds:g} s{self._said(complaint)}") from None
        if code != 0:
            ended = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise ConfigurationError(f"{self._plugin} {ended}{self._said(complaint)}")
        if len(output) > _LARGEST_OUTPUT:
            raise ConfigurationError(f"{self._plugin} printed more than {_LARGEST_OUTPUT} bytes")
        try:
            return parse_exec_credential(output, self._api_version, self._plugin)
        except ConfigurationError as error:
            raise ConfigurationError(f"{error}{self._said(complaint)}") from None

    def _is_interactive(self) -> bool:
        """Tell whether the program may ask somebody.

        Raises:
            ConfigurationError: it has to, and nobody is there.
        """
        mode = self._config.interactive_mode or "IfAvailable"
        has_terminal = mode != "Never" and _has_terminal()
        if mode == "Always" and not has_terminal:
            raise ConfigurationError(
                f"{self._plugin} has to ask somebody (interactiveMode: Always), and standard input is no terminal"
            )
        return has_terminal

    async def _run(self, is_interactive: bool, complaint: bytearray) -> tuple[int, bytes]:
        command = shutil.which(self._config.command)
        if command is None:
            hint = self._config.install_hint
            raise ConfigurationError(
                f"{self._plugin} is not there, or no program{f': {hint.strip()}' if hint and hint.strip() else ''}"
            )
        try:
            process = await anyio.open_process(
                [command, *self._config.args],
                stdin=None if is_interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(is_interactive),
                # In a group of its own all that it starts can be ended with it; but none such may read a terminal.
                start_new_session=not is_interactive,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "its arguments or variables have a null character"
            problem = f"{self._plugin} can't be run: {reason}"
        else:
            return await _outcome(process, complaint, shows=is_interactive)
        raise ConfigurationError(problem)

    def _environment(self, is_interactive: bool) -> dict[str, str]:
        cluster = self._cluster
        if cluster is not None and cluster.ca_file:
            cluster = replace(cluster, ca_data=read_bounded(cluster.ca_file, "certificate authority", _LARGEST_OUTPUT))
        return {
            **os.environ,
            **{variable.name: variable.value for variable in self._config.env},
            "KUBERNETES_EXEC_INFO": exec_info(self._api_version, interactive=is_interactive, cluster=cluster),
        }

    def _said(self, complaint: bytearray) -> str:
        """Give the end of the program's standard error, without the values it was given in its environment."""
        text = complaint.decode(errors="replace").strip()
        for variable in self._config.env:
            if len(variable.value) >= _SHORTEST_SECRET:
                text = text.replace(variable.value, "***")
        return f": {text[-_LONGEST_COMPLAINT:]}" if text else ""


def _has_terminal() -> bool:
    try:
        return sys.stdin is not None and sys.stdin.isatty()  # pyright: ignore[reportUnnecessaryComparison]
    except ValueError:  # closed
        return False


async def _outcome(process: Process, complaint: bytearray, *, shows: bool) -> tuple[int, bytes]:
    """Give the exit code and the output; of the standard error the end is put into `complaint` as it comes."""
    output, code = bytearray(), 0
    try:
        async with anyio.create_task_group() as tasks:
            if process.stderr is not None:
                tasks.start_soon(_listen, process.stderr, complaint, shows)
            if process.stdout is not None:
                async for piece in process.stdout:
                    output.extend(piece)
                    if len(output) > _LARGEST_OUTPUT:
                        _kill(process, group=not shows)
                        break
            code = await process.wait()
            # What it left running may hold the other end for as long as it lives.
            tasks.cancel_scope.deadline = anyio.current_time() + _LAST_WORDS
        return code if len(output) <= _LARGEST_OUTPUT else 0, bytes(output)
    finally:
        _kill(process, group=not shows)
        with anyio.CancelScope(shield=True):
            await process.aclose()


async def _listen(stream: ByteReceiveStream, complaint: bytearray, shows: bool) -> None:
    async for piece in stream:
        if shows:
            with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none
                sys.stderr.write(piece.decode(errors="replace"))
                sys.stderr.flush()
        complaint.extend(piece)
        del complaint[: -2 * _LONGEST_COMPLAINT]


def _kill(process: Process, *, group: bool) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if group and hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
