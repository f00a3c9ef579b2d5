"""Reads the object of a request: is it of the resource's kind, of the right types, without fields that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from kubex.core._json_value import is_object
from kubex.testing.custom_resources import decode_custom
from kubex.testing.failures import ApiFailure, ResourceName, bad_request, field_invalid, invalid, warned_of
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.decoding import Decoded, WrongType, decode
from kubex.testing.lifecycle.defaults import apply_defaults
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.known_parts import KnownParts
from kubex.testing.lifecycle.requests import BodyField, ChangeOptions
from kubex.testing.registry import Resource, Subresource
from kubex.testing.schema.known_kinds import KnownKinds
from kubex.testing.storage import JsonObject

__all__ = [
    "OtherKind",
    "check_names",
    "decode_object",
    "decode_posted",
    "distinct_owners",
    "duplicate_fields",
    "namespace_mismatch",
    "other_kind",
    "read_object",
    "read_posted",
    "repeated_names",
    "strictness_problems",
]

_Kind: TypeAlias = Resource | Subresource
"""What a body should be."""
_FIRST: Final[JsonObject] = {"kind": "", "apiVersion": "", "metadata": {}}
_OWNERS_TWICE: Final = (
    ".metadata.ownerReferences contains duplicate entries{}; API server dedups owner references in 1.20+, and may "
    "reject such requests as early as 1.24; please fix your requests;"
)


def read_object(resource: Resource, body: Any, options: ChangeOptions) -> tuple[JsonObject, tuple[str, ...]]:
    """Read the object of a POST or PUT: in the form in which it is stored, with the texts of warnings.

    Args:
        resource: of the object.
        body: what was sent.
        options: of the request.

    Raises:
        ApiFailure: it is none of this kind, or has a value of a wrong type, or an unknown field (400).
    """
    body = _checked_object(resource, body)
    if resource.custom is not None:
        _check_custom_kind(resource, body)
    else:
        _check_kind(resource, body, options, resource.known_kinds)
    try:
        found = decode_object(resource, body, shares_spec=options.shares_spec)
    except WrongType as error:
        raise bad_request(f"{_unhandled(resource)}: {error}") from None
    return _strictly(resource, found, options, in_order=resource.custom is None)


def read_posted(
    resource: Resource, subresource: Subresource, body: Any, options: ChangeOptions
) -> tuple[JsonObject, tuple[str, ...]]:
    """Read what is sent to a subresource, an object of a kind of its own; with the texts of warnings.

    Args:
        resource: to which it is sent.
        subresource: of the resource.
        body: what was sent.
        options: of the request.

    Raises:
        ApiFailure: as of `read_object`.
    """
    body = _checked_object(subresource, body)
    _check_kind(subresource, body, options, resource.known_kinds)
    try:
        found = decode_posted(subresource, body)
    except WrongType as error:
        raise bad_request(f"{_unhandled(subresource)}: {error}") from None
    return _strictly(subresource, found, options, in_order=True)


def decode_posted(subresource: Subresource, body: Mapping[str, Any]) -> Decoded:
    """Read an object of a subresource's own kind: types checked, unknown fields dropped.

    Raises:
        WrongType: a value is of the wrong type.
    """
    typed = {**body, "kind": subresource.kind, "apiVersion": subresource.api_version}
    typed.setdefault("metadata", {})
    found = decode(typed, subresource.schema)
    found.object = copied(found.object)
    return found


def _checked_object(expected: _Kind, body: Any) -> JsonObject:
    if not is_object(body):
        raise bad_request(f"the object provided is unrecognized (must be of type {expected.kind})")
    return body


def _unhandled(expected: _Kind) -> str:
    return f'{expected.kind} in version "{expected.version}" cannot be handled as a {expected.kind}'


def _strictly(
    expected: _Kind, found: Decoded, options: ChangeOptions, *, in_order: bool
) -> tuple[JsonObject, tuple[str, ...]]:
    """Give an object that was read with what it is warned of, or refuse it for that."""
    problems = strictness_problems(found, options.fields, in_order=in_order)
    owners = distinct_owners(found.object)
    if options.field_validation == "Ignore" or not (problems or options.repeated):
        return found.object, owners
    if options.field_validation == "Strict":
        told = [*repeated_names(options), *problems]
        raise bad_request(f"{_unhandled(expected)}: strict decoding error: {', '.join(told)}")
    return found.object, (*dict.fromkeys(options.repeated), *problems, *owners)


def repeated_names(options: ChangeOptions) -> list[str]:
    """Word, for a refusal, that names are there twice in YAML; nothing where none is."""
    lines = "".join(f"\n  {each}" for each in options.repeated)
    return [f"yaml: unmarshal errors:{lines}"] if lines else []


def distinct_owners(object_: JsonObject, *, patched: bool = False) -> tuple[str, ...]:
    """Drop the owners that an object names twice, in place; gives the text of a warning about them."""
    owners: list[JsonObject] = list_at(object_at(object_, "metadata"), "ownerReferences")
    kept: list[JsonObject] = []
    twice: dict[str, None] = {}
    for owner in owners:
        if owner in kept:  # the same uid in a reference that is another in any way is no duplicate
            twice[str(owner.get("uid", ""))] = None
        else:
            kept.append(owner)
    if not twice:
        return ()
    object_["metadata"]["ownerReferences"] = kept
    when = " after mutating admission happens" if patched else ""
    return (f"{_OWNERS_TWICE.format(when)} duplicate UID(s) observed: {', '.join(twice)}",)


def decode_object(resource: Resource, body: Mapping[str, Any], *, shares_spec: bool = False) -> Decoded:
    """Read an object: types checked, unknown fields dropped, defaults filled in.

    Args:
        resource: of the object.
        body: as it was sent.
        shares_spec: whether its `spec` is a part of a stored object.

    Raises:
        WrongType: a value is of the wrong type.
    """
    typed: JsonObject = {**body, "kind": resource.kind, "apiVersion": resource.api_version}
    typed.setdefault("metadata", {})
    if resource.custom is not None:
        return decode_custom(resource, {**_FIRST, **typed})
    spec = _TEMPLATES.decoded(resource, typed.get("spec")) if shares_spec else None
    if spec is None:
        found = decode(typed, resource.schema)
        found.object = {**_FIRST, **copied(found.object)}
    else:
        del typed["spec"]
        found = decode(typed, resource.schema)
        found.object = {**_FIRST, **copied(found.object), "spec": spec}
    apply_defaults(resource, found.object)
    return found


class _Templates:
    """The specs of templates, read once for all objects that are made of them: the pods of a ReplicaSet, say."""

    def __init__(self) -> None:
        self._known = KnownParts[bytes]()

    def decoded(self, resource: Resource, spec: Any) -> Any:
        """Give a spec as it is read, a copy for each call; `None` where that is not known to go well."""
        if not is_object(spec):
            return None
        known = self._known.get(spec, resource)
        if known is None:
            try:
                found = decode({"spec": spec}, resource.schema)
            except WrongType:
                return None
            if found.unknown_fields or "spec" not in found.object:
                return None
            known = msgspec.json.encode(found.object["spec"])
            self._known.put(spec, resource, known)
        return msgspec.json.decode(known)


_TEMPLATES: Final = _Templates()


def strictness_problems(found: Decoded, fields: Sequence[BodyField], *, in_order: bool = False) -> list[str]:
    """Word what strict decoding would refuse.

    Args:
        found: what was read.
        fields: all of the body, where it had one twice.
        in_order: whether the fields are told of in their order; else, and without `fields`, those come first that
            are there twice.
    """
    unknown = dict.fromkeys(found.unknown_fields)
    if not in_order or not fields:
        duplicates = (f'duplicate field "{path}"' for path in duplicate_fields(fields))
        return [*duplicates, *(f'unknown field "{path}"' for path in unknown)]
    inside = tuple(f"{path}{sign}" for path in unknown for sign in ".[")  # where nobody looks
    problems = dict[str, None]()  # each once
    for path, is_again in fields:
        if path in unknown:
            problems[f'unknown field "{path}"'] = None
        elif is_again and not path.startswith(inside):
            problems[f'duplicate field "{path}"'] = None
    return list(problems)


def duplicate_fields(fields: Sequence[BodyField]) -> tuple[str, ...]:
    """Give the paths of those fields that are there twice, in the order in which they come again."""
    return tuple(dict.fromkeys(path for path, is_again in fields if is_again))


# Versions of kinds that are read like the one that is served.
_READ_ALIKE: Final = frozenset({("policy/v1beta1", "Eviction")})


class OtherKind(NamedTuple):
    """What a body says that it is, where that is not what it should be."""

    why: str
    """Why it is no good; `""` where only the version is another one."""
    problems: Sequence[str] = ()
    """What strict decoding says, of one of another version."""


def other_kind(expected: _Kind, body: JsonObject, options: ChangeOptions, known: KnownKinds | None) -> OtherKind | None:
    """Say what is wrong with the kind and version of a body; `None` if it is what it should be.

    Args:
        expected: what it should be.
        body: with a kind and a version.
        options: of the request.
        known: kinds that the server knows.
    """
    kind, version = body["kind"], body["apiVersion"]
    if kind == expected.kind and (version == expected.api_version or (version, kind) in _READ_ALIKE):
        return None
    found = known.find(version, kind) if known is not None else None
    if found is None:
        scheme = 'in scheme "pkg/runtime/scheme.go:111"'
        return OtherKind(f'no kind "{kind}" is registered for version "{version}" {scheme}')
    # It is read as what it says that it is, before anybody looks whether that fits.
    try:
        read = decode(body, found.schema) if found.schema is not None else Decoded({})
    except WrongType as error:
        return OtherKind(str(error))
    group = expected.api_version.rpartition("/")[0]
    if kind != expected.kind or (kind != "Event" and group != version.rpartition("/")[0]):
        package = group.split(".")[0] or "core"
        return OtherKind(f"converting ({found.package}.{kind}) to ({package}.{expected.kind}): unknown conversion")
    return OtherKind("", strictness_problems(read, options.fields, in_order=True))


def _check_kind(expected: _Kind, body: JsonObject, options: ChangeOptions, known: KnownKinds | None) -> None:
    kind, version = body.get("kind") or expected.kind, body.get("apiVersion") or expected.api_version
    other = other_kind(expected, {**body, "kind": kind, "apiVersion": version}, options, known)
    if other is None:
        return
    what = f'{kind} in version "{version.rpartition("/")[2]}" cannot be handled as a {expected.kind}'
    if other.why:
        raise bad_request(f"{what}: {other.why}")
    if other.problems and options.field_validation == "Strict":
        raise bad_request(f"{what}: strict decoding error: {', '.join(other.problems)}")
    why = f"the API version in the data ({version}) does not match the expected API version ({expected.api_version})"
    with warned_of(() if options.field_validation == "Ignore" else tuple(other.problems)):
        raise bad_request(why)


def _check_custom_kind(resource: Resource, body: JsonObject) -> None:
    """Check the kind of a custom resource; one that is left out was refused as the body was read."""
    kind, version = body.get("kind") or "", body.get("apiVersion") or ""
    if version != resource.api_version:
        expected = f"does not match the expected API version ({resource.api_version})"
        raise bad_request(f"the API version in the data ({version}) {expected}")
    if kind != resource.kind:
        name = object_at(body, "metadata").get("name") or ""
        cause = field_invalid("kind", kind, f"must be {resource.kind}")
        raise invalid(ResourceName(resource.name.group, resource.name.plural, str(kind)), str(name), [cause])


def check_names(object_: JsonObject, *, name: str | None, namespace: str | None) -> None:
    """Check an object against the path of its request, and fill in the namespace.

    Args:
        object_: the request's object; its metadata is changed in place.
        name: name in the path; `None` where there is none.
        namespace: namespace in the path; `None` for a cluster-scoped resource.

    Raises:
        ApiFailure: they differ (400).
    """
    metadata = object_.setdefault("metadata", {})
    given = metadata.get("namespace")
    if namespace is not None and given and given != namespace:
        raise namespace_mismatch()
    if name is not None:
        given = metadata.get("name")
        if not given:
            why = f"the name of the object ({name} based on URL) was undeterminable: name must be provided"
            raise bad_request(why)
        if given != name:
            raise bad_request(f"the name of the object ({given}) does not match the name on the URL ({name})")
    if namespace is not None:
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)


def namespace_mismatch() -> ApiFailure:
    """The object names another namespace than the path."""
    return bad_request("the namespace of the provided object does not match the namespace sent on the request")
