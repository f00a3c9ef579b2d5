"""What servers say of selectors that are none."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask

pytestmark = pytest.mark.anyio

NAME = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
INTEGER = "for 'Gt', 'Lt' operators, the value must be an integer"


@pytest.fixture
def config_maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        (",a", "found ',', expected: !, identifier, or 'end of string'"),
        ("=", "found '=', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a,,b", "found ',', expected: identifier after ','"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
    ],
)
async def test_where_a_label_selector_goes_on(client: BaseClient, config_maps: str, selector: str, why: str) -> None:
    refused = await ask(client, "GET", config_maps, labelSelector=selector)
    assert (refused.code, refused.message) == (400, why)


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("!", "found '', expected: identifier"),
        ("!!a", "found '!', expected: identifier"),
        ("a b", "found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a (b)", "found '(', expected: in, notin, =, ==, !=, gt, lt"),
        ("a=(b)", "found '(', expected: identifier"),
        ("a in", "found '' expected: '('"),
        ("a in b", "found 'b' expected: '('"),
        ("a in (", "found '', expected: ',', ')' or identifier"),
        ("a in (=)", "found '=', expected: ',', ')' or identifier"),
        ("a in (b", "found '', expected: ',' or ')'"),
        ("a in (b c)", "found 'c', expected: ',' or ')'"),
        ("a in (b,", "found '', expected: ',', or identifier"),
        ("a in (,=)", "found '=', expected: ',', or identifier"),
        ("a in (in, notin", "found '', expected: ',' or ')'"),
        ("-a", f'<nil>: Invalid value: "-a": {NAME}'),
        ("/a", '<nil>: Invalid value: "/a": prefix part must be non-empty'),
        ("a/", f'<nil>: Invalid value: "a/": name part must be non-empty; {NAME}'),
        ("a" * 64, f'<nil>: Invalid value: "{"a" * 64}": name part must be no more than 63 bytes'),
        ("a=-b", f'values[0][a]: Invalid value: "-b": {VALUE}'),
        ("a=" + "b" * 64, f'values[0][a]: Invalid value: "{"b" * 64}": must be no more than 63 bytes'),
        ("a in (c, -b)", f'values[0][a]: Invalid value: "-b": {VALUE}'),
        (
            "a in (d., c, -b)",
            f'[values[0][a]: Invalid value: "-b": {VALUE}, values[2][a]: Invalid value: "d.": {VALUE}]',
        ),
        ("a>b", f'values[0]: Invalid value: "b": {INTEGER}'),
        ("a>", f'values[0]: Invalid value: "": {INTEGER}'),
        ("a<1.5", f'values[0]: Invalid value: "1.5": {INTEGER}'),
        ("a<9223372036854775808", f'values[0]: Invalid value: "9223372036854775808": {INTEGER}'),
        (
            "a>" + "1" * 5000,
            f'[values[0]: Invalid value: "{"1" * 5000}": {INTEGER},'
            f' values[0][a]: Invalid value: "{"1" * 5000}": must be no more than 63 bytes]',
        ),
        (
            "a>-b",
            f'[values[0]: Invalid value: "-b": {INTEGER}, values[0][a]: Invalid value: "-b": {VALUE}]',
        ),
        ("a>-1", f'values[0][a]: Invalid value: "-1": {VALUE}'),
    ],
    ids=lambda text: text[:24],
)
async def test_requirements_of_label_selectors(client: BaseClient, config_maps: str, selector: str, why: str) -> None:
    refused = await ask(client, "GET", config_maps, labelSelector=selector)
    assert (refused.code, refused.message) == (400, f"unable to parse requirement: {why}")


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("metadata.name=a=b", "unescaped character in value: 61"),
        ("metadata.name=a,metadata.namespace=b=c", "unescaped character in value: 61"),
        ("metadata.name=a\\x", "invalid escape sequence: \\x"),
        ("metadata.name=a\\", "invalid escape sequence: \\"),
    ],
)
async def test_values_of_field_selectors(client: BaseClient, config_maps: str, selector: str, why: str) -> None:
    refused = await ask(client, "GET", config_maps, fieldSelector=selector)
    assert (refused.code, refused.message) == (400, f"invalid field selector: {why}")


@pytest.mark.parametrize("selector", ["metadata.name=a\\=b,x", "metadata.name=a=b,a", "x,z=a=b,y=a\\x,b"])
async def test_the_first_term_of_a_field_selector_by_its_text(
    client: BaseClient, config_maps: str, selector: str
) -> None:
    refused = await ask(client, "GET", config_maps, fieldSelector=selector)
    first = min(each for each in selector.split(",") if "=" not in each)
    assert (refused.code, refused.message) == (400, f"invalid selector: '{selector}'; can't understand '{first}'")
