"""kubex: an asynchronous, fully typed Kubernetes client.

The names here are imported when they are first used: `import kubex` costs nothing, and no HTTP library is loaded before
a client is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex._version import __version__
from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.api import Api as Api
    from kubex.api import create_api as create_api
    from kubex.api import discover as discover
    from kubex.api import dynamic_api as dynamic_api
    from kubex.client import BaseClient as BaseClient
    from kubex.client import ClientChoice as ClientChoice
    from kubex.client import ClientOptions as ClientOptions
    from kubex.client import Hooks as Hooks
    from kubex.client import RetryPolicy as RetryPolicy
    from kubex.client import create_client as create_client
    from kubex.core.exceptions import KubexApiError as KubexApiError
    from kubex.core.exceptions import KubexClientException as KubexClientException
    from kubex.core.exceptions import KubexException as KubexException
    from kubex.core.params import Timeout as Timeout
    from kubex.crd import crd_for as crd_for
    from kubex.manifests import apply_manifests as apply_manifests
    from kubex.manifests import dump_manifests as dump_manifests
    from kubex.manifests import load_manifests as load_manifests
    from kubex.manifests import parse_manifests as parse_manifests
    from kubex.runtime import Controller as Controller
    from kubex.runtime import Informer as Informer
    from kubex.runtime import Manager as Manager
    from kubex.runtime import Watcher as Watcher
    from kubex.runtime import conditions as conditions
    from kubex.runtime import wait_for as wait_for
    from kubex_core.models.dynamic_object import DynamicObject as DynamicObject

_HOMES = {
    "Api": "kubex.api",
    "BaseClient": "kubex.client",
    "ClientChoice": "kubex.client",
    "ClientOptions": "kubex.client",
    "Controller": "kubex.runtime",
    "DynamicObject": "kubex_core.models.dynamic_object",
    "Hooks": "kubex.client",
    "Informer": "kubex.runtime",
    "KubexApiError": "kubex.core.exceptions",
    "KubexClientException": "kubex.core.exceptions",
    "KubexException": "kubex.core.exceptions",
    "Manager": "kubex.runtime",
    "RetryPolicy": "kubex.client",
    "Timeout": "kubex.core.params",
    "Watcher": "kubex.runtime",
    "apply_manifests": "kubex.manifests",
    "conditions": "kubex.runtime",
    "create_api": "kubex.api",
    "create_client": "kubex.client",
    "crd_for": "kubex.crd",
    "discover": "kubex.api",
    "dump_manifests": "kubex.manifests",
    "dynamic_api": "kubex.api",
    "load_manifests": "kubex.manifests",
    "parse_manifests": "kubex.manifests",
    "wait_for": "kubex.runtime",
}

__all__ = [
    "Api",
    "BaseClient",
    "ClientChoice",
    "ClientOptions",
    "Controller",
    "DynamicObject",
    "Hooks",
    "Informer",
    "KubexApiError",
    "KubexClientException",
    "KubexException",
    "Manager",
    "RetryPolicy",
    "Timeout",
    "Watcher",
    "__version__",
    "apply_manifests",
    "conditions",
    "create_api",
    "create_client",
    "crd_for",
    "discover",
    "dump_manifests",
    "dynamic_api",
    "load_manifests",
    "parse_manifests",
    "wait_for",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
