"""`RequestAdmission`: the way of one request through the webhooks.

Verbs are synchronous and webhooks are not, so a request is carried out as often as it takes: where a webhook has to be
asked, the verb is broken off before anything is stored, and carried out again from its beginning with the answer at
hand. Other requests are served meanwhile; what they change is seen the next time, and asked about anew.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.testing.failures import ApiFailure, bad_request
from kubex.testing.lifecycle.bodies import decode_object, decode_posted
from kubex.testing.lifecycle.cluster import Cluster, copied
from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.decoding import WrongType
from kubex.testing.lifecycle.json_patches import read_json_patch
from kubex.testing.lifecycle.matching import is_exempt, matched_resource
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import as_stored
from kubex.testing.storage import JsonObject
from kubex.testing.webhooks.conditions import conditions_hold
from kubex.testing.webhooks.configurations import ConfiguredWebhooks, Webhook
from kubex.testing.webhooks.reviews import (
    CallFailed,
    Review,
    Verdict,
    denied,
    failing_call,
    internal_error,
    review_of,
    verdict_of,
)

__all__ = ["CallWebhook", "RequestAdmission", "ReviewNeeded"]

CallWebhook: TypeAlias = Callable[[Webhook, Review], Awaitable[JsonObject]]
"""Sends a review to a webhook and gives the document that comes back; raises `CallFailed`."""

_Phase: TypeAlias = Literal["mutating", "validating"]


class ReviewNeeded(Exception):
    """Webhooks have to be asked about a submission; breaks off the verb that submits it."""

    def __init__(self, phase: _Phase, asked: Submission) -> None:
        super().__init__(f"{phase} webhooks have not been asked")
        self.phase: _Phase = phase
        self.asked: Submission = asked


class _Subject(NamedTuple):
    """What an answer is about: it holds as long as the object is the one that it was given for."""

    phase: _Phase
    storage: str
    subresource: str
    namespace: str
    name: str
    uid: str
    version: str


class RequestAdmission:
    """What webhooks have said about one request.

    Args:
        cluster: what the request is about.
        webhooks: of the cluster.
    """

    def __init__(self, cluster: Cluster, webhooks: ConfiguredWebhooks) -> None:
        self._cluster = cluster
        self._webhooks = webhooks
        self._made: dict[str, str] = {}
        self._answers: dict[_Subject, JsonObject | ApiFailure | None] = {}
        self.warnings: dict[str, None] = {}
        """What webhooks warn of, each once."""

    def once(self, what: str, make: Callable[[], str]) -> str:
        """Give what was made when the request was carried out for the first time; make it if this is the first."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]

    def mutated(self, asked: Submission) -> JsonObject | None:
        """Give the object as it is admitted.

        Raises:
            ApiFailure: it isn't.
            ReviewNeeded: somebody has to be asked first.
        """
        subject = _subject("mutating", asked)
        if subject not in self._answers:
            if not self._concerns("mutating", asked):
                self._answers[subject] = copied(asked.object)  # which the next time may be made otherwise
                return asked.object
            raise ReviewNeeded("mutating", asked)
        answer = self._answers[subject]
        if isinstance(answer, ApiFailure):
            raise answer
        object_: JsonObject | None = copied(answer)
        return object_

    def validate(self, asked: Submission) -> None:
        """Let an object pass that nothing will change any more.

        Raises:
            ApiFailure: it isn't admitted.
            ReviewNeeded: somebody has to be asked first.
        """
        subject = _subject("validating", asked)
        if subject not in self._answers:
            if not self._concerns("validating", asked):
                return
            raise ReviewNeeded("validating", asked)
        answer = self._answers[subject]
        if isinstance(answer, ApiFailure):
            raise answer

    async def ask(self, needed: ReviewNeeded, call: CallWebhook) -> None:
        """Ask the webhooks, and keep what they say for the next time."""
        # The object is the verb's, which will make another; what is sent stays as it was.
        asked = replace(needed.asked, object=copied(needed.asked.object))
        answer: JsonObject | ApiFailure | None
        try:
            answer = await (self._mutate if needed.phase == "mutating" else self._validate)(asked, call)
        except ApiFailure as failure:
            answer = failure
        self._answers[_subject(needed.phase, needed.asked)] = answer

    def _concerns(self, phase: _Phase, asked: Submission) -> bool:
        """Say whether there may be somebody to ask; who refuses to tell is asked, in the order of all."""
        try:
            return not is_exempt(asked.resource) and any(
                self._shown(webhook, asked) is not None for webhook in self._webhooks.of(phase)
            )
        except ApiFailure:
            return True

    def _shown(self, webhook: Webhook, asked: Submission) -> Resource | None:
        """Give the version of its resource in which a webhook is shown a submission; `None` if it is not asked.

        Raises:
            ApiFailure: nobody can tell whether it is to be.
        """
        shown = matched_resource(webhook.matching, asked, self._cluster)
        if shown is None or not conditions_hold(webhook, _in_version(asked, shown), shown, self._cluster):
            return None
        return shown

    async def _mutate(self, asked: Submission, call: CallWebhook) -> JsonObject | None:
        """Ask one after the other, each about what those before it have left; some of them a second time."""
        webhooks = self._webhooks.of("mutating")
        reinvocable: set[int] = set()
        again: set[int] = set()
        for is_again in (False, True):
            for place, webhook in enumerate(webhooks):
                if is_again and place not in again:
                    continue
                shown = self._shown(webhook, asked)
                if shown is None:
                    continue
                before = asked.object
                asked = await self._mutated_by(webhook, shown, asked, call)
                if asked.object != before:
                    again |= reinvocable
                    reinvocable.clear()
                if webhook.is_reinvoked:
                    reinvocable.add(place)
            if not again:
                break
        return asked.object

    async def _mutated_by(self, webhook: Webhook, shown: Resource, asked: Submission, call: CallWebhook) -> Submission:
        verdict = await self._verdict(webhook, shown, asked, call)
        if verdict is None or not verdict.patch:
            return asked
        try:
            object_ = _patched(webhook, verdict.patch, _in_version(asked, shown).object)
        except CallFailed as error:
            if webhook.fails_closed:
                raise failing_call(webhook, str(error)) from None
            return asked
        if object_ is None:
            return asked
        return replace(asked, object=_read(asked, object_))

    async def _validate(self, asked: Submission, call: CallWebhook) -> JsonObject | None:
        """Ask all at the same time; of refusals the first one counts, in the order of the webhooks."""

        async def refusal(webhook: Webhook, shown: Resource) -> ApiFailure | None:
            try:
                await self._verdict(webhook, shown, asked, call)
            except ApiFailure as failure:
                return failure
            return None

        matched = [(webhook, self._shown(webhook, asked)) for webhook in self._webhooks.of("validating")]
        called = [(webhook, shown) for webhook, shown in matched if shown is not None]
        for failure in await asyncio.gather(*(refusal(webhook, shown) for webhook, shown in called)):
            if failure is not None:
                raise failure
        return asked.object

    async def _verdict(self, webhook: Webhook, shown: Resource, asked: Submission, call: CallWebhook) -> Verdict | None:
        """Ask a webhook; `None` if it can't be asked and that does not matter.

        Raises:
            ApiFailure: it denies the request, or can't be asked.
        """
        if asked.dry_run and not webhook.takes_dry_run:
            raise bad_request(f'admission webhook "{webhook.name}" does not support dry run')
        review = review_of(webhook, _in_version(asked, shown), shown, str(uuid.uuid4()))
        try:
            verdict = verdict_of(webhook, review, await call(webhook, review))
        except CallFailed as error:
            if webhook.fails_closed:
                raise failing_call(webhook, str(error)) from None
            return None
        for warning in verdict.warnings:
            self.warnings[warning] = None
        if not verdict.allowed:
            raise denied(webhook, verdict.status)
        return verdict


# Subresources with a kind of their own.
_FOREIGN: Final = frozenset({"binding", "eviction", "scale", "token"})


def _subject(phase: _Phase, asked: Submission) -> _Subject:
    metadata: JsonObject = (asked.old or {}).get("metadata") or {}
    uid, version = metadata.get("uid", ""), metadata.get("resourceVersion", "")
    name = metadata.get("name") or ""
    return _Subject(phase, asked.resource.storage, asked.subresource, asked.namespace, name, uid, version)


def _in_version(asked: Submission, shown: Resource) -> Submission:
    """Give a submission with its objects in another version of their resource."""
    if shown is asked.resource or asked.subresource in _FOREIGN:
        return asked
    objects = (None if each is None else converted(each, shown) for each in (asked.object, asked.old))
    object_, old = objects
    return replace(asked, object=object_, old=old)


def _patched(webhook: Webhook, patch: bytes, object_: JsonObject | None) -> JsonObject | None:
    """Apply the patch of a webhook; `None` if it has no operations.

    Raises:
        CallFailed: it is none.
        ApiFailure: it does not fit (500).
    """
    try:
        operations = read_json_patch(msgspec.json.decode(patch))
    except (msgspec.MsgspecError, UnicodeDecodeError, InvalidArgument, ApiFailure) as error:
        why = str(error).removeprefix("error decoding patch: ").replace("[]handlers.jsonPatchOp", "jsonpatch.Patch")
        raise CallFailed(f"received undecodable patch in webhook response: {why}") from None
    if not operations:
        return None
    if object_ is None:
        why = "attempted to modify the object, which is not supported for this operation"
        raise internal_error(f'admission webhook "{webhook.name}" {why}')
    document: object = object_
    try:
        for operation in operations:
            document = operation.apply(document)
    except InvalidArgument as error:
        raise internal_error(f"the patch does not fit: {error}") from None
    if not is_object(document):
        raise internal_error("the patch leaves no object")
    return document


def _read(asked: Submission, object_: JsonObject) -> JsonObject:
    """Give an object in the form in which it is carried out or stored.

    Raises:
        ApiFailure: a value in it is of a wrong type (500).
    """
    resource = asked.resource
    try:
        if asked.subresource in _FOREIGN:
            return decode_posted(resource.subresources[asked.subresource], object_).object
        found = decode_object(resource, converted(object_, resource)).object
    except WrongType as error:
        raise internal_error(str(error)) from None
    return as_stored(found, resource.schema) if resource.custom is None else found
