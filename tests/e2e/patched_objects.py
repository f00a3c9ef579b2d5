"""Random requests that change objects, for the server and for what does the same: objects, applied ones and patches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from hypothesis import strategies as st

from tests.e2e.custom_kind import CUSTOM_GROUP, CUSTOM_SPECS, CUSTOM_STATUSES
from tests.e2e.patched_values import (
    LABELS,
    MANAGED_METADATA,
    METADATA,
    METADATA_PATCHES,
    NAMES,
    VALUES,
    Object,
    Objects,
    joined_members,
    keyed,
    nullable,
    optional,
)

Operation: TypeAlias = Literal["apply", "replace", "merge", "strategic"]


@dataclass(frozen=True)
class Step:
    """One request that changes an object."""

    operation: Operation
    manager: str
    force: bool
    content: Object
    subresource: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind to try requests on."""

    group: str
    name: str
    plural: str
    whole: Objects = field(repr=False)
    """Objects with everything in them that the server would fill in, so that its defaults don't matter."""
    applied: Objects = field(repr=False)
    """Objects that name a few fields."""
    patches: Objects = field(repr=False)
    """Merge patches, good as strategic ones too, that leave no room for defaults either."""
    statuses: Objects | None = field(default=None, repr=False)
    """Objects with a status, and with more that a request for the status alone does not set."""

    @property
    def api_version(self) -> str:
        return f"{self.group}/v1" if self.group else "v1"

    def path(self, namespace: str) -> str:
        prefix = f"/apis/{self.group}" if self.group else "/api"
        return f"{prefix}/v1/namespaces/{namespace}/{self.plural}"


def _replacing(value: Object) -> Object:
    return {"$patch": "replace", **value}


ENVIRONMENT = keyed(st.fixed_dictionaries({"name": NAMES, "value": VALUES}), "name")
PORTS = keyed(
    st.fixed_dictionaries({"containerPort": st.sampled_from([80, 81]), "protocol": st.sampled_from(["TCP", "UDP"])}),
    "containerPort",
)
IN_CONTAINERS: dict[str, st.SearchStrategy[Any]] = {
    "args": st.lists(VALUES, min_size=1, max_size=2),
    "env": ENVIRONMENT,
    "ports": PORTS,
    "tty": st.booleans(),
    "securityContext": optional(privileged=st.booleans(), runAsUser=st.sampled_from([0, 1])),
}
APPLIED_CONTAINERS = keyed(
    st.fixed_dictionaries(
        {"name": NAMES, "image": st.sampled_from(["x:1", "y:1"])},
        optional={
            **IN_CONTAINERS,
            "resources": optional(limits=st.dictionaries(st.sampled_from(["cpu", "memory"]), VALUES)),
        },
    ),
    "name",
    least=1,
)
FILLED_IN_CONTAINERS: dict[str, st.SearchStrategy[Any]] = {
    "image": st.sampled_from(["x:1", "y:1"]),
    "imagePullPolicy": st.sampled_from(["Always", "IfNotPresent"]),
    "resources": st.just({}),
    "terminationMessagePath": st.just("/dev/termination-log"),
    "terminationMessagePolicy": st.just("File"),
}
WHOLE_CONTAINERS = keyed(
    st.fixed_dictionaries({"name": NAMES, **FILLED_IN_CONTAINERS}, optional=IN_CONTAINERS), "name", least=1
)
# What says nothing to the server: it leaves such fields out.
NOISE = optional(hostNetwork=st.just(False), hostname=st.just(""), nodeSelector=st.just({}), tolerations=st.just([]))
IN_PODS: dict[str, st.SearchStrategy[Any]] = {
    "nodeSelector": LABELS,
    "tolerations": st.lists(st.fixed_dictionaries({"key": NAMES, "operator": st.just("Exists")}), max_size=2),
    "hostAliases": keyed(
        st.fixed_dictionaries({"ip": st.sampled_from(["10.0.0.1", "10.0.0.2"]), "hostnames": st.just(["h"])}), "ip"
    ),
}
WHOLE_POD_SPECS = st.builds(
    joined_members,
    NOISE,
    st.fixed_dictionaries(
        {
            "containers": WHOLE_CONTAINERS,
            "restartPolicy": st.just("Always"),
            "terminationGracePeriodSeconds": st.sampled_from([0, 30]),
            "dnsPolicy": st.sampled_from(["ClusterFirst", "Default"]),
            "securityContext": st.just({}),
            "schedulerName": st.just("default-scheduler"),
        },
        optional=IN_PODS,
    ),
)
APPLIED_POD_SPECS = st.fixed_dictionaries(
    {"containers": APPLIED_CONTAINERS},
    optional={**IN_PODS, "dnsPolicy": st.sampled_from(["ClusterFirst", "Default"])},
)
POD_SPEC_PATCHES = optional(
    containers=WHOLE_CONTAINERS, dnsPolicy=st.sampled_from(["ClusterFirst", "Default"]), nodeSelector=nullable(LABELS)
)


def template(specs: Objects, labels: Objects) -> Objects:
    return st.fixed_dictionaries({"metadata": st.fixed_dictionaries({"labels": labels}), "spec": specs})


SELECTED = LABELS.map(lambda labels: {**labels, "selected": "yes"})
SELECTOR = {"matchLabels": {"selected": "yes"}}
STRATEGIES: Objects = st.sampled_from(
    [{"type": "Recreate"}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}}]
)
APPLIED_DEPLOYMENTS = st.fixed_dictionaries(
    {"selector": st.just(SELECTOR), "template": template(APPLIED_POD_SPECS, SELECTED)},
    optional={"paused": st.booleans(), "minReadySeconds": st.sampled_from([0, 1])},
)
WHOLE_DEPLOYMENTS = st.fixed_dictionaries(
    {
        "replicas": st.just(0),
        "selector": st.just(SELECTOR),
        "strategy": STRATEGIES,
        "template": template(WHOLE_POD_SPECS, SELECTED),
        "revisionHistoryLimit": st.sampled_from([1, 10]),
        "progressDeadlineSeconds": st.just(600),
    },
    optional={"paused": st.booleans(), "minReadySeconds": st.sampled_from([0, 1])},
)

SERVICE_PORTS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "port": st.sampled_from([80, 81]),
        "protocol": st.sampled_from(["TCP", "UDP"]),
        "targetPort": st.sampled_from([80, "http"]),
    }
)
# Unlike its kind's, the key of a strategic merge is the port alone.
UNIQUE_PORTS = st.lists(
    SERVICE_PORTS, unique_by=(lambda port: port["name"], lambda port: port["port"]), min_size=1, max_size=2
)
WHOLE_SERVICES = st.fixed_dictionaries(
    {
        "ports": UNIQUE_PORTS,
        "type": st.just("ClusterIP"),
        "sessionAffinity": st.just("None"),
        "internalTrafficPolicy": st.sampled_from(["Cluster", "Local"]),
    },
    optional={"selector": LABELS, "publishNotReadyAddresses": st.booleans()},
)
APPLIED_SERVICES = st.fixed_dictionaries({"ports": UNIQUE_PORTS}, optional={"selector": LABELS})


CONDITIONS = keyed(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["A", "B"]),
            "status": st.sampled_from(["True", "False"]),
            "reason": st.just("Because"),
            "message": VALUES,
            "lastTransitionTime": st.just("2026-11-21T11:37:51Z"),
        }
    ),
    "type",
)
SERVICE_STATUSES = st.fixed_dictionaries(
    {"status": optional(conditions=CONDITIONS)},
    optional={"metadata": METADATA, "spec": optional(selector=LABELS)},
)


def objects(metadata: Objects, **members: Objects) -> Objects:
    return st.fixed_dictionaries({"metadata": metadata, **members})


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "",
            "ConfigMap",
            "configmaps",
            st.fixed_dictionaries(
                {"metadata": METADATA | MANAGED_METADATA}, optional={"data": LABELS, "immutable": st.just(False)}
            ),
            st.fixed_dictionaries({"metadata": METADATA | MANAGED_METADATA}, optional={"data": nullable(LABELS)}),
            optional(
                metadata=METADATA_PATCHES,
                data=nullable(st.dictionaries(NAMES, nullable(VALUES), max_size=2)),
            ),
        ),
        Kind(
            "",
            "Service",
            "services",
            objects(METADATA, spec=WHOLE_SERVICES),
            objects(METADATA, spec=APPLIED_SERVICES),
            optional(metadata=METADATA_PATCHES, spec=optional(ports=UNIQUE_PORTS, selector=nullable(LABELS))),
            SERVICE_STATUSES,
        ),
        Kind(
            "",
            "PodTemplate",
            "podtemplates",
            objects(METADATA, template=template(WHOLE_POD_SPECS, LABELS)),
            objects(METADATA, template=template(APPLIED_POD_SPECS, LABELS)),
            optional(metadata=METADATA_PATCHES, template=optional(spec=POD_SPEC_PATCHES)),
        ),
        Kind(
            "apps",
            "Deployment",
            "deployments",
            objects(METADATA, spec=WHOLE_DEPLOYMENTS),
            objects(METADATA, spec=APPLIED_DEPLOYMENTS),
            optional(
                metadata=METADATA_PATCHES,
                spec=optional(
                    template=optional(spec=POD_SPEC_PATCHES),
                    strategy=STRATEGIES.map(_replacing),
                ),
            ),
        ),
        Kind(
            CUSTOM_GROUP,
            "Backup",
            "backups",
            objects(METADATA, spec=CUSTOM_SPECS),
            objects(METADATA, spec=CUSTOM_SPECS),
            optional(metadata=METADATA_PATCHES, spec=CUSTOM_SPECS),
            CUSTOM_STATUSES,
        ),
    )
}


def steps(kind: Kind) -> st.SearchStrategy[list[Step]]:
    """Requests that change one object, one after the other; the first makes it."""

    def step(operation: Operation, content: Objects, subresource: str = "") -> st.SearchStrategy[Step]:
        managers = st.sampled_from(["one", "two", "three"])
        return st.builds(Step, st.just(operation), managers, st.booleans(), content, st.just(subresource))

    merges = kind.patches.filter(lambda patch: "$patch" not in str(patch))
    first = step("apply", kind.applied) | step("replace", kind.whole)
    more = first | step("apply", kind.applied) | step("merge", merges)
    if kind.group != CUSTOM_GROUP:
        more |= step("strategic", kind.patches)
    if kind.statuses is not None:
        more |= step("apply", kind.statuses, "status") | step("merge", kind.statuses, "status")
    return st.builds(_joined, first, st.lists(more, max_size=6))


def _joined(first: Step, more: list[Step]) -> list[Step]:
    return [first, *more]
