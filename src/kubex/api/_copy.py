"""`Api.copy`: files and trees into running containers, and out of them, by the container's tar."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import anyio
from anyio import from_thread, to_thread

from kubex.api._background_tasks import BackgroundTasks
from kubex.api._command_accessor import CommandAccessor
from kubex.api._copy_paths import LocalCopyError, is_folder, local_path, name_of, remote_path, split, telling
from kubex.api._stream_session import StreamSession
from kubex.core.exceptions import CopyError, ExecError, KubexClientException
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.request import Request

if TYPE_CHECKING:
    from kubex.api._archive import Unpacking

__all__ = ["CopyAccessor", "CopyProgress"]

CopyProgress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes of the archive and the files that have been copied so far."""

READ_AHEAD = 2**20
"""Bytes of an archive that may wait for the disk."""

# What runs in the container: unpack beside the target, see that all came, and give it its name. It says when it is
# ready, and reads all that it is sent even then when it has failed: servers don't tell that a command has ended whose
# stdin is full.
# $1 is the folder, $2 the name in it, $3 a name that nothing has, $4 and $5 the names in the archive of what is copied
# and of what ends it.
_UNPACK = """
set -e
merge() {
    for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        [ -e "$each" ] || [ -L "$each" ] || continue
        put "$each" "$2/${each##*/}"
    done
}
put() {
    if [ -d "$2" ] && [ ! -L "$2" ]; then
        if [ -L "$1" ] || [ ! -d "$1" ]; then echo "$2 is a directory" >&2; exit 1; fi
        ( merge "$1" "$2" )
    else
        mv -f "$1" "$2"
    fi
}
cd -- "$1"
trap 'rm -rf "./$3"' EXIT
mkdir "./$3"
command -v tar > /dev/null || exit 127
echo ready
tar -xpof - -C "./$3" || { code=$?; cat > /dev/null; exit $code; }
[ -e "./$3/$5" ] || { echo "the archive broke off" >&2; exit 1; }
if [ -d "./$2" ] && [ -d "./$3/$4" ] && [ ! -L "./$3/$4" ]; then
    merge "./$3/$4" "./$2"
else
    put "./$3/$4" "./$2"
fi
"""

# Of a command that has ended, servers lose what is still on its way when its reader is slow: this one waits until it is
# told that all has come. Without a shell tar has to do. $1 is the folder, $2 the path in it.
_PACK = """
tar -cf - -C "$1" "$2" || exit
read -r received
"""


class CopyAccessor(CommandAccessor):
    """Copies files and trees, as `kubectl cp` does: the container needs `tar`, and `sh` to copy into it.

    Modes and symlinks are kept, owners are not: the copy belongs to whoever writes it.

    https://kubernetes.io/docs/reference/kubectl/generated/kubectl_cp/
    """

    async def to_pod(
        self,
        name: str,
        local: str | os.PathLike[str],
        remote: str | PurePosixPath,
        *,
        container: str | None = None,
        progress: CopyProgress | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> None:
        """Copy a file or a tree into a container.

        The copy appears under its name when all of it is there; an interrupted one leaves nothing there.

        Args:
            name: the pod's name.
            local: file or directory to copy.
            remote: path that the copy gets, in a folder that is there; one that ends with `/` is a directory that it
                goes into, and that is there. Directories are merged, files replaced.
            container: the container's name; the pod's default container where it is left out.
            progress: called now and then with the bytes of the archive and the files that have been copied.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that opening the connection may take, and then the copy again. With `...` the
                client's default bounds the opening, and nothing the copy.

        Raises:
            CopyError: the container has no `tar`, or can't write there, or ended meanwhile; or a local file can't be
                read: then it is an `OSError`, too (a `FileNotFoundError` where there is none).
            InvalidArgument: no path, or what is neither file, directory nor symlink.
            NotFound: no such pod.
            BadRequest: no such container.
            KubexClientException: no connection, or it broke.

        Example:
            ```python
            await pods.copy.to_pod("web-0", "site/", "/srv/www", progress=lambda size, files: print(size, files))
            ```
        """
        from kubex.api._archive import CONTENT, END, pack  # many programs copy nothing

        source, remote = local_path(local), remote_path(remote)
        folder, target = split(remote + (name_of(source) if remote.endswith("/") else ""))
        temporary = f".{target[:100]}.{secrets.token_hex(8)}"
        command = ["sh", "-c", _UNPACK, "sh", folder, target, temporary, CONTENT, END]
        request = self._copy_request(name, command, container, namespace, request_timeout)
        subject = f"{request.described()}: copy to {remote}"
        with telling(subject, source, is_source=True):
            await to_thread.run_sync(source.lstat)  # before anything is sent
        counter = Counter(progress)
        async with self._session(
            request, stdin=True, stdout=True, stderr=True, tty=False, buffer_size=1024, block_on_full=False
        ) as session:
            if await anext(session.stdout, None) is None:
                await _check(session, subject, CopyError("it never began"))
            try:
                with telling(subject, source, is_source=True):
                    await to_thread.run_sync(pack, source, _StdinFile(session, counter), counter.note_file)
                await session.close_stdin()
            except LocalCopyError:
                raise
            except KubexClientException as error:
                # It ends before it has read all: mostly it has said why.
                await _check(session, subject, error)
                raise
            await _check(session, subject)
        counter.tell()

    async def from_pod(
        self,
        name: str,
        remote: str | PurePosixPath,
        local: str | os.PathLike[str],
        *,
        container: str | None = None,
        progress: CopyProgress | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> None:
        """Copy a file or a tree out of a container.

        The copy appears under its name when all of it is there; an interrupted one leaves nothing. What a container
        sends is not trusted: devices, and links that lead out of the copy, are refused.

        Args:
            name: the pod's name.
            remote: file or directory to copy.
            local: path that the copy gets, in a folder that is there; one that ends with `/` is a directory that it
                goes into, and that is there. Directories are merged, files replaced.
            container: the container's name; the pod's default container where it is left out.
            progress: called now and then with the bytes of the archive and the files that have been copied.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that opening the connection may take, and then the copy again. With `...` the
                client's default bounds the opening, and nothing the copy.

        Raises:
            CopyError: the container has no `tar`, or no such file, or ended meanwhile, or sent what must be refused; or
                a local file can't be written: then it is an `OSError`, too (a `FileNotFoundError` where the folder is
                not there).
            InvalidArgument: no path.
            NotFound: no such pod.
            BadRequest: no such container.
            KubexClientException: no connection, or it broke.

        Example:
            ```python
            await pods.copy.from_pod("web-0", "/var/log/nginx", "logs/")
            ```
        """
        from kubex.api._archive import Unpacking

        remote, target = remote_path(remote), local_path(local)
        folder, root = split(remote)
        if is_folder(local):
            target = target / root
        commands = (["sh", "-c", _PACK, "sh", folder, f"./{root}"], ["tar", "-cf", "-", "-C", folder, f"./{root}"])
        requests = [self._copy_request(name, command, container, namespace, request_timeout) for command in commands]
        subject = f"{requests[0].described()}: copy of {remote}"
        counter = Counter(progress)
        with telling(subject, target.parent, hint="make this folder first"):
            unpacking = await to_thread.run_sync(Unpacking, target)
        try:
            with telling(subject, target):
                for request in requests:
                    try:
                        await self._receive(request, unpacking, root, counter, subject)
                        break
                    except _NoProgramError:
                        if request is requests[-1]:
                            raise
                await to_thread.run_sync(unpacking.finish)
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(unpacking.clean_up)
        counter.tell()

    def _copy_request(
        self,
        name: str,
        command: Sequence[str],
        container: str | None,
        namespace: ApiNamespaceTypes,
        request_timeout: ApiRequestTimeoutTypes,
    ) -> Request:
        """Give the request for a command of a copy, which has all streams."""
        return self._exec_request(
            name,
            command,
            container=container,
            stdin=True,
            stdout=True,
            stderr=True,
            namespace=namespace,
            request_timeout=request_timeout,
        )

    async def _receive(self, request: Request, unpacking: Unpacking, root: str, counter: Counter, subject: str) -> None:
        """Unpack what tar sends."""
        async with self._session(
            request, stdin=True, stdout=True, stderr=True, tty=False, buffer_size=1024, block_on_full=False
        ) as session:
            source = _StdoutFile(session, counter)
            try:
                async with BackgroundTasks() as tasks:
                    tasks.start_soon(source.read_ahead)
                    await to_thread.run_sync(unpacking.unpack, source, root, counter.note_file, source.acknowledge)
            except CopyError as error:
                if source.is_at_end:  # tar has said why
                    await _check(session, subject, error)
                raise CopyError(f"{subject}: {error}") from None
            await _check(session, subject)


class _NoProgramError(CopyError):
    """The container does not have the program that was to be run."""


async def _check(session: StreamSession, subject: str, error: KubexClientException | None = None) -> None:
    """Wait for tar's end, and raise unless it ended well.

    Args:
        session: where it runs.
        subject: what is being done.
        error: what is known to have gone wrong already; it is raised where the end says no more.
    """
    status = await session.wait_for_status()
    if session.exit_code == 0 and error is None:
        return
    said = b"".join([chunk async for chunk in session.stderr])
    if session.exit_code == 0:  # seen of a busy node although tar had failed: its words tell why
        words = said.decode(errors="replace").strip()
        raise CopyError(f"{subject}: {error}{f': {words}' if words else ''}") from None
    is_missing = status is not None and "executable file not found" in (status.message or "")
    if session.exit_code == 127 or is_missing:
        kind = _NoProgramError if is_missing else CopyError
        raise kind(f"{subject}: the container has no tar, or no sh: copying needs both")
    raise CopyError(f"{subject}: {ExecError(status, session.exit_code, stderr=said)}")


class Counter:
    """Counts what has been copied, and tells whoever wants to know."""

    def __init__(self, progress: CopyProgress | None) -> None:
        self._progress = progress
        self.size = 0
        self._files = 0

    def note_file(self) -> None:
        """Count a file; by the worker thread."""
        self._files += 1

    def tell(self) -> None:
        """Tell what has been counted; in the event loop."""
        if self._progress is not None:
            self._progress(self.size, self._files)


class _StdinFile:
    """A command's stdin, for a worker thread to write to."""

    def __init__(self, session: StreamSession, counter: Counter) -> None:
        self._session = session
        self._counter = counter
        self._failure: BaseException | None = None

    def write(self, data: bytes) -> int:
        if self._failure is not None:  # an archive is closed even then, and writes its end
            raise self._failure
        try:
            from_thread.run(self._write, data)
        except BaseException as error:
            self._failure = error
            raise
        return len(data)

    async def _write(self, data: bytes) -> None:
        await self._session.stdin.write(data)
        self._counter.size += len(data)
        self._counter.tell()


class _StdoutFile:
    """A command's stdout, for a worker thread to read from.

    What comes while the thread unpacks is read ahead and given all at once: going to the event loop for each piece
    costs more than the rest of the copy, with trio most of all.
    """

    def __init__(self, session: StreamSession, counter: Counter) -> None:
        self._session = session
        self._counter = counter
        self._ahead = bytearray()
        self._changed = anyio.Event()
        self._is_complete = False
        self._failure: KubexClientException | None = None
        self.is_at_end = False

    async def read_ahead(self) -> None:
        """Read until the end, as far ahead as memory may be taken for it; in the event loop."""
        try:
            async for chunk in self._session.stdout:
                self._ahead += chunk
                self._note_change()
                while len(self._ahead) >= READ_AHEAD:
                    await self._changed.wait()
        except KubexClientException as error:
            self._failure = error
        self._is_complete = True
        self._note_change()

    def read(self, size: int) -> bytes:
        """Give up to so many bytes as they come: nothing may come after an archive until it is acknowledged."""
        return from_thread.run(self._take, size)

    def acknowledge(self) -> None:
        """Say that all has come."""
        from_thread.run(self._acknowledge)

    async def _take(self, size: int) -> bytes:
        while not self._ahead and not self._is_complete:
            await self._changed.wait()
        chunk = bytes(self._ahead[:size])
        del self._ahead[:size]
        self._note_change()
        if not chunk:
            if self._failure is not None:
                raise self._failure
            self.is_at_end = True
        self._counter.size += len(chunk)
        self._counter.tell()
        return chunk

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def _acknowledge(self) -> None:
        with contextlib.suppress(KubexClientException):  # it has ended, and will say how
            await self._session.stdin.write(b"\n")
