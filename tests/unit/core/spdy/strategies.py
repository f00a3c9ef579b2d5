"""Frames of SPDY for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from kubex.core.spdy.frames import (
    Data,
    Frame,
    GoAway,
    Headers,
    Ping,
    RstStream,
    Setting,
    Settings,
    SynReply,
    SynStream,
    WindowUpdate,
)

IDS = st.integers(0, 2**31 - 1)
NUMBERS = st.integers(0, 2**32 - 1)
TEXTS = st.text(st.characters(max_codepoint=0xFF), max_size=20)
NAMES = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz-:"), min_size=1, max_size=12)
HEADERS = st.dictionaries(NAMES, TEXTS, max_size=5)

CONTROL_FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(
        SynStream,
        IDS,
        HEADERS,
        fin=st.booleans(),
        unidirectional=st.booleans(),
        associated_to=IDS,
        priority=st.integers(0, 7),
    ),
    st.builds(SynReply, IDS, HEADERS, st.booleans()),
    st.builds(Headers, IDS, HEADERS, st.booleans()),
    st.builds(RstStream, IDS, NUMBERS),
    st.builds(Ping, NUMBERS),
    st.builds(GoAway, IDS, NUMBERS),
    st.builds(WindowUpdate, IDS, IDS),
    st.builds(
        Settings,
        st.lists(st.builds(Setting, st.integers(0, 2**24 - 1), NUMBERS, st.integers(0, 255)), max_size=4).map(tuple),
        st.booleans(),
    ),
)
DATA_FRAMES = st.builds(Data, IDS, st.binary(max_size=40), st.booleans())
FRAMES: st.SearchStrategy[Frame] = CONTROL_FRAMES | DATA_FRAMES


def in_pieces(data: st.DataObject, stream: bytes) -> list[bytes]:
    """Cut a stream of bytes anywhere."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    return [stream[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
