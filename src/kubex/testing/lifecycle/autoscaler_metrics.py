"""The metrics of autoscalers, and what they are now, in the words of version 1 and in those of version 2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["first_source", "first_usage", "in_order", "second_source", "second_usage"]

_KINDS: Final = ("object", "pods", "resource", "containerResource", "external")
_OF_RESOURCES: Final = ("resource", "containerResource")
_REFERENCE: Final = ("kind", "name", "apiVersion")


def in_order(object_: JsonObject, names: Iterable[str]) -> JsonObject:
    """Give the members of these names that are there, in their order."""
    return {name: object_[name] for name in names if name in object_}


def first_source(metric: JsonObject) -> JsonObject:
    """Give a metric of version 2 as version 1 has it."""
    return _first(metric, "target")


def first_usage(metric: JsonObject) -> JsonObject:
    """Give what a metric is now, of version 2, as version 1 has it."""
    return _first(metric, "current")


def _first(metric: JsonObject, place: str) -> JsonObject:
    result: JsonObject = {"type": metric.get("type", "")}
    for kind in _KINDS:
        if metric.get(kind) is not None:
            result[kind] = _present(_first_of_kind(metric[kind], kind, place))
    return result


def _first_of_kind(metric: JsonObject, kind: str, place: str) -> JsonObject:
    values, is_usage = object_at(metric, place), place == "current"
    name, selector = object_at(metric, "metric").get("name", ""), _first_selector(metric)
    average, value = values.get("averageValue"), values.get("value")
    match kind:
        case "object":
            about = object_at(metric, "describedObject")
            reference = {"kind": "", "name": "", **in_order(about, _REFERENCE)}
            numbers = {f"{place}Value": value or "0", "selector": selector, "averageValue": average}
            return {"target": reference, "metricName": name, **numbers}
        case "pods":
            return {"metricName": name, f"{place}AverageValue": average or "0", "selector": selector}
        case "external":
            numbers = {f"{place}Value": value or ("0" if is_usage else None), f"{place}AverageValue": average}
            return {"metricName": name, "metricSelector": selector, **numbers}
        case _:
            numbers = {f"{place}AverageUtilization": values.get("averageUtilization")}
            numbers[f"{place}AverageValue"] = average or ("0" if is_usage else None)
            container = {"container": metric.get("container", "")} if kind == "containerResource" else {}
            return {"name": metric.get("name", ""), **numbers, **container}


def _present(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _first_selector(metric: JsonObject) -> JsonObject | None:
    selector = object_at(metric, "metric").get("selector")
    if selector is None:
        return None
    found: JsonObject = {}
    if selector.get("matchLabels"):
        found["matchLabels"] = dict(sorted(selector["matchLabels"].items()))
    if selector.get("matchExpressions"):
        names = ("key", "operator", "values")
        found["matchExpressions"] = [in_order(each, names) for each in list_at(selector, "matchExpressions")]
    return found


def second_source(metric: JsonObject) -> JsonObject:
    """Give a metric of version 1 as version 2 has it.

    Raises:
        InvalidArgument: its numbers can't be read.
    """
    return _second(metric, "target")


def second_usage(metric: JsonObject) -> JsonObject:
    """Give what a metric is now, of version 1, as version 2 has it.

    Raises:
        InvalidArgument: its numbers can't be read.
    """
    return _second(metric, "current")


def _second(metric: JsonObject, place: str) -> JsonObject:
    result: JsonObject = {"type": metric.get("type", "")}
    for kind in _KINDS:
        if metric.get(kind) is not None:
            of_kind = object_at(metric, kind)
            values = _second_values(of_kind, kind, place)
            if place == "target":
                values["type"] = _target_type(values, kind)
            result[kind] = {**_second_names(of_kind, kind), place: values}
    return result


def _second_names(metric: JsonObject, kind: str) -> JsonObject:
    if kind in _OF_RESOURCES:
        return {"name": metric.get("name", ""), **in_order(metric, ("container",))}
    about: JsonObject = {"describedObject": object_at(metric, "target")} if kind == "object" else {}
    selector = metric.get("metricSelector" if kind == "external" else "selector")
    named = {"name": metric.get("metricName", ""), **({"selector": selector} if selector is not None else {})}
    return {**about, "metric": named}


def _second_values(metric: JsonObject, kind: str, place: str) -> JsonObject:
    """Give the numbers; what version 1 always has is there, be it none."""
    average = metric.get("averageValue" if kind == "object" else f"{place}AverageValue")
    whole = metric.get(f"{place}Value")
    percentage = metric.get(f"{place}AverageUtilization") if kind in _OF_RESOURCES else None
    if kind == "pods" or (kind in _OF_RESOURCES and place == "current"):
        average = average or "0"
    if kind == "object" or (kind == "external" and place == "current"):
        whole = whole or "0"
    values: dict[str, Any] = {"averageUtilization": percentage, "averageValue": _canonical(average)}
    if kind in ("object", "external"):
        values["value"] = _canonical(whole)
    if not isinstance(percentage, int | None):
        raise InvalidArgument(str(percentage))
    return _present(values)


def _canonical(value: Any) -> str | None:
    return None if value is None else str(Quantity(str(value)))


def _target_type(values: JsonObject, kind: str) -> str:
    if kind in _OF_RESOURCES:
        return "Utilization" if "averageUtilization" in values else "AverageValue"
    if kind == "external":
        return "Value" if "value" in values else "AverageValue"
    return "AverageValue" if "averageValue" in values else "Value"
