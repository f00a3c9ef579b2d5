"""Random objects for the properties of patches: small, so that parts of them meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["1", "2"])
LABELS = st.dictionaries(NAMES, VALUES, max_size=3)
FINALIZERS = st.lists(st.sampled_from(["x.y/a", "x.y/b", "x.y/c"]), unique=True, max_size=3)


def optional(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def keyed(items: st.SearchStrategy[dict[str, Any]], *keys: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(items, unique_by=lambda item: tuple(item.get(key) for key in keys), max_size=3)


ENVIRONMENT = keyed(
    st.fixed_dictionaries({"name": NAMES, "value": VALUES}),
    "name",
)
PORTS = keyed(
    st.fixed_dictionaries(
        {"containerPort": st.sampled_from([80, 81])}, optional={"protocol": st.sampled_from(["TCP", "UDP"])}
    ),
    "containerPort",
).map(lambda ports: [port if "protocol" in port else {**port, "protocol": "TCP"} for port in ports])
CONTAINERS = keyed(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "image": VALUES,
            "args": st.lists(VALUES, max_size=2),
            "env": ENVIRONMENT,
            "ports": PORTS,
            "resources": optional(limits=st.dictionaries(st.sampled_from(["cpu", "memory"]), VALUES, max_size=2)),
        },
    ),
    "name",
)
METADATA = optional(labels=LABELS, annotations=LABELS, finalizers=FINALIZERS)
POD_SPECS = optional(
    containers=CONTAINERS,
    nodeSelector=LABELS,
    tolerations=st.lists(st.fixed_dictionaries({"key": NAMES}), max_size=2),
    dnsPolicy=VALUES,
)


def pods() -> st.SearchStrategy[dict[str, Any]]:
    """Pods with unique keys in their lists."""
    return st.builds(_pod, METADATA, optional(spec=POD_SPECS))


def _pod(metadata: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", **metadata}, **spec}
