"""Copies into real containers and out of them, by busybox' tar."""

from __future__ import annotations

import os
import random
from pathlib import Path

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.exceptions import CopyError, KubexClientException, NotFound
from tests.e2e.pods import pod, shell, start
from tests.e2e.workbench import WAIT, Workbench
from tests.unit.api.test_archive import described, make_tree

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of 2,000 files."""
    tree = tmp_path_factory.mktemp("many") / "tree"
    chance = random.Random(1)
    for folder in range(40):
        (tree / f"folder {folder}").mkdir(parents=True)
        for number in range(50):
            (tree / f"folder {folder}" / f"file-{number}").write_bytes(chance.randbytes(chance.randrange(5000)))
    return tree


async def test_2000_files_there_and_back(
    client: BaseClient, workbench: Workbench, many_files: Path, tmp_path: Path
) -> None:
    copy = workbench.pods(client).copy
    remote = f"/tmp/{os.urandom(4).hex()}"
    told: list[tuple[int, int]] = []
    await copy.to_pod(
        workbench.name, many_files, remote, container="main", progress=lambda size, files: told.append((size, files))
    )
    assert told[-1][1] == 2000
    told.clear()
    await copy.from_pod(
        workbench.name,
        remote,
        tmp_path / "back",
        container="main",
        progress=lambda size, files: told.append((size, files)),
    )
    assert told[-1][1] == 2000
    assert described(tmp_path / "back") == described(many_files)


async def test_modes_and_links_and_what_was_there_before(
    client: BaseClient, workbench: Workbench, tmp_path: Path
) -> None:
    pods = workbench.pods(client)
    tree = make_tree(tmp_path)
    remote = f"/tmp/{os.urandom(4).hex()}"
    script = f"mkdir -p {remote}/sub/empty; echo kept > {remote}/sub/own; echo old > {remote}/a"
    await pods.exec.run(workbench.name, command=["sh", "-c", script], container="main")
    await pods.copy.to_pod(workbench.name, tree, remote, container="main")
    found = await pods.exec.run(workbench.name, command=["cat", f"{remote}/sub/own"], container="main")
    assert found.stdout == b"kept\n"
    await pods.exec.run(workbench.name, command=["rm", f"{remote}/sub/own"], container="main")
    await pods.copy.from_pod(workbench.name, remote, f"{tmp_path}/", container="main")
    expected, back = described(tree), described(tmp_path / Path(remote).name)
    for directory in (".", "sub"):  # they were there before, and keep their modes
        assert expected.pop(directory)[0] == back.pop(directory)[0] == "directory"
    assert back == expected
    left = await pods.exec.run(workbench.name, command=["ls", "-A", "/tmp"], container="main")
    assert b".content" not in left.stdout
    assert not [name for name in left.stdout.decode().split() if name.startswith(".")]


async def test_a_large_file(client: BaseClient, workbench: Workbench, tmp_path: Path) -> None:
    pods = workbench.pods(client)
    remote = f"/tmp/{os.urandom(4).hex()}"
    content = os.urandom(32 * 2**20)
    (tmp_path / "data").write_bytes(content)
    await pods.copy.to_pod(workbench.name, tmp_path / "data", remote, container="main")
    await pods.copy.from_pod(workbench.name, remote, tmp_path / "back", container="main")
    assert (tmp_path / "back").read_bytes() == content
    await pods.exec.run(workbench.name, command=["rm", remote], container="main")


async def test_what_goes_wrong(client: BaseClient, workbench: Workbench, tmp_path: Path) -> None:
    copy = workbench.pods(client).copy
    (tmp_path / "data").write_bytes(b"x" * 10_000_000)
    with pytest.raises(CopyError, match=r"copy of /nothing: .*No such file or directory"):
        await copy.from_pod(workbench.name, "/nothing", tmp_path / "copy", container="main")
    with pytest.raises(CopyError, match=r"copy to /nowhere/x: .*/nowhere: No such file or directory"):
        await copy.to_pod(workbench.name, tmp_path / "data", "/nowhere/x", container="main")
    with pytest.raises(CopyError, match=r"tmp is a directory"):
        await copy.to_pod(workbench.name, tmp_path / "data", "/tmp", container="main")
    with pytest.raises(NotFound):
        await copy.to_pod("nobody", tmp_path / "data", "/tmp/x")
    assert os.listdir(tmp_path) == ["data"]


async def test_a_container_without_tar(client: BaseClient, workbench: Workbench, tmp_path: Path) -> None:
    pods = workbench.pods(client)
    name = f"bare-{os.urandom(4).hex()}"
    await start(pods, pod(name, shell(WAIT)))
    (await pods.exec.run(name, command=["rm", "/bin/tar", "/bin/sh"])).check()
    (tmp_path / "data").write_bytes(b"x")
    with pytest.raises(CopyError, match="the container has no tar, or no sh: copying needs both"):
        await pods.copy.to_pod(name, tmp_path / "data", "/x")
    with pytest.raises(CopyError, match="the container has no tar, or no sh: copying needs both"):
        await pods.copy.from_pod(name, "/x", tmp_path / "copy")
    assert os.listdir(tmp_path) == ["data"]
    assert (await pods.exec.run(name, command=["ls", "/x"])).exit_code == 1
    await pods.delete(name)


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_a_pod_that_is_deleted_in_the_middle(
    client: BaseClient, workbench: Workbench, tmp_path: Path, direction: str
) -> None:
    pods = workbench.pods(client)
    name = f"doomed-{os.urandom(4).hex()}"
    await start(pods, pod(name, shell(WAIT)))
    with (tmp_path / "data").open("wb") as file:
        file.truncate(2**32)
    command = ["dd", "if=/dev/zero", "of=/tmp/data", "bs=1", "count=0", "seek=4G"]
    (await pods.exec.run(name, command=command)).check()
    begun = anyio.Event()
    errors: list[KubexClientException] = []

    def progress(size: int, files: int) -> None:
        if size > 2**20:
            begun.set()

    async def copy() -> None:
        try:
            if direction == "up":
                await pods.copy.to_pod(name, tmp_path / "data", "/tmp/copy", progress=progress)
            else:
                await pods.copy.from_pod(name, "/tmp/data", tmp_path / "copy", progress=progress)
        except KubexClientException as error:
            errors.append(error)

    with anyio.CancelScope() as bound:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(copy)
            await begun.wait()
            await pods.delete(name, grace_period_seconds=0)
            bound.deadline = anyio.current_time() + 2
    assert not bound.cancelled_caught
    assert len(errors) == 1
    assert os.listdir(tmp_path) == ["data"]
