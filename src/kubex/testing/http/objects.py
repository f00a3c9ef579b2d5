"""The verbs of resources: from a request to `Operations`, and from what that gives to a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from aiohttp import web

from kubex.testing.access.users import User
from kubex.testing.failures import (
    ApiFailure,
    bad_request,
    too_large,
)
from kubex.testing.faults import Fault
from kubex.testing.http.admitting import Admitting, admitted
from kubex.testing.http.answers import answer
from kubex.testing.http.bodies import (
    LARGEST_BODY,
    Body,
    ExpectedKind,
    decode_delete_options,
    decode_object,
    decode_patch,
    read_patch_type,
)
from kubex.testing.http.parameters import (
    Query,
    change_options,
    delete_options,
    is_dry_run,
    list_options,
)
from kubex.testing.http.paths import Address
from kubex.testing.http.representations import list_body, object_body
from kubex.testing.http.webhook_calls import WebhookCalls
from kubex.testing.lifecycle.patch_types import APPLY
from kubex.testing.lifecycle.patches import check_patch_type
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome, Page
from kubex.testing.negotiation import Representation, negotiate
from kubex.testing.registry import Resource, Subresource
from kubex.testing.serving import ServedCluster
from kubex.testing.storage import JsonObject, Key

__all__ = ["ObjectRequest", "answer_object_request", "check_place", "read_body"]

P = ParamSpec("P")
T = TypeVar("T")

_LARGE: Final = 32 * 1024  # bytes of a body; no shorter one takes long


@dataclass(frozen=True, slots=True)
class ObjectRequest:
    """A request about a resource."""

    request: web.BaseRequest
    cluster: ServedCluster
    address: Address
    resource: Resource
    subresource: Subresource | None
    verb: str
    query: Query
    faults: tuple[Fault, ...]
    user: User
    """For whom it is carried out."""
    webhooks: WebhookCalls
    """Reaches who else is to be asked."""
    limit: asyncio.Timeout | None = None
    """Ends it, if it has a `timeout`."""

    @property
    def admitting(self) -> Admitting:
        """Has webhooks decide about it."""
        ends = self.limit.when() if self.limit is not None else None
        return Admitting(self.cluster, self.webhooks, inf if ends is None else ends)

    @property
    def key(self) -> Key:
        """Where the object is."""
        return Key(self.address.namespace or "", self.address.name)

    @property
    def user_agent(self) -> str:
        """What the client calls itself."""
        return self.request.headers.get("User-Agent", "")

    def change_options(self, kind: str, *, patch_type: str = "") -> ChangeOptions:
        """Read the parameters of a change, of this kind.

        Raises:
            ApiFailure: a value that a parameter can't have (422).
        """
        return change_options(
            self.query,
            kind,
            user_agent=self.user_agent,
            user=self.user,
            patch_type=patch_type,
        )

    @property
    def content_type(self) -> str:
        """Type of the body; `""` if none is given."""
        return self.request.headers.get("Content-Type", "")

    @property
    def form(self) -> Representation:
        """The form of the answer that was negotiated."""
        return negotiate(self.request.headers.get("Accept", ""), self.verb, custom=self.resource.custom is not None)

    @property
    def expected(self) -> ExpectedKind:
        """What the body of the request should be."""
        subresource = self.subresource
        if subresource is None or subresource.name == "status":
            return ExpectedKind(self.resource.api_version, self.resource.kind, self.resource.custom is not None)
        group, version = subresource.group, subresource.version
        return ExpectedKind(f"{group}/{version}" if group else version, subresource.kind)


async def answer_object_request(asked: ObjectRequest) -> web.StreamResponse:
    """Answer a request that is no watch.

    Raises:
        ApiFailure: the server refuses.
    """
    check_place(asked)
    if asked.subresource is not None and (asked.verb != "delete" or asked.subresource.name == "proxy"):
        return await _answer_subresource(asked)
    return await _ANSWERS[asked.verb](asked)


def check_place(asked: ObjectRequest) -> None:
    """Check the namespace and the name of a request.

    Raises:
        ApiFailure: they can't be one (400, or 500 where only the storage notices).
    """
    address = asked.address
    if not address.name and asked.verb in ("update", "patch"):
        raise bad_request("name must be provided")
    if address.namespace in (".", "..") and asked.verb != "create":
        resource = asked.resource.name
        key = [resource.group if asked.resource.custom is not None else "", resource.plural, address.namespace]
        place = "/".join(filter(None, [*key, address.name]))
        raise ApiFailure(500, "", f'invalid key: "/{place}"')
    if address.namespace == "" and asked.verb not in ("list", "watch"):
        raise bad_request("Namespace parameter required.")
    if address.name in (".", ".."):
        raise bad_request(f"Name parameter invalid: {_quoted(address.name)}: may not be '{address.name}'")
    if "%" in address.name:
        raise bad_request(f"Name parameter invalid: {_quoted(address.name)}: may not contain '%'")


def _quoted(text: str) -> str:
    return f'"{text}"'


async def read_body(request: web.BaseRequest) -> bytes:
    """Read the body of a request.

    Raises:
        ApiFailure: it is larger than the server takes (413).
    """
    announced = request.content_length
    if announced == 0 or not request.body_exists:
        return b""
    if announced is not None and announced > LARGEST_BODY:
        raise too_large(LARGEST_BODY)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # nothing of the answer itself is sent yet
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > LARGEST_BODY:
            raise too_large(LARGEST_BODY)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _decoded(decode: Callable[Concatenate[bytes, P], T], content: bytes, *args: P.args, **kwargs: P.kwargs) -> T:
    """Decode a body, a large one in a thread of its own: YAML of some MiB takes seconds, in which others are answered.

    Raises:
        ApiFailure: as `decode` does.
    """
    if len(content) < _LARGE:
        return decode(content, *args, **kwargs)
    return await asyncio.to_thread(decode, content, *args, **kwargs)


def _answered(asked: ObjectRequest, outcome: Outcome, form: Representation) -> web.Response:
    include = asked.query.get("includeObject")
    body = object_body(asked.resource, outcome.entry, form, asked.cluster.tables, include)
    return _answered_with(asked, body, form, code=outcome.code, warnings=outcome.warnings)


def _answered_with(
    asked: ObjectRequest, body: bytes, form: Representation, *, code: int = 200, warnings: Iterable[str] = ()
) -> web.Response:
    protobuf = asked.cluster.protobuf
    return answer(
        asked.request,
        body,
        protobuf,
        code=code,
        media_type=form.media_type,
        warnings=(*asked.resource.deprecation, *warnings),
    )


async def _get(asked: ObjectRequest) -> web.Response:
    form = asked.form
    version = asked.query.get("resourceVersion") if asked.query else None
    entry = asked.cluster.operations.get(asked.resource, asked.key, resource_version=version)
    if not form.transformation:
        return _answered_with(asked, entry.encoded, form)
    return _answered(asked, Outcome(entry), form)


async def _list(asked: ObjectRequest) -> web.Response:
    form = asked.form
    page = asked.cluster.operations.list(asked.resource, asked.address.namespace or None, list_options(asked.query))
    include = asked.query.get("includeObject")
    body = list_body(asked.resource, page, form, asked.cluster.tables, include)
    return _answered_with(asked, body, form)


async def _object_and_options(asked: ObjectRequest, kind: str) -> tuple[JsonObject, ChangeOptions]:
    """Read the object of a request and its parameters, of this kind."""
    content = await read_body(asked.request)
    options = asked.change_options(kind)
    body = await _decoded(decode_object, content, asked.content_type, asked.expected, asked.cluster.protobuf)
    return body.value, _of_body(options, body)


def _of_body(options: ChangeOptions, body: Body) -> ChangeOptions:
    """Give options with what has to be told of a body."""
    if not body.fields and not body.repeated:
        return options
    return replace(options, fields=body.fields, repeated=body.repeated)


async def _create(asked: ObjectRequest) -> web.Response:
    form = asked.form
    body, options = await _object_and_options(asked, "CreateOptions")
    namespace, operations = asked.address.namespace, asked.cluster.operations
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.create(asked.resource, namespace, body, admitted(options, admission))
    )
    return _answered(asked, outcome, form)


async def _update(asked: ObjectRequest) -> web.Response:
    form = asked.form
    body, options = await _object_and_options(asked, "UpdateOptions")
    subresource = asked.address.subresource or None
    operations = asked.cluster.operations
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.replace(
            asked.resource, asked.key, body, admitted(options, admission), subresource=subresource
        )
    )
    return _answered(asked, outcome, form)


async def _patch(asked: ObjectRequest) -> web.Response:
    form = asked.form
    patch_type = read_patch_type(asked.content_type, custom=asked.resource.custom is not None)
    content = await read_body(asked.request)
    check_patch_type(asked.resource, patch_type)
    options = asked.change_options("PatchOptions", patch_type=patch_type)
    try:
        body = await _decoded(decode_patch, content, patch_type)
    except ApiFailure:
        if patch_type != APPLY:  # the server looks for the object before it reads the patch
            asked.cluster.operations.get(asked.resource, asked.key)
        raise
    options = _of_body(options, body)
    subresource = asked.address.subresource or None
    operations = asked.cluster.operations
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.patch(
            asked.resource,
            asked.key,
            patch_type,
            body.value,
            admitted(options, admission),
            subresource=subresource,
        )
    )
    return _answered(asked, outcome, form)


async def _delete(asked: ObjectRequest) -> web.Response:
    form = asked.form
    content = await read_body(asked.request)
    given = await _decoded(decode_delete_options, content, asked.content_type, asked.cluster.protobuf)
    options = delete_options(asked.query, given)
    dry_run, operations = is_dry_run(options), asked.cluster.operations
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.delete(
            asked.resource, asked.key, options, dry_run=dry_run, user=asked.user, admission=admission
        )
    )
    return _answered(asked, outcome, form)


async def _delete_collection(asked: ObjectRequest) -> web.Response:
    form = asked.form
    content = await read_body(asked.request)
    given = await _decoded(decode_delete_options, content, asked.content_type, asked.cluster.protobuf)
    options = delete_options(asked.query, given)
    selected, dry_run, operations = list_options(asked.query), is_dry_run(options), asked.cluster.operations
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.delete_collection(
            asked.resource,
            asked.address.namespace,
            selected,
            options,
            dry_run=dry_run,
            user=asked.user,
            admission=admission,
        )
    )
    include = asked.query.get("includeObject")
    page = cast("Page", outcome.page)  # which it always has
    body = list_body(asked.resource, page, form, asked.cluster.tables, include)
    return _answered_with(asked, body, form, code=outcome.code, warnings=outcome.warnings)


async def _answer_subresource(asked: ObjectRequest) -> web.Response:
    name = asked.address.subresource
    if name == "proxy":
        return _without_node(asked)
    if asked.verb == "update":
        return await _update(asked)
    if asked.verb == "patch":
        return await _patch(asked)
    form = asked.form
    operations = asked.cluster.operations
    if asked.verb == "get":
        return _answered(asked, operations.connect(asked.resource, asked.key, name, "get"), form)
    body, options = await _object_and_options(asked, "CreateOptions")
    outcome = await asked.admitting.carry_out(
        lambda admission: operations.connect(
            asked.resource, asked.key, name, "create", body, admitted(options, admission)
        )
    )
    return _answered(asked, outcome, form)


def _without_node(asked: ObjectRequest) -> web.Response:
    """Answer what a proxy would: as the API server does where there is nothing to pass a request on to."""
    scheme, *rest = asked.key.name.split(":")  # `https:web:8443`, `web:8443` or `web`
    name = rest[0] if len(rest) == 2 and scheme in ("", "http", "https") else scheme if len(rest) < 2 else ""
    if not name:
        kind = asked.resource.kind.lower()
        raise bad_request(f"invalid {kind} request {_quoted(asked.key.name)}")
    entry = asked.cluster.operations.get(asked.resource, asked.key._replace(name=name))
    spec: JsonObject = entry.object.get("spec") or {}
    if asked.resource.kind == "Pod" and not spec.get("nodeName"):
        raise bad_request(f"pod {name} does not have a host assigned")
    raise ApiFailure(500, "InternalError", f"error dialing backend: there is no node behind {name}")


_ANSWERS: Final[dict[str, Callable[[ObjectRequest], Awaitable[web.Response]]]] = {
    "get": _get,
    "list": _list,
    "create": _create,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "deletecollection": _delete_collection,
}
