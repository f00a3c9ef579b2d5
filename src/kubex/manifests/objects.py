"""Manifests to objects, typed where there is a class, and objects to manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Literal, TypeAlias, cast

import msgspec
import yaml

from kubex.core._json_value import is_array, is_object
from kubex.core._resource_class import config_of
from kubex.core.codec import encode
from kubex.manifests.documents import Manifest, manifests_of, read_manifests
from kubex.manifests.errors import ManifestError
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity

__all__ = ["Models", "dump_manifests", "load_manifests", "parse_manifests", "plain"]

Models: TypeAlias = ModuleType | type[Entity] | Iterable[ModuleType | type[Entity]]
"""Where classes of objects are looked for: resource classes, and packages of generated models (`kubex.k8s.v1_35`)."""


def load_manifests(source: Path | str | IO[str] | IO[bytes], *, models: Models = ()) -> list[Entity]:
    """Read the objects of a file, or of the files below a folder.

    Args:
        source: a path, or an open file. YAML (with any number of documents) or JSON; Lists are taken apart. Values are
            read as kubectl reads them: `on` is true, `010` is 8, dates and `1:30` are text, the last of two equal keys
            counts; tags and what aliases make too large are refused.
        models: classes, and packages of generated models, that objects are made of. An object of none of these, or
            with a field that its class lacks, is a `DynamicObject`, of which nothing is lost.

    Raises:
        ManifestError: a file is missing, not YAML (with line and column), or a document in it is no object, or has a
            value of another type than its class.
        InvalidArgument: a class of `models` is no resource.

    Example:
        ```python
        for object in load_manifests(Path("manifests/"), models=kubex.k8s.v1_35):
            print(object.metadata.name)
        ```
    """
    if isinstance(source, Path | str):
        return _objects(read_manifests(source), models)
    return _objects(manifests_of(source, "the manifest"), models)


def parse_manifests(text: str, *, models: Models = ()) -> list[Entity]:
    """Read the objects of a text of YAML or JSON; `models` and errors as of `load_manifests`."""
    return _objects(manifests_of(text, "the manifest"), models)


def dump_manifests(
    objects: Iterable[Entity | Manifest | Mapping[str, Any]], *, form: Literal["yaml", "json"] = "yaml"
) -> str:
    """Write objects so that kubectl reads them as they are.

    Args:
        objects: models, dynamic objects, dicts or manifests.
        form: `yaml`, a document for each; or `json`, a List where there is not exactly one.

    Raises:
        InvalidArgument: a part of one has no JSON form.
    """
    values = [plain(each) for each in objects]
    if form == "json":
        whole = values[0] if len(values) == 1 else {"apiVersion": "v1", "kind": "List", "items": values}
        return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": 2**31 - 1}
    return cast("str", yaml.dump_all(values, Dumper=_Dumper, **options))


def plain(value: Entity | Manifest | Mapping[str, Any]) -> dict[str, Any]:
    """Give an object as JSON has it: a copy."""
    whole: dict[str, Any] = msgspec.json.decode(encode(value.object if isinstance(value, Manifest) else value))
    return whole


_Base: Any = yaml.SafeDumper


class _Dumper(_Base):  # type: ignore[misc]  # the stubs leave most of it untyped
    """Puts into quotes what any reader of YAML could take for something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_OTHER_THAN_TEXT = re.compile(r"^(?:[-+.]?[0-9][0-9a-zA-Z_.:+-]*|[-+]?\.[0-9a-zA-Z_]+|[yYnN]|=|<<)$")
_Dumper.add_implicit_resolver("tag:yaml.org,2002:value", _OTHER_THAN_TEXT, [*"-+.0123456789yYnN=<"])


_UNUSUAL_BREAKS = re.compile("[\x85\u2028\u2029]")  # of lines, which only double quotes keep as they are


def _text(dumper: Any, data: str) -> Any:
    style = '"' if _UNUSUAL_BREAKS.search(data) else "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _text)


def _objects(manifests: Iterable[Manifest], models: Models) -> list[Entity]:
    given = [models] if isinstance(models, ModuleType | type) else [*models]
    classes = {_address(each): each for each in given if isinstance(each, type)}
    packages = [each for each in given if isinstance(each, ModuleType)]
    return [_object(manifest, classes, packages) for manifest in manifests]


def _address(model: type[Entity]) -> tuple[str, str]:
    config = config_of(model)
    return config.api_version, config.kind


def _object(
    manifest: Manifest, classes: Mapping[tuple[str, str], type[Entity]], packages: Iterable[ModuleType]
) -> Entity:
    address = (manifest.api_version, manifest.kind)
    model = classes.get(address) or next((found for each in packages if (found := _generated(each, *address))), None)
    if model is None:
        return DynamicObject(manifest.object)
    try:
        made: Entity = cast("Any", model).model_validate(manifest.object)
    except ValueError as error:
        raise ManifestError(f"{manifest}: {error}") from None
    return made if _has_all(manifest.object, plain(made)) else DynamicObject(manifest.object)


def _generated(package: ModuleType, api_version: str, kind: str) -> type[Entity] | None:
    """Look for a class where the generator puts it: `networking.k8s.io/v1` in `networking.v1`."""
    group, _, version = api_version.rpartition("/")
    try:
        module = import_module(f"{package.__name__}.{group.partition('.')[0] or 'core'}.{version}")
    except ModuleNotFoundError:
        return None
    found: Any = getattr(module, kind, None)
    if not (isinstance(found, type) and issubclass(found, Entity)):
        return None
    return found if _address(found) == (api_version, kind) else None


def _has_all(given: Any, made: Any) -> bool:
    """Say whether an object kept all that it was made of, but nulls."""
    if is_object(given):
        return is_object(made) and all(
            value is None or (name in made and _has_all(value, made[name])) for name, value in given.items()
        )
    if is_array(given):
        return is_array(made) and len(given) == len(made) and all(map(_has_all, given, made))
    return True
