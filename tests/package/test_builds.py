"""The same sources give the same bytes, and what is in them is what should be."""

from __future__ import annotations

import configparser
import email
import os
import subprocess
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from tests.package.conftest import Distribution, build_package, copy_tree
from tests.package.environments import ROOT
from tools.sbom import version

pytestmark = pytest.mark.timeout(600)

NOT_IN_THE_SDIST = {".gitattributes"}


def test_another_tree_at_another_time_gives_the_same_bytes(distribution: Distribution, tmp_path: Path) -> None:
    """A copy with other times, modes and leftovers, built with another locale, time zone, umask and hash seed."""
    tree = copy_tree(tmp_path / "elsewhere" / "kubex")
    for number, path in enumerate(sorted(tree.rglob("*"), reverse=True)):
        if path.is_file():
            path.chmod(path.stat().st_mode & 0o700)  # git keeps who may run a file, and no more
            os.utime(path, (10**9 + number, 10**9 + number))
    leftover = tree / "src" / "kubex" / "__pycache__"
    leftover.mkdir(exist_ok=True)
    (leftover / "left.cpython-311.pyc").write_bytes(b"of another Python")
    others = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1700000000",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    umask = os.umask(0o077)
    try:
        again = build_package(tree, tmp_path / "dist", {**os.environ, **others})
    finally:
        os.umask(umask)
    assert [path.name for path in again] == [path.name for path in distribution]
    for mine, other in zip(distribution, again, strict=True):
        assert mine.read_bytes() == other.read_bytes(), f"{mine.name} differs"


def test_the_sdist_builds_itself_and_the_same_wheel(distribution: Distribution, tmp_path: Path) -> None:
    with tarfile.open(distribution.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build_package(tmp_path / f"kubex-{version()}", tmp_path / "dist")
    assert again.wheel.read_bytes() == distribution.wheel.read_bytes()
    assert again.sdist.read_bytes() == distribution.sdist.read_bytes()


def test_the_sdist_has_all_that_is_tracked(distribution: Distribution) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    with tarfile.open(distribution.sdist) as archive:
        members = archive.getmembers()
    names = {member.name.partition("/")[2] for member in members}
    assert {name for name in tracked if (ROOT / name).exists()} - names == NOT_IN_THE_SDIST
    assert {name for name in names if "__pycache__" in name or name.endswith(".pyc")} == set()
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {(0, 0, "", "")}


def test_the_wheel_has_both_packages_with_their_types_and_data_and_nothing_else(distribution: Distribution) -> None:
    with zipfile.ZipFile(distribution.wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(f"kubex-{version()}.dist-info/entry_points.txt").decode()
    information = f"kubex-{version()}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"kubex", "kubex_core", information}
    in_tree = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if not name.startswith(information)} == in_tree
    assert {"kubex/py.typed", "kubex_core/py.typed", f"{information}/licenses/LICENSE"} <= set(names)
    parsed = configparser.ConfigParser()
    parsed.read_string(entry_points)
    assert dict(parsed["console_scripts"]) == {"kubex": "kubex.cli.entry:main"}
    assert dict(parsed["pytest11"]) == {"kubex": "kubex.testing.pytest_plugin"}


def test_both_say_the_same_of_themselves(distribution: Distribution) -> None:
    with zipfile.ZipFile(distribution.wheel) as archive:
        of_wheel = archive.read(f"kubex-{version()}.dist-info/METADATA").decode()
    with tarfile.open(distribution.sdist) as sdist:
        member = sdist.extractfile(f"kubex-{version()}/PKG-INFO")
        assert member is not None
        of_sdist = member.read().decode()
    assert of_wheel == of_sdist
    said: Message = email.message_from_string(of_wheel)
    assert (said["Name"], said["Version"], said["Requires-Python"]) == ("kubex", version(), ">=3.11")
    assert said["License-Expression"] == "Apache-2.0"
    assert said.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
