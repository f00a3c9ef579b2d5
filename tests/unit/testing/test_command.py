"""`python -m kubex.testing`, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration.reading import read_kubeconfig
from kubex.testing import ApiServer
from kubex.testing.__main__ import main
from kubex.testing.command import serve
from tests.recordings import config_map, written

pytestmark = pytest.mark.timeout(300)

COMMAND = [sys.executable, "-m", "kubex.testing"]
BOUND = 100.0  # seconds; a busy machine takes a while to start Python
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "


class Served:
    """A command that serves."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.lines: list[str] = []
        self.output = process.stdout
        self.read_until("export KUBECONFIG=")

    def read_until(self, start: str) -> None:
        for line in self.output:
            self.lines.append(line.rstrip("\n"))
            if line.startswith(start):
                return
        pytest.fail(f"it ended with {self.process.wait()} before it said {start!r}: {self.lines}")

    @property
    def url(self) -> str:
        return self.lines[0].rpartition(" ")[2]

    @property
    def kubeconfig(self) -> Path:
        return Path(next(line for line in self.lines if line.startswith("export")).partition("=")[2])

    def names(self) -> list[str]:
        with urllib.request.urlopen(f"{self.url}/api/v1/configmaps", timeout=BOUND) as answer:
            return [item["metadata"]["name"] for item in json.load(answer)["items"]]

    def end(self, signal_: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(signal_)
        assert self.process.wait(BOUND) == 0
        self.lines += self.output.read().splitlines()


@contextmanager
def serving(*arguments: str | Path, **options: Any) -> Generator[Served, None, None]:
    command = [*COMMAND, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(signal_: signal.Signals) -> None:
    with serving("--kubernetes-version", "1.33") as served:
        kubeconfig = served.kubeconfig
        assert served.lines == [f"Kubernetes 1.33 in memory at {served.url}", f"export KUBECONFIG={kubeconfig}"]
        assert served.url.startswith("http://127.0.0.1:")
        assert read_kubeconfig(kubeconfig).clusters[0].cluster.server == served.url
        with urllib.request.urlopen(f"{served.url}/version", timeout=BOUND) as answer:
            assert json.load(answer)["minor"] == "33"
        served.end(signal_)
        assert served.lines[2:] == [f"ended by {signal_.name}"]
        assert not kubeconfig.exists()


@pytest.mark.timeout(60)
def test_a_signal_ends_it_whichever_thread_it_comes_to() -> None:
    main_thread = threading.get_ident()
    lines: list[str] = []

    def interrupt() -> None:
        while sys._current_frames()[main_thread].f_code.co_name != "_ended_by":
            os.sched_yield()
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    def tell(line: str) -> None:
        lines.append(line)
        if line.startswith("export"):
            threading.Thread(target=interrupt).start()

    serve(tell=tell)
    assert lines[-1] == "ended by SIGTERM"


def test_manifests(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{CONFIG_MAP}a\n---\n{CONFIG_MAP}b\n")
    read, write = os.pipe()
    with open(write, "w") as pipe:
        pipe.write(f"{CONFIG_MAP}from-input\n")
    with open(read) as pipe, serving("--load", tmp_path, "--load", "-", stdin=pipe) as served:
        assert served.lines[1] == "loaded objects of manifests: 3"
        assert served.names() == ["a", "b", "from-input"]
        served.end()


def test_a_recording_is_played(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", (0, "APPLIED", config_map("a", "1")), (5000, "APPLIED", config_map("b", "2")))
    with serving("--replay", path, "--replay-speed", "0") as served:
        served.read_until("playing")
        until = time.monotonic() + BOUND
        while served.names() != ["a", "b"]:
            assert time.monotonic() < until
            time.sleep(0.01)
        served.end()


def test_a_snapshot_is_gone_on_with(tmp_path: Path) -> None:
    snapshot, manifest = tmp_path / "state.json", tmp_path / "a.yaml"
    manifest.write_text(f"{CONFIG_MAP}a\n")
    with serving("--snapshot", snapshot, "--load", manifest) as served:
        assert not snapshot.exists()
        served.process.send_signal(signal.SIGUSR1)
        served.read_until("saved")
        saved = snapshot.read_bytes()
        assert b"ConfigMap" in saved
        served.end()
        assert snapshot.read_bytes() == saved
    with serving("--snapshot", snapshot, "--load", manifest) as served:
        assert served.lines[1:3] == [f"loaded {snapshot}", "loaded objects of manifests: 1"]
        assert served.names() == ["a"]
        served.end()


def test_a_kubeconfig_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    for _ in range(2):
        with serving("--kubeconfig", path, "--tls") as served:
            assert served.kubeconfig == path
            assert path.stat().st_mode & 0o777 == 0o600
            cluster = read_kubeconfig(path).clusters[0].cluster
            assert cluster.server == served.url
            assert served.url.startswith("https://127.0.0.1:")
            served.process.kill()  # and the next one may write over what is left
            served.process.wait()
        assert path.exists()
    with serving("--kubeconfig", path) as served:
        served.end()
    assert not path.exists()


def test_a_kubeconfig_of_another_server_that_serves_is_left_alone(tmp_path: Path, refused: Callable[..., str]) -> None:
    path = tmp_path / "kubeconfig"
    for tls in (False, True):
        with ApiServer(tls=tls) as another:
            content = another.kubeconfig.read_bytes()
            path.write_bytes(content)
            assert f"of a server in memory at {another.url}" in refused("--kubeconfig", path)
            assert path.read_bytes() == content
    with serving("--kubeconfig", path) as served:  # it has ended
        path.write_text("another's by now")
        served.end()
    assert path.read_text() == "another's by now"


def test_a_snapshot_that_can_not_be_saved_does_not_end_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving("--snapshot", folder / "state.json", stderr=subprocess.PIPE) as served:
        folder.rmdir()
        served.process.send_signal(signal.SIGUSR1)
        assert served.process.stderr is not None
        assert "state.json: can't be written" in served.process.stderr.readline()
        assert served.names() == []
        folder.mkdir()
        served.end()
        assert (folder / "state.json").exists()


def test_a_wait_for_standard_input_is_interrupted() -> None:
    read, write = os.pipe()
    with (
        open(read) as pipe,
        open(write, "w"),
        subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED], stdin=pipe, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "reading\n"
            assert interrupted(process) == 128 + signal.SIGINT
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()


def interrupted(process: subprocess.Popen[str]) -> int:
    """Send SIGINT until a process has ended; gives its code.

    Python does not notice one that comes between its last look and the system's call that waits.
    """
    for _ in range(int(BOUND / 10)):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(10)
    raise AssertionError("it goes on waiting")


INTERRUPTED = """
import sys
from kubex.testing.__main__ import main
from tests.recordings import config_map, written

class Input:
    buffer = property(lambda self: print("reading", flush=True) or sys.__stdin__.buffer)

sys.stdin = Input()
sys.exit(main(["--load", "-"]))
"""


def test_who_reads_no_further_does_not_end_the_server(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    read, write = os.pipe()
    os.close(read)
    with (
        open(write, "w") as nobody,
        subprocess.Popen(
            [*COMMAND, "--kubeconfig", str(path)], stdout=nobody, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            while not path.exists() and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            _, complaints = process.communicate(timeout=BOUND)
            assert (process.returncode, complaints) == (0, "")
        finally:
            process.kill()


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run what is to fail, and give its one line."""

    def run(*arguments: str | Path) -> str:
        assert main(list(map(str, arguments))) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: ")
        return line

    return run


def test_errors_are_one_line(tmp_path: Path, refused: Callable[..., str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    bad = tmp_path / "bad.yaml"
    bad.write_text(f"{CONFIG_MAP}a\n---\n{CONFIG_MAP}B\n")
    assert f'{bad}, document 2 (ConfigMap "B"): ' in refused("--load", bad)
    assert "missing.yaml does not exist" in refused("--load", tmp_path / "missing.yaml")
    assert "bad.yaml: not a snapshot" in refused("--snapshot", bad)
    assert "state.json: can't be written: No such file" in refused("--snapshot", tmp_path / "none" / "state.json")
    assert "no document of Kubernetes '1.20'" in refused("--kubernetes-version", "1.20")
    assert "can't be written: No such file" in refused("--kubeconfig", tmp_path / "none" / "kubeconfig")
    others = tmp_path / "kubeconfig"
    others.write_text("current-context: prod\n")
    assert "is there already" in refused("--kubeconfig", others)
    assert others.read_text() == "current-context: prod\n"
    with ApiServer() as server:
        port = server.url.rpartition(":")[2]
        assert f"127.0.0.1:{port}: " in refused("--port", port)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("arguments", [["--port", "65536"], ["--port", "x"], ["--api-resources", "some"], ["more"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage: python -m kubex.testing" in capsys.readouterr().err
