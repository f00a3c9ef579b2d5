"""Archives of files and trees, there and back, and those that must not be unpacked."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.api._archive import CONTENT, END, Unpacking, pack
from kubex.core.exceptions import CopyError, InvalidArgument


def packed(path: Path) -> bytes:
    archive = io.BytesIO()
    pack(path, archive, lambda: None)
    return archive.getvalue()


def unpacked(archive: bytes, target: Path, root: str = CONTENT) -> None:
    unpacking = Unpacking(target)
    try:
        unpacking.unpack(io.BytesIO(archive), root, lambda: None)
        unpacking.finish()
    finally:
        unpacking.clean_up()


def without_end(archive: bytes) -> bytes:
    """An archive as a container makes it."""
    remade = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=remade, mode="w") as new:
        for member in old:
            if member.name != END:
                new.addfile(member, old.extractfile(member) if member.isreg() else None)
    return remade.getvalue()


def archive_of(*members: tarfile.TarInfo, content: bytes = b"") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, link, 0o755
    return made


def described(path: Path) -> dict[str, tuple[object, ...]]:
    """Give what is in a tree: kind, mode and content by name."""
    found: dict[str, tuple[object, ...]] = {}
    for each in [path, *path.rglob("*")]:
        status = each.lstat()
        mode = stat.S_IMODE(status.st_mode)
        if each.is_symlink():
            found[str(each.relative_to(path))] = ("link", os.readlink(each))
        elif each.is_dir():
            found[str(each.relative_to(path))] = ("directory", mode)
        else:
            found[str(each.relative_to(path))] = ("file", mode, each.read_bytes(), int(status.st_mtime))
    return found


def make_tree(folder: Path) -> Path:
    tree = folder / "tree"
    (tree / "sub" / "empty").mkdir(parents=True)
    for name, mode in (("a", 0o644), ("b", 0o755), ("c", 0o664), ("sub/d", 0o600), ("sub/" + "x" * 200, 0o444)):
        (tree / name).write_bytes(name.encode() * 100)
        (tree / name).chmod(mode)
    (tree / "sub").chmod(0o750)
    (tree / "link").symlink_to("sub/d")
    (tree / "sub" / "up").symlink_to("../a")
    os.link(tree / "a", tree / "hard")
    return tree


def test_a_tree_there_and_back(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    unpacked(without_end(packed(tree)), tmp_path / "copy")
    assert described(tmp_path / "copy") == described(tree)
    assert sorted(os.listdir(tmp_path)) == ["copy", "tree"]


def test_a_tree_into_one_that_is_there(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    copy = tmp_path / "copy"
    (copy / "sub").mkdir(parents=True)
    (copy / "sub" / "own").write_text("kept")
    (copy / "a").write_text("replaced")
    unpacked(without_end(packed(tree)), copy)
    assert (copy / "sub" / "own").read_text() == "kept"
    (copy / "sub" / "own").unlink()
    expected = described(tree)
    found = described(copy)
    assert {name: found[name] for name in found if name not in (".", "sub")} == {
        name: expected[name] for name in expected if name not in (".", "sub")
    }


def test_a_file_and_a_link_there_and_back(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    for name in ("b", "link"):
        (tmp_path / name).write_text("replaced")
        unpacked(without_end(packed(tree / name)), tmp_path / name)
    assert described(tmp_path / "b") == described(tree / "b")
    assert os.readlink(tmp_path / "link") == "sub/d"


def test_an_archive_says_when_it_is_whole_and_belongs_to_nobody(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(make_tree(tmp_path)))) as archive:
        members = archive.getmembers()
    assert [each.name for each in members[:3]] == [CONTENT, f"{CONTENT}/a", f"{CONTENT}/b"]
    assert members[-1].name == END
    assert {(each.uid, each.gid, each.uname, each.gname) for each in members} == {(0, 0, "", "")}


def test_files_are_counted(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    counted: list[int] = []
    archive = io.BytesIO()
    pack(tree, archive, lambda: counted.append(1))
    assert len(counted) == 8
    unpacking = Unpacking(tmp_path / "copy")
    unpacking.unpack(io.BytesIO(without_end(archive.getvalue())), CONTENT, lambda: counted.append(1))
    unpacking.clean_up()
    assert len(counted) == 16


def test_what_can_t_be_copied(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidArgument, match="pipe: only files, directories and symlinks"):
        packed(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        packed(tmp_path / "nothing")


@pytest.mark.parametrize(
    "members",
    [
        [member("./data/../../evil")],
        [member("/data")],
        [member("./other")],
        [member("./database")],
        [member("./data", tarfile.DIRTYPE), member("./data/../evil")],
        [member("./data", tarfile.DIRTYPE), member("/evil")],
        [member("./data", tarfile.DIRTYPE), member("./data/null", tarfile.CHRTYPE)],
        [member("./data", tarfile.DIRTYPE), member("./data/sda", tarfile.BLKTYPE)],
        [member("./data", tarfile.DIRTYPE), member("./data/link", tarfile.SYMTYPE, "/etc/passwd")],
        [member("./data", tarfile.DIRTYPE), member("./data/link", tarfile.SYMTYPE, "../evil")],
        [member("./data", tarfile.DIRTYPE), member("./data/link", tarfile.LNKTYPE, "/etc/passwd")],
        [member("./data", tarfile.DIRTYPE), member("./data/link", tarfile.LNKTYPE, "./data/../../evil")],
        [
            member("./data", tarfile.DIRTYPE),
            member("./data/link", tarfile.SYMTYPE, "."),
            member("./data/link/../../evil"),
        ],
        [member("./data", tarfile.SYMTYPE, "/etc"), member("./data/evil")],
        [
            member("./data", tarfile.DIRTYPE),
            member("./data/inside", tarfile.DIRTYPE),
            member("./data/link", tarfile.SYMTYPE, "inside"),
            member("./data/link/file"),
        ],
        [
            member("./data", tarfile.DIRTYPE),
            member("./data/file"),
            member("./data/link", tarfile.SYMTYPE, "file"),
            member("./data/link"),
        ],
        [
            member("./data", tarfile.DIRTYPE),
            member("./data/file"),
            member("./data/link", tarfile.SYMTYPE, "file"),
            member("./data/other", tarfile.LNKTYPE, "./data/link"),
            member("./data/other"),
        ],
        [
            member("./data", tarfile.DIRTYPE),
            member("./data/inside", tarfile.DIRTYPE),
            member("./data/inside/file"),
            member("./data/link", tarfile.SYMTYPE, "inside"),
            member("./data/other", tarfile.LNKTYPE, "./data/link/file"),
        ],
    ],
)
def test_what_must_not_be_unpacked(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    (tmp_path / "target").mkdir()
    with pytest.raises(CopyError):
        unpacked(archive_of(*members, content=b"evil"), tmp_path / "target" / "copy", "./data")
    assert [path.name for path in tmp_path.rglob("*")] == ["target"]


def test_a_chain_of_links_that_is_longer_than_paths_may_be(tmp_path: Path) -> None:
    """Of such a chain Python's filter can't tell where it leads (CVE-2025-4517)."""
    links, long, folder = "abcdefghijklmnop", "d" * 247, "./data"
    members = [member("./data", tarfile.DIRTYPE)]
    for link in links:
        members += [member(f"{folder}/{long}", tarfile.DIRTYPE), member(f"{folder}/{link}", tarfile.SYMTYPE, long)]
        folder += f"/{long}"
    way = f"{'/'.join(links)}/{'l' * 254}"
    members += [
        member(f"./data/{way}", tarfile.SYMTYPE, "../" * len(links)),
        member("./data/escape", tarfile.SYMTYPE, f"{way}/../../.."),
        member("./data/escape/evil"),
    ]
    (tmp_path / "target").mkdir()
    with pytest.raises(CopyError):
        unpacked(archive_of(*members, content=b"evil"), tmp_path / "target" / "copy", "./data")
    assert [path.name for path in tmp_path.rglob("*")] == ["target"]


def test_two_names_of_one_link(tmp_path: Path) -> None:
    members = [
        member("./data", tarfile.DIRTYPE),
        member("./data/file"),
        member("./data/link", tarfile.SYMTYPE, "file"),
        member("./data/other", tarfile.LNKTYPE, "./data/link"),
    ]
    unpacked(archive_of(*members, content=b"all"), tmp_path / "copy", "./data")
    assert (tmp_path / "copy" / "other").read_bytes() == b"all"


def test_a_python_that_has_no_safe_way_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tarfile, "data_filter")
    with pytest.raises(CopyError, match=r"Python 3\.11\.4 or newer"):
        Unpacking(tmp_path / "copy")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("cut", [0, 100, 512, 700, 1024, 100_000, -1])
def test_an_archive_that_breaks_off(tmp_path: Path, cut: int) -> None:
    (tmp_path / "data").write_bytes(b"x" * 200_000)
    archive = without_end(packed(tmp_path / "data"))
    cut = cut if cut >= 0 else 200_000
    with pytest.raises(CopyError, match=r"breaks off|is empty"):
        unpacked(archive[:cut], tmp_path / "copy")
    assert os.listdir(tmp_path) == ["data"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(archive=st.binary(max_size=2000) | st.binary(min_size=512, max_size=512).map(lambda header: header * 3))
def test_any_bytes_are_an_archive_or_an_error(tmp_path: Path, archive: bytes) -> None:
    unpacking = Unpacking(tmp_path / "copy")
    try:
        unpacking.unpack(io.BytesIO(archive), CONTENT, lambda: None)
    except CopyError:
        pass
    finally:
        unpacking.clean_up()
    assert os.listdir(tmp_path) == []


def make_writer(accept: int) -> Callable[[bytes], int]:
    def write(data: bytes) -> int:
        nonlocal accept
        accept -= len(data)
        if accept < 0:
            raise ConnectionError
        return len(data)

    return write


def test_a_failing_sink_ends_the_packing(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"x" * 2**21)

    class Sink:
        write = staticmethod(make_writer(2**20))

    with pytest.raises(ConnectionError):
        pack(tmp_path / "data", Sink(), lambda: None)
