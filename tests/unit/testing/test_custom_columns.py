"""Columns of custom resources, as the API server shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kubex.testing.columns.custom import custom_columns

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OBJECT = {"spec": {"n": 3, "t": "y", "b": True, "d": "2026-01-01T00:00:00Z", "list": [{"a.b": 1}]}}


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        ("integer", ".spec.n", 3),
        ("integer", ".spec.t", None),
        ("string", ".spec.t", "y"),
        ("string", ".spec.n", "3"),
        ("boolean", ".spec.b", True),
        ("date", ".spec.d", "24h"),
        ("date", ".spec.x", None),
        ("integer", r".spec.list[0].a\.b", 1),
        ("integer", ".spec.list[*].x", None),
    ],
)
def test_cells(type_: str, path: str, expected: Any) -> None:
    column = custom_columns({"name": "C", "type": type_, "jsonPath": path})
    found = column.timed(OBJECT, NOW) if column.timed is not None else column.cell and column.cell(OBJECT)
    assert found == expected
