# Long because it is a table.
"""The kinds that servers are compared by: a small object of each, and values that its fields may be given."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["KINDS", "Kind"]

Object = dict[str, Any]
Changes = dict[str, list[Any]]


class Kind(NamedTuple):
    """A kind: where its objects are, one of them, and what else its fields may be."""

    prefix: str
    plural: str
    content: Object
    fields: Changes
    namespaced: bool = True
    subresources: tuple[str, ...] = ()

    def collection(self, namespace: str) -> str:
        return (
            f"{self.prefix}/namespaces/{namespace}/{self.plural}" if self.namespaced else f"{self.prefix}/{self.plural}"
        )


CONTAINER: Object = {"name": "c", "image": "x:1"}
POD_SPEC: Object = {"containers": [CONTAINER]}
LABELS: Object = {"app": "a"}
TEMPLATE: Object = {"metadata": {"labels": LABELS}, "spec": POD_SPEC}
WORKLOAD: Object = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}
QUANTITIES: list[Any] = ["1", "100m", "-1", "x", 1, 0.5, "1Gi", "0"]
PORT = {"containerPort": 80}
PROBE: list[Any] = [
    {"httpGet": {"port": 80}},
    {"exec": {"command": ["x"]}, "tcpSocket": {"port": 1}},
    {},
    {"tcpSocket": {"port": 0}},
    {"httpGet": {"port": "Bad_Name"}, "periodSeconds": -1},
    {"grpc": {"port": 1}, "initialDelaySeconds": 5},
    {"exec": {}, "timeoutSeconds": 0},
]


def pod_fields(where: str) -> Changes:
    """Give what may be changed in the spec of a pod."""
    # Long because it is a table.
    container = f"{where}.containers.0"
    return {
        f"{container}.name": ["Bad_Name", "d", "x" * 64],
        f"{container}.image": ["x:2", " x", "x@sha256:" + "a" * 64, "x"],
        f"{container}.imagePullPolicy": ["Never", "Sometimes"],
        f"{container}.command": [["a", "b"], "a"],
        f"{container}.workingDir": ["/"],
        f"{container}.env": [
            [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}],
            [{"name": "9=", "value": "1"}],
            [{"value": "1"}],
            [{"name": "A", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
            [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.bad"}}}],
            [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}}],
            [{"name": "A", "valueFrom": {}}],
            [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": ""}}}],
            [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "Bad_", "key": "k"}}}],
            [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}],
        ],
        f"{container}.envFrom": [
            [{"configMapRef": {"name": "c"}}],
            [{}],
            [{"prefix": "a=", "secretRef": {"name": ""}}],
        ],
        f"{container}.ports": [
            [PORT],
            [{"containerPort": 0}],
            [{"containerPort": 70000, "protocol": "X"}],
            [PORT, PORT],
            [{"containerPort": 80, "name": "Bad_Name"}, {"containerPort": 81, "name": "http"}],
            [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}],
            [{"containerPort": 80, "hostPort": 70000}],
            [{"containerPort": 80, "hostPort": 80}],
            [{"containerPort": "80"}],
        ],
        f"{container}.resources": [{"limits": {"cpu": each}} for each in QUANTITIES]
        + [
            {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}},
            {"requests": {"memory": "1Gi", "cpu": "1"}},
            {"requests": {"bad thing": "1"}},
            {"requests": {"example.com/x": "1.5"}},
            {"limits": {"example.com/x": "1"}},
            {"requests": {"hugepages-2Mi": "2Mi"}},
            {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}},
        ],
        f"{container}.volumeMounts": [
            [{"name": "v", "mountPath": "/v"}],
            [{"name": "w", "mountPath": "/v"}],
            [{"name": "v"}],
            [{"name": "v", "mountPath": "/v"}, {"name": "v", "mountPath": "/v"}],
            [{"name": "v", "mountPath": "/v", "subPath": "../x"}],
            [{"name": "v", "mountPath": "/a:b"}],
        ],
        f"{container}.livenessProbe": [*PROBE, {"httpGet": {"port": 80}, "successThreshold": 2}],
        f"{container}.readinessProbe": PROBE,
        f"{container}.lifecycle": [
            {"preStop": {"exec": {"command": ["x"]}}},
            {"preStop": {}},
            {"postStart": {"httpGet": {"port": 80, "scheme": "X"}}},
            {"preStop": {"sleep": {"seconds": 5}}},
            {"preStop": {"sleep": {"seconds": -1}}},
        ],
        f"{container}.securityContext": [
            {"privileged": True},
            {"runAsUser": -1},
            {"privileged": True, "allowPrivilegeEscalation": False},
            {"capabilities": {"add": ["NET_ADMIN"]}, "runAsNonRoot": True},
            {"seccompProfile": {"type": "X"}},
            {"procMount": "X"},
        ],
        f"{container}.terminationMessagePolicy": ["X", "FallbackToLogsOnError"],
        f"{container}.restartPolicy": ["Always", "Never"],
        f"{where}.initContainers": [
            [{"name": "i", "image": "x:1"}],
            [{"name": "c", "image": "x:1"}],
            [{"name": "i", "image": "x:1", "restartPolicy": "Always"}],
            [{"name": "i", "image": "x:1", "livenessProbe": {"tcpSocket": {"port": 1}}}],
            [{"name": "i", "image": "x:1", "lifecycle": {"preStop": {"exec": {"command": ["x"]}}}}],
        ],
        f"{where}.ephemeralContainers": [[{"name": "e", "image": "x"}]],
        f"{where}.volumes": [
            [{"name": "v", "emptyDir": {}}],
            [{"name": "v"}],
            [{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}],
            [{"name": "Bad_", "emptyDir": {}}],
            [{"name": "v", "emptyDir": {"sizeLimit": "-1"}}],
            [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}],
            [{"name": "v", "hostPath": {"path": ""}}],
            [{"name": "v", "hostPath": {"path": "/a/../b", "type": "X"}}],
            [{"name": "v", "secret": {"secretName": ""}}],
            [{"name": "v", "secret": {"secretName": "s", "defaultMode": 1000}}],
            [{"name": "v", "configMap": {"name": "c", "items": [{"key": "", "path": "/abs"}]}}],
            [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": ".."}]}}],
            [{"name": "v", "configMap": {}}],
            [{"name": "v", "persistentVolumeClaim": {"claimName": ""}}],
            [{"name": "v", "projected": {"sources": []}}],
            [{"name": "v", "projected": {"sources": [{"configMap": {"name": ""}}, {}]}}],
            [{"name": "v", "downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.x"}}]}}],
            [{"name": "v", "nfs": {"server": "", "path": "rel"}}],
            [{"name": "v", "csi": {"driver": ""}}],
            [{"name": "v", "image": {"reference": "x"}}],
            [{"emptyDir": {}}],
        ],
        f"{where}.restartPolicy": ["Never", "OnFailure", "X"],
        f"{where}.dnsPolicy": ["None", "Default", "X"],
        f"{where}.dnsConfig": [
            {"nameservers": ["1.2.3.4"]},
            {"nameservers": ["x"], "searches": ["Bad_", "_a.b", "a_", ".", "a."]},
            {"options": [{"name": ""}]},
        ],
        f"{where}.terminationGracePeriodSeconds": [0, -1, 5],
        f"{where}.activeDeadlineSeconds": [0, -1, 5, 2**31],
        f"{where}.nodeSelector": [{"a": "b"}, {"bad key": "x"}],
        f"{where}.nodeName": ["n"],
        f"{where}.serviceAccountName": ["default", "Bad_"],
        f"{where}.hostNetwork": [True],
        f"{where}.hostPID": [True],
        f"{where}.shareProcessNamespace": [True],
        f"{where}.hostname": ["h", "Bad_", "a.b"],
        f"{where}.subdomain": ["s", "Bad_"],
        f"{where}.securityContext": [
            {"runAsUser": 5},
            {"fsGroup": -1},
            {"supplementalGroups": [-1]},
            {"sysctls": [{"name": "a b", "value": "1"}]},
            {"fsGroupChangePolicy": "X"},
        ],
        f"{where}.imagePullSecrets": [[{"name": "p"}], [{}]],
        f"{where}.hostAliases": [[{"ip": "x", "hostnames": ["a"]}], [{"ip": "1.2.3.4", "hostnames": ["Bad_"]}]],
        f"{where}.tolerations": [
            [{"key": "k", "operator": "Exists"}],
            [{"operator": "Exists", "value": "v"}],
            [{"operator": "Equal", "value": "v"}],
            [{"key": "k", "effect": "X"}],
            [{"key": "k", "tolerationSeconds": 5}],
            [{"key": "bad key", "operator": "X"}],
            [{"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        ],
        f"{where}.affinity": [
            {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
            {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]
                    }
                }
            },
            {
                "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {"labelSelector": {"matchLabels": {"a": "b"}}, "topologyKey": ""}
                    ]
                }
            },
            {
                "podAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {"weight": 0, "podAffinityTerm": {"topologyKey": "k"}}
                    ]
                }
            },
        ],
        f"{where}.topologySpreadConstraints": [
            [{"maxSkew": 1, "topologyKey": "k", "whenUnsatisfiable": "DoNotSchedule"}],
            [{"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "X"}],
        ],
        f"{where}.readinessGates": [[{"conditionType": "a/b"}], [{"conditionType": "bad key"}]],
        f"{where}.priorityClassName": ["absent", "system-node-critical"],
        f"{where}.runtimeClassName": ["absent", "Bad_"],
        f"{where}.preemptionPolicy": ["Never", "X"],
        f"{where}.schedulerName": ["s"],
        f"{where}.overhead": [{"cpu": "1"}],
        f"{where}.os": [{"name": "linux"}, {"name": "windows"}, {"name": "x"}],
        f"{where}.schedulingGates": [[{"name": "a"}], [{"name": "a"}, {"name": "a"}], [{"name": "bad key"}]],
        f"{where}.enableServiceLinks": [False],
        f"{where}.automountServiceAccountToken": [False],
        f"{where}.setHostnameAsFQDN": [True],
    }


def workload_fields() -> Changes:
    pods = pod_fields("spec.template.spec")
    few = ("name", "image", "ports", "volumes", "restartPolicy", "env", "resources", "initContainers", "tolerations")
    return {
        **{path: values for path, values in pods.items() if path.rsplit(".", 1)[1] in few},
        "spec.selector": [{"matchLabels": {"other": "x"}}, {}, {"matchExpressions": [{"key": "app", "operator": "X"}]}],
        "spec.selector.matchLabels": [{"bad key": "x"}, {"app": "Bad value!"}],
        "spec.template.metadata.labels": [{"app": "b"}, {"app": "a", "bad key": "x"}, {}],
        "spec.template.metadata.annotations": [{"bad key": "x"}, {"a": "b"}],
        "spec.template.spec.activeDeadlineSeconds": [5],
        "spec.minReadySeconds": [-1, 5],
        "spec.replicas": [0, 3, -1],
        "spec.revisionHistoryLimit": [-1, 2],
    }


_REPORTED: Object = {
    "eventTime": "2026-01-01T00:00:00.000000Z",
    "reportingInstance": "i",
    "action": "A",
    "reason": "R",
}
KINDS: dict[str, Kind] = {
    "ConfigMap": Kind(
        "/api/v1",
        "configmaps",
        {"data": {"k": "v"}},
        {
            "data": [{"bad key": "x"}, {"..": "x"}, {"a": "b", "c": "d"}],
            "binaryData": [{"k": "aGk="}, {"b": "!"}, {"b": "aGk="}],
            "immutable": [True, False],
        },
    ),
    "Secret": Kind(
        "/api/v1",
        "secrets",
        {"data": {"k": "aGk="}},
        {
            "data": [{"k": "!"}, {"bad key": "aGk="}],
            "stringData": [{"k": "text"}, {"n": "m"}],
            "type": [
                "kubernetes.io/tls",
                "kubernetes.io/basic-auth",
                "kubernetes.io/ssh-auth",
                "kubernetes.io/dockerconfigjson",
                "kubernetes.io/service-account-token",
                "own",
                "x" * 300,
            ],
            "immutable": [True],
        },
    ),
    "Service": Kind(
        "/api/v1",
        "services",
        {"spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}},
        {
            "spec.type": ["NodePort", "LoadBalancer", "ExternalName", "X"],
            "spec.externalName": ["example.com", "Bad_"],
            "spec.clusterIP": ["None", "x", "1.2.3.4", ""],
            "spec.clusterIPs": [["None"], ["None", "None"], []],
            "spec.ports": [
                [],
                [{"port": 0}],
                [{"port": 80, "protocol": "X"}],
                [{"port": 80}, {"port": 81}],
                [{"name": "a", "port": 80}, {"name": "a", "port": 81}],
                [{"name": "a", "port": 80}, {"name": "b", "port": 80}],
                [{"name": "Bad_", "port": 80}],
                [{"port": 80, "targetPort": "http"}],
                [{"port": 80, "targetPort": "Bad_Name_that_is_long"}],
                [{"port": 80, "targetPort": 70000}],
                [{"port": 80, "nodePort": 1}],
                [{"port": 80, "protocol": "TCP", "name": "a"}, {"port": 80, "protocol": "UDP", "name": "b"}],
                [{"port": 80, "appProtocol": "Bad Protocol"}],
            ],
            "spec.selector": [{"bad key": "x"}, {}, {"a": "Bad value!"}],
            "spec.sessionAffinity": ["ClientIP", "X"],
            "spec.sessionAffinityConfig": [{"clientIP": {"timeoutSeconds": 0}}],
            "spec.externalTrafficPolicy": ["Local", "X"],
            "spec.internalTrafficPolicy": ["Local", "X"],
            "spec.externalIPs": [["1.2.3.4"], ["x"], ["127.0.0.1"]],
            "spec.loadBalancerSourceRanges": [["10.0.0.0/8"], ["x"]],
            "spec.loadBalancerClass": ["a/b"],
            "spec.loadBalancerIP": ["1.2.3.4", "x"],
            "spec.ipFamilies": [["IPv4"], ["IPv6"], ["X"]],
            "spec.ipFamilyPolicy": ["SingleStack", "RequireDualStack", "PreferDualStack", "X"],
            "spec.publishNotReadyAddresses": [True],
            "spec.allocateLoadBalancerNodePorts": [False],
            "spec.trafficDistribution": ["PreferClose", "X"],
        },
        subresources=("status",),
    ),
    "Pod": Kind("/api/v1", "pods", {"spec": POD_SPEC}, pod_fields("spec"), subresources=("status",)),
    "PodTemplate": Kind(
        "/api/v1", "podtemplates", {"template": TEMPLATE}, {"template.spec.restartPolicy": ["X", "Never"]}
    ),
    "ReplicationController": Kind(
        "/api/v1",
        "replicationcontrollers",
        {"spec": {"selector": LABELS, "template": TEMPLATE}},
        {"spec.replicas": [3, -1], "spec.selector": [{"a": "c"}, {}], "spec.template.metadata.labels": [{"a": "c"}]},
        subresources=("status", "scale"),
    ),
    "Deployment": Kind(
        "/apis/apps/v1",
        "deployments",
        {"spec": WORKLOAD},
        {
            **workload_fields(),
            "spec.strategy": [
                {"type": "Recreate"},
                {"type": "X"},
                {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}},
                {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
                {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "x"}},
                {"rollingUpdate": {"maxSurge": -1, "maxUnavailable": "200%"}},
            ],
            "spec.progressDeadlineSeconds": [0, 5, -1],
            "spec.paused": [True],
        },
        subresources=("status", "scale"),
    ),
    "ReplicaSet": Kind(
        "/apis/apps/v1", "replicasets", {"spec": WORKLOAD}, workload_fields(), subresources=("status", "scale")
    ),
    "StatefulSet": Kind(
        "/apis/apps/v1",
        "statefulsets",
        {"spec": {**WORKLOAD, "serviceName": "s"}},
        {
            **workload_fields(),
            "spec.serviceName": ["t", "Bad_", ""],
            "spec.podManagementPolicy": ["Parallel", "X"],
            "spec.updateStrategy": [
                {"type": "OnDelete"},
                {"type": "X"},
                {"rollingUpdate": {"partition": -1}},
                {"type": "OnDelete", "rollingUpdate": {"partition": 1}},
            ],
            "spec.volumeClaimTemplates": [
                [
                    {
                        "metadata": {"name": "v"},
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                    }
                ]
            ],
            "spec.persistentVolumeClaimRetentionPolicy": [{"whenDeleted": "Delete"}, {"whenDeleted": "X"}],
            "spec.ordinals": [{"start": 1}, {"start": -1}],
        },
        subresources=("status", "scale"),
    ),
    "DaemonSet": Kind(
        "/apis/apps/v1",
        "daemonsets",
        {"spec": WORKLOAD},
        {
            **{path: values for path, values in workload_fields().items() if path != "spec.replicas"},
            "spec.updateStrategy": [
                {"type": "OnDelete"},
                {"type": "X"},
                {"rollingUpdate": {"maxUnavailable": 0}},
                {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
            ],
        },
        subresources=("status",),
    ),
    "Job": Kind(
        "/apis/batch/v1",
        "jobs",
        {"spec": {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}}},
        {
            "spec.parallelism": [0, 2, -1],
            "spec.completions": [2, -1],
            "spec.backoffLimit": [0, -1],
            "spec.activeDeadlineSeconds": [5, -1],
            "spec.ttlSecondsAfterFinished": [5, -1],
            "spec.completionMode": ["Indexed", "X"],
            "spec.suspend": [True],
            "spec.selector": [{"matchLabels": {"a": "b"}}],
            "spec.manualSelector": [True],
            "spec.podReplacementPolicy": ["Failed", "X"],
            "spec.backoffLimitPerIndex": [1],
            "spec.maxFailedIndexes": [1],
            "spec.managedBy": ["a/b", "x"],
            "spec.podFailurePolicy": [
                {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]},
                {"rules": [{"action": "X", "onExitCodes": {"operator": "In", "values": [0]}}]},
            ],
            "spec.successPolicy": [{"rules": [{"succeededCount": 1}]}],
            "spec.template.spec.restartPolicy": ["OnFailure", "Always", "X"],
            "spec.template.metadata": [{"labels": {"a": "b"}}],
        },
        subresources=("status",),
    ),
    "CronJob": Kind(
        "/apis/batch/v1",
        "cronjobs",
        {
            "spec": {
                "schedule": "* * * * *",
                "jobTemplate": {"spec": {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}}},
            }
        },
        {
            "spec.schedule": ["x", "", "@daily", "TZ=UTC * * * * *", "61 * * * *"],
            "spec.timeZone": ["Europe/Berlin", "X/Y", ""],
            "spec.concurrencyPolicy": ["Forbid", "Replace", "X"],
            "spec.startingDeadlineSeconds": [5, -1],
            "spec.suspend": [True],
            "spec.successfulJobsHistoryLimit": [0, -1],
            "spec.failedJobsHistoryLimit": [0, -1],
            "spec.jobTemplate.spec.template.spec.restartPolicy": ["Always"],
            "spec.jobTemplate.spec.parallelism": [-1],
            "spec.jobTemplate.spec.selector": [{"matchLabels": {"a": "b"}}],
        },
        subresources=("status",),
    ),
    "ServiceAccount": Kind(
        "/api/v1",
        "serviceaccounts",
        {},
        {
            "secrets": [[{"name": "s"}], [{}]],
            "imagePullSecrets": [[{"name": "s"}]],
            "automountServiceAccountToken": [False],
        },
    ),
    "PersistentVolumeClaim": Kind(
        "/api/v1",
        "persistentvolumeclaims",
        {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
        {
            "spec.accessModes": [["X"], ["ReadWriteMany", "ReadOnlyMany"], ["ReadWriteOncePod", "ReadWriteOnce"]],
            "spec.resources": [{"requests": {"storage": each}} for each in QUANTITIES] + [{}],
            "spec.storageClassName": ["s", "Bad_", ""],
            "spec.volumeMode": ["Block", "X"],
            "spec.volumeName": ["v"],
            "spec.selector": [{"matchLabels": {"a": "b"}}, {"matchExpressions": [{"key": "a", "operator": "X"}]}],
            "spec.dataSource": [
                {"kind": "PersistentVolumeClaim", "name": "x"},
                {"kind": "PersistentVolumeClaim", "name": ""},
                {"kind": "VolumeSnapshot", "name": "s", "apiGroup": "snapshot.storage.k8s.io"},
                {"kind": "X", "name": ""},
            ],
            "spec.dataSourceRef": [
                {"kind": "PersistentVolumeClaim", "name": "x"},
                {"kind": "X", "name": "x", "apiGroup": "Bad_"},
                {"kind": "X", "name": "x", "apiGroup": "a.b"},
                {"kind": "X", "name": ""},
                {"kind": "PersistentVolumeClaim", "name": "x", "namespace": "n"},
            ],
        },
        subresources=("status",),
    ),
    "PersistentVolume": Kind(
        "/api/v1",
        "persistentvolumes",
        {
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/x"},
            }
        },
        {
            "spec.capacity": [{"storage": each} for each in QUANTITIES] + [{}, {"cpu": "1"}],
            "spec.accessModes": [["X"], ["ReadWriteMany"]],
            "spec.persistentVolumeReclaimPolicy": ["Delete", "X"],
            "spec.hostPath": [{"path": ""}, {"path": "/../x"}],
            "spec.nfs": [{"server": "s", "path": "/p"}],
            "spec.storageClassName": ["Bad_", "s"],
            "spec.volumeMode": ["Block", "X"],
            "spec.claimRef": [{"name": "c", "namespace": "n"}],
            "spec.mountOptions": [["ro"]],
        },
        namespaced=False,
        subresources=("status",),
    ),
    "PodDisruptionBudget": Kind(
        "/apis/policy/v1",
        "poddisruptionbudgets",
        {"spec": {"minAvailable": 1, "selector": {"matchLabels": LABELS}}},
        {
            "spec.minAvailable": ["50%", "x", -1, "200%"],
            "spec.maxUnavailable": [1, "50%"],
            "spec.selector": [{}, {"matchLabels": {"bad key": "x"}}],
            "spec.unhealthyPodEvictionPolicy": ["AlwaysAllow", "X"],
        },
        subresources=("status",),
    ),
    "Lease": Kind(
        "/apis/coordination.k8s.io/v1",
        "leases",
        {"spec": {"holderIdentity": "h", "leaseDurationSeconds": 5}},
        {
            "spec.holderIdentity": [""],
            "spec.leaseDurationSeconds": [0, -1],
            "spec.leaseTransitions": [-1, 3],
            "spec.renewTime": ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00Z", "x"],
            "spec.strategy": ["OldestEmulationVersion", "X"],
            "spec.preferredHolder": ["h"],
        },
    ),
    "Role": Kind(
        "/apis/rbac.authorization.k8s.io/v1",
        "roles",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
        {
            "rules": [
                [{"verbs": ["get"]}],
                [{"verbs": [], "apiGroups": [""], "resources": ["pods"]}],
                [{"verbs": ["get"], "nonResourceURLs": ["/x"]}],
                [{"verbs": ["get"], "apiGroups": [""], "resources": []}],
                [],
            ]
        },
    ),
    "ClusterRole": Kind(
        "/apis/rbac.authorization.k8s.io/v1",
        "clusterroles",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
        {
            "rules": [
                [{"verbs": ["get"], "nonResourceURLs": ["/x"]}],
                [{"verbs": ["get"], "nonResourceURLs": ["/x"], "apiGroups": [""], "resources": ["pods"]}],
                [{"verbs": []}],
            ],
            "aggregationRule": [
                {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]},
                {"clusterRoleSelectors": []},
                {"clusterRoleSelectors": [{"matchLabels": {"bad key": "x"}}]},
            ],
        },
        namespaced=False,
    ),
    "RoleBinding": Kind(
        "/apis/rbac.authorization.k8s.io/v1",
        "rolebindings",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "User", "name": "u"}],
        },
        {
            "roleRef": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
                {"apiGroup": "x", "kind": "ClusterRole", "name": "view"},
                {"kind": "X", "name": "view"},
                {"kind": "Role", "name": ""},
            ],
            "subjects": [
                [{"kind": "ServiceAccount", "name": "s"}],
                [{"kind": "ServiceAccount", "name": "Bad_", "namespace": "n"}],
                [{"kind": "X", "name": "u"}],
                [{"kind": "User", "name": ""}],
                [{"kind": "User", "name": "u", "apiGroup": "x"}],
                [],
            ],
        },
    ),
    "Ingress": Kind(
        "/apis/networking.k8s.io/v1",
        "ingresses",
        {"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}},
        {
            "spec.defaultBackend": [
                {"service": {"name": "Bad_", "port": {"number": 0}}},
                {"service": {"name": "s", "port": {"number": 80, "name": "a"}}},
                {"resource": {"kind": "K", "name": "n"}},
                {},
            ],
            "spec.ingressClassName": ["c", "Bad_"],
            "spec.rules": [
                [{"host": "example.com"}],
                [{"host": "1.2.3.4"}],
                [{"host": "Bad_"}],
                [{"host": "*.example.com"}],
                [{"http": {"paths": []}}],
                [{"http": {"paths": [{"path": "x", "pathType": "Prefix", "backend": {}}]}}],
                [
                    {
                        "http": {
                            "paths": [
                                {
                                    "path": "/x//",
                                    "pathType": "X",
                                    "backend": {"service": {"name": "s", "port": {"name": "p"}}},
                                }
                            ]
                        }
                    }
                ],
                [{"http": {"paths": [{"backend": {"service": {"name": "s", "port": {"name": "p"}}}}]}}],
            ],
            "spec.tls": [[{"hosts": ["a.b"], "secretName": "s"}], [{"hosts": ["Bad_"]}]],
        },
        subresources=("status",),
    ),
    "NetworkPolicy": Kind(
        "/apis/networking.k8s.io/v1",
        "networkpolicies",
        {"spec": {"podSelector": {}}},
        {
            "spec.podSelector": [{"matchLabels": {"bad key": "x"}}, {"matchLabels": {"a": "b"}}],
            "spec.policyTypes": [["X"], ["Egress"], ["Ingress", "Egress", "Ingress"]],
            "spec.ingress": [
                [{"ports": [{"port": 80}]}],
                [{"ports": [{"port": 70000}]}],
                [{"ports": [{"port": "Bad_Name"}]}],
                [{"ports": [{"port": 80, "endPort": 70}]}],
                [{"ports": [{"protocol": "X", "port": 1}]}],
                [{"from": [{}]}],
                [{"from": [{"ipBlock": {"cidr": "x"}}]}],
                [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}}]}],
                [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}],
            ],
            "spec.egress": [[{"to": [{"podSelector": {"matchLabels": {"a": "b"}}}]}], [{}]],
        },
    ),
    "PriorityClass": Kind(
        "/apis/scheduling.k8s.io/v1",
        "priorityclasses",
        {"value": 5},
        {
            "value": [0, -5, 2**31 - 1, 6],
            "preemptionPolicy": ["Never", "X"],
            "description": ["d"],
        },
        namespaced=False,
    ),
    "StorageClass": Kind(
        "/apis/storage.k8s.io/v1",
        "storageclasses",
        {"provisioner": "p"},
        {
            "provisioner": ["", "Bad_"],
            "parameters": [{"a": "b"}, {"": "x"}],
            "reclaimPolicy": ["Retain", "X"],
            "volumeBindingMode": ["WaitForFirstConsumer", "X"],
            "allowVolumeExpansion": [True],
            "mountOptions": [["ro"]],
        },
        namespaced=False,
    ),
    "HorizontalPodAutoscaler": Kind(
        "/apis/autoscaling/v2",
        "horizontalpodautoscalers",
        {"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, "maxReplicas": 3}},
        {
            "spec.minReplicas": [0, 5, -1],
            "spec.maxReplicas": [0, -1],
            "spec.scaleTargetRef": [{"kind": "", "name": ""}, {"kind": "a/b", "name": "x/y"}],
            "spec.metrics": [
                [{"type": "X"}],
                [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}],
                [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                    }
                ],
                [],
            ],
            "spec.behavior": [{"scaleDown": {"stabilizationWindowSeconds": -1}}, {"scaleUp": {"selectPolicy": "X"}}],
        },
        subresources=("status",),
    ),
    "EndpointSlice": Kind(
        "/apis/discovery.k8s.io/v1",
        "endpointslices",
        {"addressType": "IPv4", "endpoints": [{"addresses": ["1.2.3.4"]}], "ports": [{"port": 80}]},
        {
            "addressType": ["IPv6", "X", "FQDN"],
            "endpoints": [[{"addresses": []}], [{"addresses": ["x"]}], [{"addresses": ["127.0.0.1"]}]],
            "ports": [[{"port": 70000}], [{"name": "Bad_"}], [{"port": 80}, {"port": 81}], [{"protocol": "X"}]],
        },
    ),
    "Endpoints": Kind(
        "/api/v1",
        "endpoints",
        {"subsets": [{"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 80}]}]},
        {
            "subsets": [
                [{}],
                [{"addresses": [{"ip": "x"}]}],
                [{"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 0}]}],
                [{"notReadyAddresses": [{"ip": "127.0.0.1"}, {"ip": "0.0.0.0"}, {"ip": "169.254.1.1"}]}],
                [{"addresses": [{"ip": "1.2.3.4", "hostname": "Bad_", "nodeName": "Bad_"}]}],
                [{"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 80}, {"port": 81, "protocol": "X"}]}],
                [{"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 80, "name": "Bad_", "appProtocol": "a b"}]}],
                [],
            ]
        },
    ),
    "ResourceQuota": Kind(
        "/api/v1",
        "resourcequotas",
        {"spec": {"hard": {"pods": "100"}}},
        {
            "spec.hard": [{"pods": each} for each in QUANTITIES] + [{"bad thing": "1"}, {"requests.cpu": "500"}],
            "spec.scopes": [["X"], ["BestEffort"], ["BestEffort", "NotBestEffort"]],
            "spec.scopeSelector": [
                {"matchExpressions": [expression]}
                for expression in (
                    {"scopeName": "X", "operator": "Exists"},
                    {"scopeName": "BestEffort", "operator": "Exists"},
                    {"scopeName": "BestEffort", "operator": "In", "values": ["a"]},
                    {"scopeName": "PriorityClass", "operator": "In"},
                    {"scopeName": "PriorityClass", "operator": "Exists", "values": ["a"]},
                    {"scopeName": "PriorityClass", "operator": "X"},
                    {"scopeName": "VolumeAttributesClass", "operator": "Exists"},
                    {},
                )
            ]
            + [
                {
                    "matchExpressions": [
                        {"scopeName": each, "operator": "Exists"} for each in ("Terminating", "NotTerminating")
                    ]
                },
                {},
            ],
        },
        subresources=("status",),
    ),
    "LimitRange": Kind(
        "/api/v1",
        "limitranges",
        {"spec": {"limits": [{"type": "Pod", "max": {"cpu": "100"}}]}},
        {
            "spec.limits": [
                [{"type": "Container", "max": {"cpu": "0.0001"}}],
                [{"type": "PersistentVolumeClaim", "max": {"storage": "0.1Ki"}}],
                [{"type": "X"}],
                [{"type": "Container", "default": {"cpu": "50"}}],
                [{"type": "Pod", "max": {"cpu": "1"}, "min": {"cpu": "2"}}],
                [{"type": "Pod", "default": {"cpu": "1"}}],
                [{"type": ""}],
            ]
        },
    ),
    "Node": Kind(
        "/api/v1",
        "nodes",
        {},
        {
            "spec.podCIDR": ["10.0.0.0/24", "x"],
            "spec.unschedulable": [True],
            "spec.taints": [
                [{"key": "k", "effect": "NoSchedule"}],
                [{"key": "", "effect": "NoSchedule"}],
                [{"key": "k", "effect": "X"}],
                [{"key": "k", "effect": "NoSchedule"}, {"key": "k", "effect": "NoSchedule"}],
            ],
            "spec.podCIDRs": [["10.0.0.0/24"], ["x"]],
            "spec.providerID": ["p"],
            "status.capacity": [{"cpu": "1"}, {"cpu": "x"}, {"cpu": "-1"}, {"cpu": "0.0001"}],
            "status.addresses": [[{"type": "Hostname", "address": "h"}, {"type": "Hostname", "address": "h"}]],
        },
        namespaced=False,
        subresources=("status",),
    ),
    "Event": Kind(
        "/api/v1",
        "events",
        {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"}, "reason": "R", "message": "m"},
        {
            "involvedObject": [{"kind": "Node", "name": "n"}, {"kind": "Pod", "namespace": "other"}, {}],
            "type": ["Normal", "X"],
            "eventTime": ["2026-01-01T00:00:00.000000Z", "x"],
            "count": [3, -1],
            "message": ["x" * 1024, "x" * 1025],
            "reason": ["", "x" * 129],
            "reportingComponent": ["a.b/c", "bad key"],
            "series": [{"count": 1}],
        },
    ),
    "Event with a time": Kind(
        "/api/v1",
        "events",
        {
            **_REPORTED,
            "involvedObject": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"},
            "reportingComponent": "a.b/c",
        },
        {
            "involvedObject": [{"kind": "Node", "name": "n"}, {"kind": "Pod", "namespace": "other"}, {}],
            "type": ["X"],
            "message": ["x" * 1024, "x" * 1025, "ü" * 513],
            "reason": ["", "x" * 128, "x" * 129],
            "action": ["", "x" * 129],
            "reportingComponent": ["", "bad key", "c", "x" * 64],
            "reportingInstance": ["", "x" * 128, "x" * 129],
            "series": [{"count": 1}],
        },
    ),
    "Event of events.k8s.io": Kind(
        "/apis/events.k8s.io/v1",
        "events",
        {
            **_REPORTED,
            "regarding": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"},
            "reportingController": "a.b/c",
            "type": "Normal",
        },
        {
            "regarding": [{"kind": "Node", "name": "n"}, {"kind": "Pod", "namespace": "other"}, {}],
            "related": [{"kind": "Node", "name": "n"}],
            "type": ["", "X", "Warning"],
            "eventTime": ["2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00Z", None],
            "note": ["", "x" * 1024, "x" * 1025],
            "reason": ["", "x" * 129, "other"],
            "action": ["", "x" * 129, "other"],
            "reportingController": ["", "bad key", "other"],
            "reportingInstance": ["", "x" * 129, "other"],
            "series": [
                {"count": 1},
                {"count": 2},
                {"count": 2, "lastObservedTime": "2026-01-01T00:00:00.000000Z"},
            ],
            "deprecatedCount": [1],
            "deprecatedSource": [{"component": "c"}, {"host": "h"}],
            "deprecatedFirstTimestamp": ["2026-01-01T00:00:00Z"],
            "deprecatedLastTimestamp": ["2026-01-01T00:00:00Z"],
        },
    ),
    "IngressClass": Kind(
        "/apis/networking.k8s.io/v1",
        "ingressclasses",
        {"spec": {"controller": "example.com/c"}},
        {
            "spec.controller": ["x", "", "a.b/c"],
            "spec.parameters": [
                {"kind": "K", "name": "n"},
                {"kind": "", "name": "", "scope": "X"},
                {"kind": "K", "name": "n", "scope": "Namespace"},
            ],
        },
        namespaced=False,
    ),
}
