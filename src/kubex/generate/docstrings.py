"""Writes descriptions as docstrings, so that they read back as they were."""

from __future__ import annotations

import inspect

__all__ = ["docstring", "normal_text"]


def normal_text(description: str) -> str:
    """Give a description as a docstring can hold it: without white space around it or at the ends of its lines."""
    lines = inspect.cleandoc(description.replace("\r\n", "\n").strip()).splitlines()
    return "\n".join(line.rstrip() for line in lines)


def docstring(description: str, indent: str = "    ") -> str:
    """Give the docstring of a description, with the line break at its end."""
    first, *others = [_escaped(line) for line in normal_text(description).split("\n")]
    text = "\n".join([first, *(f"{indent}{line}" if line else "" for line in others)])
    if not others and not text.endswith('"'):
        return f'{indent}"""{_opened(text)}"""\n'
    if not others:  # a quote at the end would run into those that end the docstring
        return f'{indent}"""{_opened(text)} """\n'
    return f'{indent}"""{_opened(text)}\n{indent}"""\n'


def _opened(text: str) -> str:
    return f" {text}" if text.startswith('"') else text


def _escaped(line: str) -> str:
    shown = "".join(_character(each) for each in line)
    return shown.replace('"""', '\\"\\"\\"')


def _character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
