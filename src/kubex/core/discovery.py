"""What an API server serves: groups, their versions and resources, as its discovery documents tell it.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

import msgspec

from kubex.core.exceptions import UnknownResource
from kubex_core.models.resource_config import Scope

__all__ = ["DiscoveredGroup", "DiscoveredResource", "DiscoveredSubresource", "DiscoveredVersion", "Discovery"]


class DiscoveredSubresource(msgspec.Struct, frozen=True, kw_only=True):
    """A subresource of a resource."""

    name: str
    """Its path below the object: `scale`."""
    kind: str
    """Kind that it is read and written as: `Scale`."""
    group: str
    """That kind's group: `autoscaling`."""
    version: str
    """That kind's version: `v1`."""
    verbs: tuple[str, ...]


class DiscoveredResource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource in one of its versions."""

    group: str
    """`""` for the core group."""
    version: str
    kind: str
    plural: str
    """Its name in paths: `deployments`."""
    singular: str
    scope: Scope
    verbs: tuple[str, ...]
    """`get`, `list`, `watch`, …"""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """Groups of resources that kubectl has a word for: `all`."""
    subresources: tuple[DiscoveredSubresource, ...] = ()

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them: `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def subresource(self, name: str) -> DiscoveredSubresource | None:
        """Give a subresource, `None` where there is none of this name."""
        return next((each for each in self.subresources if each.name == name), None)


class DiscoveredVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a group."""

    version: str
    resources: tuple[DiscoveredResource, ...]


class DiscoveredGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group: `apps`, `""` for the core group."""

    name: str
    versions: tuple[DiscoveredVersion, ...]
    """The preferred one first."""

    @property
    def preferred_version(self) -> str:
        """The version that the server prefers: `v1`."""
        return self.versions[0].version


class Discovery:
    """What a server serves, at one moment.

    Args:
        groups: in the server's order of preference, the core group first.
        unavailable: for each group and version that could not be found out, or whose resources are the last that
            were known, why.
    """

    def __init__(self, groups: Sequence[DiscoveredGroup], unavailable: Mapping[str, str] | None = None) -> None:
        self.groups: tuple[DiscoveredGroup, ...] = tuple(groups)
        self.unavailable: Mapping[str, str] = MappingProxyType(dict(unavailable or {}))
        self._by_kind = {(each.api_version, each.kind): each for each in reversed([*self])}

    def __iter__(self) -> Iterator[DiscoveredResource]:
        """Give every resource in every version, the preferred first."""
        for group in self.groups:
            for version in group.versions:
                yield from version.resources

    def __repr__(self) -> str:
        return f"<Discovery of {len(self.groups)} groups, {sum(1 for _ in self)} resources>"

    def group(self, name: str) -> DiscoveredGroup | None:
        """Give a group, `""` the core group; `None` where it is not served."""
        return next((each for each in self.groups if each.name == name), None)

    def get(self, api_version: str, kind: str) -> DiscoveredResource | None:
        """Give the resource of objects with this `apiVersion` and `kind`; `None` where it is not served."""
        return self._by_kind.get((api_version, kind))

    def resource(self, api_version: str, name: str) -> DiscoveredResource:
        """Give a resource of one version.

        Args:
            api_version: group and version: `apps/v1`.
            name: kind, plural, singular or short name.

        Raises:
            UnknownResource: the server does not have it; the text says where else it is, or what is like it.
        """
        found = self.get(api_version, name)
        if found is None:
            group, _, version = api_version.rpartition("/")
            found = self._named(name, [each for each in self if (each.group, each.version) == (group, version)])
        if found is None:
            raise UnknownResource(f'the server has no "{name}" in {api_version}{self._hint(name, api_version)}')
        return found

    def find(self, name: str) -> DiscoveredResource:
        """Give a resource by any name that kubectl takes; of several, the one that the server prefers.

        Args:
            name: kind, plural, singular or short name, in any case; alone, with a group (`deployments.apps`), or with
                version and group (`deployments.v1.apps`).

        Raises:
            UnknownResource: the server does not have it; the text says what is like it.

        Example:
            ```python
            discovery.find("deploy").api_version  # "apps/v1"
            ```
        """
        word, _, place = name.partition(".")
        found = self._named(word, [*self])
        if place:
            version, _, group = place.partition(".")
            found = self._named(word, [each for each in self if each.group == place]) or self._named(
                word, [each for each in self if (each.group, each.version) == (group, version)]
            )
        if found is None:
            raise UnknownResource(f'the server has no resource "{name}"{self._hint(word)}')
        return found

    def in_category(self, category: str) -> list[DiscoveredResource]:
        """Give the resources of a category, each in its preferred version: `all`."""
        found: dict[tuple[str, str], DiscoveredResource] = {}
        for each in self:
            if category in each.categories:
                found.setdefault((each.group, each.plural), each)
        return [*found.values()]

    @staticmethod
    def _named(name: str, resources: Sequence[DiscoveredResource]) -> DiscoveredResource | None:
        word = name.lower()
        full = next((each for each in resources if word in _full_names(each)), None)
        return full or next((each for each in resources if word in each.short_names), None)

    def _hint(self, name: str, api_version: str = "") -> str:
        group = api_version.rpartition("/")[0]
        for place, why in self.unavailable.items():
            if not api_version or place == api_version or place.rpartition("/")[0] == group:
                return f" ({place} could not be asked: {why})"
        elsewhere = [each.api_version for each in self if name.lower() in _full_names(each)]
        if elsewhere:
            return f" (it is in {', '.join(elsewhere)})"
        near = get_close_matches(name, {each.kind for each in self} | {each.plural for each in self}, 3)
        if near:
            return f" (it has {', '.join(near)})"
        return " (is its CustomResourceDefinition or API service installed?)"


def _full_names(resource: DiscoveredResource) -> tuple[str, str, str]:
    return (resource.plural, resource.singular, resource.kind.lower())
