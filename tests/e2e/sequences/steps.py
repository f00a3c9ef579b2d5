"""Random sequences of calls as data: the same ones for two servers, each of which has its own uids and versions."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.e2e.patched_values import Objects, joined_members
from tests.e2e.sequences.kinds import KINDS

__all__ = ["Owner", "Step", "sequences"]


class Owner(NamedTuple):
    """A reference to an object of the sequence, which need not be there."""

    kind: str
    name: str
    flags: dict[str, bool]


class Step(NamedTuple):
    """A call.

    `options` are named in `Trial`, which carries it out. Where they tell of a version or uid, they say of which: the
    object's own as last seen (`live`), an earlier one of it (`old`), or what was never one.
    """

    action: str
    kind: str
    name: str
    options: dict[str, Any]


NAMES = st.sampled_from(["a", "a", "a", "b", "c"])
FINALIZERS = st.sampled_from([["a.b/c"], ["a.b/c", "d.e/f"], [], ["orphan"], ["foregroundDeletion"]])
LABELS = st.sampled_from([{"x": "1"}, {"x": "2"}, {"x": "1", "y": ""}, {}])
MATCHING_SELECTORS = st.sampled_from(["", "x=1", "x", "x in (1,3)", "x!=2", "!y"])  # those that match {"x": "1"}
SELECTORS = MATCHING_SELECTORS | st.sampled_from(["x=2", "y", "!x", "x notin (1)", "x=1,y", "x==", "x=1=2", "x in 1"])
MATCHING_FIELDS = st.sampled_from(["", "metadata.name!=a", "metadata.name!=b,metadata.name!=a"])
FIELDS = MATCHING_FIELDS | st.sampled_from(
    ["metadata.name=a", "metadata.name=a,metadata.namespace!=other", "status.phase=Pending", "type=Opaque", "a.b=c"]
)
POLICIES = st.sampled_from(["", "", "Background", "Foreground", "Orphan", "Wrong"])
VERSIONS = st.sampled_from(["live", "live", "old", "none", "wrong"])
DRY_RUN: Objects = st.sampled_from([{}, {}, {}, {"dryRun": "All"}])
VALIDATION: Objects = st.sampled_from(
    [{}, {}, {"fieldValidation": "Strict"}, {"fieldValidation": "Ignore"}, {"pretty": "x"}]
)
QUERIES: Objects = st.builds(joined_members, DRY_RUN, VALIDATION)
UNKNOWN: Objects = st.sampled_from([{}, {}, {}, {"nope": 1}, {"spec": {"nope": {}}}])
OPERATIONS: Objects = st.sampled_from(
    [
        {"op": "add", "path": "/metadata/labels", "value": {"x": "1"}},
        {"op": "add", "path": "/metadata/labels/y", "value": "2"},
        {"op": "replace", "path": "/metadata/labels/x", "value": "2"},
        {"op": "remove", "path": "/metadata/labels/x"},
        {"op": "remove", "path": "/metadata/finalizers"},
        {"op": "test", "path": "/metadata/name", "value": "a"},
        {"op": "test", "path": "/metadata/labels/x", "value": "1"},
        {"op": "move", "from": "/metadata/labels/x", "path": "/metadata/labels/z"},
        {"op": "copy", "from": "/metadata/name", "path": "/metadata/labels"},
        {"op": "add", "path": "/metadata/annotations", "value": {"n": "m"}},
        {"op": "add", "path": "/nope", "value": 1},
        {"op": "replace", "path": "/metadata/name", "value": "z"},
        {"op": "nope", "path": "/metadata"},
    ]
)
FORMS = st.sampled_from(["PartialObjectMetadata", "PartialObjectMetadataList", "PartialObjectMetadata;nope", "Nope"])
SCALE_OPERATIONS: Objects = st.sampled_from(
    [
        {"op": "replace", "path": "/spec/replicas", "value": 2},
        {"op": "add", "path": "/spec/replicas", "value": -1},
        {"op": "remove", "path": "/spec/replicas"},
        {"op": "test", "path": "/spec/replicas", "value": 1},
    ]
)
EPHEMERAL = st.sampled_from(
    [
        [{"name": "e", "image": "x"}],
        [{"name": "e", "image": "x", "targetContainerName": "c"}],
        [{"name": "e", "image": "y"}],
        [{"name": "c", "image": "x"}],
        [{"name": "f", "image": "x", "resources": {"limits": {"cpu": "1"}}}],
        [],
    ]
)
RESOURCES: Objects = st.sampled_from(
    [
        {"requests": {"cpu": "1"}},
        {"limits": {"cpu": "1"}},
        {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}},
        {"requests": {"memory": "x"}},
        {},
    ]
)
SPEC_FINALIZERS = st.sampled_from([[], ["kubernetes"], ["a.b/c"], ["bad"]])
# Their parts are of the same kinds, and their answers of the same sort, as what is listed.
WATCH_QUERIES: Objects = st.sampled_from(
    [
        {},
        {},
        {},
        {"allowWatchBookmarks": "true"},
        {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"},
        {"sendInitialEvents": "false", "resourceVersionMatch": "NotOlderThan"},
        {"sendInitialEvents": "true"},
        {"sendInitialEvents": "true", "resourceVersionMatch": "Exact"},
        {"resourceVersionMatch": "NotOlderThan"},
        {"limit": "1"},
        {"timeoutSeconds": "x"},
    ]
)
COLLECTION_ACTIONS = ["list", "list", "pages", "first page", "next page", "deletecollection", "watch", "watch"]


@st.composite
def metadata(draw: st.DrawFn, kinds: list[str], *, nulls: bool = False) -> dict[str, Any]:
    """Labels, finalizers, and owners to look up; in patches also the members that are to go."""
    owner = st.builds(Owner, st.sampled_from(kinds), NAMES, st.sampled_from([{}, {"controller": True}]))
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "labels": LABELS | (st.sampled_from([None, {"x": None}]) if nulls else st.nothing()),
                "finalizers": FINALIZERS | (st.none() if nulls else st.nothing()),
                "ownerReferences": st.lists(owner, max_size=2),
            },
        )
    )


@st.composite
def steps(draw: st.DrawFn, kinds: list[str]) -> Step:
    """One call on an object or a collection of these kinds."""
    # Long because it is the table of calls and what each may be given.
    kind_name = draw(st.sampled_from(kinds))
    kind = KINDS[kind_name]
    actions = ["create"] * 3 + ["update"] * 3 + ["patch"] * 4 + ["apply"] * 3 + ["delete"] * 3
    actions += ["get", "form", "finalizers"]
    actions += COLLECTION_ACTIONS if kind.namespaced else []
    actions += ["status", "apply status"] if kind.statuses else []
    actions += ["scale", "patch scale"] * 2 if kind.scale else []
    actions += [*["evict"] * 2, "bind", "ephemeral containers", "resize"] if kind.kind == "Pod" else []
    actions += ["finalize"] if kind.kind == "Namespace" else []
    action = draw(st.sampled_from(actions))
    content = st.sampled_from(range(len(kind.contents)))
    options: dict[str, st.SearchStrategy[Any]] = {
        "create": st.fixed_dictionaries(
            {
                "content": content,
                "metadata": metadata(kinds),
                "query": QUERIES,
                "unknown": UNKNOWN,
                "generated": st.sampled_from([0, 0, 0, 0, 1]),
            }
        ),
        "update": st.fixed_dictionaries(
            {
                "content": st.none() | content,
                "metadata": metadata(kinds),
                "query": QUERIES,
                "unknown": UNKNOWN,
                "version": VERSIONS,
            }
        ),
        "patch": st.fixed_dictionaries(
            {
                "type": st.sampled_from(["merge", "merge", "strategic", "strategic", "json", "json"]),
                "content": st.none() | content,
                "metadata": metadata(kinds, nulls=True),
                "operations": st.lists(OPERATIONS, max_size=2),
                "query": QUERIES,
                "unknown": UNKNOWN,
                "version": st.sampled_from(["none", "none", "live", "old"]),
                "status": st.booleans() if kind.statuses else st.just(False),
            }
        ),
        "apply": st.fixed_dictionaries(
            {
                "content": st.none() | content,
                "metadata": metadata(kinds),
                "query": QUERIES,
                "unknown": UNKNOWN,
                "manager": st.sampled_from(["one", "one", "two", ""]),
                "force": st.sampled_from(["", "true"]),
            }
        ),
        "form": st.fixed_dictionaries({"form": FORMS, "collection": st.booleans()}),
        "status": st.fixed_dictionaries(
            {"content": st.sampled_from(kind.statuses or ({},)), "query": DRY_RUN, "version": VERSIONS}
        ),
        "scale": st.fixed_dictionaries(
            {"content": st.sampled_from([0, 0, 1, -1]), "query": DRY_RUN, "version": VERSIONS}
        ),
        "apply status": st.fixed_dictionaries(
            {
                "content": st.sampled_from(kind.statuses or ({},)),
                "metadata": metadata(kinds),
                "query": DRY_RUN,
                "manager": st.sampled_from(["one", "two"]),
                "force": st.sampled_from(["", "true"]),
            }
        ),
        "patch scale": st.fixed_dictionaries(
            {
                "type": st.sampled_from(["merge", "json", "strategic", "apply"]),
                "operations": st.lists(SCALE_OPERATIONS, max_size=2),
                "content": st.sampled_from(
                    [{"replicas": 1}, {"replicas": 0}, {"replicas": None}, {}, {"replicas": "x"}]
                ),
                "query": DRY_RUN,
                "manager": st.sampled_from(["one", "two", ""]),
                "force": st.sampled_from(["", "true"]),
            }
        ),
        "bind": st.fixed_dictionaries({"node": st.sampled_from(["n", "m", ""]), "query": DRY_RUN}),
        "ephemeral containers": st.fixed_dictionaries(
            {"content": EPHEMERAL, "type": st.sampled_from(["strategic", "merge"]), "query": DRY_RUN}
        ),
        "resize": st.fixed_dictionaries({"content": RESOURCES, "query": DRY_RUN}),
        "finalize": st.fixed_dictionaries({"content": SPEC_FINALIZERS, "query": DRY_RUN, "version": VERSIONS}),
        "get": st.fixed_dictionaries({"version": st.sampled_from(["none", "none", "0", "live", "old", "wrong"])}),
        "finalizers": st.fixed_dictionaries({"content": FINALIZERS | st.just([])}),
        "delete": deletions(),
        "evict": deletions(),
        "deletecollection": st.fixed_dictionaries(
            {
                "selector": SELECTORS,
                "fields": FIELDS,
                "policy": POLICIES,
                "dry run": st.booleans(),
                "grace": st.sampled_from([None, None, 0, 5]),
                "limit": st.sampled_from([0, 0, 1]),
            }
        ),
        "list": st.fixed_dictionaries(
            {
                "selector": SELECTORS,
                "fields": FIELDS,
                "version": st.sampled_from(["none", "none", "now", "start", "0", "wrong"]),
                "match": st.sampled_from(["", "", "Exact", "NotOlderThan", "Wrong"]),
                "limit": st.sampled_from([0, 0, 1, 2]),
            }
        ),
        "pages": st.fixed_dictionaries({"selector": SELECTORS, "fields": FIELDS, "limit": st.sampled_from([1, 2])}),
        "watch": st.fixed_dictionaries(
            {
                "selector": MATCHING_SELECTORS,
                "fields": MATCHING_FIELDS,
                "version": st.sampled_from(["none", "now", "start", "0", "old", "wrong"]),
                "query": WATCH_QUERIES,
                "form": st.sampled_from(["", "", "", "PartialObjectMetadata"]),
            }
        ),
        "first page": st.fixed_dictionaries({"selector": SELECTORS}),
    }
    return Step(action, kind_name, draw(NAMES), draw(options.get(action, st.just({}))))


def deletions() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "policy": POLICIES,
            "grace": st.sampled_from([None, None, 0, 5, -1]),
            "uid": st.sampled_from(["none", "none", "live", "wrong"]),
            "version": st.sampled_from(["none", "none", "live", "old", "wrong"]),
            "dry run": st.sampled_from([False, False, False, True]),
        }
    )


@st.composite
def sequences(draw: st.DrawFn) -> list[Step]:
    """Calls on objects of one to three kinds; at first there is one of each."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3, unique=True))
    first = [
        Step("create", kind, "a", {"content": 0, "metadata": {}, "query": {}, "unknown": {}, "generated": 0})
        for kind in kinds
    ]
    return first + draw(st.lists(steps(kinds), min_size=4, max_size=14))
