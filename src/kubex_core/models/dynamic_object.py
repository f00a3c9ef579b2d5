"""`DynamicObject`: an object of any kind, as the JSON it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeGuard

import msgspec

from kubex_core.models import _struct_codec
from kubex_core.models._exceptions import InvalidObject
from kubex_core.models._kinds import check_kind
from kubex_core.models._model_bases import MODEL_BASES
from kubex_core.models._pydantic_serializer import PydanticSerializer
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from kubex_core.models.interfaces import (
        Evictable,
        HasApproval,
        HasAttach,
        HasBinding,
        HasEphemeralContainers,
        HasExec,
        HasFinalize,
        HasLogs,
        HasPortForward,
        HasResize,
        HasScaleSubresource,
        HasStatusSubresource,
        HasTokenRequest,
    )

    # Which subresources there are is known when the program runs: type checkers let it try each.
    class _AnySubresource(
        Evictable,
        HasApproval,
        HasAttach,
        HasBinding,
        HasEphemeralContainers,
        HasExec,
        HasFinalize,
        HasLogs,
        HasPortForward,
        HasResize,
        HasScaleSubresource,
        HasStatusSubresource,
        HasTokenRequest,
    ):
        pass
else:
    _AnySubresource = Entity

__all__ = ["DynamicObject"]


class DynamicObject(MutableMapping[str, Any], _AnySubresource):
    """An object of any kind: a mapping of its JSON, of which nothing is lost when it is written again.

    `metadata` is an `ObjectMetadata`, and changes of it are changes of the object; so are changes of
    `object["metadata"]`. Objects of a resource are of a subclass, which knows the resource's address.

    Args:
        content: the object as JSON has it; it is taken as it is, not copied.

    Raises:
        TypeError: `content` is no mapping.

    Example:
        ```python
        web = DynamicObject({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}})
        web.metadata.labels = {"app": "web"}
        web["spec"] = {"replicas": 2}
        ```
    """

    __slots__ = ("_content", "_metadata", "_seen", "_shared")
    __pydantic_serializer__: ClassVar[PydanticSerializer] = PydanticSerializer()

    def __init__(self, content: Mapping[str, Any] | None = None) -> None:
        if content is not None and not isinstance(content, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"a DynamicObject of a {type(content).__qualname__}: a mapping is needed")
        given = content if isinstance(content, dict) else dict(content or {})
        config: ResourceConfig[Any] | None = getattr(type(self), "__RESOURCE_CONFIG__", None)
        if config is not None and not (given.get("apiVersion") and given.get("kind")):
            # The API leaves them out of the items of lists.
            given = {"apiVersion": config.api_version, "kind": config.kind} | {
                name: value for name, value in given.items() if value or name not in ("apiVersion", "kind")
            }
        self._content: dict[str, Any] = given
        self._metadata: ObjectMetadata | None = None
        self._seen: dict[str, Any] = {}  # the metadata when both forms of it last agreed
        self._shared = False  # whether the mapping of the metadata was given to anyone, who may have changed it

    @property
    def api_version(self) -> str:
        """Group and version: `apps/v1`; `""` where the object has none."""
        value = self._content.get("apiVersion")
        return value if isinstance(value, str) else ""

    @api_version.setter
    def api_version(self, value: str) -> None:
        self._content["apiVersion"] = value

    @property
    def kind(self) -> str:
        """Kind: `Deployment`; `""` where the object has none."""
        value = self._content.get("kind")
        return value if isinstance(value, str) else ""

    @kind.setter
    def kind(self, value: str) -> None:
        self._content["kind"] = value

    def _get_metadata(self) -> ObjectMetadata:
        """The object's metadata; changes of it are changes of the object.

        Raises:
            InvalidObject: a field of it has a type that metadata can't have.
        """
        if self._metadata is None:
            self._metadata = _read(self._content.get("metadata"))
            self._seen = _written(self._metadata)
        elif self._shared:
            self._settle()
        return self._metadata

    def _set_metadata(self, value: ObjectMetadata) -> None:
        if self._metadata is None:
            self._seen = _written(_read(self._content.get("metadata")))
        self._settle()
        self._metadata = value

    if TYPE_CHECKING:  # as every resource has it: a property beside a marker's attribute is an error to pyright
        metadata: ObjectMetadata
    else:
        metadata = property(_get_metadata, _set_metadata)

    @property
    def content(self) -> dict[str, Any]:
        """The object as JSON has it: not a copy."""
        self._settle()
        self._shared = True
        return self._content

    def __getitem__(self, key: str) -> Any:
        if key == "metadata":
            return self.content[key]
        return self._content[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key != "metadata":
            self._content[key] = value
            return
        content = self.content  # what was changed before is overwritten
        content[key] = _written(value) if isinstance(value, ObjectMetadata) else value
        self._settle()

    def __delitem__(self, key: str) -> None:
        del self.content[key]
        self._settle()

    def __iter__(self) -> Iterator[str]:
        self._settle()
        return iter(self._content)

    def __len__(self) -> int:
        self._settle()
        return len(self._content)

    def __repr__(self) -> str:
        # Not the content: it may be a Secret's.
        found = self._content.get("metadata")
        name = self._metadata.name if self._metadata is not None else found.get("name") if _is_object(found) else None
        return f"<DynamicObject {self.api_version} {self.kind} {name!r}>"

    def __copy__(self) -> Self:
        content = dict(self.content)
        if isinstance(content.get("metadata"), dict):
            content["metadata"] = dict(content["metadata"])
        return type(self)(content)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(self.content, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return (DynamicObject, (self.content,))

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """Make an object of a mapping or a model; one of this class is returned as it is.

        Raises:
            TypeError: `obj` is neither.
            InvalidObject: it is of another kind than this class, where this is the class of a resource.
        """
        if isinstance(obj, cls):
            return obj
        made = cls(msgspec.json.decode(_struct_codec.encode(obj)) if isinstance(obj, msgspec.Struct) else _plain(obj))
        check_kind(made, made.api_version, made.kind)
        return made

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Make an object of JSON.

        Raises:
            InvalidObject: not JSON, no object, or one of another kind than this class.
        """
        try:
            made = cls(msgspec.json.decode(json_data, type=dict[str, Any]))
        except msgspec.DecodeError as error:
            raise InvalidObject.of(cls, error) from None
        check_kind(made, made.api_version, made.kind)
        return made

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """Give a copy of the object as JSON has it, whatever the options: nothing is left out or renamed."""
        return copy.deepcopy(self.content)

    def model_dump_json(self, *, indent: int | None = None, **_: Any) -> str:
        """Give the object as JSON text, `indent` in spaces; nothing is left out or renamed."""
        encoded = _struct_codec.encode(self.content)
        return (encoded if indent is None else msgspec.json.format(encoded, indent=indent)).decode()

    def model_copy(self, *, update: dict[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy.

        Args:
            update: values of the mapping to change in the copy.
            deep: copy what is nested too, instead of sharing it.
        """
        copied = copy.deepcopy(self) if deep else copy.copy(self)
        copied.update(update or {})
        return copied

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            cls.model_validate, serialization=core_schema.plain_serializer_function_ser_schema(cls.model_dump)
        )

    def _settle(self) -> None:
        """Bring what was changed in either form of the metadata into the other; an `ObjectMetadata` wins."""
        typed = self._metadata
        if typed is None:
            return
        now = _written(typed)
        ours = {name for name in now.keys() | self._seen.keys() if now.get(name) != self._seen.get(name)}
        if ours:
            found = self._content.get("metadata")
            raw = found if _is_object(found) else {}
            for name in ours:
                if name in now:
                    raw[name] = now[name]
                else:
                    raw.pop(name, None)
            self._content["metadata"] = raw
        if self._shared:
            fresh = _read(self._content.get("metadata"))
            written = _written(fresh)
            for field, name in zip(typed.__struct_fields__, typed.__struct_encode_fields__, strict=True):
                if written.get(name) != now.get(name):
                    setattr(typed, field, getattr(fresh, field))
            now = written
        self._seen = now


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _read(raw: Any) -> ObjectMetadata:
    if not raw:
        return ObjectMetadata()
    data = msgspec.json.encode(raw)
    try:
        return _struct_codec.decoder_for(ObjectMetadata).decode(data)
    except msgspec.ValidationError:
        pass
    try:
        return _struct_codec.decode_tolerantly(data, ObjectMetadata)
    except msgspec.ValidationError as error:
        raise InvalidObject.of(ObjectMetadata, error) from None


def _written(metadata: ObjectMetadata) -> dict[str, Any]:
    written: dict[str, Any] = msgspec.json.decode(_struct_codec.encode(metadata))
    return written


def _plain(obj: Any) -> Any:
    return obj.model_dump(mode="json", by_alias=True, exclude_none=True) if hasattr(obj, "model_dump") else obj


MODEL_BASES.append(DynamicObject)
