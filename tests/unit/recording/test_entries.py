"""The file of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.recording.entries import (
    Entry,
    Header,
    RecordedResource,
    Recording,
    RecordingError,
    encoded_entry,
    encoded_header,
)
from tests.recordings import config_map, written

PODS = RecordedResource(api_version="v1", kind="Pod", plural="pods", namespaced=True, namespace="shop")
HEADER = Header(
    started_at="2026-01-01T00:00:00Z", kubernetes_version="v1.35.4", secret_data="masked", resources=(PODS,)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e6), st.sampled_from(["LISTED", "APPLIED", "DELETED"]), st.dictionaries(st.text(), JSON)
        )
    )
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, given: list[tuple[Any, ...]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    entries = [
        Entry(at=at, event=event, resource=0, object={**content, "metadata": {"name": "a", "uid": "1"}})
        for at, event, content in sorted(given, key=lambda each: each[0])
    ]
    path.write_bytes(encoded_header(HEADER) + b"".join(map(encoded_entry, entries)))
    with Recording(path) as recording:
        assert recording.header == HEADER
        assert list(recording) == entries


def test_the_header_names_the_format_first() -> None:
    line = encoded_header(HEADER)
    assert line.startswith(b'{"format":"kubex/recording","formatVersion":1,')
    assert json.loads(line)["resources"] == [
        {"apiVersion": "v1", "kind": "Pod", "plural": "pods", "namespaced": True, "namespace": "shop"}
    ]


def test_a_line_that_was_cut_off_never_came_to_be(tmp_path: Path) -> None:
    path = written(tmp_path / "cut.jsonl", (0, "APPLIED", config_map("a", "1")), (1, "APPLIED", config_map("b", "2")))
    path.write_bytes(path.read_bytes()[:-20])
    with Recording(path) as recording:
        assert [entry.at for entry in recording] == [0]


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([(0, "CHANGED", config_map("a", "1"))], "line 2: Invalid enum value 'CHANGED'"),
        ([(0, "APPLIED")], "line 2: it has no object with a name and a uid"),
        ([(0, "LISTED", {"metadata": {"name": "a"}})], "line 2: it has no object with a name and a uid"),
        ([(0, "LIST_STARTED"), (1, "LISTED", config_map("a", "1"), 1)], "line 3: there is no resource 1"),
        ([(2, "LIST_STARTED"), (1, "LIST_COMPLETED")], "line 3: it is earlier than the line before"),
    ],
)
def test_lines_that_are_no_entries(tmp_path: Path, entries: list[tuple[Any, ...]], why: str) -> None:
    path = written(tmp_path / "bad.jsonl", *entries)
    with Recording(path) as recording, pytest.raises(RecordingError) as raised:
        list(recording)
    assert str(raised.value).startswith(f"{path}: {why}")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a recording: its first line has no format 'kubex/recording'"),
        (b'{"format":"kubex.testing/snapshot"}\n', "not a recording: its first line has no format 'kubex/recording'"),
        (b"\xff\n", "not a recording: its first line has no format 'kubex/recording'"),
        (
            b'{"format":"kubex/recording","formatVersion":2}\n',
            "the recording's formatVersion is 2, and this kubex reads 1",
        ),
        (b'{"format":"kubex/recording","formatVersion":1}\n', "line 1: Object missing required field `startedAt`"),
    ],
)
def test_files_that_are_no_recordings(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as raised:
        Recording(path)
    assert str(raised.value) == f"{path}: {why}"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="can't be read: No such file"):
        Recording(tmp_path / "none.jsonl")
