"""Signals as exceptions."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from testbed.interruption import Interrupted, Interruption

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield Interruption()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_raises(interruption: Interruption, number: signal.Signals) -> None:
    with pytest.raises(Interrupted, match=number.name) as caught:
        signal.raise_signal(number)
    assert caught.value.number == number


def test_the_first_signal_counts(interruption: Interruption) -> None:
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)


def test_what_is_deferred_is_finished(interruption: Interruption) -> None:
    done: list[str] = []
    with pytest.raises(Interrupted, match="SIGTERM"), interruption.deferred():
        signal.raise_signal(signal.SIGTERM)
        done.append("finished")
    assert done == ["finished"]


def test_no_signal(interruption: Interruption) -> None:
    with interruption.deferred():
        pass
