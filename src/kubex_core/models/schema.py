"""`Schema` and `ValidationRule`: what a CustomResourceDefinition says of a field beyond its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["Schema", "ValidationRule"]


# Kubernetes' own words, by what they are called here.
_WORDS = {
    "embeddedResource": "x-kubernetes-embedded-resource",
    "listMapKeys": "x-kubernetes-list-map-keys",
    "listType": "x-kubernetes-list-type",
    "mapType": "x-kubernetes-map-type",
    "preserveUnknownFields": "x-kubernetes-preserve-unknown-fields",
    "rules": "x-kubernetes-validations",
}


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Words of a schema: those that were given, under their names in JSON."""

    def words(self) -> dict[str, Any]:
        """Give what was given, as the schema has it."""
        found: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None:
                found[_camel(each.name)] = _plain(value)
        return found


@dataclass(frozen=True, kw_only=True)
class ValidationRule(_Words):
    """A rule in CEL that the API server holds objects to.

    Args:
        rule: the expression; `self` is the value.
        message: what is said where it does not hold.
        message_expression: an expression that gives the message.
        reason: `FieldValueInvalid`, `FieldValueForbidden`, `FieldValueRequired` or `FieldValueDuplicate`.
        field_path: the field that is blamed, from the value on: `.spec.size`.
        optional_old_self: let a rule that speaks of `oldSelf` run where there is none, with an optional one.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
    """

    rule: str
    message: str | None = None
    message_expression: str | None = None
    reason: str | None = None
    field_path: str | None = None
    optional_old_self: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Schema(_Words):
    """What the API server demands of a value beyond its type: a note in `Annotated`, or a class's `__SCHEMA__`.

    It is what `kubex.crd_for` writes into a CustomResourceDefinition, and what `kubex.generate` reads out of one.
    Structs don't enforce it: the API server does. Pydantic models do when they are built, and not when they are read
    from a server, whose objects may be older than their definition.

    Args:
        default: what the server fills in; where a default of the class says it, there is no need to.
        enum: the values there are; `Literal[...]` says it too.
        nullable: whether the server takes null.
        list_type: how server-side apply merges a list: `atomic`, `set` or `map`.
        list_map_keys: what tells the items of a list of type `map` apart.
        map_type: how server-side apply merges an object: `granular` or `atomic`.
        preserve_unknown_fields: keep what the schema does not know.
        embedded_resource: the value is an object with `apiVersion`, `kind` and `metadata`.
        rules: rules in CEL.

    The others are JSON schema's.

    Example:
        ```python
        class BackupSpec(BaseStruct, kw_only=True):
            __SCHEMA__: ClassVar[Schema] = Schema(rules=[ValidationRule(rule="self.keep > 0 || !has(self.schedule)")])

            schedule: Annotated[str | None, Schema(pattern=r"^(\\S+ ){4}\\S+$")] = None
            keep: Annotated[int, Schema(minimum=0, maximum=100)] = 7
        ```

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
    """

    description: str | None = None
    format: str | None = None
    default: Any = None
    enum: list[Any] | tuple[Any, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool | None = None
    exclusive_maximum: bool | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    nullable: bool | None = None
    all_of: list[dict[str, Any]] | None = None
    any_of: list[dict[str, Any]] | None = None
    one_of: list[dict[str, Any]] | None = None
    not_: dict[str, Any] | None = None
    title: str | None = None
    external_docs: dict[str, str] | None = None
    example: Any = None
    preserve_unknown_fields: bool | None = None
    embedded_resource: bool | None = None
    list_type: Literal["atomic", "set", "map"] | None = None
    list_map_keys: list[str] | tuple[str, ...] | None = None
    map_type: Literal["granular", "atomic"] | None = None
    rules: list[ValidationRule] | tuple[ValidationRule, ...] | None = None

    def words(self) -> dict[str, Any]:
        """Give what was given, as the schema has it."""
        return {_WORDS.get(name, name): value for name, value in super().words().items()}

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Self:
        """Give the words of a schema; those that this class does not have are passed over."""
        arguments: dict[str, Any] = {}
        for each in fields(cls):
            name = _camel(each.name)
            value = words.get(_WORDS.get(name, name))
            if value is not None:
                arguments[each.name] = value
        if "rules" in arguments:
            names = {_camel(each.name): each.name for each in fields(ValidationRule)}
            arguments["rules"] = [
                ValidationRule(**{names[name]: value for name, value in rule.items() if name in names})
                for rule in arguments["rules"]
            ]
        return cls(**arguments)

    def __hash__(self) -> int:
        return hash(repr(self))  # lists have no hash, and unions of annotated types ask for one

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from kubex_core.models._schema_validation import validated

        return validated(self.words(), source, handler)


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plain(value: Any) -> Any:
    if isinstance(value, _Words):
        return value.words()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
