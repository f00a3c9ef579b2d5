from __future__ import annotations

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.pods.programs import CommandNotFound
from kubex.testing.pods.transcripts import playing, read_transcript
from tests.unit.testing.pods.running import run

pytestmark = pytest.mark.anyio

TRANSCRIPT = """
    $ hostname
    web-0
    $ cat 'a file' /missing
    first

    second
    [1]
    $ true
    $ count
    1
    $ count
    2
    [3]
"""


async def test_commands_are_answered_with_what_followed_them() -> None:
    program = playing(TRANSCRIPT)
    assert await run(program, ["hostname"]) == (b"web-0\n", b"", 0)
    assert await run(program, ["cat", "a file", "/missing"]) == (b"first\n\nsecond\n", b"", 1)
    assert await run(program, ["true"]) == (b"", b"", 0)
    assert [await run(program, ["count"]) for _ in range(3)] == [(b"1\n", b"", 0), (b"2\n", b"", 3), (b"2\n", b"", 3)]
    with pytest.raises(CommandNotFound):
        await run(program, ["cat", "/missing"])


async def test_shells_read_commands() -> None:
    program = playing(TRANSCRIPT)
    assert await run(program, ["/bin/sh", "-c", "hostname"]) == (b"web-0\n", b"", 0)
    assert await run(program, ["bash"], b"hostname\nnope 'x\n\nexit 7\nhostname\n") == (
        b"web-0\n",
        b"sh: nope 'x: not found\n",
        7,
    )
    assert await run(program, ["sh"], b"count\ncount") == (b"1\n2\n", b"", 3)
    assert await run(program, [], b"exit\n") == (b"", b"", 0)


async def test_in_a_terminal_there_are_prompts_and_what_was_typed() -> None:
    shown, _, code = await run(playing(TRANSCRIPT), ["sh"], b"hostname\rexit 2\r", tty=True)
    assert shown == b"$ hostname\r\nweb-0\r\n$ exit 2\r\n"
    assert code == 2


@pytest.mark.parametrize("text", ["", "hostname\n", "web-0\n$ hostname\n", "$ \n", "$ a 'b\n"])
def test_what_is_no_transcript(text: str) -> None:
    with pytest.raises(InvalidArgument, match="transcript"):
        read_transcript(text)
