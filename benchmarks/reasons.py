"""Why bounds are missed: what the profiles say of figures that fall short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.results import Figure

__all__ = ["REASONS", "Reason", "reason_of"]


class Reason(NamedTuple):
    """What explains figures.

    Args:
        workloads: whose figures.
        about: which of them: words that their text has.
        worst: how far from its bound a figure may be at most, as a share of it: one that is worse is not explained.
        why: what the profile says.
    """

    workloads: Sequence[str]
    about: str
    worst: float
    why: str


_IMPORTED = (
    "Four fifths of what kubex imports are aiohttp, Pydantic, msgspec and anyio (`imports`). The others have"
    " httpx or nothing in their place."
)

REASONS: Sequence[Reason] = (
    Reason(
        ("get",),
        "bare aiohttp request",
        1.15,
        "Profiled on a faster machine, where a bare request took 155 µs (289 in this run): of some 42 µs that kubex"
        " added, about 30 were the decoding of the pod (15 in a tight loop: between two requests the processor's"
        " caches are cold). The request alone, with credentials, checks and errors, took less than the bare one, as it"
        " needs no timer of its own.",
    ),
    Reason(
        ("server-cron-jobs",),
        "20 CronJobs",
        6.5,
        "1,200 Jobs and as many pods come to 28,000 changes, 10,600 of them events: a second would leave 35 µs for"
        " each. The profile is flat: a third of it are updates, a fifth creations, an eighth telling those who"
        " follow changes.",
    ),
    Reason(
        ("exec-stdin", "forward-up"),
        "to kubectl's",
        1.7,
        "Two thirds are TLS and the sockets. The rest are copies that kubectl does not make, one for the channel's"
        " byte, one for the mask and one for the frame; larger messages help no more, as above 256 KiB asyncio's"
        " TLS takes three times as long. On another machine it was 1.20 for a command and 0.73 for a port.",
    ),
    Reason(("peers-import",), "lightkube", 2.5, _IMPORTED),
    Reason(("peers-import",), "", 1.6, _IMPORTED),
    Reason(
        ("peers-list-100", "peers-list-500"),
        "lightkube",
        1.3,
        "It makes the parts of an object when they are read, and three fields of each pod are. Of the 8 ms that a"
        " list of 100 (0.8 MB) takes kubex, 3.7 are decoding and the rest TLS, the body's copies, and freeing the"
        " list before. With 5,000 pods lightkube takes 2.8 times as long.",
    ),
    Reason(
        ("peers-list-100", "peers-list-500", "peers-list", "peers-pages"),
        "earlier kubex",
        1.45,
        "Decoding alone it takes 4.7 times as long, a whole list of 5,000 pods 3.1 times; the smaller a list is, the"
        " more of it are the same TLS, reading of the body and freeing of the list before.",
    ),
    Reason(
        ("peers-watch",),
        "lightkube",
        2.2,
        "Every event comes alone here, 5 ms after the one before, to caches that are cold: reading it takes a blocking"
        " socket 90 µs, a bare asyncio connection 200, aiohttp 220 and kubex with decoding 329. lightkube reads from a"
        " blocking socket, and makes the parts of a pod when they are read: 379. Events that come together take kubex"
        " 54 µs each (`watch`).",
    ),
    Reason(
        ("peers-watch",),
        "earlier kubex",
        2,
        "The same: of 556 µs an event 220 are aiohttp's, as they are of kubex' 329.",
    ),
    Reason(
        ("peers-cache",),
        "Wall time of client-go, protobuf",
        1.4,
        "Of 198 µs a pod kubex computes 100, less than client-go (116); the rest it waits for the server, as kube-rs"
        " does (89): the server writes the list as JSON, and for client-go as protobuf. In the same run as the others,"
        " on a busier machine, it was 0.49, in the run before 0.72.",
    ),
    Reason(
        ("peers-updates",),
        "kube-rs",
        1.1,
        "Each change comes alone, some 5 ms after the one before: half of what kubex takes for it is the reading of a"
        " bare asyncio connection, with caches that are cold. In two runs it came to 0.96, in one to 1.02.",
    ),
    Reason(
        ("peers-write", "peers-at-once"),
        "earlier kubex",
        1.1,
        "Both wait 7 ms for each answer, and nearly all that they take is the same connection by aiohttp: what is"
        " between them is less than the spread of either. In an earlier run it took 1.12 times as long.",
    ),
    Reason(
        ("peers-keep",),
        "lightkube",
        1.3,
        "Of a pod's 17.2 KB, 6.3 are its strings and 2.7 its `managedFields` as JSON, which all have to keep; 4.3"
        " are the objects themselves, 3.2 lists and dicts, which msgspec makes with some room to grow.",
    ),
)
"""A reason speaks of the recorded run; one that no missed figure needs any longer has no place here."""


def reason_of(figure: Figure) -> str | None:
    """Say why a figure misses its bound; `None` where nobody has found out, and where it could not be measured."""
    if figure.is_met or figure.unmeasured:
        return None
    distance = figure.bound / figure.measured if figure.is_minimum else figure.measured / figure.bound
    for reason in REASONS:
        if figure.workload in reason.workloads and reason.about in figure.text and distance <= reason.worst:
            return reason.why
    return None
