"""What an API server answers to a request as it is, for those that the client's own methods don't make."""

from __future__ import annotations

import json
import warnings
from typing import Any, NamedTuple

import anyio

from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError
from kubex.core.request import Request

__all__ = ["APPLY", "JSON", "MERGE", "STRATEGIC", "Answer", "ask", "ask_warned", "causes", "create_when_ready"]

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

# On a real cluster a controller counts first, and every namespace gets its account some time after it was made.
_NOT_YET = ("status unknown for quota", "error looking up service account")
_PATIENCE = 60.0


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
    """Send a request and give the answer, also one that refuses; text and bytes are sent as they are."""
    content = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
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


async def ask_warned(
    client: BaseClient, method: str, path: str, body: Any, content_type: str = "application/json", **query: str
) -> tuple[Answer, list[str]]:
    """Send a request and give the answer with what is warned of, in its order."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = await ask(client, method, path, body, content_type, **query)
    return answer, [str(each.message) for each in caught]


def causes(answer: Answer) -> list[str]:
    """Say what is wrong; nothing where it is taken."""
    if answer.code in (200, 201):
        return []
    assert answer.code == 422, answer
    return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]


async def create_when_ready(client: BaseClient, path: str, body: dict[str, Any], **query: str) -> Answer:
    """Create something once its namespace is ready for it, and give the answer, also one that refuses for good."""
    with anyio.fail_after(_PATIENCE):
        while True:
            answer = await ask(client, "POST", path, body, **query)
            if answer.code != 403 or not any(each in answer.message for each in _NOT_YET):
                return answer
            await anyio.sleep(0.1)
