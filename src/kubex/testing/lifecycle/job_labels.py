"""The labels by which a Job knows its pods, and those that it has of them.

https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector
"""

from __future__ import annotations

from typing import Final

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["as_read_back", "label_pods"]

_OWN_LABEL: Final = "batch.kubernetes.io/controller-uid"


def label_pods(job: JsonObject) -> None:
    """Give the pods of a new Job the labels that it selects them by, in place."""
    metadata, spec = job["metadata"], job["spec"]
    if spec.get("manualSelector"):
        return
    labels = {
        "batch.kubernetes.io/controller-uid": metadata["uid"],
        "batch.kubernetes.io/job-name": metadata.get("name", ""),
        "controller-uid": metadata["uid"],
        "job-name": metadata.get("name", ""),
    }
    template = spec["template"]["metadata"]
    given = object_at(template, "labels")
    template["labels"] = {**given, **labels}
    if given and metadata.get("labels") == given:  # which were taken over from its pods
        metadata["labels"] = dict(template["labels"])
    selector = object_at(spec, "selector")
    spec["selector"] = {**selector, "matchLabels": {_OWN_LABEL: metadata["uid"], **object_at(selector, "matchLabels")}}


def as_read_back(resource: Resource, object_: JsonObject) -> JsonObject:
    """Give the next state of an object with what is filled in when it is read: a job without labels has its pods'."""
    if (resource.name.group, resource.kind) != ("batch", "Job") or object_["metadata"].get("labels"):
        return object_
    labels = object_at(object_at(object_["spec"]["template"], "metadata"), "labels")
    return {**object_, "metadata": {**object_["metadata"], "labels": dict(labels)}} if labels else object_
