"""What an API server answers to a request as it is, for those that the client's own methods don't make."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError
from kubex.core.request import Request

__all__ = ["APPLY", "JSON", "MERGE", "STRATEGIC", "Answer", "ask"]

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


class Answer(NamedTuple):
    """The code of an answer, and its body: a dict, or the text that is none."""

    code: int
    body: Any

    @property
    def message(self) -> str:
        """What the server says, where it refuses."""
        return str(self.body.get("message", ""))


async def ask(
    client: BaseClient, method: str, path: str, body: Any = None, content_type: str = "application/json", **query: str
) -> Answer:
    """Send a request and give the answer, also one that refuses; a body that is text is sent as it is."""
    content = body if body is None or isinstance(body, str) else json.dumps(body)
    headers = {"Content-Type": content_type} if content is not None else {}
    try:
        response = await client.request(Request(method, path, query_params=query, body=content, headers=headers))
    except KubexApiError as error:
        found = error.content
        refusal = {"message": found} if isinstance(found, str) else found.model_dump(by_alias=True, exclude_none=True)
        return Answer(error.code or 0, refusal)
    text = response.content.decode()
    try:
        return Answer(response.status_code, json.loads(text))
    except ValueError:
        return Answer(response.status_code, text)
