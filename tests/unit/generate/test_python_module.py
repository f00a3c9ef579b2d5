"""Text of Python files: imports, local names, line breaks."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.generate.python_module import LINE_LENGTH, PythonModule, broken, call, import_lines, quoted


def _module(*defined: str) -> PythonModule:
    return PythonModule("shop.v1.order", "# Header.", "Docstring.", frozenset(defined))


def test_a_file() -> None:
    module = _module("Order")
    assert module.name("typing", "ClassVar") == "ClassVar"
    assert module.name("typing", "Any") == "Any"
    assert module.name("msgspec", "field") == "field"
    assert module.name("kubex_core.models.base_struct", "always_written") == "always_written"
    assert module.name("kubex_core.models.base_struct", "BaseStruct") == "BaseStruct"
    assert module.name("shop.v1.order", "Order") == "Order"
    assert module.name("builtins", "str") == "str"
    module.blocks += ["class Order:\n    pass\n", "x = 1\n"]
    assert module.text(["Order"]) == (
        '# Header.\n"""Docstring."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Any, ClassVar\n\n"
        "from msgspec import field\n\n"
        "from kubex_core.models.base_struct import BaseStruct, always_written\n\n"
        '__all__ = ["Order"]\n\n\n'
        "class Order:\n    pass\n\n\n"
        "x = 1\n"
    )


def test_a_name_that_an_attribute_has_gets_another_in_that_class_alone() -> None:
    module = _module()
    assert module.name("builtins", "int") == "int"
    assert module.name("builtins", "int", ["int", "str"]) == "int_"
    assert module.name("builtins", "int", ["int", "int_"]) == "int__"
    assert module.name("builtins", "int") == "int"
    assert "from builtins import int as int_\nfrom builtins import int as int__\n" in module.text([])


def test_a_name_that_the_file_defines_gets_another() -> None:
    module = _module("Scope", "OrderSpec")
    assert module.name("kubex_core.models.resource_config", "Scope") == "Scope_"
    assert module.name("shop.v2.order", "OrderSpec", otherwise="ShopV2OrderSpec") == "ShopV2OrderSpec"


def test_of_two_imported_names_the_second_gets_another() -> None:
    module = _module()
    assert module.name("shop.v1.part", "Part", otherwise="ShopV1Part") == "Part"
    assert module.name("shop.v2.part", "Part", otherwise="ShopV2Part") == "ShopV2Part"
    assert module.name("shop.v1.part", "Part", otherwise="ShopV1Part") == "Part"


def test_imports_are_sorted_as_ruff_sorts_them() -> None:
    names = ["lower", "LimitedPriority", "LimitResponse", "LIMIT", "Part as Other"]
    assert import_lines("shop", names) == (
        "from shop import LIMIT, LimitedPriority, LimitResponse, lower\nfrom shop import Part as Other\n"
    )


@pytest.mark.parametrize("text", ["plain", 'a "quoted" word', "it's", "back\\slash", "new\nline", "both \" and '", ""])
def test_quoted(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_quoted_prefers_double_quotes() -> None:
    assert quoted("Pod") == '"Pod"'


def test_a_list_is_on_one_line_or_has_one_item_on_each() -> None:
    assert broken("x = [", ["1", "2"], "]") == "x = [1, 2]\n"
    items = ["a" * 60, "b" * 60]
    assert broken("x = [", items, "]", indent="  ") == f"  x = [\n      {items[0]},\n      {items[1]},\n  ]\n"
    assert broken("from x import ", items, "", parentheses=True) == (
        f"from x import (\n    {items[0]},\n    {items[1]},\n)\n"
    )


def test_a_call_may_have_its_arguments_on_a_line_of_their_own() -> None:
    assert call("f(", ["1", "2"], ")") == "f(1, 2)\n"
    assert call(f"{'f' * 80}(", ["a" * 30, "b" * 30], ")") == f"{'f' * 80}(\n    {'a' * 30}, {'b' * 30}\n)\n"
    assert call("f(", ["a" * 60, "b" * 60], ")", indent="  ") == f"  f(\n      {'a' * 60},\n      {'b' * 60},\n  )\n"


@given(st.lists(st.text("abc", min_size=1, max_size=40), min_size=1, max_size=12), st.sampled_from(["", "    "]))
def test_lines_are_never_too_long_and_mean_the_same(items: list[str], indent: str) -> None:
    for text in (broken("f(", items, ")", indent=indent), call("f(", items, ")", indent=indent)):
        assert max(map(len, text.splitlines())) <= LINE_LENGTH
        assert ast.dump(ast.parse(text.strip())) == ast.dump(ast.parse(f"f({', '.join(items)})"))
