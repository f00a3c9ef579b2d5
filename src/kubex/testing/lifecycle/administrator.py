"""Who everybody is that asks this server for something: the cluster's administrator."""

from __future__ import annotations

from typing import Final

from kubex.testing.storage import JsonObject

__all__ = ["ADMINISTRATOR"]

ADMINISTRATOR: Final[JsonObject] = {"username": "admin", "groups": ["system:masters", "system:authenticated"]}
