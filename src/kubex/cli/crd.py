"""`kubex crd`: the CustomResourceDefinition of a program's own classes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kubex.cli.output import OutputForm
from kubex.core.exceptions import InvalidArgument
from kubex.crd import crd_for
from kubex.manifests import dump_manifests

__all__ = ["crd"]


def crd(
    classes: Annotated[
        list[str],
        typer.Argument(help="Where a class is, as package.module:Class; several are the versions of one kind."),
    ],
    storage: Annotated[
        str | None, typer.Option("--storage", help="Which of several is stored, by the same name.", show_default=False)
    ] = None,
    output: Annotated[OutputForm, typer.Option("--output", "-o", help="Form of the definition.")] = OutputForm.YAML,
) -> None:
    """Print the CustomResourceDefinition of a class, ready to be applied.

    Modules are looked for as Python does, and in the current folder.
    """
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    definition = crd_for(
        *(_class_at(place) for place in classes), storage=None if storage is None else _class_at(storage)
    )
    sys.stdout.write(dump_manifests([definition], form=output.value))


def _class_at(place: str) -> Any:
    """Import a class.

    Raises:
        InvalidArgument: there is no such module, or no such class in it.
    """
    module, _, name = place.partition(":")
    if not module or not name:
        raise InvalidArgument(f"{place!r} does not say where a class is: package.module:Class")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise InvalidArgument(f"there is no module {error.name} (in the current folder, or installed)") from None
        raise
    except (Exception, SystemExit) as error:  # whatever the user's module does when it is imported
        raise InvalidArgument(f"module {module} can't be imported: {type(error).__name__}: {error}") from None
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise InvalidArgument(f"module {module} has no class {name}")
    return found
