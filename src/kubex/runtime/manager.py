"""`Manager`: runs controllers together, with shared caches, leader election, probes, and an orderly end."""

from __future__ import annotations

import logging
import signal
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import anyio

from kubex.api._background_tasks import BackgroundTasks
from kubex.client.base import BaseClient
from kubex.core._arguments import check_object_name, check_seconds
from kubex.core.exceptions import InvalidArgument
from kubex.core.params import NamespaceTypes
from kubex.runtime._controller_run import ControllerRun
from kubex.runtime._health_endpoint import Answer, serve_health
from kubex.runtime._measures import controller_metrics, election_metrics, no_cache_metrics
from kubex.runtime.controller import Controller
from kubex.runtime.event_recorder import EventRecorder
from kubex.runtime.informer import InformerFactory
from kubex.runtime.leader_election import LeaderElector
from kubex.runtime.metrics import Metric, prometheus_text

__all__ = ["Manager"]

_log = logging.getLogger("kubex.runtime")

_GRACE: Final = 30.0


class Manager:
    """Runs controllers until the process is told to end, or `stop` is called.

    SIGTERM and SIGINT, as `stop()`, end it in two stages: no new call begins, and those that run have `grace` seconds
    to end; then they are cancelled. A second signal cancels them at once. The lease is given up last.

    Args:
        controllers: what it runs.
        client: of the cluster; without one, `create_client()` makes it, and it is closed at the end.
        namespace: where controllers look that name none; `None` is all namespaces.
        leader_election: name of a Lease: of several processes one works. With an elector of your own, that one.
        leader_namespace: of the Lease; the client's own namespace where left out.
        health_port: port of `/healthz`, `/readyz` and `/metrics`; 0 takes a free one, `None` serves none.
        health_host: address that they are served at; all by default, as probes come from outside of the pod.
        grace: seconds that running calls have to end in.
        handle_signals: whether SIGTERM and SIGINT end it.
        intern_parts: whether caches keep equal parts of objects once; see `Store`.

    Raises:
        InvalidArgument: no controller, or two of one name; a name that no Lease can have; a `grace` below 0.

    Example:
        ```python
        await kubex.Manager(controller, leader_election="backup-operator").run()
        ```
    """

    def __init__(
        self,
        *controllers: Controller[Any],
        client: BaseClient | None = None,
        namespace: NamespaceTypes = None,
        leader_election: str | LeaderElector | None = None,
        leader_namespace: str | None = None,
        health_port: int | None = None,
        health_host: str = "0.0.0.0",  # noqa: S104 - a kubelet probes from outside
        grace: float = _GRACE,
        handle_signals: bool = True,
        intern_parts: bool = False,
    ) -> None:
        names = [each.name for each in controllers]
        if not names or len(names) != len(set(names)):
            raise InvalidArgument(f"a Manager needs controllers, each with a name of its own (it has: {names})")
        if leader_election is not None and not isinstance(leader_election, LeaderElector):
            check_object_name("leader_election", leader_election)
        check_seconds("grace", grace)
        self._controllers = controllers
        self._client = client
        self._namespace = namespace
        self._leader_election = leader_election
        self._leader_namespace = leader_namespace
        self._health_port = health_port
        self._health_host = health_host
        self._grace = grace
        self._handle_signals = handle_signals
        self._intern_parts = intern_parts
        self._runs: list[ControllerRun[Any]] = []
        self._elector: LeaderElector | None = None
        self._informers: InformerFactory | None = None
        self._stops = 0
        self._stopping: anyio.Event | None = None
        self._scope: anyio.CancelScope | None = None
        self.port: int | None = None
        """Port of the probes, while it runs."""

    @property
    def is_ready(self) -> bool:
        """Whether all caches are there, or another process leads."""
        if self._elector is not None and not self._elector.is_leader:
            return bool(self._elector.leader)
        return bool(self._runs) and all(run.is_ready for run in self._runs)

    @property
    def is_healthy(self) -> bool:
        """Whether no call has outlasted its time by a minute: a function that holds up the event loop, or won't end."""
        return all(
            run.controller.timeout is None or run.queue.metrics().longest_run < run.controller.timeout + 60
            for run in self._runs
        )

    def metrics(self) -> str:
        """Give what Prometheus reads."""
        return prometheus_text(self.measure())

    def measure(self) -> list[Metric]:
        """Give the metrics of its controllers, their queues and caches, and of the election."""
        caches = no_cache_metrics() if self._informers is None else self._informers.measure()
        election = election_metrics(None) if self._elector is None else self._elector.measure()
        return [*controller_metrics(self._runs), *caches, *election]

    def stop(self) -> None:
        """Begin the end; called a second time, end at once."""
        self._stops += 1
        if self._stopping is not None:
            self._stopping.set()
        if self._stops > 1 and self._scope is not None:
            self._scope.cancel()

    async def run(self) -> None:
        """Run until told to end.

        Raises:
            ConfigurationError: no client was given, and no configuration is found.
            InvalidArgument: a controller has neither a function nor a finalizer; or it runs already, here or elsewhere.
            LeadershipLost: another process may lead by now; the program should end, and be started anew.
            ClientClosed: the client that was given is closed.
        """
        for each in self._controllers:
            _check_can_run(each)
        for each in self._controllers:
            each.is_running = True
        try:
            await self._run()
        finally:
            for each in self._controllers:
                each.is_running = False

    async def _run(self) -> None:
        self._stopping, self._runs = anyio.Event(), []
        if self._stops:
            self._stopping.set()
        with anyio.CancelScope() as self._scope:
            async with AsyncExitStack() as exits:
                client = self._client
                if client is None:
                    from kubex.client import create_client

                    client = await exits.enter_async_context(await create_client())
                async with BackgroundTasks() as tasks:
                    if self._handle_signals:
                        await tasks.start(self._take_signals)
                    if self._health_port is not None:
                        await tasks.start(self._serve_health)
                    await self._work(client)
        self._scope = None

    async def _work(self, client: BaseClient) -> None:
        name = self._controllers[0].name
        shared = self._informers = InformerFactory(client, namespace=self._namespace, intern_parts=self._intern_parts)
        async with EventRecorder(client, controller=name) as recorder, shared as informers:
            elector = self._elector = self._make_elector(client)
            self._runs = [
                ControllerRun(each, client, informers, recorder, self._may_start) for each in self._controllers
            ]
            if elector is None:
                await self._control()
                return
            # Not elected yet, there is nothing to end in an orderly way.
            async with BackgroundTasks() as tasks:
                competing = anyio.CancelScope()
                tasks.start_soon(self._give_up_competing, competing, elector)
                with competing:
                    await elector.run(self._control)

    def _make_elector(self, client: BaseClient) -> LeaderElector | None:
        wanted = self._leader_election
        if isinstance(wanted, str):
            namespace = self._leader_namespace or client.configuration.namespace or "default"
            return LeaderElector(client, wanted, namespace=namespace)
        return wanted

    def _may_start(self) -> bool:
        return self._elector is None or self._elector.is_leader

    async def _give_up_competing(self, competing: anyio.CancelScope, elector: LeaderElector) -> None:
        if self._stopping is not None:
            await self._stopping.wait()
        if not elector.is_leader:
            competing.cancel()

    async def _control(self) -> None:
        """Run the controllers, and end them in two stages."""
        working = anyio.CancelScope()

        async def end() -> None:
            if self._stopping is not None:
                await self._stopping.wait()
            for run in self._runs:
                run.stop()
            await anyio.sleep(self._grace)
            _log.warning("calls of controllers did not end within %g s, and are cancelled", self._grace)
            working.cancel()

        async with BackgroundTasks() as ending:
            ending.start_soon(end)
            with working:
                await _all_of(self._runs)

    async def _take_signals(self, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            task_status.started()
            async for number in signals:
                _log.info("%s: the end begins", number.name)
                self.stop()

    async def _serve_health(self, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        def told(is_well: bool) -> Answer:
            return Answer(200, "ok\n") if is_well else Answer(503, "not ok\n")

        paths = {
            "/healthz": lambda: told(self.is_healthy),
            "/readyz": lambda: told(self.is_ready),
            "/metrics": lambda: Answer(200, self.metrics(), "text/plain; version=0.0.4; charset=utf-8"),
        }
        async with BackgroundTasks() as tasks:
            serve = partial(serve_health, paths, host=self._health_host, port=self._health_port or 0)
            self.port = await tasks.start(serve)
            task_status.started()
            await anyio.sleep_forever()


def _check_can_run(controller: Controller[Any]) -> None:
    if controller.function is None and not controller.finalizers:
        raise InvalidArgument(
            f"controller {controller.name!r} has nothing to do: give it a function with @controller.reconcile"
        )
    if controller.is_running:
        raise InvalidArgument(f"controller {controller.name!r} runs already: two at once would do everything twice")


async def _all_of(runs: list[ControllerRun[Any]]) -> None:
    """Wait for the end of all; the failure of one is raised as it is, and ends the others."""
    failures: list[Exception] = []

    async def guarded(run: ControllerRun[Any]) -> None:
        try:
            await run.run()
        except Exception as error:
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for run in runs:
            group.start_soon(guarded, run)
    if failures:
        raise failures[0]
