"""What is generated from the golden document, to the letter, and that it works.

After a wanted change of the output: `python -m tests.unit.codegen.test_golden`, then read the difference.
"""

from __future__ import annotations

import base64
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.codegen.conftest import GOLDEN
from tools.codegen.document import read_document
from tools.codegen.generate import generate
from tools.codegen.intermediate import Api
from tools.codegen.openapi_v2 import read_api
from tools.codegen.output import write_files

PACKAGE = "golden_models"
SUFFIX = ".golden"  # so that no tool takes the files for the project's own


def _expected() -> dict[str, str]:
    folder = GOLDEN / PACKAGE
    return {
        path.relative_to(folder).as_posix().removesuffix(SUFFIX): path.read_text()
        for path in folder.rglob(f"*{SUFFIX}")
    }


def test_output(golden_api: Api) -> None:
    files, expected = generate(golden_api, PACKAGE), _expected()
    assert sorted(files) == sorted(expected)
    for path, text in files.items():
        assert text == expected[path], path


def test_the_same_document_always_gives_the_same_files(golden_api: Api) -> None:
    document = read_document(str(GOLDEN / "openapi.json"))
    document["definitions"] = dict(reversed(document["definitions"].items()))
    document["paths"] = dict(reversed(document["paths"].items()))
    assert generate(read_api(document), PACKAGE) == generate(golden_api, PACKAGE)


@pytest.fixture
def shop(golden_api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The golden models, imported."""
    write_files(generate(golden_api, PACKAGE), tmp_path / PACKAGE)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    yield importlib.import_module(f"{PACKAGE}.shop.v1")
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_fields_called_like_types(shop: ModuleType) -> None:
    content: dict[str, Any] = {
        "bool": True,
        "bytes": base64.b64encode(b"\x00\xff").decode(),
        "datetime": "2026-01-02T03:04:05Z",
        "dict": {"a": 1},
        "field": "f",
        "float": 1.5,
        "fromURL": "u",
        "int": 1,
        "list": ["a"],
        "str": "s",
        "type": "t",
    }
    attribute = shop.Attribute.model_validate(content)
    assert attribute.bytes == b"\x00\xff"
    assert attribute.from_url == "u"
    assert attribute.model_dump(mode="json", by_alias=True) == content
    for name, wrong in {"bool": 1, "int": "1", "list": "a", "dict": {"a": "b"}, "datetime": "soon"}.items():
        with pytest.raises(ValueError, match=name):
            shop.Attribute.model_validate({name: wrong})


def test_values_that_the_document_does_not_list_are_read_too(shop: ModuleType) -> None:
    spec = shop.OrderSpec.model_validate({"lines": [], "rawValue": None, "mode": "Later", "states": ["Unheard"]})
    assert (spec.mode, spec.states) == ("Later", ["Unheard"])


def test_any_value_is_kept_as_it_is(shop: ModuleType) -> None:
    for value in ({"a": [1, None]}, [1], "text", 1.5, True):
        spec = shop.OrderSpec(lines=[], raw_value=value, mode="Fast", json=value)
        assert spec.model_dump(mode="json", by_alias=True, exclude_none=True) == {
            "lines": [],
            "rawValue": value,
            "mode": "Fast",
            "json": value,
        }


def test_odd_names(shop: ModuleType) -> None:
    content = {"$ref": "a", "x-shop-mark": "b", "from": "c", "snakeCase": "d", "snake_case": "e", "modelDump": "f"}
    status = shop.OrderStatus.model_validate_json(importlib.import_module("json").dumps(content))
    assert (
        status.ref,
        status.x_shop_mark,
        status.from_,
        status.snake_case,
        status.snake_case_,
        status.model_dump_,
    ) == (*"abcdef",)
    assert status.model_dump(by_alias=True, exclude_none=True) == content


def test_the_older_version_uses_the_newer_ones_type(shop: ModuleType) -> None:
    older = importlib.import_module(f"{PACKAGE}.shop.v1beta1")
    order = older.Order.model_validate(
        {"spec": {"country": {"name": "x"}}, "stable": {"lines": [], "rawValue": 1, "mode": "m"}}
    )
    assert type(order.spec) is older.OrderSpec
    assert type(order.stable) is shop.OrderSpec
    assert type(order.spec.country) is shop.Country


def test_a_list_without_the_usual_form_is_a_struct_of_its_own(shop: ModuleType) -> None:
    widgets = importlib.import_module(f"{PACKAGE}.parts_example_com.v1alpha1")
    read = widgets.WidgetList.model_validate({"items": [{"port": "http"}], "summary": "one"})
    assert (type(read.items[0]), read.items[0].port, read.summary) == (widgets.Widget, "http", "one")
    assert type(read.items[0].metadata.name) is type(None)
    # The config's is made on demand.
    listed = widgets.Widget.__RESOURCE_CONFIG__.list_model
    assert listed is not widgets.WidgetList
    assert listed.__name__ == "WidgetList"


def _rewrite() -> None:
    folder = GOLDEN / PACKAGE
    for old in folder.rglob(f"*{SUFFIX}"):
        old.unlink()
    for path, text in generate(read_api(read_document(str(GOLDEN / "openapi.json"))), PACKAGE).items():
        file = folder / f"{path}{SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    _rewrite()
