"""Settings of a testbed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from testbed.settings import Settings, free_ports


def settings(directory: Path) -> Settings:
    return Settings(
        directory=directory,
        binary=Path("/opt/kube-testbed"),
        node=True,
        controllers=True,
        detached=False,
        apiserver_flags=("--watch-cache=false",),
        api_port=1,
        etcd_port=2,
        etcd_peer_port=3,
        kubelet_port=4,
    )


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    saved = settings(tmp_path)
    saved.save()
    assert Settings.load(tmp_path) == saved


def test_nothing_to_load(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Settings.load(tmp_path)


def test_directories_of_one_name_have_control_groups_of_their_own() -> None:
    assert settings(Path("/a/run")).name != settings(Path("/b/run")).name
    assert settings(Path("/a/run")).name.startswith("kubex-testbed-")


def test_free_ports_are_free_and_different(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        # Of three ports, one is taken: asked for two, they must be the others, whatever chance says.
        monkeypatch.setattr("testbed.settings._PORTS", [port, 20101, 20102])
        assert sorted(free_ports(2)) == [20101, 20102]
