"""Writes a whole module: every class after those that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from kubex.generate._pydantic_models import PydanticWriter
from kubex.generate._structs import StructWriter
from kubex.generate.class_writer import ClassWriter, Surroundings
from kubex.generate.intermediate import Kind, ObjectClass
from kubex.generate.python_module import PythonModule

__all__ = ["Form", "module_text"]

Form: TypeAlias = Literal["struct", "pydantic"]
"""What classes are made of: msgspec structs, which are fast, or Pydantic models, which validate."""

_WRITERS: Mapping[Form, type[ClassWriter]] = {"struct": StructWriter, "pydantic": PydanticWriter}


def module_text(
    kinds: Sequence[Kind], classes: Mapping[str, ObjectClass], form: Form, header: str, line_length: int
) -> str:
    """Give the text of a module of kinds.

    Args:
        kinds: what it is of.
        classes: what they lead to, by name.
        form: what to make of them.
        header: first line of the file.
        line_length: characters that a line may have.
    """
    by_name = {each.object.name: each for each in kinds}
    whole = {**classes, **{each.object.name: each.object for each in kinds}}
    file = PythonModule(".", header, _docstring(kinds), frozenset(whole), line_length, is_among_kubex=False)
    around = Surroundings(file, whole)
    for name in _in_order(kinds, whole, form):
        _WRITERS[form](whole[name], by_name.get(name), around).write()
    return file.text(sorted(around.defined))


def _docstring(kinds: Sequence[Kind]) -> str:
    versions: dict[str, list[str]] = {}
    for each in kinds:
        versions.setdefault(each.api_version, []).append(each.kind)
    return "; ".join(f"{_and(names)} of {version}" for version, names in versions.items()) + "."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _in_order(kinds: Iterable[Kind], classes: Mapping[str, ObjectClass], form: Form) -> Iterator[str]:
    """Give the names of the classes that are needed, each after what it leads to, as far as they are no circle."""
    done: set[str] = set()
    # Not by recursion: schemas are deep.
    for kind in kinds:
        stack: list[tuple[str, Iterator[str]]] = [(kind.object.name, _led_to(kind.object, classes, form))]
        done.add(kind.object.name)
        while stack:
            name, rest = stack[-1]
            following = next((each for each in rest if each not in done), None)
            if following is None:
                stack.pop()
                yield name
            else:
                done.add(following)
                stack.append((following, _led_to(classes[following], classes, form)))


def _led_to(owner: ObjectClass, classes: Mapping[str, ObjectClass], form: Form) -> Iterator[str]:
    if form == "struct" and owner.keeps_unknown:
        return iter(())
    names = sorted(owner.references())
    if form == "struct":
        names = [name for name in names if not classes[name].keeps_unknown]
    return iter(names)
