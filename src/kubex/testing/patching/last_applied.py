"""Keeps the annotation of kubectl's client-side apply in step with its server-side apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kubex.core._go_text import go_json
from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import FieldSet
from kubex.testing.patching.applied_checks import applied_faults
from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.comparison import compare
from kubex.testing.patching.object_type import JsonObject, ObjectType

__all__ = ["LAST_APPLIED", "allowed_by_last_applied", "with_last_applied"]

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"

_LARGEST_ANNOTATIONS: Final = 256 * 1024


def allowed_by_last_applied(type_: ObjectType, live: Mapping[str, Any]) -> FieldSet:
    """Give the fields that kubectl may take without a conflict: as they are, its client-side apply left them.

    Args:
        type_: what the request is about.
        live: object as it is stored, without `managedFields`.
    """
    text = _annotations(live).get(LAST_APPLIED)
    if not text:
        return FieldSet()
    try:
        last: Any = msgspec.json.decode(text)
        if not is_object(last) or last.get("apiVersion") != type_.api_version or applied_faults(last, type_.schema):
            return FieldSet()
        change = compare(last, live, type_.schema)
        return applied_fields(last, type_.schema) - change.written - change.removed
    except (msgspec.DecodeError, InvalidArgument):
        return FieldSet()


def with_last_applied(object_: JsonObject, applied: Mapping[str, Any]) -> JsonObject:
    """Give an object with the annotation renewed, if it has it: what was applied now, without the annotation itself."""
    annotations = _annotations(object_)
    if not annotations.get(LAST_APPLIED):
        return object_
    configuration = dict(applied)
    own = _annotations(applied)
    if own:
        rest = {name: value for name, value in own.items() if name != LAST_APPLIED}
        configuration["metadata"] = {**applied["metadata"], "annotations": rest}
    renewed = {**annotations, LAST_APPLIED: go_json(configuration) + "\n"}
    if sum(len(name.encode()) + len(str(value).encode()) for name, value in renewed.items()) > _LARGEST_ANNOTATIONS:
        del renewed[LAST_APPLIED]
    return {**object_, "metadata": {**object_["metadata"], "annotations": renewed}}


def _annotations(object_: Mapping[str, Any]) -> dict[str, Any]:
    metadata = object_.get("metadata")
    annotations = metadata.get("annotations") if is_object(metadata) else None
    return annotations if is_object(annotations) else {}
