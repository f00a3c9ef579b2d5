"""The sources that never change: what they put on the wire."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration.auth._authorization import basic_authorization, bearer_authorization
from kubex.configuration.auth.basic import BasicAuth
from kubex.configuration.auth.no_credentials import NoCredentials
from kubex.configuration.auth.source import CredentialSource
from kubex.configuration.auth.static_token import StaticToken
from kubex.core.exceptions import ConfigurationError

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        (NoCredentials(), {}),
        (StaticToken("abc.def-_~+/="), {"Authorization": "Bearer abc.def-_~+/="}),
        (StaticToken(" abc\n"), {"Authorization": "Bearer abc"}),
        (BasicAuth("Aladdin", "open sesame"), {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}),
        (BasicAuth("test", "123£"), {"Authorization": "Basic dGVzdDoxMjPCow=="}),
        (BasicAuth("u", ""), {"Authorization": "Basic dTo="}),
    ],
)
async def test_static_sources(source: CredentialSource, headers: dict[str, str]) -> None:
    assert await source.headers() == headers
    assert await source.refresh(headers) is False
    assert await source.refresh() is False


async def test_headers_cannot_be_changed_by_whoever_gets_them() -> None:
    headers = await StaticToken("abc").headers()
    with pytest.raises(TypeError):
        headers["Authorization"] = "other"  # type: ignore[index]


@given(st.text())
def test_no_token_breaks_out_of_its_header(token: str) -> None:
    stripped = token.strip()
    if stripped and stripped.isascii() and stripped.isprintable() and " " not in stripped:
        assert bearer_authorization(token, "it") == {"Authorization": f"Bearer {stripped}"}
    else:
        with pytest.raises(ConfigurationError) as raised:
            bearer_authorization(token, "it")
        assert str(raised.value) in (
            "it is empty",
            "it has characters that no token has (white space inside, or beyond ASCII)",
        )


@given(st.text().filter(lambda name: ":" not in name), st.text())
def test_basic_authorization_can_be_taken_apart_again(username: str, password: str) -> None:
    scheme, encoded = basic_authorization(username, password)["Authorization"].split(" ")
    assert scheme == "Basic"
    assert base64.b64decode(encoded).decode().split(":", 1) == [username, password]


def test_a_user_name_with_a_colon() -> None:
    with pytest.raises(ConfigurationError, match="colon"):
        BasicAuth("a:b", "c")
