"""`Api.copy` over scripted connections."""

from __future__ import annotations

import errno
import io
import os
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import anyio
import pytest

from kubex.api._archive import CONTENT, END
from kubex.api._copy import READ_AHEAD, Counter
from kubex.core.exceptions import (
    ConnectionFailed,
    CopyError,
    InvalidArgument,
    InvalidType,
    KubexClientException,
    RequestTimeout,
)
from tests.unit.api.command_scripts import BROKEN, FAILURE, SUCCESS
from tests.unit.api.test_archive import archive_of, member
from tests.unit.api.test_exec import client_of, pods_of
from tests.unit.api.websocket_stub import END as PEER_CLOSES
from tests.unit.api.websocket_stub import ScriptedConnection

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

NO_TAR = (
    b'\x03{"status":"Failure","reason":"InternalError","message":"exec: \\"tar\\": executable file not found in $PATH"}'
)
READY = b"\x01ready\n"
NO_COMMAND = FAILURE.replace(b'"message":"3"', b'"message":"127"')


class Taker(ScriptedConnection):
    """Takes stdin to its end, and then goes on with the script."""

    def __init__(self, *script: bytes | str | Exception) -> None:
        super().__init__(READY)
        self._rest = script

    async def send_bytes(self, data: bytes) -> None:
        await super().send_bytes(data)
        if data == b"\xff\x00":
            self.feed(*self._rest)

    @property
    def archive(self) -> tarfile.TarFile:
        return tarfile.open(fileobj=io.BytesIO(b"".join(each[1:] for each in self.sent if each[0] == 0)))


def frames_of(archive: bytes, size: int = 1000) -> list[bytes]:
    return [b"\x01" + archive[start : start + size] for start in range(0, len(archive), size)]


class TestToPod:
    async def test_a_file(self, tmp_path: Path) -> None:
        content = os.urandom(1_000_000)
        (tmp_path / "data").write_bytes(content)
        connection = Taker(SUCCESS, PEER_CLOSES)
        pods = pods_of(connection)
        told: list[tuple[int, int]] = []
        await pods.copy.to_pod(
            "web-0",
            tmp_path / "data",
            "/srv/new",
            container="main",
            progress=lambda size, files: told.append((size, files)),
        )
        with connection.archive as archive:
            assert archive.getnames() == [CONTENT, END]
            file = archive.extractfile(CONTENT)
            assert file is not None
            assert file.read() == content
        query = client_of(pods).requests[0].query
        assert [value for name, value in query if name == "command"][3:6] == ["sh", "/srv", "new"]
        assert ("container", "main") in query
        assert told == sorted(told)
        assert told[-1][1] == 1
        assert told[-1][0] > len(content)
        assert connection.closed == 1

    @pytest.mark.parametrize(
        ("remote", "folder", "name"),
        [("/srv/", "/srv", "data"), ("x", ".", "x"), ("/x", "/", "x"), ("/a/b//", "/a/b", "data"), ("-x/y", "-x", "y")],
    )
    async def test_where_it_goes(self, tmp_path: Path, remote: str, folder: str, name: str) -> None:
        (tmp_path / "data").write_bytes(b"x")
        pods = pods_of(Taker(SUCCESS, PEER_CLOSES))
        await pods.copy.to_pod("web-0", str(tmp_path / "data"), remote)
        command = [value for key, value in client_of(pods).requests[0].query if key == "command"]
        assert command[4:6] == [folder, name]

    @pytest.mark.parametrize("remote", ["", "/", "..", "/a/..", "a\0b", "."])
    async def test_where_it_can_t_go(self, tmp_path: Path, remote: str) -> None:
        (tmp_path / "data").write_bytes(b"x")
        with pytest.raises(InvalidArgument, match="a path that ends with the name"):
            await pods_of().copy.to_pod("web-0", tmp_path / "data", "." if remote == "/" else remote)

    async def test_what_is_not_there_is_found_before_anything_is_sent(self, tmp_path: Path) -> None:
        pods = pods_of()
        with pytest.raises(FileNotFoundError) as caught:
            await pods.copy.to_pod("web-0", tmp_path / "data", "/x")
        assert isinstance(caught.value, CopyError)
        assert str(caught.value) == (
            f'pods "web-0" in namespace "shop" (exec): copy to /x: {tmp_path / "data"}: No such file or directory'
        )
        assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, str(tmp_path / "data"))
        assert isinstance(caught.value.__cause__, FileNotFoundError)
        assert client_of(pods).requests == []

    async def test_a_file_of_a_tree_that_can_t_be_read_is_told_by_its_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "tree").mkdir()
        secret = tmp_path / "tree" / "secret"
        secret.write_bytes(b"x")
        path_open: Any = Path.open

        def refuse(self: Path, *arguments: Any, **more: Any) -> Any:
            if self == secret:
                raise PermissionError(errno.EACCES, "Permission denied", str(self))
            return path_open(self, *arguments, **more)

        monkeypatch.setattr(Path, "open", refuse)
        connection = Taker(SUCCESS, PEER_CLOSES)
        with pytest.raises(PermissionError, match=f"copy to /x: {secret}: Permission denied") as caught:
            await pods_of(connection).copy.to_pod("web-0", tmp_path / "tree", "/x")
        assert isinstance(caught.value, CopyError)
        assert connection.closed == 1

    async def test_paths_may_be_objects(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"x")
        pods = pods_of(Taker(SUCCESS, PEER_CLOSES))
        await pods.copy.to_pod("web-0", tmp_path / "data", PurePosixPath("/srv/new"))
        command = [value for key, value in client_of(pods).requests[0].query if key == "command"]
        assert command[4:6] == ["/srv", "new"]

    @pytest.mark.parametrize(
        ("local", "remote", "problem"),
        [
            (5, "/x", "local: a path, as a str or a Path, is needed, and not an int"),
            (b"data", "/x", "local: a path, as a str or a Path, is needed, and not a bytes"),
            ("data", 5, "remote: a path in the container, as a str or a PurePosixPath, is needed, and not an int"),
            ("data", None, "remote: a path in the container"),
            ("data", b"/x", "remote: a path in the container"),
        ],
    )
    async def test_what_is_no_path(self, local: Any, remote: Any, problem: str) -> None:
        with pytest.raises(InvalidType, match=problem):
            await pods_of().copy.to_pod("web-0", local, remote)
        with pytest.raises(InvalidType, match=problem):
            await pods_of().copy.from_pod("web-0", remote, local)

    async def test_paths_that_can_t_be(self) -> None:
        with pytest.raises(InvalidArgument, match=r"local='a.*b': a path is needed"):
            await pods_of().copy.to_pod("web-0", "a\0b", "/x")

    @pytest.mark.parametrize(
        ("script", "text"),
        [
            ([NO_TAR, PEER_CLOSES], "the container has no tar, or no sh"),
            ([NO_COMMAND, PEER_CLOSES], "the container has no tar, or no sh"),
            ([b"\x02disk full", FAILURE, PEER_CLOSES], "copy to /x: the command ended with exit code 3: disk full"),
            ([PEER_CLOSES], "the connection ended before the server said"),
        ],
    )
    async def test_it_fails(self, tmp_path: Path, script: list[bytes | str], text: str) -> None:
        (tmp_path / "data").write_bytes(b"x" * 1_000_000)
        for connection in (ScriptedConnection(*script), ScriptedConnection(READY, *script), Taker(*script)):
            with pytest.raises(CopyError, match=text):
                await pods_of(connection).copy.to_pod("web-0", tmp_path / "data", "/x")
            assert connection.closed == 1

    async def test_nothing_is_sent_before_it_is_ready(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"x")
        connection = ScriptedConnection(b"\x02no such folder", FAILURE, PEER_CLOSES)
        with pytest.raises(CopyError, match="no such folder"):
            await pods_of(connection).copy.to_pod("web-0", tmp_path / "data", "/x")
        assert connection.sent == []

    async def test_the_connection_breaks(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"x" * 1_000_000)
        with pytest.raises(ConnectionFailed, match="it broke"):
            await pods_of(ScriptedConnection(READY, BROKEN)).copy.to_pod("web-0", tmp_path / "data", "/x")

    async def test_a_local_file_that_can_t_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "tree").mkdir()
        os.mkfifo(tmp_path / "tree" / "pipe")
        connection = Taker(SUCCESS, PEER_CLOSES)
        with pytest.raises(InvalidArgument, match="pipe: only files"):
            await pods_of(connection).copy.to_pod("web-0", tmp_path / "tree", "/x")
        assert b"\xff\x00" not in connection.sent
        assert connection.closed == 1

    async def test_cancelling(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"x" * 1_000_000)
        connection = ScriptedConnection(READY)
        connection.takes_data = anyio.Event()
        with anyio.move_on_after(0.05) as scope:
            await pods_of(connection).copy.to_pod("web-0", tmp_path / "data", "/x")
        assert scope.cancelled_caught
        assert connection.closed == 1

    async def test_a_bound(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"x")
        with pytest.raises(RequestTimeout):
            await pods_of(ScriptedConnection()).copy.to_pod("web-0", tmp_path / "data", "/x", request_timeout=0.05)


class TestFromPod:
    ARCHIVE = archive_of(member("./data"), content=b"hello" * 1000)
    TREE = archive_of(member("./data", tarfile.DIRTYPE), member("./data/a"), content=b"hello")

    @pytest.mark.parametrize("local", ["new/", "new/copy"])
    async def test_a_folder_that_is_not_there_is_found_before_anything_is_sent(
        self, tmp_path: Path, local: str
    ) -> None:
        pods = pods_of()
        with pytest.raises(FileNotFoundError) as caught:
            await pods.copy.from_pod("web-0", "/srv/data", f"{tmp_path}/{local}")
        assert isinstance(caught.value, CopyError)
        assert str(caught.value) == (
            'pods "web-0" in namespace "shop" (exec): copy of /srv/data:'
            f" {tmp_path}/new: No such file or directory (make this folder first)"
        )
        assert isinstance(caught.value.__cause__, FileNotFoundError)
        assert client_of(pods).requests == []

    @pytest.mark.parametrize(
        ("archive", "make", "error", "problem"),
        [
            (ARCHIVE, Path.mkdir, IsADirectoryError, "a path that ends with / is a directory to copy into"),
            (TREE, Path.touch, NotADirectoryError, "a directory can't take the place of a file"),
        ],
    )
    async def test_what_is_there_is_of_another_form(
        self, tmp_path: Path, archive: bytes, make: Callable[[Path], None], error: type[OSError], problem: str
    ) -> None:
        make(tmp_path / "copy")
        connection = ScriptedConnection(*frames_of(archive), SUCCESS, PEER_CLOSES)
        with pytest.raises(error, match=f"copy of /srv/data: {tmp_path}/copy: .*{problem}") as caught:
            await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert isinstance(caught.value, CopyError)
        assert caught.value.filename == str(tmp_path / "copy")
        assert os.listdir(tmp_path) == ["copy"]

    async def test_a_disk_that_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fill(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(tarfile, "copyfileobj", fill)
        connection = ScriptedConnection(*frames_of(self.ARCHIVE), SUCCESS, PEER_CLOSES)
        with pytest.raises(CopyError, match=f"copy of /srv/data: {tmp_path}/copy: No space left on device"):
            await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert os.listdir(tmp_path) == []

    async def test_a_file(self, tmp_path: Path) -> None:
        connection = ScriptedConnection(*frames_of(self.ARCHIVE), SUCCESS, PEER_CLOSES)
        pods = pods_of(connection)
        told: list[tuple[int, int]] = []
        await pods.copy.from_pod(
            "web-0", "/srv/data", tmp_path / "copy", progress=lambda size, files: told.append((size, files))
        )
        assert (tmp_path / "copy").read_bytes() == b"hello" * 1000
        assert os.listdir(tmp_path) == ["copy"]
        command = [value for name, value in client_of(pods).requests[0].query if name == "command"]
        assert command[0] == "sh"
        assert command[3:] == ["sh", "/srv", "./data"]
        assert told[-1] == (len(self.ARCHIVE), 1)

    async def test_the_command_waits_until_all_has_come(self, tmp_path: Path) -> None:
        connection = ScriptedConnection(*frames_of(self.ARCHIVE))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pods_of(connection).copy.from_pod, "web-0", "/srv/data", tmp_path / "copy")
            with anyio.fail_after(5):
                while not connection.sent:  # noqa: ASYNC110 - a stub tells nobody
                    await anyio.sleep(0.001)
            assert connection.sent == [b"\x00\n"]
            connection.feed(SUCCESS, PEER_CLOSES)
        assert (tmp_path / "copy").read_bytes() == b"hello" * 1000

    async def test_what_comes_while_the_disk_is_slow_is_read_ahead_to_a_bound(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """At the bound nothing more is read; then all of it is given at once, whatever pieces it came in."""
        content = os.urandom(3 * 2**20)
        archive = archive_of(member("./data"), content=content)
        frames = frames_of(archive, 2**14)
        connection = ScriptedConnection(*frames, SUCCESS, PEER_CLOSES)
        disk = threading.Event()

        def wait(_: Counter) -> None:
            disk.wait(5)

        monkeypatch.setattr(Counter, "note_file", wait)
        told: list[int] = []
        async with anyio.create_task_group() as tasks:

            async def copy() -> None:
                await pods_of(connection).copy.from_pod(
                    "web-0", "/srv/data", tmp_path / "copy", progress=lambda size, _: told.append(size)
                )

            tasks.start_soon(copy)
            seen = -1
            with anyio.fail_after(5):
                while connection.received != seen or not seen:
                    seen = connection.received
                    await anyio.sleep(0.05)
            assert READ_AHEAD <= sum(map(len, frames[:seen])) < READ_AHEAD + 2**19
            disk.set()
        assert (tmp_path / "copy").read_bytes() == content
        assert told[-1] == len(archive)
        assert len(told) < len(frames) / 4

    async def test_without_a_shell_tar_does_it_alone(self, tmp_path: Path) -> None:
        pods = pods_of(
            ScriptedConnection(NO_TAR.replace(b"tar", b"sh"), PEER_CLOSES),
            ScriptedConnection(*frames_of(self.ARCHIVE), SUCCESS, PEER_CLOSES),
        )
        await pods.copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        command = [value for name, value in client_of(pods).requests[1].query if name == "command"]
        assert command == ["tar", "-cf", "-", "-C", "/srv", "./data"]
        assert (tmp_path / "copy").read_bytes() == b"hello" * 1000

    async def test_without_a_shell_and_tar(self, tmp_path: Path) -> None:
        connections = [ScriptedConnection(NO_TAR, PEER_CLOSES) for _ in range(2)]
        with pytest.raises(CopyError, match="the container has no tar, or no sh"):
            await pods_of(*connections).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert os.listdir(tmp_path) == []

    async def test_an_archive_that_breaks_off_between_two_members(self, tmp_path: Path) -> None:
        """As a server leaves it that has lost the end, and says that all went well."""
        whole = archive_of(member("./data", tarfile.DIRTYPE), member("./data/a"), member("./data/b"), content=b"x")
        for members in (1, 2, 3):
            end = 512 + 1024 * (members - 1)
            connection = ScriptedConnection(*frames_of(whole[:end]), SUCCESS, PEER_CLOSES)
            with pytest.raises(CopyError, match="the archive breaks off"):
                await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
            assert os.listdir(tmp_path) == []

    async def test_into_a_directory(self, tmp_path: Path) -> None:
        connection = ScriptedConnection(*frames_of(self.ARCHIVE), SUCCESS, PEER_CLOSES)
        await pods_of(connection).copy.from_pod("web-0", "/srv/data", f"{tmp_path}/")
        assert (tmp_path / "data").read_bytes() == b"hello" * 1000

    @pytest.mark.parametrize(
        ("script", "text"),
        [
            ([NO_COMMAND, PEER_CLOSES], "the container has no tar, or no sh"),
            ([b"\x02tar: no such file", FAILURE, PEER_CLOSES], "copy of /srv/data: .*exit code 3: tar: no such file"),
            ([b"\x01" + bytes(1024), b"\x02tar: no such file", FAILURE, PEER_CLOSES], "exit code 3: tar: no such file"),
            ([b"\x01" + bytes(1024), SUCCESS, PEER_CLOSES], "the archive is empty"),
            ([b"\x01" + bytes(1024), b"\x02tar: gone", SUCCESS, PEER_CLOSES], "the archive is empty: tar: gone"),
            ([*frames_of(ARCHIVE), FAILURE, PEER_CLOSES], "exit code 3"),
            ([*frames_of(ARCHIVE), PEER_CLOSES], "the connection ended before the server said"),
            ([*frames_of(ARCHIVE)[:3], PEER_CLOSES], "the connection ended before the server said"),
            ([*frames_of(ARCHIVE)[:3], SUCCESS, PEER_CLOSES], "the archive breaks off"),
            ([*frames_of(archive_of(member("./evil"))), SUCCESS, PEER_CLOSES], "what was not asked for: './evil'"),
        ],
    )
    async def test_it_fails(self, tmp_path: Path, script: list[bytes | str], text: str) -> None:
        connection = ScriptedConnection(*script)
        with pytest.raises(CopyError, match=text):
            await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert os.listdir(tmp_path) == []
        assert connection.closed == 1

    async def test_the_connection_breaks(self, tmp_path: Path) -> None:
        connection = ScriptedConnection(*frames_of(self.ARCHIVE)[:3], BROKEN)
        with pytest.raises(KubexClientException, match="it broke"):
            await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert os.listdir(tmp_path) == []

    async def test_no_folder_to_copy_into(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            await pods_of().copy.from_pod("web-0", "/srv/data", tmp_path / "nowhere" / "copy")

    async def test_cancelling(self, tmp_path: Path) -> None:
        connection = ScriptedConnection(*frames_of(self.ARCHIVE)[:3])
        with anyio.move_on_after(0.05) as scope:
            await pods_of(connection).copy.from_pod("web-0", "/srv/data", tmp_path / "copy")
        assert scope.cancelled_caught
        assert os.listdir(tmp_path) == []
        assert connection.closed == 1
