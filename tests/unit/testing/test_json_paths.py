"""JSONPath as Kubernetes has it."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.columns.json_paths import JsonPathError, json_path

OBJECT: dict[str, Any] = {
    "conditions": [{"type": "Ready", "status": "True"}, {"type": "Stale", "status": "False", "n": 3}],
    "map": {"a.b": 1, "c": [1, 2, 3], "e": []},
    "flags": [True, False],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('.conditions[?(@.type=="Ready")].status', ["True"]),
        ("{.conditions[?(@.type=='Stale')].n}", [3]),
        ("$.conditions[*].status", ["True", "False"]),
        (".conditions[?(@.n)].type", ["Stale"]),
        (".conditions[?(@.n > 2)].type", ["Stale"]),
        (".conditions[?(@.n>3)].type", []),
        ('.conditions[?(@.type!="a)]")].status', ["True", "False"]),
        (".flags[?(@==true)]", [True]),
        (r".map.a\.b", [1]),
        (r".map['a\.b']", [1]),
        (".map.c[-1]", [3]),
        (".map.c[0:2]", [1, 2]),
        (".map.c[:-1]", [1, 2]),
        (".map.c[::2]", [1, 3]),
        (".map.c[0,2]", [1, 3]),
        (".map.c[1:1]", []),
        (".map.*", [1, [1, 2, 3], []]),
        ("..n", [3]),
        (".conditions..n", [3]),
        (".conditions[0]['type','status']", ["Ready", "True"]),
        (".map.c.d", []),
        (".none.at.all", []),
        (".", []),
        ("", [OBJECT]),
    ],
)
def test_paths(path: str, found: list[Any]) -> None:
    assert json_path(path).find(OBJECT) == found


@pytest.mark.parametrize(
    "path", ["[", "x", ".a[b]", ".a[1:2:3:4]", ".a[?(@.x", ".a[?(@.x]", ".a[?(@.n=<2)]", ".a[-]", "#"]
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(JsonPathError):
        json_path(path)


@pytest.mark.parametrize(
    "path",
    [
        ".map.c[5]",
        ".map.c[2:1]",
        ".map.c[::0]",
        ".map[0]",
        ".map[?(@.x)]",
        '.conditions[?(@.n=="a")]',
        ".flags[?(@>true)]",
    ],
)
def test_what_can_not_be_followed(path: str) -> None:
    with pytest.raises(JsonPathError):
        json_path(path).find(OBJECT)
