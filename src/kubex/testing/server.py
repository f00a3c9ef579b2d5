"""`ApiServer`: an API server in a thread of its own."""

# Long because all that a test may say to its server stands in one class, each with its description.

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, get_args

import anyio.to_thread

from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, InvalidArgument
from kubex.recording.entries import Recording
from kubex.testing.access.access import AuthorizationMode
from kubex.testing.access.authentication import Authentication
from kubex.testing.clock import Clock, VirtualClock
from kubex.testing.faults import Faults
from kubex.testing.pods.handlers import Handlers
from kubex.testing.pods.pods import Pods
from kubex.testing.recording import RecordedRequest
from kubex.testing.registry import ApiResources
from kubex.testing.replaying import Player, Replay
from kubex.testing.running import RunningServer
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.serving import ServedCluster
from kubex.testing.snapshots import Snapshot, SnapshotError, read_snapshot, snapshot_of, write_snapshot
from kubex.testing.user_credentials import CredentialKind, UserCredentials, user_of
from kubex.testing.webhooks.addresses import WebhookAddresses
from kubex.testing.workloads.live import LiveWorkloads
from kubex.testing.workloads.movement import Movement
from kubex.testing.workloads.options import Workloads

if TYPE_CHECKING:
    from kubex.manifests.documents import Manifest
    from kubex.testing.certificates import Authority

__all__ = ["ApiServer"]

T = TypeVar("T")

# What serves HTTP takes longer to import than to start, so it comes with this module. That it is missing is told by
# the start of a server.
with contextlib.suppress(ModuleNotFoundError):
    import_module("kubex.testing.http.app")
    import_module("kubex.testing.http.connections")


class ApiServer:
    """A Kubernetes API server in memory, for any client in any process.

    It runs in a thread of its own from entering the context to leaving it, `with` and `async with` alike. Unless it is
    told otherwise, whoever can reach its port is the cluster's administrator, with any credentials or none.

    Args:
        version: Kubernetes version, `1.32` to `1.37`.
        tls: whether to serve HTTPS, with a certificate made for this server; needs `kubex[testing-tls]`. Left out, it
            is served with authentication alone: clients send no credentials of a kubeconfig over plain HTTP.
        host: address to bind to. The default can be reached from this machine alone.
        port: TCP port; 0 takes a free one.
        api_resources: `default` serves stable versions as a server without flags does, `all` alpha and beta too.
        history: changes kept per resource; a watch from an older version hears 410. The default is 10,000, and 64 MiB
                at most.
        workloads: whether workloads move: pods are put on make-believe nodes and run, Deployments roll out, Jobs
                complete, CronJobs begin them. `True`, or a `Workloads` that says how. By default nothing moves.
        clock: the cluster's time; the machine's where left out. A `VirtualClock` stands still until
                `server.clock.advance(seconds)`, and then all that is due happens in order.
        authentication: how it tells who its callers are, of whom those that show invalid credentials get 401. With
                none everybody is the administrator. Needs `kubex[testing-auth]`.
        authorization: how it is decided what they may do: `RBAC` as roles and bindings say, of which the default ones
                are there; `AlwaysAllow`, `AlwaysDeny`. Anything but `AlwaysAllow` brings authentication with it.

    Example:
        ```python
        with ApiServer() as server:
            subprocess.run(["kubectl", "--kubeconfig", server.kubeconfig, "get", "namespaces"])

        async with ApiServer() as server, await create_client(server.configuration) as client:
            ...

        with ApiServer(authorization="RBAC") as server:
            jane = server.configuration_for("jane", groups=["shop-developers"])
        ```

    Raises:
        InvalidArgument: there is no document of this version.
        ConfigurationError: what the server needs is not installed; when it starts.
        OSError: the address is taken; when it starts.
    """

    def __init__(
        self,
        *,
        version: str = "1.35",
        tls: bool | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        api_resources: ApiResources = "default",
        history: int | None = None,
        workloads: bool | Workloads = False,
        clock: Clock | None = None,
        authentication: Authentication | None = None,
        authorization: AuthorizationMode = "AlwaysAllow",
    ) -> None:
        self._workloads = workloads if isinstance(workloads, Workloads) else Workloads() if workloads else None
        self._document = load_document(version)
        self._host = host
        self._asked_port = port
        self._api_resources: ApiResources = api_resources
        self._history = history
        if authorization not in get_args(AuthorizationMode):
            known = ", ".join(get_args(AuthorizationMode))
            raise InvalidArgument(f"there is no authorization {authorization!r}, but {known}")
        self._authorization: AuthorizationMode = authorization
        if authentication is None and authorization != "AlwaysAllow":
            authentication = Authentication()
        self._authentication = authentication
        self._tls = authentication is not None if tls is None else tls
        self._credentials: UserCredentials | None = None
        self._clock = Clock() if clock is None else clock
        self._faults = Faults(self._clock)
        self._authority = ""
        self._handlers = Handlers()
        self._webhooks = WebhookAddresses()
        self._running: RunningServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        start = _Start(self)
        try:
            await anyio.to_thread.run_sync(start.begin)
        except BaseException:  # a cancelled task hears of it before or after the start, or in its middle
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(start.take_back)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.stop)

    def start(self) -> None:
        """Start to serve; entering the context does it."""
        if self._running is not None:
            raise InvalidArgument("this server is running already")
        listener = _listen(self._host, self._asked_port)
        try:
            authority = _authority(has_users=self._authentication is not None) if self._tls else None
            host, port = _url_host(self._host), listener.getsockname()[1]
            url = f"{'http' if authority is None else 'https'}://{host}:{port}"
            context, trusted = None, None
            if authority is not None:
                asks = self._authentication is not None
                context = authority.server_context(host.strip("[]"), asks_for_certificates=asks)
                trusted = authority.certificate
            self._authority = trusted.decode() if trusted is not None else ""
            configuration = ClientConfiguration(url=url, server_ca_data=trusted, namespace="default")
            if self._authentication is not None:
                self._credentials = UserCredentials(self._authentication, authority)
                configuration = self._credentials.administrators(configuration)
            self._running = RunningServer(
                listener,
                context,
                self._new_cluster,
                self._faults,
                self._handlers,
                self._webhooks,
                url,
                configuration,
            )
        except BaseException:
            listener.close()
            raise
        if isinstance(self._clock, VirtualClock):
            self._clock.moved_by(self._pass_time)

    def stop(self) -> None:
        """Close everything; nothing is left of the thread, sockets and files. May be called again."""
        running, self._running = self._running, None
        if running is not None:
            if isinstance(self._clock, VirtualClock):
                self._clock.moved_by(None)
            running.stop()

    def reset(self) -> None:
        """Begin anew with an empty cluster at the same address.

        Faults, what pods were to answer, where webhooks listen, and recorded requests are gone; streams of the cluster
        before end. A `VirtualClock` stands at its start again.
        """
        self._serve(None)

    def load_manifests(self, *manifests: str | os.PathLike[str] | Manifest, namespace: str = "default") -> int:
        """Create the objects of manifests, or apply them where they are there; `status` counts.

        Namespaces and CustomResourceDefinitions come first, and owners before what they own. What the server of
        another cluster has set (uid, resourceVersion, managedFields, …) is left out, so that what `kubectl get -o yaml`
        gives can be loaded. No fault meets this, and it is not among `requests`.

        Args:
            manifests: files and folders of YAML or JSON, or manifests already read.
            namespace: of objects that need one and name none.

        Returns:
            how many objects there were.

        Raises:
            ManifestError: a file can't be read, or an object is refused; with the file and the document. What came
                before it is there.

        Example:
            ```python
            server.load_manifests("manifests/", "crds.yaml")
            ```
        """
        from kubex.manifests.documents import Manifest, read_manifests
        from kubex.testing.loading import load_manifests

        running = self._started()
        read: list[Manifest] = []
        for each in manifests:
            read += [each] if isinstance(each, Manifest) else read_manifests(each)
        running.call(lambda: load_manifests(running.application.cluster.operations, read, namespace))
        return len(read)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save everything in the cluster to a file, whole or not at all; it may hold Secrets.

        Raises:
            SnapshotError: the file can't be written.
        """
        running = self._started()
        version = self._document.version
        write_snapshot(running.call(lambda: snapshot_of(running.application.cluster.storage, version)), path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on with the cluster of a file that `save` has written, in the place of the present one.

        Versions go on from the saved one. As after `reset`, faults, what pods were to answer, and recorded requests are
        gone, and streams end.

        Raises:
            SnapshotError: the file is missing, no snapshot, or has what this server can't serve.
        """
        try:
            self._serve(read_snapshot(path))
        except SnapshotError as error:
            raise SnapshotError(f"{os.fspath(path)}: {error}") from None

    def replay(self, path: str | os.PathLike[str], *, speed: float | None = 1.0) -> Replay:
        """Play a recording into the cluster: who watches sees what was seen there, with the time between.

        Objects are as they were recorded (`uid`, `managedFields`, `status`, …), but for their resource versions, which
        are this server's own. Nothing follows from them here: no owner's end takes its dependents along before the
        recording says so. Namespaces of which the recording does not tell are made, and so are the definitions of its
        custom resources. On a server with a `VirtualClock` the recording goes on with `server.clock.advance`.

        Args:
            path: of a file that `kubex.recording.Recorder` or `kubex record` has written.
            speed: 1 is as fast as it was, 10 ten times as fast; `None` as fast as it goes, whatever the clock.

        Returns:
            what can be waited for, and stopped.

        Raises:
            RecordingError: the file can't be read, or has a resource that this server does not.
            InvalidArgument: workloads move by themselves here, or the speed is none.

        Example:
            ```python
            server.replay("rollout.jsonl", speed=None).wait()
            ```
        """
        if speed is not None and not 0 < speed < float("inf"):
            raise InvalidArgument(f"the speed of a recording is above 0, and not {speed!r}")
        running = self._started()
        recording = Recording(path)

        def play() -> Player:
            cluster = running.application.cluster
            if cluster.movement is not None:
                raise InvalidArgument("workloads move by themselves here: play recordings on a server without them")
            player = Player(recording, cluster.operations, speed)
            cluster.play(player)
            return player

        try:
            player = running.call(play)
        except BaseException:
            recording.close()
            raise
        return Replay(running.call, player)

    def _serve(self, snapshot: Snapshot | None) -> None:
        running = self._started()

        def serve() -> None:
            if snapshot is None and isinstance(self._clock, VirtualClock):
                self._clock.restart()
            skew, self._clock.skew_seconds = self._clock.skew_seconds, 0.0  # the new cluster's times are right ones
            try:
                cluster = self._new_cluster(snapshot)
            except BaseException:
                self._clock.skew_seconds = skew
                raise
            self._faults.clear()
            self._handlers.clear()
            self._webhooks.clear()
            running.application.serve(cluster)

        running.call(serve)

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:39113`."""
        return self._started().url

    @property
    def configuration(self) -> ClientConfiguration:
        """Configuration of a client of this server: the administrator's."""
        return self._started().configuration

    def configuration_for(
        self,
        user: str,
        *,
        groups: Sequence[str] | None = None,
        uid: str = "",
        extra: Mapping[str, Sequence[str]] | None = None,
        namespace: str = "default",
        credentials: CredentialKind = "token",
    ) -> ClientConfiguration:
        """Give the configuration of a client that is a user of the cluster, with new credentials.

        Args:
            user: name; `system:serviceaccount:shop:bot` is a service account.
            groups: whose member the user is; a service account is in its own where they are left out.
            uid: of the user.
            extra: what else is known of the user.
            namespace: of the client.
            credentials: `token`, or `certificate` on a server with TLS.

        Raises:
            InvalidArgument: the server asks nobody who they are, or the user can't have such credentials.

        Example:
            ```python
            async with await create_client(server.configuration_for("jane", groups=["shop-developers"])) as jane:
                ...
            ```
        """
        running = self._started()
        if self._credentials is None:
            raise InvalidArgument('everybody is the administrator here: say ApiServer(authorization="RBAC")')
        server = replace(running.configuration, token=None, namespace=namespace)
        return self._credentials.configuration(server, user_of(user, groups, uid, extra), credentials)

    def kubeconfig_for(
        self,
        user: str,
        *,
        groups: Sequence[str] | None = None,
        uid: str = "",
        extra: Mapping[str, Sequence[str]] | None = None,
        namespace: str = "default",
        credentials: CredentialKind = "token",
    ) -> Path:
        """Write the kubeconfig file of a user, which is removed with the server; see `configuration_for`.

        Raises:
            InvalidArgument: as there, and without TLS: clients send no credentials of a file over plain HTTP.
        """
        if not self._tls:
            raise InvalidArgument("kubeconfig_for needs TLS: clients send no credentials of a file over plain HTTP")
        configuration = self.configuration_for(
            user, groups=groups, uid=uid, extra=extra, namespace=namespace, credentials=credentials
        )
        return self._started().write_kubeconfig(configuration)

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig file of this server, which is removed with its end: the administrator's."""
        return self._started().kubeconfig

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self._faults

    @property
    def clock(self) -> Clock:
        """The cluster's time."""
        return self._clock

    @property
    def workloads(self) -> LiveWorkloads:
        """What can be done to workloads that move.

        Raises:
            InvalidArgument: they don't; `ApiServer(workloads=True)` has them move.
        """
        running = self._started()

        def movement() -> Movement:
            found = running.application.cluster.movement
            if found is None:
                raise InvalidArgument("workloads don't move here: start the server with ApiServer(workloads=True)")
            return found

        running.call(movement)
        return LiveWorkloads(running.call, movement)

    @property
    def pods(self) -> Pods:
        """What pods answer to exec, attach, port-forward and for their logs."""
        return Pods(self._handlers, self._started)

    @property
    def webhooks(self) -> WebhookAddresses:
        """Where the Services of admission webhooks listen: `server.webhooks["shop", "policy"] = "127.0.0.1:8443"`."""
        return self._webhooks

    @property
    def requests(self) -> list[RecordedRequest]:
        """What was asked since the start or the last reset, oldest first; of the last 10,000."""
        running = self._started()
        return running.call(lambda: list(running.application.requests))

    def compact(self) -> None:
        """Forget all history: watches and lists of an older version hear 410, as after etcd's compaction."""
        running = self._started()
        running.call(lambda: running.application.cluster.storage.compact())

    def _started(self) -> RunningServer:
        if self._running is None:
            raise InvalidArgument("this server is not running: use it inside `with ApiServer() as server:`")
        return self._running

    def _new_cluster(self, snapshot: Snapshot | None = None) -> ServedCluster:
        return ServedCluster(
            self._document,
            self._clock,
            api_resources=self._api_resources,
            history=self._history,
            snapshot=snapshot,
            workloads=self._workloads,
            authority=self._authority,
            authorization=self._authorization,
            authenticator=self._credentials.authenticator if self._credentials is not None else None,
        )

    def _pass_time(self, until: datetime) -> None:
        clock = self._clock
        if isinstance(clock, VirtualClock):
            running = self._started()
            while not running.call(lambda: running.application.cluster.pass_time(clock, until)):
                running.wait(running.application.cluster.answers())


class _Start:
    """One start of a server in another thread, which can be taken back whether it has come to pass or not."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._started = False
        self._taken_back = False

    def begin(self) -> None:
        with self._lock:
            if not self._taken_back:
                self._server.start()
                self._started = True

    def take_back(self) -> None:
        with self._lock:
            self._taken_back = True
            if self._started:
                self._server.stop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def _url_host(host: str) -> str:
    """Give the host of URLs: what listens everywhere is reached on the loopback interface."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
    return f"[{host}]" if ":" in host else host


def _authority(*, has_users: bool) -> Authority:
    try:
        from kubex.testing.certificates import Authority
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "cryptography":
            raise
        what, extra = ("authentication", "testing-auth") if has_users else ("TLS", "testing-tls")
        raise ConfigurationError(f"a server with {what} needs cryptography: install kubex[{extra}]") from None
    return Authority()
