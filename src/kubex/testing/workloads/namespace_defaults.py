"""What every namespace has: the service account `default`, and a ConfigMap with the cluster's certificate authority.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.state import State
from kubex.testing.workloads.writes import Create, Update

__all__ = ["RootCertificates", "ServiceAccounts"]

_NAMESPACES: Final = "namespaces"
_ACCOUNTS: Final = "serviceaccounts"
_CONFIG_MAPS: Final = "configmaps"
_DEFAULT: Final = "default"
_ROOT: Final = "kube-root-ca.crt"
_WHAT_FOR: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


def _namespaces(change: Change, place: str, name: str) -> Iterator[Key]:
    if change.place == _NAMESPACES:
        if change.after is not None:
            yield change.key
    elif change.place == place and change.key.name == name:
        yield Key("", change.key.namespace)


def _is_open(state: State, key: Key) -> bool:
    namespace = state.get(_NAMESPACES, key)
    return namespace is not None and "deletionTimestamp" not in namespace["metadata"]


class ServiceAccounts:
    """Sees that each namespace has the account that its pods run as."""

    component = "serviceaccount-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (_NAMESPACES, _ACCOUNTS)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the namespaces that a change makes it look at."""
        yield from _namespaces(change, _ACCOUNTS, _DEFAULT)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a namespace."""
        if _is_open(state, key) and state.get(_ACCOUNTS, Key(key.name, _DEFAULT)) is None:
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": _DEFAULT}}
            yield Create(_ACCOUNTS, key.name, account)


class RootCertificates:
    """Sees that each namespace has the certificate authority of the API server.

    Args:
        authority: its certificate, as PEM; `""` where the server speaks plain HTTP.
    """

    component = "root-ca-certificate-publisher"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (_NAMESPACES, _CONFIG_MAPS)

    def __init__(self, authority: str) -> None:
        self._data = {"ca.crt": authority}

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the namespaces that a change makes it look at."""
        yield from _namespaces(change, _CONFIG_MAPS, _ROOT)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a namespace."""
        if not _is_open(state, key):
            return
        old = state.get(_CONFIG_MAPS, Key(key.name, _ROOT))
        if old is None:
            metadata = {"name": _ROOT, "annotations": {"kubernetes.io/description": _WHAT_FOR}}
            new: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": self._data}
            yield Create(_CONFIG_MAPS, key.name, new)
        elif old.get("data") != self._data:
            yield Update(_CONFIG_MAPS, {**old, "data": self._data})
