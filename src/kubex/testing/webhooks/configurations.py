"""The webhooks that the configurations in a cluster ask for, in the order in which they are called.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-configuration
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.matching import Matching, read_rules
from kubex.testing.storage import Change, JsonObject, Storage

__all__ = ["ConfiguredWebhooks", "Webhook"]

_PLACES: Final = {
    "mutating": "admissionregistration.k8s.io/mutatingwebhookconfigurations",
    "validating": "admissionregistration.k8s.io/validatingwebhookconfigurations",
}
_REVIEW_VERSIONS: Final = ("v1", "v1beta1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook of a configuration."""

    name: str
    configuration: str
    phase: Literal["mutating", "validating"]
    client: JsonObject
    """Its `clientConfig`."""
    matching: Matching
    conditions: tuple[str, ...]
    """Expressions of its `matchConditions`."""
    fails_closed: bool
    timeout_seconds: int
    takes_dry_run: bool
    is_reinvoked: bool
    review_version: str


class ConfiguredWebhooks:
    """The webhooks of a cluster.

    Args:
        storage: of the cluster.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._read: dict[str, tuple[Webhook, ...]] = {}
        self._is_empty: bool | None = None
        for place in _PLACES.values():
            storage.subscribe(place, self._forget)

    @property
    def is_empty(self) -> bool:
        """Whether nobody is to be asked about anything."""
        if self._is_empty is None:  # asked for each write
            self._is_empty = not any(map(self._storage.count, _PLACES.values()))
        return self._is_empty

    def of(self, phase: Literal["mutating", "validating"]) -> tuple[Webhook, ...]:
        """Give the webhooks of a phase, by the names of their configurations."""
        found = self._read.get(phase)
        if found is None:
            entries = [entry.object for _, entry in self._storage.scan(_PLACES[phase])]
            found = tuple(each for object_ in entries for each in _webhooks(object_, phase))
            self._read[phase] = found
        return found

    def _forget(self, change: Change) -> None:
        self._read.clear()
        self._is_empty = None


def _webhooks(configuration: JsonObject, phase: Literal["mutating", "validating"]) -> Iterator[Webhook]:
    for each in list_at(configuration, "webhooks"):
        versions = [version for version in list_at(each, "admissionReviewVersions") if version in _REVIEW_VERSIONS]
        yield Webhook(
            name=each["name"],
            configuration=configuration["metadata"]["name"],
            phase=phase,
            client=object_at(each, "clientConfig"),
            matching=Matching(
                read_rules(list_at(each, "rules")),
                (),
                namespaces=each.get("namespaceSelector"),
                objects=each.get("objectSelector"),
                equivalents=each.get("matchPolicy") != "Exact",
            ),
            conditions=tuple(condition["expression"] for condition in list_at(each, "matchConditions")),
            fails_closed=each.get("failurePolicy") != "Ignore",
            timeout_seconds=each.get("timeoutSeconds") or 10,
            takes_dry_run=each.get("sideEffects") in ("None", "NoneOnDryRun"),
            is_reinvoked=each.get("reinvocationPolicy") == "IfNeeded",
            review_version=versions[0] if versions else _REVIEW_VERSIONS[0],
        )
