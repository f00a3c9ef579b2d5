"""What is to be warned of in a change, noted by what can't answer it: it goes with the answer, whatever that is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from kubex.testing.failures import ApiFailure

__all__ = ["add_warning", "collected_warnings"]

_collected: ContextVar[list[str] | None] = ContextVar("_collected", default=None)


def add_warning(text: str) -> None:
    """Note a warning, once; nothing where nobody collects them."""
    collected = _collected.get()
    if collected is not None and text not in collected:
        collected.append(text)


@contextmanager
def collected_warnings() -> Generator[list[str]]:
    """Collect the warnings of a change; a refusal takes them along."""
    collected: list[str] = []
    token = _collected.set(collected)
    try:
        yield collected
    except ApiFailure as failure:
        failure.warnings = (*failure.warnings, *collected)
        raise
    finally:
        _collected.reset(token)
