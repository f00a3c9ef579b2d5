"""`kubex record`."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kubex.recording import Recording
from kubex.testing import ApiServer
from tests.unit.cli.commands import Command, one_line

pytestmark = pytest.mark.timeout(300)


def events(path: Path) -> list[str]:
    with Recording(path) as recording:
        return [entry.event for entry in recording]


def test_what_there_is_comes_first(kubex: Command, cluster: ApiServer, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    kubex("apply", "-f", shop)
    ran = kubex("record", path, "cm", "namespaces", "-n", "shop", "--seconds", "0.05", "-l", "app=shop")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"recording cm, namespaces into {path}\nrecorded entries: 6\n"
    assert sorted(events(path)) == sorted(["LIST_STARTED", "LISTED", "LIST_COMPLETED"] * 2)
    with Recording(path) as recording:
        maps, namespaces = recording.header.resources
    assert (maps.namespace, maps.label_selector, namespaces.namespaced) == ("shop", "app=shop", False)


def test_what_is_not_there_is_told_in_one_line(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    ran = kubex("record", tmp_path / "a.jsonl", "unicorns")
    assert ran.code == 1
    assert one_line(ran.err)


def test_it_records_until_a_signal(kubex: Command, cluster: ApiServer, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    command = [sys.executable, "-m", "kubex", "record", str(path), "cm", "-A"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline() == f"recording cm into {path}\n"
            kubex("apply", "-f", shop)
            while "APPLIED" not in events(path):
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            assert process.wait(100) == 0
            assert process.stderr.read() == "recorded entries: 3\n"
        finally:
            process.kill()
