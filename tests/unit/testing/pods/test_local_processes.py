from __future__ import annotations

import os
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from kubex.testing.pods.local_processes import running_locally
from kubex.testing.pods.programs import CommandNotFound, CommandResult, Program, running_function
from kubex.testing.pods.sessions import CommandSession, TerminalSize
from tests.unit.testing.pods.running import run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]
PATIENCE = 30


@pytest.fixture
def anyio_backend() -> str:
    """The server's event loop."""
    return "asyncio"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs what it is asked to in a folder of the test."""
    return running_locally(None, folder=tmp_path, environment={"COLOUR": "blue"})


async def test_a_process_and_its_streams(program: Program) -> None:
    script = 'read line; echo "$line $COLOUR"; echo oops >&2; wc -c; exit 7'
    out, err, code = await run(program, ["sh", "-c", script], b"hello\n" + bytes(3_000_000))
    assert (out.split(), err, code) == ([b"hello", b"blue", b"3000000"], b"oops\n", 7)


async def test_much_output(program: Program) -> None:
    out, _, code = await run(program, ["head", "-c", "3000000", "/dev/zero"])
    assert (len(out), code) == (3_000_000, 0)


async def test_a_process_without_input_is_at_its_end(program: Program) -> None:
    assert await run(program, ["cat"]) == (b"", b"", 0)


async def test_a_process_that_does_not_read(program: Program) -> None:
    assert await run(program, ["sh", "-c", "exec <&-; echo done"], bytes(200_000)) == (b"done\n", b"", 0)


async def test_a_process_that_a_signal_ends(program: Program) -> None:
    assert (await run(program, ["sh", "-c", "kill -9 $$"]))[2] == 137
    assert (await run(program, ["sh", "-c", "kill -9 $$"], tty=True))[2] == 137


async def test_its_folder(program: Program, tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/bin/sh\npwd\n")
    (tmp_path / "script").chmod(0o755)
    assert await run(program, ["./script"]) == (f"{tmp_path}\n".encode(), b"", 0)


@pytest.mark.parametrize("name", ["nope-nope", "/nope", "./nope"])
@pytest.mark.parametrize("tty", [False, True])
async def test_what_is_not_there(program: Program, name: str, tty: bool) -> None:
    with pytest.raises(CommandNotFound):
        await run(program, [name], tty=tty)


async def test_what_can_not_be_run(program: Program, tmp_path: Path) -> None:
    (tmp_path / "nonsense").write_bytes(b"\x00\x01")
    (tmp_path / "nonsense").chmod(0o755)
    with pytest.raises(CommandNotFound):
        await run(program, ["./nonsense"])


async def test_a_command_of_the_test() -> None:
    program = running_locally(["sh", "-c", "echo $0", "x"], folder=None, environment=None)
    assert await run(program) == (b"x\n", b"", 0)


async def test_a_terminal(program: Program) -> None:
    out, _, code = await run(program, ["sh", "-c", "tty; test -t 0 && test -t 2; exit $((3 + $?))"], tty=True)
    assert out.startswith(b"/dev/")
    assert out.endswith(b"\r\n")
    assert code == 3


async def test_a_terminal_interrupts_and_changes_its_size(program: Program) -> None:
    written = b""
    news = anyio.Event()

    async def send(channel: int, data: bytes) -> None:
        nonlocal written, news
        written += data
        news.set()
        news = anyio.Event()

    async def until(text: bytes) -> None:
        with anyio.fail_after(PATIENCE):
            while text not in written:
                await news.wait()

    session = CommandSession(
        ["sh", "-c", 'trap "stty size; exit 5" INT; echo ready; while true; do sleep 0.01; done'],
        {},
        "main",
        has_stdin=True,
        tty=True,
        outputs=[1],
        send=send,
    )
    session.resize(TerminalSize(101, 31))
    codes: list[int] = []

    async def play() -> None:
        codes.append(await program(session))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(play)
        await until(b"ready")
        session.resize(TerminalSize(77, 17))
        await anyio.wait_all_tasks_blocked()
        await session.stdin.put(b"\x03")
        await until(b"17 77")
    assert codes == [5]


@pytest.mark.parametrize("tty", [False, True])
async def test_a_process_ends_with_who_waits_for_it(program: Program, tmp_path: Path, tty: bool) -> None:
    script = "sleep 1000 & echo $! > child; echo $$ > parent; mv parent ready; wait"
    async with anyio.create_task_group() as tasks:

        async def wait() -> None:
            await run(program, ["sh", "-c", script], tty=tty)

        tasks.start_soon(wait)
        with anyio.fail_after(PATIENCE):
            while not (tmp_path / "ready").exists():  # noqa: ASYNC110 - another process
                await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    for name in ("ready", "child"):
        pid = int((tmp_path / name).read_text())
        with anyio.fail_after(PATIENCE):
            while _is_alive(pid):  # noqa: ASYNC110 - its new parent has to take note
                await anyio.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_functions_of_a_test() -> None:
    async def later(command: list[str], stdin: object) -> str:
        await anyio.lowlevel.checkpoint()
        return " ".join(command)

    assert await run(running_function(lambda command, stdin: "text"), ["x"]) == (b"text", b"", 0)
    assert await run(running_function(lambda command, stdin: b"\xff"), ["x"]) == (b"\xff", b"", 0)
    assert await run(running_function(lambda command, stdin: None), ["x"]) == (b"", b"", 0)
    assert await run(running_function(lambda command, stdin: stdin.read()), ["x"], b"in") == (b"in", b"", 0)
    lines = running_function(lambda command, stdin: CommandResult(b"|".join(stdin), "err", 9))
    assert await run(lines, ["x"], b"a\nb\nc") == (b"a\n|b\n|c", b"err", 9)
    assert await run(running_function(later), ["a", "b"]) == (b"a b", b"", 0)


@pytest.mark.parametrize("outcome", [3, object(), CommandResult(exit_code=256), CommandResult(exit_code=-1)])
async def test_what_a_function_can_not_give(outcome: object) -> None:
    with pytest.raises(TypeError):
        await run(running_function(lambda command, stdin: outcome), ["x"])  # type: ignore[arg-type]


async def test_what_a_function_raises_is_raised() -> None:
    def fail(command: list[str], stdin: object) -> str:
        raise StopIteration("enough") if command[0] == "stop" else ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await run(running_function(fail), ["x"])
    with pytest.raises(RuntimeError, match="enough"):
        await run(running_function(fail), ["stop"])
