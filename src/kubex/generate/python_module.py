"""Text of one Python file: which names it imports, under which local names, and how long lines are broken.

What it makes is as `ruff format` would leave it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

__all__ = ["LINE_LENGTH", "PythonModule", "broken", "call", "import_lines", "quoted", "string_list", "width_of"]

LINE_LENGTH = 120
"""Columns of a line of the models that come with kubex."""

_STANDARD_LIBRARY = frozenset({"builtins", "datetime", "typing"})
_LIBRARIES = frozenset({"msgspec", "pydantic"})


@dataclass
class PythonModule:
    """A file in the making: code asks it for names, and it imports what was asked for."""

    path: str
    """Its dotted name."""
    header: str
    docstring: str
    defined: frozenset[str] = frozenset()
    """Names that the file itself defines: imported ones give way."""
    line_length: int = LINE_LENGTH
    is_among_kubex: bool = True
    """Whether the file stands in kubex itself: elsewhere kubex is a library among others, and sorted so."""
    blocks: list[str] = field(default_factory=list[str])
    """Top-level statements in order, without the blank lines between them."""
    _imports: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])
    _taken: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def name(self, module: str, name: str, avoid: Collection[str] = (), otherwise: str = "") -> str:
        """Give the local name of something imported, of a builtin, or of the file's own.

        Args:
            module: where it comes from.
            name: its name there.
            avoid: names that mean something else where it is used: the attributes of the class around it.
            otherwise: what to call it if its name is in use; with an underscore where this is left out.
        """
        if module == self.path:
            return name
        local = name
        while local in avoid or local in self.defined or self._taken.get(local, (module, name)) != (module, name):
            local = otherwise if otherwise and local == name else f"{local}_"
        self._taken[local] = (module, name)
        if module != "builtins" or local != name:
            self._imports.setdefault((module, name), set()).add(local)
        return local

    def text(self, exported: Sequence[str]) -> str:
        """Give the whole file.

        Args:
            exported: names for `__all__`, in order.
        """
        head = [self.header, f'"""{self.docstring}"""\n']
        imports = self._import_text()
        export = broken("__all__ = [", string_list(exported), "]", line_length=self.line_length)
        sections = ["\n".join(head), "from __future__ import annotations\n", *imports, export]
        return "\n".join(sections) + "".join(f"\n\n{block}" for block in self.blocks)

    def _import_text(self) -> list[str]:
        sections: tuple[dict[str, list[str]], ...] = ({}, {}, {})
        for (module, name), local_names in sorted(self._imports.items()):
            for local in sorted(local_names):
                entry = name if local == name else f"{name} as {local}"
                sections[self._section(module)].setdefault(module, []).append(entry)
        return [
            "".join(import_lines(module, names, line_length=self.line_length) for module, names in section.items())
            for section in sections
            if section
        ]

    def _section(self, module: str) -> int:
        if module in _STANDARD_LIBRARY:
            return 0
        return 1 if module in _LIBRARIES or not self.is_among_kubex else 2


def import_lines(module: str, names: list[str], *, indent: str = "", line_length: int = LINE_LENGTH) -> str:
    """Write the imports from a module as ruff sorts them: renamed ones (`name as other`) stand alone, last."""
    plain = sorted((name for name in names if " as " not in name), key=_import_order)
    renamed = sorted((name for name in names if " as " in name), key=_import_order)
    opening = f"from {module} import "
    together = ""
    if plain:
        together = broken(opening, plain, "", parentheses=True, indent=indent, line_length=line_length)
    return together + "".join(f"{indent}{opening}{name}\n" for name in renamed)


def _import_order(name: str) -> tuple[int, str, str]:
    """Order as ruff's import sorting does: constants, classes, then the rest."""
    original = name.split()[0]
    if original.isupper() and len(original) > 1:
        return 0, name.lower(), name
    return (1 if original[0].isupper() else 2), name.lower(), name


def width_of(text: str) -> int:
    """Give the columns that a text takes, as ruff counts them: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(each) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(each) in "WF"
        else 1
        for each in text
    )


def quoted(text: str) -> str:
    """Give a string literal, in double quotes where it can be."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in literal:
        return f'"{literal[1:-1]}"'
    return literal


def string_list(values: Sequence[str]) -> list[str]:
    """Give string literals of values."""
    return [quoted(value) for value in values]


def broken(
    opening: str,
    items: Sequence[str],
    closing: str,
    *,
    parentheses: bool = False,
    indent: str = "",
    line_length: int = LINE_LENGTH,
) -> str:
    """Write a bracketed list on one line, or where that is too long with an item on each.

    Args:
        opening: what stands before the first item.
        items: the items.
        closing: what stands after the last.
        parentheses: that there are brackets only where lines are broken, as in an import.
        indent: white space before every line.
        line_length: characters that a line may have.
    """
    line = f"{indent}{opening}{', '.join(items)}{closing}"
    if len(line) <= line_length:
        return f"{line}\n"
    left, right = ("(", ")") if parentheses else ("", "")
    inside = "".join(f"{indent}    {item},\n" for item in items)
    return f"{indent}{opening}{left}\n{inside}{indent}{right}{closing}\n"


def call(opening: str, arguments: Sequence[str], closing: str, *, indent: str = "") -> str:
    """Write a call or a class header: on one line, with the arguments on the next, or with one on each line."""
    joined = f"{indent}    {', '.join(arguments)}"
    one_line = f"{indent}{opening}{joined.strip()}{closing}"
    if len(one_line) <= LINE_LENGTH or len(joined) > LINE_LENGTH:
        return broken(opening, arguments, closing, indent=indent)
    return f"{indent}{opening}\n{joined}\n{indent}{closing}\n"
