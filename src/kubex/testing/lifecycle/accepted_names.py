"""Which of the names that a CustomResourceDefinition asks for it gets.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#create-a-customresourcedefinition
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["accept_names"]

_ORDER: Final = ("plural", "singular", "shortNames", "kind", "listKind", "categories")
_ALWAYS: Final = {"plural": "", "kind": ""}


def accept_names(definition: JsonObject, others: Iterable[JsonObject]) -> tuple[JsonObject, tuple[str, str] | None]:
    """Give the names that a definition has from now on, and the reason and message of a conflict.

    A name that another definition of the group has stays what it was; of several conflicts the last one counts.

    Args:
        definition: with the names that it asks for and those that it has.
        others: the other definitions of its group.
    """
    asked, had = object_at(definition["spec"], "names"), object_at(object_at(definition, "status"), "acceptedNames")
    resources: set[str] = set()
    kinds: set[str] = set()
    for other in others:
        taken = object_at(object_at(other, "status"), "acceptedNames")
        resources |= {taken.get("plural", ""), taken.get("singular", ""), *list_at(taken, "shortNames")}
        kinds |= {taken.get("kind", ""), taken.get("listKind", "")}
    names = {**had, "categories": list_at(asked, "categories")}
    conflict: tuple[str, str] | None = None
    for name, used in (
        ("plural", resources),
        ("singular", resources),
        ("shortNames", resources),
        ("kind", kinds),
        ("listKind", kinds),
    ):
        wanted: list[str] = list_at(asked, name) if name == "shortNames" else [asked.get(name, "")]
        own: list[str] = list_at(had, name) if name == "shortNames" else [had.get(name, "")]
        errors = [f'"{each}" is already in use' for each in wanted if each not in own and each in used]
        if errors:
            message = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
            conflict = (f"{name[0].upper()}{name[1:]}Conflict", message)
        else:
            names[name] = asked.get(name)
    kept = {name: names[name] for name in _ORDER if names.get(name)}
    return {name: kept.get(name, _ALWAYS.get(name)) for name in _ORDER if name in kept or name in _ALWAYS}, conflict
