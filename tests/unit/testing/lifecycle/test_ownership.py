"""Who owns the fields of versions that nobody has read."""

from __future__ import annotations

from kubex.testing.lifecycle.ownership import carried_owners
from kubex.testing.storage import Entry, JsonObject

OWNERS = [{"manager": "somebody"}]


def test_the_owners_of_an_object_that_is_written_unread_for_long() -> None:
    def owned(state: JsonObject) -> JsonObject:
        return {**state, "metadata": {**state["metadata"], "managedFields": OWNERS}}

    entry = Entry({"metadata": {}}, 1, owned)
    for revision in range(2, 3000):
        entry = Entry({"metadata": {"resourceVersion": str(revision)}}, revision, carried_owners(entry))
    assert "managedFields" not in entry.state["metadata"]
    assert entry.object["metadata"] == {"resourceVersion": "2999", "managedFields": OWNERS}
    assert carried_owners(entry) is None
