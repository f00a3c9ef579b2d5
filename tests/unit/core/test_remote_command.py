from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import ExecError, InvalidArgument, InvalidResponse
from kubex.core.remote_command import ExecResult, StatusReader, command_query, exit_code_of, resize_payload
from kubex.core.request import RequestAction
from kubex_core.models.status import Status, StatusCause, StatusDetails

EXEC = RequestAction("exec", "pods", "web-0", "shop")
SUCCESS = b'{"metadata":{},"status":"Success"}'
FAILURE = (
    b'{"metadata":{},"status":"Failure","message":"command terminated with exit code 3","reason":"NonZeroExitCode",'
    b'"details":{"causes":[{"reason":"ExitCode","message":"3"}]}}'
)


def failed(code: str | None, reason: str = "NonZeroExitCode", cause: str = "ExitCode") -> Status:
    details = StatusDetails(causes=[StatusCause(reason="Other", message="7"), StatusCause(reason=cause, message=code)])
    return Status(status="Failure", reason=reason, details=details, message="no luck")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (None, None),
        (Status(status="Success"), 0),
        (failed("1"), 1),
        (failed("137"), 137),
        (failed("255"), 255),
        (failed("0"), None),
        (failed("many"), None),
        (failed(None), None),
        (failed("1", reason="InternalError"), None),
        (failed("1", cause="Reason"), None),
        (Status(status="Failure", reason="NonZeroExitCode"), None),
        (Status(status="Failure", reason="InternalError", message="executable file not found"), None),
        (Status(), None),
    ],
)
def test_exit_codes(status: Status | None, code: int | None) -> None:
    assert exit_code_of(status) == code
    assert ExecResult(b"", b"", status).exit_code == code


class TestResult:
    def test_success_passes(self) -> None:
        ExecResult(b"out", b"err", Status(status="Success")).check()

    @pytest.mark.parametrize(
        ("result", "text"),
        [
            (ExecResult(b"o", b"no such file\n", failed("2")), "the command ended with exit code 2: no such file"),
            (ExecResult(b"o", b"", failed("2")), "the command ended with exit code 2"),
            (
                ExecResult(b"", b"", Status(status="Failure", message="not found in $PATH")),
                "the command did not run: not found in $PATH",
            ),
            (ExecResult(b"", b"", Status(status="Failure", reason="X")), "the command did not run: X"),
            (ExecResult(b"", b"", None), "the connection ended before the server said how the command ended"),
        ],
    )
    def test_all_else_raises(self, result: ExecResult, text: str) -> None:
        with pytest.raises(ExecError) as caught:
            result.check()
        error = caught.value
        assert str(error) == text
        assert (error.exit_code, error.status) == (result.exit_code, result.status)
        assert (error.stdout, error.stderr) == (result.stdout, result.stderr)
        with pytest.raises(ExecError, match=r'^pods "web-0" in namespace "shop" \(exec\): the co'):
            ExecResult(result.stdout, result.stderr, result.status, EXEC).check()

    def test_an_error_shows_the_end_of_a_long_stderr(self) -> None:
        with pytest.raises(ExecError) as caught:
            ExecResult(b"", b"x" * 10_000 + b"the reason", failed("1")).check()
        assert str(caught.value).endswith("xthe reason")
        assert len(str(caught.value)) < 500
        assert len(repr(caught.value)) < 500


class TestStatusReader:
    @pytest.mark.parametrize("status", [SUCCESS, FAILURE])
    def test_any_split_gives_the_same_status(self, status: bytes) -> None:
        for cut in range(len(status)):
            reader = StatusReader()
            reader.feed(b"")
            reader.feed(status[:cut])
            assert reader.status is None
            reader.feed(status[cut:])
            reader.end()
            assert reader.status is not None
            assert exit_code_of(reader.status) == (0 if status is SUCCESS else 3)

    def test_what_follows_is_passed_over(self) -> None:
        reader = StatusReader()
        for payload in (SUCCESS, FAILURE, b"{"):
            reader.feed(payload)
        reader.end()
        assert exit_code_of(reader.status) == 0

    def test_nothing_is_no_status_and_no_error(self) -> None:
        reader = StatusReader()
        reader.end()
        assert reader.status is None

    @pytest.mark.parametrize("payload", [b"{", b"[]", b"oops", b"{}", b'{"status":"Great"}', b"\xff", b"[" * 100_000])
    def test_what_is_no_status(self, payload: bytes) -> None:
        reader = StatusReader()
        reader.feed(payload)
        assert reader.status is None
        with pytest.raises(InvalidResponse, match="is no Status"):
            reader.end()

    def test_it_has_a_bound(self) -> None:
        reader = StatusReader()
        with pytest.raises(InvalidResponse, match="more than 1048576 bytes"):
            for _ in range(2000):
                reader.feed(b" " * 1000)

    @given(st.lists(st.binary() | st.sampled_from([SUCCESS[:10], SUCCESS[10:], FAILURE])))
    def test_any_bytes_are_a_status_or_an_error(self, payloads: list[bytes]) -> None:
        reader = StatusReader()
        try:
            for payload in payloads:
                reader.feed(payload)
            reader.end()
        except InvalidResponse:
            return
        assert (reader.status is None) == (not any(payloads))


class TestQuery:
    def test_of_a_command(self) -> None:
        query = command_query(
            command=["ls", "-l", ""], container="main", stdin=False, stdout=True, stderr=True, tty=False
        )
        assert query == [
            ("command", "ls"),
            ("command", "-l"),
            ("command", ""),
            ("container", "main"),
            ("stdin", "false"),
            ("stdout", "true"),
            ("stderr", "true"),
            ("tty", "false"),
        ]

    def test_of_a_terminal(self) -> None:
        query = command_query(stdin=True, stdout=True, stderr=True, tty=True)
        assert query == [("stdin", "true"), ("stdout", "true"), ("stderr", "false"), ("tty", "true")]

    @pytest.mark.parametrize("command", ["ls -l", [], [1], ["ls", None], b"ls"])
    def test_commands_that_are_none(self, command: Any) -> None:
        with pytest.raises(InvalidArgument, match="a list of a program and its arguments is needed"):
            command_query(command=command, stdin=False, stdout=True, stderr=True, tty=False)

    @pytest.mark.parametrize(("stderr", "tty"), [(False, False), (True, True)])
    def test_no_stream_at_all(self, stderr: bool, tty: bool) -> None:
        with pytest.raises(InvalidArgument, match="one of stdin=, stdout= and stderr= is needed"):
            command_query(command=["ls"], stdin=False, stdout=False, stderr=stderr, tty=tty)


def test_sizes_of_terminals() -> None:
    assert resize_payload(80, 24) == b'{"Width":80,"Height":24}'


@pytest.mark.parametrize(("width", "height"), [(0, 24), (80, -1), (80, 65536), (True, 24), (80.0, 24), ("80", "24")])
def test_sizes_that_are_none(width: Any, height: Any) -> None:
    with pytest.raises(InvalidArgument, match="a whole number from 1 to 65535 is needed"):
        resize_payload(width, height)
