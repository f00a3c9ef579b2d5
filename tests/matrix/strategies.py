"""Objects that any API server takes, with values of every type: quantities, times, numbers, bytes, free JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import strategies as st

__all__ = ["TAKEN"]

Objects = st.SearchStrategy[dict[str, Any]]

NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
VALUES = st.from_regex(r"([a-zA-Z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?", fullmatch=True)
KEYS = st.from_regex(r"[-_a-zA-Z0-9]{1,12}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PRINTABLE = st.text("abc XYZ019-_äöß日本語\U0001f600", max_size=12)
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.integers(-(10**6), 10**6).map(lambda value: value / 8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
QUANTITIES = st.one_of(
    st.builds("{}{}".format, st.integers(1, 9999), st.sampled_from(["", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E2"])),
    st.builds("{}.{}Gi".format, st.integers(1, 99), st.integers(0, 99)),
)
PERCENTAGES = st.integers(0, 99) | st.integers(1, 99).map("{}%".format)
PORTS = st.integers(1, 65535) | st.from_regex(r"[a-z]{1,8}", fullmatch=True)
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SECONDS = st.integers(-9, 2**40)
BYTES = st.sampled_from(["", "AP8=", "YWJj"])

LABELS = st.dictionaries(NAMES, VALUES, max_size=3)
METADATA = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "labels": LABELS,
        "annotations": st.dictionaries(NAMES, TEXT, max_size=3),
        "finalizers": st.lists(NAMES.map("example.com/{}".format), max_size=2, unique=True),
    },
)


def _objects(**parts: st.SearchStrategy[Any]) -> Objects:
    return st.fixed_dictionaries({"metadata": METADATA, **parts})


def _some(required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> Objects:
    return st.fixed_dictionaries(required, optional=optional)


def _named(parts: Objects, most: int = 2) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(parts, min_size=1, max_size=most, unique_by=lambda each: each["name"])


# What is limited is what is asked for.
RESOURCES = st.dictionaries(st.sampled_from(["cpu", "memory", "example.com/thing"]), st.integers(1, 99).map(str)).map(
    lambda amounts: {"limits": amounts, "requests": amounts}
)
PROBE = _some({"httpGet": _some({"port": PORTS}, path=PRINTABLE.map("/{}".format))}, periodSeconds=st.integers(1, 99))
CONTAINER = _some(
    {"name": NAMES, "image": NAMES},
    command=st.lists(TEXT, max_size=3),
    env=_named(_some({"name": KEYS.map("A{}".format)}, value=TEXT)),
    resources=RESOURCES,
    livenessProbe=PROBE,
    stdin=st.booleans(),
    terminationMessagePath=PRINTABLE.map("/{}".format),
)
VOLUME = st.one_of(
    _some({"name": NAMES, "emptyDir": _some({}, sizeLimit=QUANTITIES)}),
    _some({"name": NAMES, "configMap": _some({"name": NAMES}, defaultMode=st.integers(0, 0o777))}),
)
# Without what the server adds to lists: tolerations, and the volume with the account's token.
POD_SPEC = _some(
    {
        "containers": _named(CONTAINER),
        "automountServiceAccountToken": st.just(False),
        "tolerations": st.tuples(
            _some({"operator": st.just("Exists"), "effect": st.just("NoExecute")}, tolerationSeconds=SECONDS)
        ),
    },
    nodeSelector=LABELS,
    priorityClassName=st.just(""),
    terminationGracePeriodSeconds=st.integers(0, 2**40),
    volumes=_named(VOLUME),
)
APP: Final[dict[str, Any]] = {"app": "a"}
TEMPLATE = st.fixed_dictionaries({"metadata": st.just({"labels": APP}), "spec": POD_SPEC})
SURGE = st.fixed_dictionaries({"maxSurge": st.integers(1, 9), "maxUnavailable": PERCENTAGES})

TAKEN: Final[dict[str, tuple[str, Objects]]] = {
    "io.k8s.api.core.v1.ConfigMap": (
        "/api/v1/namespaces/{namespace}/configmaps",
        _objects(
            data=st.dictionaries(KEYS.map("a{}".format), TEXT, max_size=3),
            binaryData=st.dictionaries(KEYS.map("b{}".format), BYTES, max_size=2),
        ),
    ),
    "io.k8s.api.core.v1.Secret": (
        "/api/v1/namespaces/{namespace}/secrets",
        _objects(data=st.dictionaries(KEYS, BYTES, max_size=3), immutable=st.booleans()),
    ),
    "io.k8s.api.apps.v1.ControllerRevision": (
        "/apis/apps/v1/namespaces/{namespace}/controllerrevisions",
        _objects(data=st.dictionaries(TEXT, JSON, min_size=1, max_size=4), revision=st.integers(0, 2**63 - 1)),
    ),
    "io.k8s.api.coordination.v1.Lease": (
        "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases",
        _objects(
            spec=_some(
                {"holderIdentity": NAMES},
                acquireTime=MOMENTS.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"),
                leaseTransitions=st.integers(0, 2**31 - 1),
            )
        ),
    ),
    "io.k8s.api.core.v1.Pod": ("/api/v1/namespaces/{namespace}/pods", _objects(spec=POD_SPEC)),
    "io.k8s.api.core.v1.ResourceQuota": (
        "/api/v1/namespaces/{namespace}/resourcequotas",
        _objects(
            spec=_some({"hard": st.dictionaries(st.sampled_from(["requests.memory", "requests.storage"]), QUANTITIES)})
        ),
    ),
    "io.k8s.api.apps.v1.Deployment": (
        "/apis/apps/v1/namespaces/{namespace}/deployments",
        _objects(
            spec=_some(
                {"selector": st.just({"matchLabels": APP}), "template": TEMPLATE},
                replicas=st.integers(0, 2**31 - 1),
                strategy=st.fixed_dictionaries({"type": st.just("RollingUpdate"), "rollingUpdate": SURGE}),
                paused=st.booleans(),
            )
        ),
    ),
    "io.k8s.api.rbac.v1.ClusterRole": (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        _objects(
            rules=st.lists(
                st.fixed_dictionaries(
                    {
                        "apiGroups": st.lists(TEXT, min_size=1, max_size=2),
                        "resources": st.lists(TEXT, min_size=1, max_size=2),
                        "verbs": st.lists(TEXT, min_size=1, max_size=2),
                    }
                ),
                max_size=2,
            )
        ),
    ),
    "io.k8s.api.storage.v1.StorageClass": (
        "/apis/storage.k8s.io/v1/storageclasses",
        _objects(
            provisioner=NAMES.map("example.com/{}".format),
            parameters=st.dictionaries(KEYS, TEXT, max_size=3),
            allowVolumeExpansion=st.booleans(),
            mountOptions=st.lists(TEXT, max_size=2),
        ),
    ),
}
"""Definitions, with the path of their collection and objects that validation takes."""
