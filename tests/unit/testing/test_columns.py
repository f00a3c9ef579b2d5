"""Cells of tables that change with time, or that controllers write; others are in the transcripts of kubectl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kubex.testing.columns import COLUMNS, human_duration

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def when(**ago: float) -> str:
    return (NOW - timedelta(**ago)).isoformat()


def cells(resource: str, object_: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in COLUMNS[resource]:
        if column.timed is not None:
            found[column.name] = column.timed(object_, NOW)
        elif column.cell is not None:
            found[column.name] = column.cell(object_)
    return found


def test_every_column_makes_cells_of_an_object_that_has_nothing_but_a_name() -> None:
    for resource in COLUMNS:
        row = cells(resource, {"metadata": {"name": "bare"}})
        assert row["Name"] == "bare"
        assert len(row) == len(COLUMNS[resource]), resource


def pod(containers: list[dict[str, Any]], **status: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": str(index)} for index in range(len(containers))]}
    return {
        "metadata": {"name": "p", "creationTimestamp": when(hours=3)},
        "spec": spec,
        "status": {**status, "containerStatuses": containers},
    }


RUNNING: dict[str, Any] = {"ready": True, "state": {"running": {}}}


@pytest.mark.parametrize(
    ("object_", "expected"),
    [
        (pod([RUNNING, {**RUNNING, "restartCount": 2}], phase="Running"), ("2/2", "Running", "2")),
        (
            pod(
                [{**RUNNING, "restartCount": 2, "lastState": {"terminated": {"finishedAt": when(days=5)}}}],
                phase="Running",
            ),
            ("1/1", "Running", "2 (5d ago)"),
        ),
        (pod([RUNNING, {"state": {"terminated": {"reason": "Completed"}}}], phase="Running"), ("1/2", "NotReady", "0")),
        (pod([{"state": {"terminated": {"exitCode": 0}}}], phase="Succeeded"), ("0/1", "ExitCode:0", "0")),
        (pod([], phase="Failed", reason="Evicted"), ("0/0", "Evicted", "0")),
    ],
)
def test_states_of_pods(object_: dict[str, Any], expected: tuple[str, str, str]) -> None:
    row = cells("pods", object_)
    assert (row["Ready"], row["Status"], row["Restarts"]) == expected


def test_init_containers_and_sidecars() -> None:
    held_up = pod([{}], phase="Pending")
    held_up["spec"]["initContainers"] = [{"name": "a"}, {"name": "b"}]
    held_up["status"]["initContainerStatuses"] = [
        {"name": "a", "restartCount": 1, "state": {"terminated": {"exitCode": 0}}},
        {"name": "b", "restartCount": 2, "state": {"running": {}}},
    ]
    row = cells("pods", held_up)
    assert (row["Ready"], row["Status"], row["Restarts"]) == ("0/1", "Init:1/2", "3")
    held_up["status"]["initContainerStatuses"][1]["state"] = {"waiting": {"reason": "ErrImagePull"}}
    assert cells("pods", held_up)["Status"] == "Init:ErrImagePull"

    beside = pod([RUNNING], phase="Running")
    beside["spec"]["initContainers"] = [{"name": "log", "restartPolicy": "Always"}]
    beside["status"]["initContainerStatuses"] = [{"name": "log", "restartCount": 4, "started": True, **RUNNING}]
    row = cells("pods", beside)
    assert (row["Ready"], row["Status"], row["Restarts"]) == ("2/2", "Running", "4")


def test_jobs_and_cron_jobs() -> None:
    job: dict[str, Any] = {
        "metadata": {"name": "j"},
        "spec": {"parallelism": 2},
        "status": {"startTime": when(seconds=90)},
    }
    row = cells("batch/jobs", job)
    assert (row["Status"], row["Completions"], row["Duration"]) == ("Running", "0/1 of 2", "90s")
    job["spec"] = {"completions": 3}
    job["status"] |= {"succeeded": 3, "completionTime": when(seconds=30)}
    job["status"]["conditions"] = [{"type": "Complete", "status": "True"}]
    row = cells("batch/jobs", job)
    assert (row["Status"], row["Completions"], row["Duration"]) == ("Complete", "3/3", "60s")
    cron = {"metadata": {"name": "c"}, "spec": {"suspend": False}, "status": {"lastScheduleTime": when(hours=9)}}
    row = cells("batch/cronjobs", cron)
    assert (row["Last Schedule"], row["Suspend"], row["Timezone"]) == ("9h", "False", "<none>")


def test_events_of_both_groups() -> None:
    old = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "web", "fieldPath": "spec.containers{web}"},
        "source": {"component": "kubelet", "host": "node-1"},
        "count": 4,
        "firstTimestamp": when(hours=1),
        "lastTimestamp": when(seconds=5),
        "message": " it was \n",
    }
    row = cells("events", old)
    assert (row["Object"], row["Source"], row["Message"]) == ("pod/web", "kubelet, node-1", "it was")
    assert (row["First Seen"], row["Last Seen"], row["Count"]) == ("60m", "5s", 4)
    new = {
        "metadata": {"name": "e"},
        "regarding": {"kind": "Node"},
        "reportingController": "c",
        "eventTime": when(minutes=5),
        "series": {"count": 7, "lastObservedTime": when(seconds=1)},
        "note": "n",
    }
    row = cells("events.k8s.io/events", new)
    assert (row["Object"], row["Source"], row["Message"], row["Count"]) == ("node", "c", "n", 7)
    assert (row["First Seen"], row["Last Seen"]) == ("5m", "1s")


def test_what_controllers_write() -> None:
    flow = {"metadata": {"name": "f"}, "status": {"conditions": [{"type": "Dangling", "status": "False"}]}}
    assert cells("flowcontrol.apiserver.k8s.io/flowschemas", flow)["MissingPL"] == "False"
    claim: dict[str, Any] = {"metadata": {"name": "c"}, "status": {"allocation": {"devices": {}}, "reservedFor": [{}]}}
    assert cells("resource.k8s.io/resourceclaims", claim)["State"] == "allocated,reserved"
    quota = {"metadata": {"name": "q"}, "status": {"hard": {"pods": "5", "limits.cpu": "2"}, "used": {"pods": "1"}}}
    row = cells("resourcequotas", quota)
    assert (row["Request"], row["Limit"]) == ("pods: 1/5", "limits.cpu: 0/2")
    owners = [{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "d", "controller": True}]
    revision = {"metadata": {"name": "r", "ownerReferences": owners}, "revision": 2}
    assert cells("apps/controllerrevisions", revision)["Controller"] == "daemonset.apps/d"
    metric = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 31}}}
    wanted = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    scaler = {"metadata": {"name": "h"}, "spec": {"metrics": [wanted]}, "status": {"currentMetrics": [metric]}}
    assert cells("autoscaling/horizontalpodautoscalers", scaler)["Targets"] == "cpu: 31%/80%"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "<invalid>"), (0, "0s"), (119, "119s"), (120, "2m"), (599, "9m59s"), (3600, "60m"), (90000, "25h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text
