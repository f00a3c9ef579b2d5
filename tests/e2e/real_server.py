"""The API server of the cluster for tests without an event loop of their own: plain requests, plain answers."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from anyio.from_thread import BlockingPortal, start_blocking_portal

from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import KubexApiError
from kubex.core.request import Request
from kubex_core.models.status import Status

__all__ = ["Answer", "RealServer", "real_server"]

Object = dict[str, Any]

PATCH_TYPES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


class Answer(NamedTuple):
    """What the server answered: an object, or a Status."""

    code: int
    content: Any

    @property
    def succeeded(self) -> bool:
        return self.code < 300

    @property
    def message(self) -> str:
        return str(self.content.get("message", ""))

    @property
    def reason(self) -> str:
        return str(self.content.get("reason", ""))

    @property
    def causes(self) -> list[tuple[str, str, str]]:
        """Reason, message and field of each, in an order of their own: the server has none."""
        causes = self.content.get("details", {}).get("causes", [])
        return sorted((cause.get("reason", ""), cause.get("message", ""), cause.get("field", "")) for cause in causes)


class RealServer:
    """Sends requests and waits for the answers."""

    def __init__(self, portal: BlockingPortal, client: BaseClient) -> None:
        self._portal = portal
        self._client = client

    def request(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", **query: str
    ) -> Answer:
        headers = {"Content-Type": content_type} if body is not None else {}
        content = None if body is None else json.dumps(body)
        request = Request(method, path, query_params=query, body=content, headers=headers)
        try:
            response = self._portal.call(self._client.request, request)
        except KubexApiError as error:
            return Answer(error.code or 0, _as_dict(error.content))
        return Answer(response.status_code, json.loads(response.content))

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def patch(self, kind: str, path: str, body: Any, **query: str) -> Answer:
        return self.request("PATCH", path, body, PATCH_TYPES[kind], **query)

    def remove(self, path: str) -> None:
        """Delete an object for good, finalizers or not."""
        self.patch("merge", path, {"metadata": {"finalizers": None}})
        self.request("DELETE", path)


def _as_dict(content: Status | str) -> Any:
    return content.model_dump(by_alias=True, exclude_none=True) if isinstance(content, Status) else {"message": content}


@contextmanager
def real_server(kubeconfig: Path) -> Generator[RealServer]:
    """Connect to the cluster of a kubeconfig file."""
    with start_blocking_portal("asyncio") as portal:
        configuration = portal.call(lambda: configure_from_kubeconfig(path=kubeconfig))
        options = ClientOptions(log_api_warnings=False)
        client = portal.call(create_client, configuration, ClientChoise.HTTPX, options)
        try:
            yield RealServer(portal, client)
        finally:
            portal.call(client.close)
