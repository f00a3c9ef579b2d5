"""From watches to controllers: live pictures of a cluster, and what acts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex.runtime import conditions
from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.core.exceptions import SubscriptionOverflow as SubscriptionOverflow
    from kubex.runtime.context import Context as Context
    from kubex.runtime.context import Requeue as Requeue
    from kubex.runtime.context import TerminalError as TerminalError
    from kubex.runtime.controller import Controller as Controller
    from kubex.runtime.event_recorder import EventRecorder as EventRecorder
    from kubex.runtime.informer import Informer as Informer
    from kubex.runtime.informer import InformerFactory as InformerFactory
    from kubex.runtime.leader_election import LeaderElector as LeaderElector
    from kubex.runtime.manager import Manager as Manager
    from kubex.runtime.queue import Queue as Queue
    from kubex.runtime.reflector import Reflector as Reflector
    from kubex.runtime.store import Store as Store
    from kubex.runtime.store_changes import Added as Added
    from kubex.runtime.store_changes import ObjectKey as ObjectKey
    from kubex.runtime.store_changes import Removed as Removed
    from kubex.runtime.store_changes import StoreChange as StoreChange
    from kubex.runtime.store_changes import Updated as Updated
    from kubex.runtime.subscription import Subscription as Subscription
    from kubex.runtime.subscription import WhenFull as WhenFull
    from kubex.runtime.transforms import without_fields as without_fields
    from kubex.runtime.transforms import without_managed_fields as without_managed_fields
    from kubex.runtime.waiting import wait_for as wait_for
    from kubex.runtime.watcher import Watcher as Watcher
    from kubex.runtime.watcher_events import Applied as Applied
    from kubex.runtime.watcher_events import Bookmarked as Bookmarked
    from kubex.runtime.watcher_events import Deleted as Deleted
    from kubex.runtime.watcher_events import Failed as Failed
    from kubex.runtime.watcher_events import ListCompleted as ListCompleted
    from kubex.runtime.watcher_events import Listed as Listed
    from kubex.runtime.watcher_events import ListStarted as ListStarted
    from kubex.runtime.watcher_events import WatcherEvent as WatcherEvent

_HOMES = {
    "Added": "kubex.runtime.store_changes",
    "Applied": "kubex.runtime.watcher_events",
    "Bookmarked": "kubex.runtime.watcher_events",
    "Context": "kubex.runtime.context",
    "Controller": "kubex.runtime.controller",
    "Deleted": "kubex.runtime.watcher_events",
    "EventRecorder": "kubex.runtime.event_recorder",
    "Failed": "kubex.runtime.watcher_events",
    "Informer": "kubex.runtime.informer",
    "InformerFactory": "kubex.runtime.informer",
    "LeaderElector": "kubex.runtime.leader_election",
    "ListCompleted": "kubex.runtime.watcher_events",
    "ListStarted": "kubex.runtime.watcher_events",
    "Listed": "kubex.runtime.watcher_events",
    "Manager": "kubex.runtime.manager",
    "ObjectKey": "kubex.runtime.store_changes",
    "Queue": "kubex.runtime.queue",
    "Reflector": "kubex.runtime.reflector",
    "Removed": "kubex.runtime.store_changes",
    "Requeue": "kubex.runtime.context",
    "Store": "kubex.runtime.store",
    "StoreChange": "kubex.runtime.store_changes",
    "Subscription": "kubex.runtime.subscription",
    "SubscriptionOverflow": "kubex.core.exceptions",
    "TerminalError": "kubex.runtime.context",
    "Updated": "kubex.runtime.store_changes",
    "Watcher": "kubex.runtime.watcher",
    "WatcherEvent": "kubex.runtime.watcher_events",
    "WhenFull": "kubex.runtime.subscription",
    "wait_for": "kubex.runtime.waiting",
    "without_fields": "kubex.runtime.transforms",
    "without_managed_fields": "kubex.runtime.transforms",
}

__all__ = [
    "Added",
    "Applied",
    "Bookmarked",
    "Context",
    "Controller",
    "Deleted",
    "EventRecorder",
    "Failed",
    "Informer",
    "InformerFactory",
    "LeaderElector",
    "ListCompleted",
    "ListStarted",
    "Listed",
    "Manager",
    "ObjectKey",
    "Queue",
    "Reflector",
    "Removed",
    "Requeue",
    "Store",
    "StoreChange",
    "Subscription",
    "SubscriptionOverflow",
    "TerminalError",
    "Updated",
    "Watcher",
    "WatcherEvent",
    "WhenFull",
    "conditions",
    "wait_for",
    "without_fields",
    "without_managed_fields",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
