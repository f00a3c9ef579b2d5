"""`LeaderElector`: has one of several processes do the work, and another one when that is gone."""

from __future__ import annotations

import logging
import math
import random
import socket
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import anyio

from kubex.api import Api
from kubex.api._background_tasks import BackgroundTasks
from kubex.client.base import BaseClient
from kubex.core._arguments import check_object_name
from kubex.core.exceptions import Conflict, InvalidArgument, KubexClientException, KubexException, LeadershipLost
from kubex.runtime._cancellations import in_own_task, unexpected
from kubex.runtime._guarded_steps import GuardedSteps
from kubex.runtime._lease import Lease, LeaseSpec
from kubex.runtime._measures import election_metrics
from kubex.runtime.metrics import Metric
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.micro_time import MicroTime

__all__ = ["LeaderElector"]

R = TypeVar("R")

_log = logging.getLogger("kubex.runtime")

_JITTER: Final = 1.2
_RELEASE: Final = 5.0  # seconds that giving up the lease may take


class LeaderElector:
    """Competes for a Lease, and runs work while it holds it.

    Whether another one's lease has run out is told by when this process saw it change last, on its own clock: clocks
    of different machines need not agree. The lease is renewed every two seconds; when that has not succeeded for
    `renew_deadline` seconds, the work is cancelled, before anyone else can take the lease: no step of it begins after
    that, even in a process that was stopped meanwhile.

    There is no fencing: what the work has already sent may reach the API server after another process leads. Where
    that must not be, let each write say the version that it is based on.

    Args:
        client: of the cluster.
        name: of the Lease.
        namespace: of the Lease.
        identity: of this process; host name and a random part where left out.
        lease_duration: seconds without a renewal after which others take the lease.
        renew_deadline: seconds without a renewal after which the work is cancelled.
        retry_period: seconds between two tries.
        on_new_leader: called with the identity of each new leader that is seen, this one too.

    Raises:
        InvalidArgument: a name that is none; not `lease_duration` > `renew_deadline` > 1.2 * `retry_period` > 0.

    Example:
        ```python
        elector = LeaderElector(client, "backup-operator", namespace="shop")
        await elector.run(work)
        ```

    https://kubernetes.io/docs/concepts/architecture/leases/
    """

    def __init__(
        self,
        client: BaseClient,
        name: str,
        *,
        namespace: str = "default",
        identity: str | None = None,
        lease_duration: float = 15.0,
        renew_deadline: float = 10.0,
        retry_period: float = 2.0,
        on_new_leader: Callable[[str], object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        check_object_name("name", name)
        if not lease_duration > renew_deadline > retry_period * _JITTER > 0:
            raise InvalidArgument(
                f"lease_duration={lease_duration!r}, renew_deadline={renew_deadline!r}, retry_period={retry_period!r}: "
                f"each has to be longer than the next, the second than {_JITTER} times the third"
            )
        self.identity: str = identity or f"{socket.gethostname()}_{uuid.uuid4()}"
        self._api = Api(Lease, client, namespace=namespace)
        self._name = name
        self._lease_duration = lease_duration
        self._renew_deadline = renew_deadline
        self._retry_period = retry_period
        self._on_new_leader = on_new_leader
        self._now = now
        self._deadline = float("-inf")  # up to when this process leads
        self._seen: tuple[str | None, ...] = ()
        self._seen_at = 0.0
        self._leader = ""
        self.last_error: KubexException | None = None
        """What went wrong last."""
        self.terms: int = 0
        """How often this process has come to lead."""

    @property
    def name(self) -> str:
        """Name of the Lease."""
        return self._name

    def measure(self) -> list[Metric]:
        """Give whether this process leads, and how often it has come to."""
        return election_metrics(self)

    @property
    def is_leader(self) -> bool:
        """Whether this process leads, now."""
        return anyio.current_time() < self._deadline

    @property
    def leader(self) -> str:
        """Who held the lease when it was last read; `""` before that, and when nobody did."""
        return self._leader

    async def run(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Wait for the lease, do the work, and give the lease up.

        Args:
            work: what the leader does; cancelled when it leads no more.

        Returns:
            What the work gives.

        Raises:
            LeadershipLost: the lease was lost in the middle of the work; run again to compete again.
            ClientClosed: the client is closed; the work is cancelled.
        """
        await self._acquire()
        self.terms += 1
        _log.info("%s leads by lease %r", self.identity, self._name)
        try:
            with anyio.CancelScope(deadline=self._deadline) as leading:
                async with BackgroundTasks() as tasks:
                    tasks.start_soon(in_own_task, partial(self._renew, leading), f"the renewal of lease {self._name!r}")
                    return await GuardedSteps(work(), lambda: not self.is_leader, leading.cancel)
            raise LeadershipLost(f"lease {self._name!r} was lost by {self.identity}", self.last_error)
        finally:
            await self._release()

    async def _acquire(self) -> None:
        while not await self._try(anyio.current_time() + self._renew_deadline):
            await self._pause()

    async def _renew(self, leading: anyio.CancelScope) -> None:
        while True:
            await self._pause()
            if await self._try(self._deadline):
                leading.deadline = self._deadline
            elif self._leader != self.identity:
                self._deadline = float("-inf")
                leading.cancel()
                return

    async def _pause(self) -> None:
        await anyio.sleep(self._retry_period * random.uniform(1, _JITTER))  # noqa: S311 - no secret

    async def _try(self, until: float) -> bool:
        """Take or renew the lease, and say whether that succeeded."""
        began = anyio.current_time()
        leader: str | None = None
        try:
            with anyio.CancelScope(deadline=until):
                leader = await self._write()
        except Conflict:
            pass  # somebody was quicker
        except KubexException as error:
            self.last_error = error
            if isinstance(error, KubexClientException) and error.is_final:
                raise
            _log.warning("%s can't get lease %r: %s", self.identity, self._name, error)
        if leader is None:
            return False
        is_ours = leader == self.identity
        if is_ours:
            # Counted from before the request: others count from when they see it.
            self._deadline = began + self._renew_deadline
        self._observe_leader(leader)
        return is_ours

    async def _write(self) -> str:
        """Take or renew the lease unless another one has it, and give who has it then."""
        lease = await self._api.get_or_none(self._name, request_timeout=self._renew_deadline)
        now = MicroTime.of(self._now())
        if lease is None:
            spec = self._spec(now, acquired=now, transitions=0)
            made = Lease(metadata=ObjectMetadata(name=self._name), spec=spec)
            await self._api.create(made, request_timeout=self._renew_deadline)
            return self.identity
        held = lease.spec
        holder = held.holder_identity or ""
        seen = (holder, lease.metadata.resource_version)
        if seen != self._seen:
            self._seen, self._seen_at = seen, anyio.current_time()
        if holder != self.identity:
            duration = held.lease_duration_seconds or self._lease_duration
            if holder and anyio.current_time() < self._seen_at + duration:
                return holder
            lease.spec = self._spec(now, acquired=now, transitions=(held.lease_transitions or 0) + 1)
        else:
            lease.spec = self._spec(now, acquired=held.acquire_time or now, transitions=held.lease_transitions or 0)
        await self._api.replace(self._name, lease, request_timeout=self._renew_deadline)
        return self.identity

    def _spec(self, now: MicroTime, *, acquired: MicroTime, transitions: int) -> LeaseSpec:
        return LeaseSpec(
            holder_identity=self.identity,
            lease_duration_seconds=math.ceil(self._lease_duration),
            acquire_time=acquired,
            renew_time=now,
            lease_transitions=transitions,
        )

    def _observe_leader(self, leader: str) -> None:
        if leader != self._leader:
            self._leader = leader
            if self._on_new_leader is None:
                return
            try:
                self._on_new_leader(leader)
            except anyio.get_cancelled_exc_class() as cancellation:
                raise unexpected(cancellation, f"on_new_leader of lease {self._name!r}")  # noqa: B904 - it has it

    async def _release(self) -> None:
        """Give up the lease if it is still ours, for another one to take it at once."""
        was_leader, self._deadline = self.is_leader, float("-inf")
        if not was_leader:
            return
        with anyio.move_on_after(_RELEASE, shield=True):
            try:
                lease = await self._api.get(self._name, request_timeout=_RELEASE)
                if lease.spec.holder_identity == self.identity:
                    lease.spec = LeaseSpec(
                        holder_identity="",
                        lease_duration_seconds=1,
                        renew_time=MicroTime.of(self._now()),
                        lease_transitions=lease.spec.lease_transitions,
                    )
                    await self._api.replace(self._name, lease, request_timeout=_RELEASE)
            except KubexException as error:
                self.last_error = error
                _log.warning("%s can't give up lease %r: %s", self.identity, self._name, error)
        self._leader = ""
