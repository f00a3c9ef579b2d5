"""What is asked of a running pod: which part of this server answers, and what is said where nothing does."""

from __future__ import annotations

from aiohttp import web

from kubex.testing.failures import ApiFailure, bad_request
from kubex.testing.http.admitting import connection_options
from kubex.testing.http.commands import answer_command
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.http.open_streams import OpenStreams
from kubex.testing.http.pod_logs import answer_log
from kubex.testing.http.pod_nodes import check_node
from kubex.testing.http.ports import answer_port_forward
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.pods.containers import chosen_container
from kubex.testing.pods.handlers import CommandKind, Handlers
from kubex.testing.pods.refusals import KubeletRefusal
from kubex.testing.storage import JsonObject

__all__ = ["PodStreams", "is_pod_stream"]


def is_pod_stream(asked: ObjectRequest) -> bool:
    """Whether a request is one for a running pod."""
    return asked.address.subresource in ("attach", "exec", "log", "portforward")


class PodStreams:
    """Logs, commands and ports of pods, and those that are open.

    Args:
        handlers: what a test has given to answer.
    """

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._open = OpenStreams()

    def __len__(self) -> int:
        return len(self._open)

    def end_all(self) -> None:
        """End what is open."""
        self._open.end_all()

    async def serve(self, asked: ObjectRequest) -> web.StreamResponse:
        """Answer a request, and be done with it when the client, the pod or this server is.

        Raises:
            ApiFailure: the server refuses, before anything was sent.
        """
        try:
            return await self._answer(asked)
        except KubeletRefusal as refusal:
            return web.Response(text=str(refusal), status=refusal.code)

    async def _answer(self, asked: ObjectRequest) -> web.StreamResponse:
        subresource = asked.address.subresource
        if subresource == "log":
            return await answer_log(asked, asked.cluster.containers, self._open)
        await asked.admitting.check(_connection(asked))
        pod = asked.cluster.operations.get(asked.resource, asked.key).object
        if subresource == "portforward":
            if not self._handlers.has_ports(pod):
                raise _unanswered(asked, pod, "port-forward", "server.pods.on_port")
            return await answer_port_forward(asked, self._handlers, pod, self._open)
        kind: CommandKind = "exec" if subresource == "exec" else "attach"
        container = chosen_container(pod, asked.query.get("container"))
        command = tuple(asked.query.all("command"))
        program = self._handlers.program(kind, pod, container, command)
        if program is None:
            raise _unanswered(asked, pod, kind, f"server.pods.on_{kind}")
        return await answer_command(asked, program, pod, container, self._open)


def _connection(asked: ObjectRequest) -> Submission:
    return Submission(
        operation="CONNECT",
        resource=asked.resource,
        subresource=asked.address.subresource,
        namespace=asked.key.namespace,
        name=asked.key.name,
        object=connection_options(asked.address.subresource, asked.query),
        user=asked.user,
    )


def _unanswered(asked: ObjectRequest, pod: JsonObject, what: str, method: str) -> ApiFailure:
    """Say that there is nothing to connect to: as the API server does of a pod that no node runs."""
    name: str = pod["metadata"]["name"]
    if not pod["spec"].get("nodeName"):
        return bad_request(f"pod {name} does not have a host assigned")
    check_node(asked, pod)
    why = f"nothing runs in pod {name}, and no handler is given for its {what}: {method} gives one"
    return ApiFailure(500, "InternalError", why)
