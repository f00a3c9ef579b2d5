"""kubectl and other clients at a pod that answers: logs, commands, files and ports."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1 import Pod
from kubex.testing.pods import CommandSession
from tests.clients.environment import Ended, run, variables_for
from tests.talker import ECHO, NOBODY, Talker

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
PATIENCE = 60.0
PROGRAMS = sorted((Path(__file__).parent / "programs").glob("pods_with_*.py"))


class Kubectl:
    """kubectl in the pod's namespace."""

    def __init__(self, kubeconfig: Path, folder: Path, talker: Talker) -> None:
        self._kubeconfig = kubeconfig
        self._folder = folder
        self._talker = talker

    def command(self, *arguments: str) -> list[str]:
        return ["kubectl", "--namespace", self._talker.namespace, *arguments]

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run it to its end, and give what it wrote."""
        ended: Ended = run(self.command(*arguments), self._kubeconfig, self._folder)
        assert ended.code == code, ended.output
        return ended.output

    @contextlib.contextmanager
    def started(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> Generator[subprocess.Popen[bytes]]:
        """Start it, with both outputs in one pipe; it is ended with the context."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self._folder,
            env=variables_for(self._kubeconfig, self._folder),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextlib.contextmanager
    def in_terminal(self, *arguments: str) -> Generator[Terminal]:
        """Start it in a terminal."""
        ours, theirs = pty.openpty()
        try:
            with subprocess.Popen(
                self.command(*arguments),
                cwd=self._folder,
                env={**variables_for(self._kubeconfig, self._folder), "TERM": "xterm"},
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            ) as process:
                try:
                    yield Terminal(process, ours)
                finally:
                    process.kill()
        finally:
            os.close(ours)
            os.close(theirs)


class Terminal:
    """A program in a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self._terminal = terminal
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def until(self, pattern: str) -> None:
        """Read until something is shown that has not been seen yet."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern.encode(), self.seen)):
            assert time.monotonic() < end, self.seen
            if select.select([self._terminal], [], [], 0.1)[0]:
                self.seen += os.read(self._terminal, 10_000)
        self.seen = self.seen[found.end() :]

    def until_shown(self, typed: str, pattern: str) -> None:
        """Type something, again and again, until it is answered."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern.encode(), self.seen):
            assert time.monotonic() < end, self.seen
            self.type(typed)
            if select.select([self._terminal], [], [], 0.5)[0]:
                self.seen += os.read(self._terminal, 10_000)


@pytest.fixture
def kubectl(kubeconfig: Path, tmp_path: Path, talker: Talker) -> Kubectl:
    """kubectl with a folder of its own."""
    return Kubectl(kubeconfig, tmp_path, talker)


def say(talker: Talker, kubectl: Kubectl, line: str) -> None:
    if talker.server is not None:
        talker.server.pods.log(talker.name, line, namespace=talker.namespace, container="main")
    else:
        kubectl.run("exec", talker.name, "-c", "main", "--", "sh", "-c", f"echo {line} > /proc/1/fd/1")


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode()


def test_logs(kubectl: Kubectl, talker: Talker) -> None:
    assert kubectl.run("logs", talker.name, "-c", "main").startswith("first\nsecond\n")
    assert kubectl.run("logs", talker.name, "-c", "main", "--limit-bytes=8") == "first\nse"
    stamped = kubectl.run("logs", talker.name, "-c", "main", "--timestamps", "--tail=1")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \S", stamped)
    assert kubectl.run("logs", talker.name, "-c", "main", "--since=10h", "--tail=0") == ""
    assert "container nobody is not valid for pod talker" in kubectl.run("logs", talker.name, "-c", "nobody", code=1)
    assert 'previous terminated container "main"' in kubectl.run("logs", talker.name, "-c", "main", "-p", code=1)
    assert kubectl.run("logs", talker.name, "--all-containers", "--prefix").count("talker/main] first") == 1


def test_logs_that_are_followed(kubectl: Kubectl, talker: Talker) -> None:
    with kubectl.started("logs", "-f", talker.name, "-c", "main", "--tail=1") as process:
        assert line_of(process)
        for _ in range(3):
            line = uuid.uuid4().hex
            say(talker, kubectl, line)
            assert line_of(process) == f"{line}\n"


def test_exec(kubectl: Kubectl, talker: Talker) -> None:
    command = ["exec", talker.name, "-c", "main", "--"]
    assert kubectl.run(*command, "echo", "a b") == "a b\n"
    told = kubectl.run(*command, "sh", "-c", "echo out; exit 7", code=7)
    assert told == "out\ncommand terminated with exit code 7\n"
    assert "executable file not found" in kubectl.run(*command, "nope", code=1)
    assert "container nobody is not valid" in kubectl.run("exec", talker.name, "-c", "nobody", "--", "ls", code=1)


def test_exec_with_input(kubectl: Kubectl, talker: Talker) -> None:
    with kubectl.started("exec", "-i", talker.name, "-c", "main", "--", "wc", "-c", stdin=subprocess.PIPE) as process:
        told, _ = process.communicate(bytes(2_000_000), PATIENCE)
    assert told.strip() == b"2000000"


def test_exec_in_a_terminal(kubectl: Kubectl, talker: Talker) -> None:
    with kubectl.in_terminal("exec", "-it", talker.name, "-c", "main", "--", "sh") as terminal:
        terminal.until_shown("echo o''k-$((6 * 7))\r", "ok-42")
        terminal.type("test -t 0 && exit 9\r")
        assert terminal.process.wait(PATIENCE) == 9


def test_attach(kubectl: Kubectl, talker: Talker) -> None:
    with kubectl.started("attach", "-i", talker.name, "-c", "shell", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"echo $((6 * 7))\n")
        process.stdin.flush()
        while (line := line_of(process)) != "42\n":  # a hint comes first
            assert line
    with kubectl.in_terminal("attach", "-it", talker.name, "-c", "terminal") as terminal:
        terminal.until_shown("echo o''k-$((6 * 7))\r", "ok-42")


def test_port_forward(kubectl: Kubectl, talker: Talker) -> None:
    with kubectl.started("port-forward", f"pod/{talker.name}", f":{ECHO}", f":{NOBODY}") as process:
        ports: dict[int, int] = {}
        while len(ports) < 2:
            found = re.match(r"Forwarding from 127.0.0.1:(\d+) -> (\d+)", line := line_of(process))
            assert line
            if found:
                ports[int(found[2])] = int(found[1])
        for size in (1, 100_000, 10):
            with socket.create_connection(("127.0.0.1", ports[ECHO]), PATIENCE) as stream:
                data = os.urandom(size)
                sender = threading.Thread(target=stream.sendall, args=(data,))
                sender.start()
                came = b""
                while len(came) < size:
                    came += stream.recv(100_000)
                sender.join()
                assert came == data
        with socket.create_connection(("127.0.0.1", ports[NOBODY]), PATIENCE) as stream:
            assert stream.recv(10) == b""
        line = ""
        while "connection refused" not in line:
            line = line_of(process)
            assert line


def test_cp(kubectl: Kubectl, talker: Talker, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub" / "file").write_bytes(os.urandom(300_000))
    remote = f"{talker.folder}/{uuid.uuid4().hex}"
    kubectl.run("cp", str(tree), f"{talker.name}:{remote}", "-c", "main")
    kubectl.run("cp", f"{talker.name}:{remote}", str(tmp_path / "back"), "-c", "main")
    assert (tmp_path / "back" / "sub" / "file").read_bytes() == (tree / "sub" / "file").read_bytes()
    kubectl.run("exec", talker.name, "-c", "main", "--", "rm", "-r", remote)


def test_run(kubectl: Kubectl, talker: Talker, kubeconfig: Path) -> None:
    name = f"run-{uuid.uuid4().hex[:8]}"
    command = ["run", "-i", "--rm", "--restart=Never", name, "--image=localhost/busybox:1", "--image-pull-policy=Never"]
    with (
        _kubelet(talker, kubeconfig, name) if talker.server is not None else contextlib.nullcontext(),
        kubectl.started(*command, "--", "sh", "-c", "read line; echo got $line", stdin=subprocess.PIPE) as process,
    ):
        told, _ = process.communicate(b"text\n", PATIENCE)
        assert process.returncode == 0, told
    assert b"got text\n" in told
    assert f'pod "{name}" deleted'.encode() in told


@contextlib.contextmanager
def _kubelet(talker: Talker, kubeconfig: Path, name: str) -> Generator[None]:
    """Have a pod of the server in memory run as long as somebody is attached to it, as nothing there does by itself."""
    assert talker.server is not None
    ended = threading.Event()

    async def answer(session: CommandSession) -> int:
        await session.stdout.write(b"got " + await session.stdin.read_line())
        ended.set()
        return 0

    talker.server.pods.on_attach(answer, namespace=talker.namespace, pod=name)
    with start_blocking_portal() as portal:

        async def put(phase: str) -> bool:
            state: dict[str, Any] = {"running": {}} if phase == "Running" else {"terminated": {"exitCode": 0}}
            status: dict[str, Any] = {
                "name": name,
                "state": state,
                "ready": True,
                "restartCount": 0,
                "image": "",
                "imageID": "",
            }
            conditions = [{"type": "Ready", "status": "True"}]  # kubectl waits for it
            patch = MergePatch({"status": {"phase": phase, "conditions": conditions, "containerStatuses": [status]}})
            configuration = await configure_from_kubeconfig(path=kubeconfig)
            async with await create_client(configuration, ClientChoise.HTTPX) as client:
                pods = Api(Pod, client, namespace=talker.namespace)
                if await pods.get_or_none(name) is None:
                    return False
                await pods.status.patch(name, patch)
                return True

        def play() -> None:
            _until(lambda: portal.call(put, "Running"))
            if ended.wait(PATIENCE):
                portal.call(put, "Succeeded")

        player = threading.Thread(target=play)
        player.start()
        try:
            yield
        finally:
            ended.set()
            player.join()


def _until(fulfilled: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.stem.removeprefix("pods_with_") for path in PROGRAMS])
def test_a_library(program: Path, kubeconfig: Path, tmp_path: Path, talker: Talker) -> None:
    variables = {"NAMESPACE": talker.namespace, "POD": talker.name, "PORT": str(ECHO)}
    ended = run(["python", str(program)], kubeconfig, tmp_path, variables)
    assert ended.code == 0, ended.output
