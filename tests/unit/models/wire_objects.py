"""Random JSON objects of a struct class, whole and damaged, for property tests.

They come of a seed that hypothesis draws: a pod has a thousand decisions, more than hypothesis itself can make.
"""

from __future__ import annotations

import base64
from random import Random
from typing import Any

import msgspec
from msgspec import inspect as ms

from kubex_core.models._struct_types import admits_none, is_list, is_mapping, is_quantity, is_time, type_info, unwrapped
from kubex_core.models.resource_config import ResourceConfig

WORDS = ["", "a", "web-0", "10.0.0.1", "naïve", "a_b", 'with "quotes" and \\', "line\nbreak", "\u2028"]
TIMES = [
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456Z",
    "2026-01-02T03:04:05.123456789Z",
    "0001-01-01T00:00:00Z",
    "2026-01-02T03:04:05+02:00",
]
FREE: list[Any] = [True, 0, -1.5, "x", [1, None], {"a": {"b": []}}]
FIELD_SETS: list[Any] = [{}, {"f:spec": {"f:replicas": {}}}]


def wire_object(cls: type[Any], random: Random) -> Any:
    """Give a valid JSON object of a class; of a resource, one of its kind."""
    value = _value(type_info(cls), random, 0)
    config: ResourceConfig[Any] | None = getattr(cls, "__RESOURCE_CONFIG__", None)
    if config is not None:
        own = {"apiVersion": config.api_version, "kind": config.kind}
        value |= {name: text for name, text in own.items() if name in value}
    return value


def damaged(value: Any, random: Random, share: float) -> Any:
    """Give JSON with a share of its parts nulled or, in objects, gone; the outermost stays an object."""
    if is_mapping(value):
        kept = {key: item for key, item in value.items() if random.random() >= share}
        return {key: None if random.random() < share else damaged(item, random, share) for key, item in kept.items()}
    if is_list(value):
        return [None if random.random() < share else damaged(item, random, share) for item in value]
    return value


def _value(info: ms.Type, random: Random, depth: int) -> Any:
    inner = unwrapped(info)
    if isinstance(inner, ms.StructType):
        return _struct(inner, random, depth)
    if isinstance(inner, ms.ListType):
        return [_value(inner.item_type, random, depth + 1) for _ in range(random.randrange(3))]
    if isinstance(inner, ms.DictType):
        return {random.choice(WORDS): _value(inner.value_type, random, depth + 1) for _ in range(random.randrange(3))}
    if isinstance(inner, ms.UnionType):
        return _value(random.choice([member for member in inner.types if not admits_none(member)]), random, depth)
    if is_time(inner):
        return random.choice(TIMES)
    if is_quantity(info):
        return random.choice(["1", "500m", "1Gi", "0.5", "1e3"])
    if isinstance(inner, ms.BoolType):
        return random.random() < 0.5
    if isinstance(inner, ms.IntType):
        return random.randint(-(2**63), 2**63 - 1)
    if isinstance(inner, ms.FloatType):
        return random.uniform(-1e6, 1e6)
    if isinstance(inner, ms.BytesType):
        return base64.b64encode(random.randbytes(random.randrange(5))).decode()
    if isinstance(inner, ms.LiteralType):
        return random.choice(inner.values)
    if isinstance(inner, ms.RawType):
        return random.choice(FIELD_SETS)
    if isinstance(inner, ms.AnyType):
        return random.choice(FREE)
    assert isinstance(inner, ms.StrType), f"no values of {inner} here"
    return random.choice(WORDS)


def _struct(info: ms.StructType, random: Random, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for field in info.fields:
        if field.required or random.random() < 0.8 * 0.7**depth:
            result[field.encode_name] = _value(field.type, random, depth + 1)
    return result


def compact(value: Any) -> bytes:
    """Give JSON as the API server writes it, without white space."""
    return msgspec.json.encode(value)
