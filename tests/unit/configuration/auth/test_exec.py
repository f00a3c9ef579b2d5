"""`ExecAuthProvider`: programs that are run, fail, hang and are ended."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest

from kubex.configuration.auth.exec import ExecAuthProvider, ExecCluster
from kubex.configuration.configuration import ExecConfig
from kubex.core.exceptions import ConfigurationError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

V1 = "client.authentication.k8s.io/v1"

PRINT = """
import json, os, sys
def credential(**status):
    print(json.dumps({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": status}))
"""


def plugin(program: str, *args: str, **config: Any) -> ExecConfig:
    return ExecConfig.model_validate(
        {"command": sys.executable, "args": ["-c", PRINT + program, *args], "apiVersion": V1, **config}
    )


async def test_a_token() -> None:
    source = ExecAuthProvider(plugin("credential(token=sys.argv[1])", "tok"))
    assert await source.headers() == {"Authorization": "Bearer tok"}


async def test_it_runs_again_before_the_expiry_and_when_rejected(tmp_path: Path) -> None:
    program = """
path = sys.argv[1]
open(path, "a").write("x")
credential(token=f"t{os.path.getsize(path)}", expirationTimestamp="2026-01-01T00:01:40Z")
"""
    now = 1767225600.0
    source = ExecAuthProvider(plugin(program, str(tmp_path / "runs")), clock=lambda: now)
    first = await source.headers()
    now += 89
    assert await source.headers() is first
    now += 2
    second = await source.headers()
    assert second == {"Authorization": "Bearer t2"}
    assert await source.refresh(second)
    assert await source.headers() == {"Authorization": "Bearer t3"}


async def test_what_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    ca = tmp_path / "ca.crt"
    ca.write_bytes(b"PEM")
    program = """
told = {name: os.environ.get(name) for name in ("INHERITED", "EXTRA", "KUBERNETES_EXEC_INFO")}
json.dump({"told": told, "stdin": sys.stdin.read()}, open(sys.argv[1], "w"))
credential(token="t")
"""
    config = plugin(program, str(tmp_path / "told"), env=[{"name": "EXTRA", "value": "e"}], provideClusterInfo=True)
    await ExecAuthProvider(config, cluster=ExecCluster("https://example.com", ca_file=ca)).headers()
    seen = json.loads((tmp_path / "told").read_text())
    assert seen["stdin"] == ""
    assert seen["told"]["INHERITED"] == "yes"
    assert seen["told"]["EXTRA"] == "e"
    info = json.loads(seen["told"]["KUBERNETES_EXEC_INFO"])
    assert info["spec"] == {
        "interactive": False,
        "cluster": {"server": "https://example.com", "certificate-authority-data": "UEVN"},
    }


async def test_it_is_not_told_of_the_cluster_unasked(tmp_path: Path) -> None:
    program = 'open(sys.argv[1], "w").write(os.environ["KUBERNETES_EXEC_INFO"]); credential(token="t")'
    config = plugin(program, str(tmp_path / "told"))
    await ExecAuthProvider(config, cluster=ExecCluster("https://example.com")).headers()
    assert json.loads((tmp_path / "told").read_text())["spec"] == {"interactive": False}


async def test_a_failure_tells_the_end_of_its_standard_error() -> None:
    program = 'sys.stderr.write("x" * 5000 + " log in with " + os.environ["SECRET"]); sys.exit(3)'
    config = plugin(program, env=[{"name": "SECRET", "value": "hunter2-hunter2"}])
    with pytest.raises(ConfigurationError) as raised:
        await ExecAuthProvider(config).headers()
    text = str(raised.value)
    assert text.startswith(f"the credential plugin {sys.executable} ended with exit code 3: xxx")
    assert text.endswith("x log in with ***")
    assert len(text) < 2200


async def test_an_answer_that_is_none_tells_it_too() -> None:
    with pytest.raises(ConfigurationError, match=r"printed no ExecCredential.*: look here$"):
        await ExecAuthProvider(plugin('print("hunter2"); sys.stderr.write("look here")')).headers()


async def test_one_that_is_killed() -> None:
    with pytest.raises(ConfigurationError, match="was killed by signal 9"):
        await ExecAuthProvider(plugin("os.kill(os.getpid(), 9)")).headers()


async def test_one_that_prints_without_end() -> None:
    with pytest.raises(ConfigurationError, match="printed more than 1048576 bytes"):
        await ExecAuthProvider(plugin('while True: sys.stdout.write("x" * 65536)')).headers()


async def test_one_that_is_not_there() -> None:
    config = ExecConfig(command="no-such-plugin", api_version=V1, install_hint="get it at\n  example.com\n")
    with pytest.raises(ConfigurationError, match=r"no-such-plugin is not there, or no program: get it at\n  example"):
        await ExecAuthProvider(config).headers()


async def test_one_that_is_no_program(tmp_path: Path) -> None:
    file = tmp_path / "plugin"
    file.write_bytes(b"\0\1\2")
    file.chmod(0o755)
    with pytest.raises(ConfigurationError, match="can't be run: Exec format error"):
        await ExecAuthProvider(ExecConfig(command=str(file), api_version=V1)).headers()


HANGING = """
import subprocess
child = subprocess.Popen(["sleep", "60"])
open(sys.argv[1] + ".tmp", "w").write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".tmp", sys.argv[1])
sys.stderr.write("waiting for a browser\\n"); sys.stderr.flush()
child.wait()
"""


async def wait_for(path: Path) -> list[int]:
    """Give the numbers of the processes that a plugin writes into a file."""
    file = anyio.Path(path)
    with anyio.fail_after(20):
        while not await file.exists():  # noqa: ASYNC110 - another process makes it
            await anyio.sleep(0.01)
    return [int(number) for number in (await file.read_text()).split()]


async def wait_until_gone(processes: list[int]) -> None:
    def alive(process: int) -> bool:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"  # nobody may wait for orphans where this runs

    with anyio.fail_after(20):
        while any(map(alive, processes)):  # noqa: ASYNC110 - of another process' child nobody is told
            await anyio.sleep(0.01)


async def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    source = ExecAuthProvider(plugin(HANGING, str(tmp_path / "pids")), timeout=5)
    begun = time.monotonic()
    with pytest.raises(ConfigurationError, match=r"took longer than 5 s: waiting for a browser$"):
        await source.headers()
    assert time.monotonic() - begun < 15
    await wait_until_gone(await wait_for(tmp_path / "pids"))


async def test_cancelling_ends_it(tmp_path: Path) -> None:
    source = ExecAuthProvider(plugin(HANGING, str(tmp_path / "pids")))
    processes: list[int] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(source.headers)
        processes.extend(await wait_for(tmp_path / "pids"))
        tasks.cancel_scope.cancel()
    await wait_until_gone(processes)


async def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    program = """
import subprocess
child = subprocess.Popen(["sleep", "30"], stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write(str(child.pid))
credential(token="t")
"""
    begun = time.monotonic()
    await ExecAuthProvider(plugin(program, str(tmp_path / "pids"))).headers()
    assert time.monotonic() - begun < 15
    os.kill((await wait_for(tmp_path / "pids"))[0], 9)


async def test_the_event_loop_goes_on() -> None:
    source = ExecAuthProvider(plugin('import time; time.sleep(0.5); credential(token="t")'))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await anyio.sleep(0.01)
            ticks += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        await source.headers()
        tasks.cancel_scope.cancel()
    assert ticks > 5


class TestInteractive:
    async def test_where_there_is_no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
        config = plugin('credential(token="t")', interactiveMode="Always")
        with pytest.raises(ConfigurationError, match="interactiveMode: Always"):
            await ExecAuthProvider(config).headers()
        await ExecAuthProvider(plugin('credential(token="t")', interactiveMode="IfAvailable")).headers()

    @pytest.mark.parametrize(("mode", "interactive"), [("Always", True), ("IfAvailable", True), ("Never", False)])
    async def test_where_there_is_one(
        self, mode: str, interactive: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        program = """
sys.stderr.write("go to example.com")
credential(token=str(json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]))
"""
        source = ExecAuthProvider(plugin(program, interactiveMode=mode))
        assert await source.headers() == {"Authorization": f"Bearer {interactive}"}
        assert capsys.readouterr().err == ("go to example.com" if interactive else "")
