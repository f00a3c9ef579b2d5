"""Merging kubeconfigs, as kubectl merges the files of KUBECONFIG.

https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from kubex.configuration.configuration import KubeConfig, Preferences

__all__ = ["merge_kubeconfigs"]


def merge_kubeconfigs(configs: Iterable[KubeConfig]) -> KubeConfig:
    """Merge kubeconfigs into one; of anything that is there twice, the first stays.

    An entry stays or goes as a whole: what only a later cluster, user or context of the same name says is dropped.
    Entries keep their order, those of the first kubeconfig before those of the second. An empty value is none.

    Args:
        configs: the kubeconfigs, the one that goes before the others first. They stay as they are.
    """
    merged = KubeConfig()
    for config in configs:
        merged = _merged(merged, config)
    return merged


def _merged(first: KubeConfig, second: KubeConfig) -> KubeConfig:
    config = KubeConfig.model_validate(
        {
            **_unknown(first, second),
            "clusters": _by_name(first.clusters, second.clusters),
            "users": _by_name(first.users, second.users),
            "contexts": _by_name(first.contexts, second.contexts),
            "current_context": first.current_context or second.current_context,
            "extensions": _by_name(first.extensions, second.extensions),
            "preferences": _merged_preferences(first.preferences, second.preferences),
        }
    )
    return config.with_files(first.files + second.files)


def _merged_preferences(first: Preferences, second: Preferences) -> Preferences:
    return Preferences.model_validate(
        {
            **_unknown(first, second),
            "colors": first.colors or second.colors,
            "extensions": _by_name(first.extensions, second.extensions),
        }
    )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_NamedT = TypeVar("_NamedT", bound=_Named)


def _by_name(first: list[_NamedT], second: list[_NamedT]) -> list[_NamedT]:
    taken = {entry.name for entry in first}
    return [*first, *(entry for entry in second if entry.name not in taken)]


def _unknown(first: KubeConfig | Preferences, second: KubeConfig | Preferences) -> dict[str, Any]:
    """Give the keys that only newer versions of the format know; they follow the rule of all others."""
    return {**(second.model_extra or {}), **{k: v for k, v in (first.model_extra or {}).items() if v is not None}}
