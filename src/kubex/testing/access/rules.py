"""The rules of roles: what one allows, and what of some others do not cover.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#api-overview
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.testing.access.attributes import Attributes
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.storage import JsonObject

__all__ = ["allows", "described", "uncovered"]

_ANY: Final = "*"
_SHOWN: Final = (
    ("APIGroups", "apiGroups"),
    ("Resources", "resources"),
    ("NonResourceURLs", "nonResourceURLs"),
    ("ResourceNames", "resourceNames"),
    ("Verbs", "verbs"),
)


def allows(rule: JsonObject, asked: Attributes) -> bool:
    """Say whether a rule allows what is asked."""
    if not _has(rule, "verbs", asked.verb):
        return False
    if asked.is_path:
        return any(_url_covers(url, asked.path) for url in list_at(rule, "nonResourceURLs"))
    names = list_at(rule, "resourceNames")
    return (
        _has(rule, "apiGroups", asked.group)
        and _has_resource(list_at(rule, "resources"), asked.resource, asked.subresource)
        and (not names or asked.name in names)
    )


def uncovered(held: Iterable[JsonObject], wanted: Iterable[JsonObject]) -> list[JsonObject]:
    """Give what of the wanted rules no held one allows, in rules of one verb, resource and name each."""
    own = list(held)
    return [part for rule in wanted for part in _parts(rule) if not any(_covers(each, part) for each in own)]


def described(rules: Iterable[JsonObject]) -> list[str]:
    """Show rules of one resource each as the server does: those that differ in the verb in one line."""
    lines: list[str] = []
    verbs: dict[tuple[str, str, tuple[str, ...]], JsonObject] = {}
    for rule in rules:
        groups, resources = list_at(rule, "apiGroups"), list_at(rule, "resources")
        names = tuple(list_at(rule, "resourceNames"))
        if len(groups) != 1 or len(resources) != 1 or len(names) > 1:
            lines.append(_shown(rule))
            continue
        joined = verbs.setdefault((groups[0], resources[0], names), {**rule, "verbs": []})
        joined["verbs"] = [*joined["verbs"], *list_at(rule, "verbs")]
    return sorted({*lines, *map(_shown, verbs.values())})


def _shown(rule: JsonObject) -> str:
    parts: list[str] = []
    for title, name in _SHOWN:
        if values := list_at(rule, name):
            parts.append(f"{title}:[{' '.join(go_quoted(value) for value in values)}]")
    return f"{{{', '.join(parts)}}}"


def _has(rule: JsonObject, name: str, value: str) -> bool:
    values: Sequence[Any] = list_at(rule, name)
    return value in values or _ANY in values


def _has_resource(resources: Sequence[str], resource: str, subresource: str) -> bool:
    if _ANY in resources:
        return True
    if not subresource:
        return resource in resources
    return f"{resource}/{subresource}" in resources or f"{_ANY}/{subresource}" in resources


def _url_covers(url: str, path: str) -> bool:
    return url in (_ANY, path) or (url.endswith(_ANY) and path.startswith(url.rstrip(_ANY)))


def _parts(rule: JsonObject) -> Iterator[JsonObject]:
    verbs = list_at(rule, "verbs")
    names = list_at(rule, "resourceNames")
    for group in list_at(rule, "apiGroups"):
        for resource in list_at(rule, "resources"):
            for verb in verbs:
                part: JsonObject = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
                yield from ({**part, "resourceNames": [name]} for name in names) if names else (part,)
    for url in list_at(rule, "nonResourceURLs"):
        yield from ({"nonResourceURLs": [url], "verbs": [verb]} for verb in verbs)


def _covers(held: JsonObject, part: JsonObject) -> bool:
    """Say whether a rule allows all of a part that `_parts` has made."""
    if not _has(held, "verbs", part["verbs"][0]):
        return False
    if "nonResourceURLs" in part:
        (path,) = part["nonResourceURLs"]
        return any(_url_covers(url, path) for url in list_at(held, "nonResourceURLs"))
    names = list_at(held, "resourceNames")
    resource, _, subresource = part["resources"][0].partition("/")
    return (
        _has(held, "apiGroups", part["apiGroups"][0])
        and _has_resource(list_at(held, "resources"), resource, subresource)
        and (not names or ("resourceNames" in part and part["resourceNames"][0] in names))
    )
