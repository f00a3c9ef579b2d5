"""The one error that the testbed raises on purpose."""

from __future__ import annotations

__all__ = ("TestbedError",)


class TestbedError(Exception):
    """Something the testbed needs is missing, or a component did not do its part; the message says what to do."""

    __test__ = False  # the name starts as those of pytest's test classes do
