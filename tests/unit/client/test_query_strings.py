"""Whatever a query holds, the server reads it as it was written."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.core.query import list_query
from kubex.core.request import Request
from kubex.core.selectors import FieldSelector, LabelSelector
from tests.unit.client.conftest import Connect
from tests.unit.client.servers import HttpServer

pytestmark = pytest.mark.anyio

# A surrogate is half a character: it has no form in a URL.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
NAMES = st.text("abcXYZ-_.é[]", min_size=1, max_size=5)

# The fixtures are fit for many examples: the server keeps its requests apart.
reusing_the_server = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def last_query(server: HttpServer) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(server.seen[-1].path_qs).query, keep_blank_values=True, strict_parsing=False)


@reusing_the_server
@given(params=st.dictionaries(NAMES, TEXT, max_size=4), pairs=st.lists(st.tuples(NAMES, TEXT), max_size=4))
async def test_any_text(
    server: HttpServer, connect: Connect, params: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    request = Request("GET", "/api/v1/pods", params, query_param_pairs=pairs)
    async with connect(server) as client:
        await client.request(request)
    assert last_query(server) == request.query == [*params.items(), *pairs]
    assert urlsplit(server.seen[-1].path_qs).path == "/api/v1/pods"


@reusing_the_server
@given(
    value=TEXT,
    label=st.sampled_from(["app", "example.com/app"]),
    labels=st.lists(st.from_regex(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?)?", fullmatch=True), min_size=1),
)
async def test_any_selector(server: HttpServer, connect: Connect, value: str, label: str, labels: list[str]) -> None:
    by_label = LabelSelector().is_in(label, *labels).not_equals("tier", labels[0]).lacks("canary")
    by_field = FieldSelector().equals("metadata.name", value).not_equals("status.phase", value)
    for label_selector, field_selector in ((by_label, by_field), (str(by_label), str(by_field))):
        query = list_query(label_selector=label_selector, field_selector=field_selector)
        async with connect(server) as client:
            await client.request(Request("GET", "/api/v1/pods", query))
        seen = dict(last_query(server))
        assert LabelSelector.parse(seen["labelSelector"]) == by_label
        assert FieldSelector.parse(seen["fieldSelector"]) == by_field
