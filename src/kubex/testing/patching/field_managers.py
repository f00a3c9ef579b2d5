"""The name of the field manager of a request."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

__all__ = ["LONGEST_NAME", "field_manager"]

LONGEST_NAME: Final = 128
"""Of a field manager, in bytes."""


@lru_cache(maxsize=256)
def field_manager(given: str | None, user_agent: str) -> str:
    """Give the field manager of a create, replace or patch.

    Args:
        given: the request's parameter `fieldManager`, checked already; `""` and `None` if it has none.
        user_agent: the request's header. What is before its first `/` names the manager, without the characters that
            can't be printed, and as far as it has room.
    """
    if given:
        return given
    name = ""
    size = 0
    for character in user_agent.split("/")[0]:
        if character.isprintable():
            size += len(character.encode())
            if size > LONGEST_NAME:
                break
            name += character
    return name
