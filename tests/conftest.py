"""What every test has: the sizes of property tests, the event loops, the leak check, and the watch for credentials."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

pytest_plugins = ["tests.leaks", "tests.credential_watch"]

# A shell's background job begins with SIGINT ignored, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The ordinary targets run few examples, `make soak` many. Both of the same tests, so none has a number of its own.
# In CI the same ones each time: a new finding there belongs to no change.
settings.register_profile(
    "default", max_examples=50, deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile("soak", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile("soak" if os.environ.get("KUBEX_SOAK") else "default")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The event loop: a test marked `anyio` runs on each."""
    backend: str = request.param
    return backend
