"""`serve`: a server in memory for a shell, until it is told to end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

from kubex.core.exceptions import ConfigurationError
from kubex.manifests.documents import Manifest, manifests_of, read_manifests
from kubex.testing.access.access import AuthorizationMode
from kubex.testing.files import replace_file
from kubex.testing.registry import ApiResources
from kubex.testing.server import ApiServer
from kubex.testing.snapshots import SnapshotError
from kubex.testing.workloads.options import Workloads

__all__ = ["serve"]

_ENDS: Final = (signal.SIGINT, signal.SIGTERM)
_ANSWER_SECONDS: Final = 2.0
_SAVES: Final = getattr(signal, "SIGUSR1", None)


def serve(
    *,
    version: str = "1.35",
    host: str = "127.0.0.1",
    port: int = 0,
    tls: bool = False,
    api_resources: ApiResources = "default",
    authorization: AuthorizationMode = "AlwaysAllow",
    kubeconfig: str | os.PathLike[str] | None = None,
    load: Sequence[str] = (),
    snapshot: str | os.PathLike[str] | None = None,
    workloads: int | None = None,
    replay: str | os.PathLike[str] | None = None,
    speed: float | None = 1.0,
    tell: Callable[[str], None] = print,
    complain: Callable[[str], None] = print,
) -> None:
    """Serve a cluster in memory until SIGINT or SIGTERM comes.

    Args:
        version: Kubernetes version, `1.32` to `1.37`.
        host: address to bind to.
        port: TCP port; 0 takes a free one.
        tls: whether to serve HTTPS; with authorization it always is.
        api_resources: `default`, or `all` with alpha and beta versions.
        authorization: `RBAC` looks at roles and asks who one is.
        kubeconfig: where to write the kubeconfig file, which is removed at the end; a temporary file where left out.
        load: files and folders of manifests; `-` is standard input.
        snapshot: file that the cluster is read from, if it is there, and saved to at the end and on SIGUSR1.
        workloads: lets workloads move, on so many make-believe nodes; they stand still where it is left out.
        replay: recording that is played, from the moment on that clients are told of the kubeconfig.
        speed: how many times as fast as it was; `None` as fast as it goes.
        tell: takes each line for the user.
        complain: takes what went wrong and does not end the server: a snapshot that SIGUSR1 asked for.

    Raises:
        KubexException: the address is taken, or a manifest, a snapshot or another argument can't be used.
    """
    moving = False if workloads is None else Workloads(nodes=workloads)
    server = ApiServer(
        version=version,
        host=host,
        port=port,
        tls=tls or None,
        api_resources=api_resources,
        workloads=moving,
        authorization=authorization,
    )
    if snapshot is not None:
        _check_writable(snapshot)
    manifests = _manifests(load)  # before the signals are ours: Ctrl-C ends a wait for standard input
    with _signals() as told, _started(server, f"{host}:{port}"):
        tell(f"Kubernetes {version} in memory at {server.url}")
        if snapshot is not None and os.path.exists(snapshot):
            server.load(snapshot)
            tell(f"loaded {os.fspath(snapshot)}")
        if load:
            tell(f"loaded objects of manifests: {server.load_manifests(*manifests)}")
        with _kubeconfig(server, kubeconfig) as path:
            tell(
                f"export KUBECONFIG={path}"
            )  # everything is there: whoever waits for this line, or the file, may begin
            if replay is not None:
                server.replay(replay, speed=speed)
                tell(f"playing {os.fspath(replay)}")
            signal_ = _ended_by(told, server, snapshot, tell, complain)
        if snapshot is not None:
            _save(server, snapshot, tell)
        tell(f"ended by {signal.Signals(signal_).name}")


def _ended_by(
    told: socket.socket,
    server: ApiServer,
    snapshot: str | os.PathLike[str] | None,
    tell: Callable[[str], None],
    complain: Callable[[str], None],
) -> int:
    """Wait for the signal that ends the server, and save the cluster whenever one says so."""
    while (signal_ := told.recv(1)[0]) not in _ENDS:
        if signal_ == _SAVES and snapshot is not None:
            try:
                _save(server, snapshot, tell)
            except SnapshotError as error:
                complain(str(error))
    return signal_


def _save(server: ApiServer, snapshot: str | os.PathLike[str], tell: Callable[[str], None]) -> None:
    server.save(snapshot)
    tell(f"saved {os.fspath(snapshot)}")


def _check_writable(snapshot: str | os.PathLike[str]) -> None:
    """Refuse a snapshot file that could not be written at the end, when all would be lost."""
    try:
        with tempfile.TemporaryFile(dir=Path(snapshot).resolve().parent):
            pass
    except OSError as error:
        raise SnapshotError(f"{os.fspath(snapshot)}: can't be written: {error.strerror or error}") from None


@contextlib.contextmanager
def _started(server: ApiServer, address: str) -> Generator[None, None, None]:
    try:
        server.start()
    except OSError as error:
        raise ConfigurationError(f"{address}: {error.strerror or error}") from None
    try:
        yield
    finally:
        server.stop()


@contextlib.contextmanager
def _signals() -> Generator[socket.socket, None, None]:
    """Give a socket that tells the numbers of the signals that come, instead of what they would do.

    A handler of Python's own would be too late: it runs when the main thread does, which a signal that comes just
    before it waits, or to another thread, does not wake.
    """

    def pass_over(number: int, frame: FrameType | None) -> None:
        pass

    numbers = [*_ENDS, *([_SAVES] if _SAVES is not None else [])]
    told, telling = socket.socketpair()
    with told, telling:
        telling.setblocking(False)
        told_before = signal.set_wakeup_fd(telling.fileno())
        before = {number: signal.signal(number, pass_over) for number in numbers}
        try:
            yield told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(told_before)


def _manifests(load: Sequence[str]) -> list[Manifest]:
    found: list[Manifest] = []
    for path in load:
        found += manifests_of(sys.stdin.buffer, "standard input") if path == "-" else read_manifests(path)
    return found


@contextlib.contextmanager
def _kubeconfig(server: ApiServer, path: str | os.PathLike[str] | None) -> Generator[Path, None, None]:
    """Give the kubeconfig's path; one that the user names is written, and removed at the end."""
    own = server.kubeconfig
    if path is None:
        yield own
        return
    target, content = Path(path), own.read_bytes()
    _check_not_anothers(target, server.url)
    try:
        replace_file(target, content)
    except OSError as error:
        raise ConfigurationError(f"kubeconfig {target} can't be written: {error.strerror or error}") from None
    try:
        yield target.absolute()
    finally:
        with contextlib.suppress(FileNotFoundError):
            if target.read_bytes() == content:  # and not someone else's by now
                target.unlink()


def _check_not_anothers(path: Path, own_url: str) -> None:
    """Refuse to write over the kubeconfig of another cluster, or of another server in memory that still serves."""
    if not path.exists():
        return
    from kubex.configuration.reading import read_kubeconfig  # with Pydantic, which a server needs for nothing else

    try:
        found = read_kubeconfig(path)
        cluster = found.clusters[0].cluster if found.current_context == "kubex-testing" and found.clusters else None
    except ConfigurationError:
        cluster = None
    if cluster is not None and cluster.server:
        if cluster.server != own_url and _serves(cluster.server):
            raise ConfigurationError(
                f"{path} is the kubeconfig of a server in memory at {cluster.server}: name another"
            )
    else:
        raise ConfigurationError(f"{path} is there already, and not the kubeconfig of a server in memory: name another")


def _serves(url: str) -> bool:
    """Whether a server in memory answers."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        connection = (
            HTTPSConnection(parts.netloc, timeout=_ANSWER_SECONDS, context=_unverified())
            if secure
            else HTTPConnection(parts.netloc, timeout=_ANSWER_SECONDS)
        )
        with contextlib.closing(connection):
            connection.request("GET", "/version")
            return b"gitVersion" in connection.getresponse().read()
    except (OSError, HTTPException, ValueError):
        return False


def _unverified() -> ssl.SSLContext:
    """Give what takes any certificate: nothing is sent that anyone may not read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
