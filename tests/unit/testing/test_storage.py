"""The storage against a simple model: a copy of everything at every revision."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kubex.testing.storage import Change, Compacted, JsonObject, Key, Storage

KEYS = st.builds(Key, st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y", "z"]))


class StorageMachine(RuleBasedStateMachine):
    """Random changes; then every revision can be read back, and every history replays to the present."""

    def __init__(self) -> None:
        super().__init__()
        self.storage = Storage(history=8)
        self.now: dict[Key, int] = {}
        self.snapshots: dict[int, dict[Key, int]] = {self.storage.revision: {}}
        self.told: list[Change] = []
        self.storage.subscribe("pods", self.told.append)

    def snapshot(self) -> None:
        self.snapshots[self.storage.revision] = dict(self.now)

    @rule(key=KEYS, value=st.integers())
    def put(self, key: Key, value: int) -> None:
        entry = self.storage.put("pods", key, {"metadata": {"name": key.name}, "value": value})
        assert entry.object["metadata"]["resourceVersion"] == str(self.storage.revision)
        self.now[key] = value
        self.snapshot()

    @rule(key=KEYS)
    def remove(self, key: Key) -> None:
        if key not in self.now:
            with pytest.raises(KeyError):
                self.storage.remove("pods", key)
            return
        assert self.storage.remove("pods", key).object["value"] == self.now.pop(key)
        self.snapshot()

    @rule()
    def change_another_resource(self) -> None:
        self.storage.put("nodes", Key("", "n"), {"metadata": {}})
        self.snapshot()

    @rule()
    def compact(self) -> None:
        self.storage.compact()
        with pytest.raises(Compacted):
            self.storage.changes_since("pods", self.storage.revision - 1)

    @invariant()
    def the_present_is_right(self) -> None:
        found = {key: entry.object["value"] for key, entry in self.storage.scan("pods")}
        assert found == self.now
        assert list(found) == sorted(found)
        assert self.storage.count("pods") == len(self.now)

    @invariant()
    def the_past_is_right_or_refused(self) -> None:
        for revision, snapshot in self.snapshots.items():
            try:
                past = {key: entry.object["value"] for key, entry in self.storage.scan("pods", at=revision)}
                changes = self.storage.changes_since("pods", revision)
            except Compacted:
                continue
            assert past == snapshot
            for change in changes:
                if change.type == "DELETED":
                    del snapshot[change.key]
                else:
                    snapshot[change.key] = change.entry.object["value"]
            self.snapshots[revision] = past
            assert snapshot == self.now

    @invariant()
    def subscribers_are_told_everything_in_order(self) -> None:
        revisions = [change.entry.revision for change in self.told]
        assert revisions == sorted(set(revisions))
        replayed: dict[Key, int] = {}
        for change in self.told:
            if change.type == "DELETED":
                del replayed[change.key]
            else:
                assert (change.type == "ADDED") == (change.key not in replayed)
                replayed[change.key] = change.entry.object["value"]
        assert replayed == self.now


TestStorage = StorageMachine.TestCase


def test_scans_by_namespace_and_from_a_key() -> None:
    storage = Storage()
    for namespace, name in (("b", "1"), ("a", "2"), ("a", "1"), ("ab", "1")):
        storage.put("pods", Key(namespace, name), {})
    assert [key for key, _ in storage.scan("pods")] == [("a", "1"), ("a", "2"), ("ab", "1"), ("b", "1")]
    assert [key.name for key, _ in storage.scan("pods", namespace="a")] == ["1", "2"]
    assert [key for key, _ in storage.scan("pods", after=Key("a", "1"))] == [("a", "2"), ("ab", "1"), ("b", "1")]
    assert [key for key, _ in storage.scan("pods", namespace="a", after=Key("a", "2"))] == []


def test_an_object_is_encoded_once() -> None:
    entry = Storage().put("pods", Key("", "x"), {"a": 1})
    assert entry.encoded == b'{"a":1,"metadata":{"resourceVersion":"2"}}'
    assert entry.encoded is entry.encoded


def test_what_is_left_of_an_object_is_worked_out_once_it_is_read() -> None:
    asked: list[JsonObject] = []

    def finish(state: JsonObject) -> JsonObject:
        asked.append(state)
        return {**state, "more": len(asked)}

    storage = Storage()
    entry = storage.put("pods", Key("", "x"), {"a": 1}, finish)
    removed = storage.remove("pods", Key("", "x"))
    assert (entry.state["a"], asked) == (1, [])
    assert removed.object == {"a": 1, "more": 1, "metadata": {"resourceVersion": "3"}}
    assert entry.object is entry.object
    assert entry.encoded == b'{"a":1,"metadata":{"resourceVersion":"2"},"more":1}'
    assert (entry.finish, len(asked)) == (None, 1)


def test_changes_that_nobody_has_read_take_about_as_much_as_others_like_them() -> None:
    storage = Storage(history_bytes=100_000)
    first = storage.revision
    for number in range(300):
        text = "a" * (1000 if number < 150 else 2000)
        storage.put("pods", Key("", "x"), {"text": text}, lambda state: state)
    kept = len(storage.changes_since("pods", storage._oldest["pods"]))
    assert 45 <= kept <= 70
    with pytest.raises(Compacted):
        storage.changes_since("pods", first)
    assert all(change.entry.finish is not None for change in storage.changes_since("pods", storage._oldest["pods"]))


def test_the_history_is_bounded() -> None:
    storage = Storage(history=2)
    first = storage.revision
    for value in range(3):
        storage.put("pods", Key("", "x"), {"value": value})
    with pytest.raises(Compacted, match=r"too old resource version: 1 \(2\)"):
        storage.changes_since("pods", first)
    assert len(storage.changes_since("pods", first + 1)) == 2


def test_the_history_is_bounded_by_what_it_holds() -> None:
    storage = Storage(history_bytes=1000)
    first = storage.revision
    for text in ("a" * 10, "b" * 600, "c" * 600):
        storage.put("pods", Key("", "x"), {"text": text})
    storage.put("nodes", Key("", "n"), {})
    with pytest.raises(Compacted):
        storage.changes_since("pods", first + 1)
    assert [change.entry.object["text"][0] for change in storage.changes_since("pods", first + 2)] == ["c"]
    storage.put("pods", Key("", "x"), {"text": "d" * 2000})
    assert [change.entry.object["text"][0] for change in storage.changes_since("pods", first + 4)] == ["d"]
    assert len(storage.changes_since("nodes", first)) == 1


def test_an_ended_subscription_is_silent() -> None:
    storage = Storage()
    told: list[Change] = []
    end = storage.subscribe("pods", told.append)
    end()
    end()
    storage.put("pods", Key("", "x"), {})
    assert told == []
