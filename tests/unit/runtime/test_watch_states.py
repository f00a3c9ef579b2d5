"""The states of a watch, as a table and as properties of any sequence of inputs."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kubex.core.exceptions import (
    ConnectionFailed,
    Forbidden,
    GatewayTimeout,
    Gone,
    InvalidResponse,
    KubexException,
    NotFound,
    RequestTimeout,
    ServiceUnavailable,
    TooManyRequests,
    UnprocessableEntity,
)
from kubex.runtime._watch_states import (
    Failure,
    Input,
    ListEnded,
    Listing,
    PageListed,
    Position,
    StreamEnded,
    StreamingList,
    Waited,
    Waiting,
    Watching,
    begin,
    step,
)
from kubex_core.models.status import Status, StatusCause, StatusDetails

TOO_LARGE = GatewayTimeout(
    Status(message="Timeout", details=StatusDetails(causes=[StatusCause(reason="ResourceVersionTooLarge")]))
)
BUSY = TooManyRequests(Status(details=StatusDetails(retry_after_seconds=77)))
BROKEN = ConnectionFailed("reset")
FIRST = 0.6  # the first pause, at a chance of one half


@pytest.mark.parametrize(
    ("state", "seen", "after"),
    [
        (Listing(), PageListed("7", "more"), Listing("more")),
        (Listing("more"), PageListed("7"), Watching("7")),
        (Listing(), Failure(Forbidden("no")), Waiting(FIRST, Listing())),
        (Listing(), Failure(Gone("old")), Waiting(FIRST, Listing())),
        (Listing(), Failure(BUSY), Waiting(77, Listing())),
        (Listing("more"), Failure(Gone("old")), Listing(is_paged=False)),
        (Listing("more"), Failure(BROKEN), Waiting(FIRST, Listing())),
        (Listing(is_paged=False), Failure(BROKEN), Waiting(FIRST, Listing(is_paged=False))),
        (Watching("7"), StreamEnded("9", 250, True), Watching("9")),
        (Watching("7"), StreamEnded("7", 250, False), Watching("7")),
        (Watching("7"), StreamEnded("9", 0.1, True), Watching("9")),
        (Watching("7"), StreamEnded("7", 0.1, False), Waiting(FIRST, Watching("7"))),
        (Watching("7"), Failure(BROKEN, "9", 5, True), Waiting(FIRST, Watching("9"))),
        (Watching("7"), Failure(RequestTimeout("silent"), "7", 295), Waiting(FIRST, Watching("7"))),
        (Watching("7"), Failure(InvalidResponse("<html>"), "7"), Waiting(FIRST, Watching("7"))),
        (Watching("7"), Failure(Gone("old"), "7"), Listing()),
        (Watching("7"), Failure(Gone("old"), "9", 5, True), Listing()),
        (Watching("7"), Failure(TOO_LARGE, "7"), Waiting(FIRST, Listing())),
        (Watching("7"), Failure(NotFound("no such resource"), "7"), Waiting(FIRST, Listing())),
        (Watching("7"), Failure(Forbidden("no more"), "7"), Waiting(FIRST, Watching("7"))),
    ],
)
def test_where_it_goes(state: Listing | Watching, seen: Input, after: Listing | Watching | Waiting) -> None:
    assert step(Position(state), seen).state == after


@pytest.mark.parametrize(
    ("seen", "after", "can_stream"),
    [
        (ListEnded("7"), Watching("7"), True),
        (StreamEnded("7", 100, True), Waiting(FIRST, Listing()), False),
        (Failure(UnprocessableEntity("sendInitialEvents is forbidden")), Listing(), False),
        (Failure(RequestTimeout("no mark"), "7", 10, True), Listing(), False),
        (Failure(BROKEN, "7", 1, True), Waiting(FIRST, StreamingList()), True),
        (Failure(ServiceUnavailable("starting")), Waiting(FIRST, StreamingList()), True),
        (Failure(Gone("old")), Waiting(FIRST, StreamingList()), True),
    ],
)
def test_where_a_streaming_list_goes(seen: Input, after: object, can_stream: bool) -> None:
    reached = step(Position(StreamingList(), can_stream=True), seen)
    assert (reached.state, reached.can_stream) == (after, can_stream)


def test_it_begins_with_a_list_or_behind_a_version() -> None:
    assert begin().state == Listing()
    assert begin(streaming=True).state == StreamingList()
    assert begin(version="7").state == Watching("7")
    lost = step(begin(version="7", streaming=True), Failure(Gone("old")))
    assert lost.state == StreamingList()


def test_pauses_double_up_to_half_a_minute_and_a_healthy_stream_ends_them() -> None:
    position = Position(Watching("7"))
    pauses: list[float] = []
    for _ in range(9):
        position = step(position, Failure(BROKEN, "7", 119, True, chance=1))
        assert isinstance(position.state, Waiting)
        pauses.append(position.state.seconds)
        position = step(position, Waited())
    assert pauses == [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]
    assert step(position, Failure(BROKEN, "7", 120, True, chance=0)).state == Waiting(0.4, Watching("7"))
    assert step(position, StreamEnded("7", 250, False)).failures == 0


def test_gone_again_and_again_is_not_listed_in_a_circle() -> None:
    position = step(Position(Watching("7")), Failure(Gone("old"), "7"))
    position = step(position, PageListed("8"))
    position = step(position, Failure(Gone("old"), "8"))
    assert position.state == Waiting(1.2, Listing())


def test_what_can_t_be_read_three_times_is_passed_by_a_list() -> None:
    position = Position(Watching("7"))
    states: list[object] = []
    for _ in range(3):
        position = step(position, Failure(InvalidResponse("<html>"), "7"))
        assert isinstance(position.state, Waiting)
        states.append(position.state.then)
        position = step(position, Waited())
    assert states == [Watching("7"), Watching("7"), Listing()]


ERRORS: list[KubexException] = [
    BROKEN,
    BUSY,
    Forbidden("no"),
    Gone("old"),
    InvalidResponse("<html>"),
    NotFound("no"),
    RequestTimeout("silent"),
    TOO_LARGE,
    UnprocessableEntity("sendInitialEvents"),
]


class WatchMachine(RuleBasedStateMachine):
    """Anything may happen in any order: versions never go back but by a list, and failures never make a busy circle."""

    def __init__(self) -> None:
        super().__init__()
        self.position = begin(streaming=True)
        self.version = 0
        self.listed = 0
        self.immediate_failures = 0

    @precondition(lambda self: isinstance(self.position.state, Waiting))
    @rule()
    def wait(self) -> None:
        self.position = step(self.position, Waited())

    @precondition(lambda self: isinstance(self.position.state, Listing))
    @rule(more=st.booleans())
    def list(self, more: bool) -> None:
        if self.position.state.token is None:  # type: ignore[union-attr]
            self.listed = self.version
        self.position = step(self.position, PageListed(str(self.listed), f"of-{self.listed}" if more else None))
        self.immediate_failures = 0 if more else self.immediate_failures

    @precondition(lambda self: isinstance(self.position.state, StreamingList))
    @rule()
    def mark_the_end(self) -> None:
        self.position = step(self.position, ListEnded(str(self.version)))

    @precondition(lambda self: isinstance(self.position.state, Watching | StreamingList))
    @rule(new=st.integers(0, 3), seconds=st.sampled_from([0.0, 0.5, 1.0, 119.0, 120.0, 250.0]), chance=st.floats(0, 1))
    def end(self, new: int, seconds: float, chance: float) -> None:
        self.version += new
        has_received = new > 0
        before = self.position.state
        self.position = step(self.position, StreamEnded(str(self.version), seconds, has_received, chance))
        if isinstance(before, Watching) and not has_received and seconds < 1:
            assert isinstance(self.position.state, Waiting)

    @precondition(lambda self: not isinstance(self.position.state, Waiting))
    @rule(error=st.sampled_from(ERRORS), new=st.integers(0, 3), chance=st.floats(0, 1))
    def fail(self, error: KubexException, new: int, chance: float) -> None:
        if isinstance(self.position.state, Watching):
            self.version += new
        self.position = step(self.position, Failure(error, str(self.version), 0.1, new > 0, chance))
        self.immediate_failures = 0 if isinstance(self.position.state, Waiting) else self.immediate_failures + 1

    @invariant()
    def no_more_than_a_few_failures_follow_each_other_without_a_pause(self) -> None:
        assert self.immediate_failures <= 3

    @invariant()
    def a_pause_is_neither_nothing_nor_for_ever(self) -> None:
        if isinstance(self.position.state, Waiting):
            assert 0.4 <= self.position.state.seconds <= 77

    @invariant()
    def a_stream_goes_on_where_it_was(self) -> None:
        state = self.position.state
        if isinstance(state, Waiting):
            state = state.then
        if isinstance(state, Watching):
            assert int(state.version) in (self.version, self.listed)


TestWatchMachine = WatchMachine.TestCase
