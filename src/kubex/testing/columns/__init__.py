"""The columns of tables, as the API server has them; a module for each family of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kubex.testing.columns.access import ACCESS
from kubex.testing.columns.column import AGE, NAME, Column, human_duration
from kubex.testing.columns.core import CORE
from kubex.testing.columns.networking import NETWORKING
from kubex.testing.columns.storage import STORAGE
from kubex.testing.columns.workloads import WORKLOADS

__all__ = ["AGE", "COLUMNS", "NAME", "Column", "human_duration"]

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {**ACCESS, **CORE, **NETWORKING, **STORAGE, **WORKLOADS}
"""By plural and, but for the core group's, the group before it. Kinds that are not here have their name and age."""
