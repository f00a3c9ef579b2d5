"""What the verbs do to objects, and the words in which they refuse."""

# Long because all verbs of the one interface below HTTP are tried here.

from __future__ import annotations

from typing import Any
from uuid import RFC_4122, UUID

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.requests import ChangeOptions, ListOptions, WatchOptions
from kubex.testing.storage import Key
from tests.unit.testing.clusters import OPTIONS, Cluster, config_map, owned_by, pod

CONFIG_MAPS = "v1/configmaps"


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_a_new_object_is_given_an_identity(cluster: Cluster) -> None:
    created = cluster.create(CONFIG_MAPS, {**config_map("a"), "data": {"x": "1"}})
    metadata = created["metadata"]
    assert (created["kind"], created["apiVersion"], created["data"]) == ("ConfigMap", "v1", {"x": "1"})
    assert metadata["namespace"] == "shop"
    assert metadata["resourceVersion"] == str(cluster.revision)
    assert len(metadata["uid"]) == 36
    assert metadata["creationTimestamp"].endswith("Z")
    assert [entry["manager"] for entry in metadata["managedFields"]] == ["tests"]
    assert cluster.get(CONFIG_MAPS, "a") == created


def test_a_generated_name_is_long_enough_and_short_enough(cluster: Cluster) -> None:
    created = cluster.create(CONFIG_MAPS, {"metadata": {"generateName": "x" * 70}})
    assert len(created["metadata"]["name"]) == 63
    assert created["metadata"]["name"].startswith("x" * 58)


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    (
        config_map("A"),
        422,
        'ConfigMap "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123',
    ),
    ({"metadata": {}}, 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'),
    (config_map("a", namespace="b"), 400, "the namespace of the provided object does not match the namespace sent on"),
    (config_map("a", resourceVersion="3"), 500, "resourceVersion should not be set on objects to be created"),
    (config_map("a", labels={"a b": ""}), 422, 'ConfigMap "a" is invalid: metadata.labels: Invalid value: "a b": name'),
    ({**config_map("a"), "kind": "Secret"}, 400, 'Secret in version "v1" cannot be handled as a ConfigMap: converting'),
    (
        {**config_map("a"), "apiVersion": "v2"},
        400,
        'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind',
    ),
    (
        {**config_map("a"), "data": {"x": 1}},
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go '
        "struct field ConfigMap.data of type string",
    ),
    (
        {"metadata": {"name": 1}},
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go '
        "struct field ObjectMeta.metadata.name of type string",
    ),
    (
        {**config_map("a"), "binaryData": {"x": "!!!"}},
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: illegal base64 data at input byte 0',
    ),
    (
        {**config_map("a"), "data": {"x": ""}, "binaryData": {"x": "YQ=="}},
        422,
        'ConfigMap "a" is invalid: data[x]: Invalid value: "x": duplicate of key present in binaryData',
    ),
]


@pytest.mark.parametrize(("body", "code", "message"), REFUSALS)
def test_refusals_of_new_objects(cluster: Cluster, body: dict[str, Any], code: int, message: str) -> None:
    with pytest.raises(ApiFailure) as caught:
        cluster.create(CONFIG_MAPS, body)
    assert caught.value.code == code
    assert str(caught.value).startswith(message)
    assert cluster.operations.list(cluster.resource(CONFIG_MAPS), "shop", ListOptions()).entries == []


def test_unknown_fields_are_warned_of_or_refused(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAPS)
    body: dict[str, Any] = {**config_map("a"), "dat": {}}
    with pytest.raises(ApiFailure, match='strict decoding error: unknown field "dat"') as caught:
        cluster.operations.create(resource, "shop", body, ChangeOptions(field_validation="Strict"))
    assert caught.value.code == 400
    outcome = cluster.operations.create(resource, "shop", body, ChangeOptions(dry_run=True))
    assert outcome.warnings == ('unknown field "dat"',)
    ignored = cluster.operations.create(resource, "shop", body, ChangeOptions(field_validation="Ignore"))
    assert ignored.warnings == ()
    assert "dat" not in ignored.entry.object


def test_a_dry_run_changes_nothing(cluster: Cluster) -> None:
    before = cluster.revision
    created = cluster.create(CONFIG_MAPS, config_map("a"), ChangeOptions(dry_run=True))
    assert "resourceVersion" not in created["metadata"]
    assert cluster.revision == before
    assert cluster.get(CONFIG_MAPS, "a") is None


def test_what_is_the_same_is_not_stored_again(cluster: Cluster) -> None:
    created = cluster.create(CONFIG_MAPS, {**config_map("a"), "data": {"x": "1"}})
    assert cluster.patch(CONFIG_MAPS, "a", {"data": {"x": "1"}}) == created
    changed = cluster.patch(CONFIG_MAPS, "a", {"data": {"x": "2"}})
    assert int(changed["metadata"]["resourceVersion"]) > int(created["metadata"]["resourceVersion"])


def test_a_stale_replacement_is_a_conflict(cluster: Cluster) -> None:
    created = cluster.create(CONFIG_MAPS, config_map("a"))
    cluster.patch(CONFIG_MAPS, "a", {"data": {"x": "1"}})
    with pytest.raises(ApiFailure, match="the object has been modified; please apply your changes") as caught:
        cluster.operations.replace(cluster.resource(CONFIG_MAPS), Key("shop", "a"), created, OPTIONS)
    assert caught.value.code == 409


def test_generations_count_changes_of_the_spec(cluster: Cluster) -> None:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": pod("x")["spec"]}
    place = "apps/v1/deployments"
    created = cluster.create(
        place, {"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": labels}, "template": template}}
    )
    assert created["metadata"]["generation"] == 1
    assert created["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert cluster.patch(place, "web", {"metadata": {"labels": labels}})["metadata"]["generation"] == 1
    patched = cluster.patch(place, "web", {"spec": {"replicas": 3}, "status": {"replicas": 9}})
    assert (patched["metadata"]["generation"], patched["status"]) == (2, {})
    patched = cluster.patch(place, "web", {"spec": {"replicas": 7}, "status": {"replicas": 3}}, subresource="status")
    assert (patched["spec"]["replicas"], patched["status"]["replicas"]) == (3, 3)
    assert patched["metadata"]["generation"] == 2
    scale = cluster.patch(place, "web", {"spec": {"replicas": 5}}, subresource="scale")
    assert (scale["kind"], scale["spec"], scale["status"]) == (
        "Scale",
        {"replicas": 5},
        {"replicas": 3, "selector": "app=web"},
    )
    assert cluster.patch(place, "web", {})["spec"]["replicas"] == 5


def test_finalizers_hold_an_object(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a", finalizers=["a.b/c"]))
    marked = cluster.delete(CONFIG_MAPS, "a")
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 0
    with pytest.raises(ApiFailure, match="no new finalizers can be added if the object is being deleted"):
        cluster.patch(CONFIG_MAPS, "a", {"metadata": {"finalizers": ["a.b/c", "a.b/d"]}})
    cluster.patch(CONFIG_MAPS, "a", {"metadata": {"finalizers": None}})
    assert cluster.get(CONFIG_MAPS, "a") is None


def test_a_name_is_taken_until_its_object_is_gone(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a", finalizers=["a.b/c"]))
    cluster.delete(CONFIG_MAPS, "a")
    with pytest.raises(ApiFailure, match=r'^object is being deleted: configmaps "a" already exists$'):
        cluster.create(CONFIG_MAPS, config_map("a"))


def test_a_version_to_delete_is_lost_where_finalizers_of_the_collector_go(cluster: Cluster) -> None:
    created = cluster.create(CONFIG_MAPS, config_map("a", finalizers=["orphan"]))
    version = created["metadata"]["resourceVersion"]
    with pytest.raises(
        ApiFailure, match=f"ResourceVersion in precondition: , ResourceVersion in object meta: {version}$"
    ):
        cluster.delete(CONFIG_MAPS, "a", propagationPolicy="Background", preconditions={"resourceVersion": version})
    assert cluster.get(CONFIG_MAPS, "a") == created


def test_jobs_are_warned_of_their_pods_whether_or_not_they_are_there(cluster: Cluster) -> None:
    jobs = cluster.resource("batch/v1/jobs")
    with pytest.raises(ApiFailure, match="not found") as caught:
        cluster.operations.delete(jobs, Key("shop", "a"), {})
    assert caught.value.warnings[0].startswith("child pods are preserved by default")
    outcome = cluster.operations.delete_collection(jobs, "shop", ListOptions(), {})
    assert outcome.warnings == caught.value.warnings
    with pytest.raises(ApiFailure, match='field label "a" not supported for Job'):
        cluster.operations.list(jobs, "shop", ListOptions(field_selector="a=b"))


def test_only_the_same_reference_is_an_owner_twice(cluster: Cluster) -> None:
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u"}
    body = config_map("a", ownerReferences=[owner, {**owner, "name": "p"}])
    config_maps = cluster.resource(CONFIG_MAPS)
    assert cluster.operations.create(config_maps, "shop", body, ChangeOptions(dry_run=True)).warnings == ()
    with pytest.raises(ApiFailure, match="not found") as caught:
        twice = config_map("b", ownerReferences=[owner, owner])
        cluster.operations.replace(config_maps, Key("shop", "b"), twice, OPTIONS)
    assert "duplicate UID(s) observed: u" in caught.value.warnings[0]


def test_a_replacement_that_creates_may_not_tell_what_is_no_version(cluster: Cluster) -> None:
    role: dict[str, Any] = {"metadata": {"name": "r", "resourceVersion": "x"}, "rules": []}
    with pytest.raises(ApiFailure, match=r'strconv.ParseUint: parsing "x"') as caught:
        cluster.operations.replace(
            cluster.resource("rbac.authorization.k8s.io/v1/roles"), Key("shop", "r"), role, OPTIONS
        )
    assert caught.value.code == 500


def test_pods_have_a_grace_period_once_they_are_on_a_node(cluster: Cluster) -> None:
    cluster.create("v1/pods", pod("free"))
    assert cluster.delete("v1/pods", "free")["kind"] == "Pod"
    assert cluster.get("v1/pods", "free") is None
    cluster.create("v1/pods", pod("bound", node="n"))
    assert cluster.delete("v1/pods", "bound")["metadata"]["deletionGracePeriodSeconds"] == 30
    again = cluster.delete("v1/pods", "bound", gracePeriodSeconds=5)
    assert again["metadata"]["deletionGracePeriodSeconds"] == 5
    cluster.operations.cluster.clock.skew_seconds = 6
    cluster.operations.expire()
    assert cluster.get("v1/pods", "bound") is None


def test_preconditions(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a"))
    with pytest.raises(
        ApiFailure, match=r"the UID in the precondition \(x\) does not match the UID in record"
    ) as caught:
        cluster.delete(CONFIG_MAPS, "a", preconditions={"uid": "x"})
    assert caught.value.status["details"] == {"name": "a", "kind": "ConfigMap"}


def test_dependents_go_with_their_owner(cluster: Cluster) -> None:
    owner = cluster.create(CONFIG_MAPS, config_map("owner"))
    cluster.create(CONFIG_MAPS, config_map("child", ownerReferences=owned_by(owner)))
    answer = cluster.delete(CONFIG_MAPS, "owner")
    assert answer["status"] == "Success"
    assert cluster.get(CONFIG_MAPS, "child") is None


def test_orphans_stay(cluster: Cluster) -> None:
    owner = cluster.create(CONFIG_MAPS, config_map("owner"))
    cluster.create(CONFIG_MAPS, config_map("child", ownerReferences=owned_by(owner)))
    assert cluster.delete(CONFIG_MAPS, "owner", propagationPolicy="Orphan")["metadata"]["finalizers"] == ["orphan"]
    assert cluster.get(CONFIG_MAPS, "owner") is None
    child = cluster.get(CONFIG_MAPS, "child")
    assert child is not None
    assert "ownerReferences" not in child["metadata"]


def test_an_owner_waits_for_blocking_dependents_in_the_foreground(cluster: Cluster) -> None:
    owner = cluster.create(CONFIG_MAPS, config_map("owner"))
    references = owned_by(owner, blockOwnerDeletion=True)
    cluster.create(CONFIG_MAPS, config_map("child", ownerReferences=references, finalizers=["a.b/c"]))
    cluster.delete(CONFIG_MAPS, "owner", propagationPolicy="Foreground")
    waiting = cluster.get(CONFIG_MAPS, "owner")
    assert waiting is not None
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    cluster.patch(CONFIG_MAPS, "child", {"metadata": {"finalizers": None}})
    assert cluster.get(CONFIG_MAPS, "child") is None
    assert cluster.get(CONFIG_MAPS, "owner") is None


def test_a_namespace_takes_its_contents_along(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a"))
    cluster.create(CONFIG_MAPS, config_map("held", finalizers=["a.b/c"]))
    cluster.create("v1/pods", pod("bound", node="n"))
    answer = cluster.delete("v1/namespaces", "shop")
    assert answer["status"]["phase"] == "Terminating"
    assert cluster.get(CONFIG_MAPS, "a") is None
    assert cluster.get("v1/pods", "bound") is None
    with pytest.raises(ApiFailure, match="because it is being terminated") as caught:
        cluster.create(CONFIG_MAPS, config_map("b"))
    assert caught.value.code == 403
    cluster.patch(CONFIG_MAPS, "held", {"metadata": {"finalizers": None}})
    assert cluster.get("v1/namespaces", "shop") is None
    with pytest.raises(ApiFailure, match='namespaces "shop" not found'):
        cluster.create(CONFIG_MAPS, config_map("b"))


def test_system_namespaces_stay(cluster: Cluster) -> None:
    with pytest.raises(ApiFailure, match="this namespace may not be deleted"):
        cluster.delete("v1/namespaces", "default")


def test_pages_are_consistent_and_expire(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAPS)
    for name in "abcd":
        cluster.create(CONFIG_MAPS, config_map(name))
    first = cluster.operations.list(resource, "shop", ListOptions(limit=2))
    assert first.remaining == 2
    cluster.delete(CONFIG_MAPS, "c")
    rest = cluster.operations.list(resource, "shop", ListOptions(continue_token=first.continue_token))
    assert [entry.object["metadata"]["name"] for entry in rest.entries] == ["c", "d"]
    assert rest.resource_version == first.resource_version
    cluster.operations.cluster.storage.compact()
    with pytest.raises(ApiFailure) as caught:
        cluster.operations.list(resource, "shop", ListOptions(continue_token=first.continue_token))
    assert caught.value.code == 410
    fresh = caught.value.status["metadata"]["continue"]
    rest = cluster.operations.list(resource, "shop", ListOptions(continue_token=fresh))
    assert [entry.object["metadata"]["name"] for entry in rest.entries] == ["d"]


BAD_LISTS: list[tuple[ListOptions, int, str]] = [
    (ListOptions(resource_version="x"), 400, 'invalid resource version: resourceVersion: Invalid value: "x": strconv'),
    (ListOptions(resource_version="99999"), 504, "Timeout: Too large resource version: 99999, current: "),
    (ListOptions(resource_version_match="Exact"), 422, "ListOptions.meta.k8s.io"),
    (ListOptions(continue_token="x"), 400, "invalid continue token: continue key is not valid"),
    (ListOptions(label_selector="a b"), 400, "unable to parse requirement: found 'b', expected: in, notin, ="),
    (ListOptions(field_selector="a=b"), 400, '"a" is not a known field selector: only "metadata.name"'),
    (ListOptions(field_selector="a"), 400, "invalid selector: 'a'; can't understand 'a'"),
    (ListOptions(label_selector="a in 1"), 400, "unable to parse requirement: found '1' expected: '('"),
    (ListOptions(label_selector="a in (1"), 400, "unable to parse requirement: found '', expected: ',' or ')'"),
    # How selectors are written comes first, then the versions' combination, then the fields, then the version itself.
    (ListOptions(label_selector="a=b=c", resource_version_match="Exact"), 400, "found '=', expected: ',' or 'end"),
    (ListOptions(field_selector="a=b", resource_version_match="Exact"), 422, "ListOptions.meta.k8s.io"),
    (ListOptions(field_selector="a=b", resource_version="x"), 400, '"a" is not a known field selector: only'),
]


@pytest.mark.parametrize(("options", "code", "message"), BAD_LISTS)
def test_refusals_of_lists(cluster: Cluster, options: ListOptions, code: int, message: str) -> None:
    with pytest.raises(ApiFailure) as caught:
        cluster.operations.list(cluster.resource(CONFIG_MAPS), "shop", options)
    assert caught.value.code == code
    assert str(caught.value).startswith(message)


def test_a_change_that_ends_a_match_is_a_deletion_to_watchers(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a", labels={"colour": "red"}))
    watch = cluster.operations.watch(cluster.resource(CONFIG_MAPS), "shop", WatchOptions(label_selector="colour=red"))
    cluster.patch(CONFIG_MAPS, "a", {"metadata": {"labels": {"colour": "green"}}})
    cluster.patch(CONFIG_MAPS, "a", {"metadata": {"labels": {"colour": "red"}}})
    cluster.delete(CONFIG_MAPS, "a")
    told = watch.take()
    assert [item.type for item in told] == ["ADDED", "DELETED", "ADDED", "DELETED"]
    assert told[1].object["metadata"]["labels"] == {"colour": "red"}
    assert [int(item.object["metadata"]["resourceVersion"]) for item in told] == sorted(
        int(item.object["metadata"]["resourceVersion"]) for item in told
    )


def test_initial_events_end_with_a_bookmark(cluster: Cluster) -> None:
    cluster.create(CONFIG_MAPS, config_map("a"))
    options = WatchOptions(allow_bookmarks=True, send_initial_events=True, resource_version_match="NotOlderThan")
    told = cluster.operations.watch(cluster.resource(CONFIG_MAPS), "shop", options).take()
    assert [item.type for item in told] == ["ADDED", "BOOKMARK"]
    assert told[1].object["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_version_that_is_too_old_is_an_error_in_the_stream(cluster: Cluster) -> None:
    watch = cluster.operations.watch(cluster.resource(CONFIG_MAPS), None, WatchOptions(resource_version="1"))
    (told,) = watch.take()
    assert (told.type, told.object["code"], told.object["reason"]) == ("ERROR", 410, "Expired")
    assert watch.ended
    cluster.create(CONFIG_MAPS, config_map("a"))
    assert watch.take() == []


def test_a_pod_is_bound_once_and_evicted_within_its_budget(cluster: Cluster) -> None:
    connect, pods = cluster.operations.connect, cluster.resource("v1/pods")
    key = Key("shop", "web")
    cluster.create("v1/pods", pod("web", labels={"app": "web"}))
    binding = {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": "n"}}
    assert connect(pods, key, "binding", "create", binding).code == 201
    with pytest.raises(ApiFailure, match='pod web is already assigned to node "n"'):
        connect(pods, key, "binding", "create", binding)
    ready = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
    cluster.patch("v1/pods", "web", ready, subresource="status")
    budget = {"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}
    cluster.create("policy/v1/poddisruptionbudgets", budget)
    with pytest.raises(ApiFailure) as caught:
        connect(pods, key, "eviction", "create", {"metadata": {"name": "web"}})
    assert caught.value.code == 429
    assert caught.value.status["details"]["causes"][0]["reason"] == "DisruptionBudget"
    cluster.delete("policy/v1/poddisruptionbudgets", "b")
    assert connect(pods, key, "eviction", "create", {"metadata": {"name": "web"}}).entry.object["status"] == "Success"


def test_a_token_of_a_service_account(cluster: Cluster) -> None:
    cluster.create("v1/serviceaccounts", {"metadata": {"name": "builder"}})
    accounts, key = cluster.resource("v1/serviceaccounts"), Key("shop", "builder")
    answer = cluster.operations.connect(accounts, key, "token", "create", {"spec": {"audiences": ["vault"]}})
    assert answer.entry.object["status"]["token"].count(".") == 2
    with pytest.raises(ApiFailure, match="may not specify a duration less than 10 minutes"):
        cluster.operations.connect(accounts, key, "token", "create", {"spec": {"expirationSeconds": 5}})


def test_an_event_is_one_object_in_two_groups(cluster: Cluster) -> None:
    body = {"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "namespace": "shop"}, "message": "hello"}
    cluster.create("v1/events", body)
    found = cluster.get("events.k8s.io/v1/events", "e")
    assert found is not None
    assert (found["regarding"], found["note"]) == ({"kind": "Pod", "namespace": "shop"}, "hello")
    assert (found["kind"], found["apiVersion"]) == ("Event", "events.k8s.io/v1")


def test_an_autoscaler_is_the_same_in_both_versions(cluster: Cluster) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": reference, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}
    first = cluster.create("autoscaling/v1/horizontalpodautoscalers", {"metadata": {"name": "web"}, "spec": spec})
    second = cluster.get("autoscaling/v2/horizontalpodautoscalers", "web")
    assert second is not None
    (metric,) = second["spec"]["metrics"]
    assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 50}
    assert cluster.get("autoscaling/v1/horizontalpodautoscalers", "web") == first


def test_uids_are_random_ones(cluster: Cluster) -> None:
    found = [cluster.create(CONFIG_MAPS, config_map(f"map-{number}"))["metadata"]["uid"] for number in range(50)]
    assert len(set(found)) == len(found)
    for uid in found:
        assert str(UUID(uid)) == uid
        assert (UUID(uid).version, UUID(uid).variant) == (4, RFC_4122)
