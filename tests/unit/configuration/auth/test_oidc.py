"""`OidcTokens`: id tokens that an issuer over TLS gives anew."""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
import yaml

from kubex.configuration import configure_from_kubeconfig
from kubex.configuration.auth.oidc import OidcConfig, OidcTokens
from kubex.core.exceptions import ConfigurationError
from tests.unit.configuration.auth.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, serve_issuer
from tests.unit.configuration.documents import document, write

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def issuer(ca: trustme.CA) -> Generator[Issuer]:
    with serve_issuer(ca) as issuer:
        yield issuer


def config_of(issuer: Issuer, **others: Any) -> OidcConfig:
    given: dict[str, Any] = {
        "issuer_url": issuer.url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": "refresh-0",
        "ca_data": issuer.ca_pem,
        **others,
    }
    return OidcConfig(**given)


async def token_of(source: OidcTokens) -> str:
    return (await source.headers())["Authorization"].removeprefix("Bearer ")


async def test_a_token_that_is_good_is_used(issuer: Issuer) -> None:
    token = issuer.id_token()
    assert await token_of(OidcTokens(config_of(issuer, id_token=token))) == token
    assert issuer.forms == []


async def test_one_that_expires_is_had_anew(issuer: Issuer) -> None:
    old = issuer.id_token(lifetime=5)
    source = OidcTokens(config_of(issuer, id_token=old))
    first = await token_of(source)
    assert first != old
    assert await token_of(source) == first
    assert issuer.given == 1


async def test_before_it_expires_and_with_the_newest_refresh_token(issuer: Issuer) -> None:
    now = time.time()
    source = OidcTokens(config_of(issuer), clock=lambda: now)
    tokens = [await token_of(source)]
    now += 3600 - 11
    tokens.append(await token_of(source))
    now += 2
    tokens.append(await token_of(source))
    assert tokens[0] == tokens[1] != tokens[2]
    assert [form["refresh_token"] for form in issuer.forms] == ["refresh-0", "refresh-1"]


async def test_when_it_is_rejected_once_for_all(issuer: Issuer) -> None:
    source = OidcTokens(config_of(issuer, id_token=issuer.id_token()))
    rejected = await source.headers()

    async def again() -> None:
        assert await source.refresh(rejected)

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(again)
    assert issuer.given == 1


@pytest.mark.parametrize("methods", [None, ["client_secret_basic", "client_secret_post"], ["client_secret_post"], []])
async def test_how_the_client_proves_who_it_is(issuer: Issuer, methods: list[str] | None) -> None:
    issuer.methods = methods
    await token_of(OidcTokens(config_of(issuer)))
    assert ("client_secret" in issuer.forms[0]) == (methods == ["client_secret_post"])


async def test_without_a_refresh_token(issuer: Issuer) -> None:
    source = OidcTokens(config_of(issuer, refresh_token=None, id_token=issuer.id_token(lifetime=-5)))
    with pytest.raises(ConfigurationError, match="has expired, and there is no refresh token"):
        await source.headers()


REFUSALS: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "wrong token": ({"refresh_token": "hunter2"}, [], "does not refresh the token: invalid_grant: log in again"),
    "wrong secret": ({"client_secret": "hunter2"}, [], "does not refresh the token: invalid_client$"),
    "no discovery": ({}, [(404, b"hunter2")], r"has no discovery document \(status 404\)"),
    "discovery of another kind": ({}, [(200, b"hunter2")], "has no token_endpoint"),
    "an endpoint without TLS": ({}, [(200, b'{"token_endpoint": "http://hunter2"}')], "token_endpoint of .* https"),
    "discovery elsewhere": ({}, [(302, b"")], r"has no discovery document \(status 302\)"),
    "refresh elsewhere": ({}, ["discovery", (307, b"")], "does not refresh the token: status 307"),
    "no id token": ({}, ["discovery", (200, b'{"access_token": "hunter2"}')], "sent no id token"),
    "no JSON": ({}, ["discovery", (500, b"hunter2")], "does not refresh the token: status 500"),
    "an odd id token": ({}, ["discovery", (200, b'{"id_token": "hunter2 hunter2"}')], "characters that no token has"),
}


@pytest.mark.parametrize(("others", "answers", "problem"), REFUSALS.values(), ids=REFUSALS)
async def test_refusals(issuer: Issuer, others: dict[str, Any], answers: list[Any], problem: str) -> None:
    discovery = (200, json.dumps(issuer.discovery()).encode())
    issuer.answers = [discovery if answer == "discovery" else answer for answer in answers]
    with pytest.raises(ConfigurationError, match=problem) as raised:
        await OidcTokens(config_of(issuer, **others)).headers()
    assert "hunter2" not in str(raised.value)
    assert raised.value.__context__ is None
    assert issuer.url in str(raised.value)


async def test_an_issuer_that_is_not_trusted(issuer: Issuer) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be reached: .*certificate"):
        await OidcTokens(config_of(issuer, ca_data=None)).headers()
    with pytest.raises(ConfigurationError, match="idp-certificate-authority can't be read"):
        await OidcTokens(config_of(issuer, ca_data=b"nothing")).headers()
    assert issuer.forms == []


async def test_an_issuer_that_is_not_there(ca: trustme.CA) -> None:
    config = OidcConfig(issuer_url="https://127.0.0.1:1", client_id="x", refresh_token="hunter2")
    with pytest.raises(ConfigurationError, match="can't be reached: Connection refused"):
        await OidcTokens(config).headers()


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "a.!.c", "a.W10.c", f"a.{base64.urlsafe_b64encode(b'{}').decode()}.c", "a." + "x" * 1001 + ".c"],
)
async def test_a_token_that_states_no_expiry_is_used(issuer: Issuer, token: str) -> None:
    assert await token_of(OidcTokens(config_of(issuer, id_token=token))) == token


def mark(file: Path) -> Any:
    """Put comments around a kubeconfig, and give what it says."""
    file.chmod(0o640)
    file.write_text(f"# mine\n{file.read_text()}# the end\n")
    return yaml.safe_load(file.read_text())


def look_at(file: Path) -> tuple[str, int, list[str]]:
    return file.read_text(), file.stat().st_mode & 0o777, sorted(path.name for path in file.parent.iterdir())


class TestKubeconfig:
    @pytest.fixture
    def file(self, issuer: Issuer, home: Path) -> Path:
        config = {
            "idp-issuer-url": issuer.url,
            "client-id": CLIENT_ID,
            "client-secret": CLIENT_SECRET,
            "id-token": issuer.id_token(lifetime=-5),
            "refresh-token": "refresh-0",
            "idp-certificate-authority-data": base64.b64encode(issuer.ca_pem).decode(),
        }
        return write(home / ".kube" / "config", document(user={"auth-provider": {"name": "oidc", "config": config}}))

    async def test_new_tokens_are_kept(self, issuer: Issuer, file: Path) -> None:
        before = mark(file)
        source = (await configure_from_kubeconfig()).credential_source()
        headers = await source.headers()
        text, mode, folder = look_at(file)
        after = yaml.safe_load(text)
        kept = after["users"][0]["user"]["auth-provider"]["config"]
        assert kept["refresh-token"] == "refresh-1"
        assert headers == {"Authorization": f"Bearer {kept['id-token']}"}
        before["users"][0]["user"]["auth-provider"]["config"].update(kept)
        assert after == before
        assert text.startswith("# mine\n")
        assert text.endswith("# the end\n")
        assert mode == 0o640
        assert folder == ["config"]

    async def test_and_used_by_the_next_program(self, issuer: Issuer, file: Path) -> None:
        first = await (await configure_from_kubeconfig()).credential_source().headers()
        assert await (await configure_from_kubeconfig()).credential_source().headers() == first
        assert issuer.given == 1

    async def test_those_of_another_program_are_taken_over(self, issuer: Issuer, file: Path) -> None:
        ours, theirs = (await configure_from_kubeconfig(), await configure_from_kubeconfig())
        found = await theirs.credential_source().headers()
        assert await ours.credential_source().headers() == found
        assert issuer.given == 1

    async def test_where_it_can_not_be_written(
        self, issuer: Issuer, file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (file.parent / "config.lock").touch()
        before = look_at(file)[0]
        source = (await configure_from_kubeconfig()).credential_source()
        with caplog.at_level(logging.DEBUG, "kubex"):
            first = await source.headers()
        assert await source.refresh(first)
        assert issuer.given == 2, "what is not kept is used all the same"
        assert look_at(file)[0] == before
        assert "not kept in ~/.kube/config: another program is writing it" in caplog.text
        assert "refresh-" not in caplog.text

    async def test_without_a_file_there_is_none_to_write(self, issuer: Issuer) -> None:
        source = OidcTokens(dataclasses.replace(config_of(issuer), kubeconfig=("/nowhere/config", "u")))
        await source.headers()
        assert issuer.given == 1
