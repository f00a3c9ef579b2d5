"""Requests: what the server sees, and what the program gets; the same on every library and loop."""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Mapping

import pytest
from aiohttp import web

from kubex._version import __version__
from kubex.client.options import ClientOptions
from kubex.configuration.auth.source import CredentialSource
from kubex.core.exceptions import (
    AlreadyExists,
    InvalidResponse,
    KubexClientException,
    NotFound,
    ServerError,
    ServiceUnavailable,
    Unauthorized,
)
from kubex.core.request import Request, RequestAction
from kubex_core.models.status import Status
from tests.unit.client.conftest import Connect
from tests.unit.client.servers import Handler, HttpServer, json_answer

pytestmark = pytest.mark.anyio

GET = Request("GET", "/api/v1/pods", action=RequestAction("list", "pods"))


async def test_what_the_server_sees(server: HttpServer, connect: Connect) -> None:
    async with connect(server, token="abc") as client:
        response = await client.request(
            Request(
                "POST",
                "/api/v1/namespaces/shop/pods",
                {"fieldManager": "a b", "x": "é&="},
                body='{"kind":"Pod"}',
                headers={"Accept": "application/json"},
                query_param_pairs=[("command", "ls"), ("command", "-l")],
            )
        )
    assert response.status_code == 200
    assert json.loads(response.content) == {"kind": "Anything"}
    assert response.headers["content-type"].startswith("application/json")
    seen = server.only
    assert seen.method == "POST"
    assert seen.path_qs == "/api/v1/namespaces/shop/pods?fieldManager=a+b&x=%C3%A9%26%3D&command=ls&command=-l"
    assert seen.body == b'{"kind":"Pod"}'
    assert seen.headers["Content-Length"] == "14"
    assert dict(seen.headers) | {"Host": "", "Content-Length": ""} == {
        "Host": "",
        "Content-Length": "",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Authorization": "Bearer abc",
        "Content-Type": "application/json",
        "User-Agent": f"kubex/{__version__}",
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
async def test_methods_with_and_without_a_body(server: HttpServer, connect: Connect, method: str) -> None:
    async with connect(server) as client:
        await client.request(Request(method, "/x"))
        await client.request(
            Request(method, "/x", body=b"{}", headers={"Content-Type": "application/merge-patch+json"})
        )
    without, with_body = server.seen
    assert (without.method, without.body, without.headers.get("Content-Type")) == (method, b"", None)
    assert (with_body.method, with_body.body) == (method, b"{}")
    assert with_body.headers.getall("Content-Type") == ["application/merge-patch+json"]


async def test_a_large_body_goes_whole(server: HttpServer, connect: Connect) -> None:
    body = b"x" * (3 * 2**20 + 1)
    async with connect(server) as client:
        await client.request(Request("PUT", "/x", body=body))
    assert server.only.body == body
    assert server.only.headers["Content-Length"] == str(len(body))


async def test_the_servers_own_path_and_an_encoded_one(server: HttpServer, connect: Connect) -> None:
    async with connect(server.url + "/k8s/clusters/c-1/") as client:
        await client.request(Request("GET", "/api/v1/namespaces/a%2Fb/pods?watch=1", {"x": "y"}))
    assert server.only.path_qs == "/k8s/clusters/c-1/api/v1/namespaces/a%2Fb/pods?watch=1&x=y"


async def test_a_connection_is_kept(server: HttpServer, connect: Connect) -> None:
    async with connect(server) as client:
        for _ in range(5):
            await client.request(GET)
    assert server.connections == 1


async def test_gzip(server: HttpServer, connect: Connect) -> None:
    body = b'{"items":[' + b'"x",' * 5000 + b"0]}"

    async def zipped(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "gzip"
        return web.Response(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})

    server.answer = zipped
    async with connect(server) as client:
        assert (await client.request(GET)).content == body


async def test_answers_as_they_are(server: HttpServer, connect: Connect) -> None:
    async with connect(server, disable_compression=True) as client:
        await client.request(GET)
        assert [line async for line in client.stream_lines(GET)]
    assert [seen.headers.getall("Accept-Encoding") for seen in server.seen] == [["identity"]] * 2


# httpx leaves the generators it read by to the collector, about which trio complains.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_damaged_gzip(server: HttpServer, connect: Connect) -> None:
    async def damaged(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"no gzip at all", headers={"Content-Encoding": "gzip"})

    server.answer = damaged
    async with connect(server) as client:
        with pytest.raises(
            InvalidResponse, match=rf"^pods \(list\): the answer of 127.0.0.1:{server.port} can't be read"
        ):
            await client.request(GET)


async def test_cookies_are_not_kept(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("{}", headers={"Set-Cookie": "session=1; Path=/"})
    async with connect(server) as client:
        await client.request(GET)
        await client.request(GET)
    assert "Cookie" not in server.seen[1].headers


class TestErrors:
    async def test_a_status_is_raised_typed(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer(
            '{"kind":"Status","code":409,"reason":"AlreadyExists","message":"pods \\"web\\" already exists"}', 409
        )
        async with connect(server) as client:
            with pytest.raises(AlreadyExists) as caught:
                await client.request(Request("POST", "/x", body=b"{}", action=RequestAction("create", "pods", "web")))
            assert isinstance(caught.value.content, Status)
            assert str(caught.value) == 'pods "web" (create): pods "web" already exists'
        assert server.connections == 1

    async def test_a_page_of_html(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("<html>503 Service Unavailable</html>", 503)
        async with connect(server) as client:
            with pytest.raises(ServiceUnavailable) as caught:
                await client.request(GET)
        assert caught.value.content == "<html>503 Service Unavailable</html>"

    @pytest.mark.parametrize("status", [500, 502, 599])
    async def test_any_5xx(self, server: HttpServer, connect: Connect, status: int) -> None:
        server.answer = json_answer("", status)
        async with connect(server) as client:
            with pytest.raises(ServerError):
                await client.request(GET)

    async def test_the_connection_is_used_again_after_an_error(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("{}", 404)
        async with connect(server) as client:
            for _ in range(3):
                with pytest.raises(NotFound):
                    await client.request(GET)
        assert server.connections == 1

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
    async def test_redirects_are_not_followed(self, server: HttpServer, connect: Connect, status: int) -> None:
        server.answer = json_answer("", status, {"Location": "https://user:secret@evil.example/steal?token=secret"})
        async with connect(server, token="secret-token") as client:
            with pytest.raises(InvalidResponse, match=r"redirects to evil\.example:443") as caught:
                await client.request(GET)
        assert "secret" not in str(caught.value)
        assert len(server.seen) == 1

    async def test_a_redirect_without_a_host(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("", 302, {"Location": "/login"})
        async with connect(server) as client:
            with pytest.raises(InvalidResponse, match="redirects elsewhere"):
                await client.request(GET)

    async def test_a_closed_client(self, server: HttpServer, connect: Connect) -> None:
        client = connect(server)
        await client.request(GET)
        await client.close()
        await client.close()
        with pytest.raises(KubexClientException, match="the client is closed"):
            await client.request(GET)
        with pytest.raises(KubexClientException, match="the client is closed"):
            await anext(client.stream_lines(GET))
        with pytest.raises(KubexClientException, match="the client is closed"):
            await client.connect_websocket(GET, [])

    async def test_a_client_that_was_never_used_closes(self, connect: Connect) -> None:
        async with connect("http://127.0.0.1:1"):
            pass


class Rotating(CredentialSource):
    """Gives a new token whenever it is refreshed."""

    def __init__(self, newest: int) -> None:
        self.token = 1
        self.newest = newest

    async def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
        assert rejected == {"Authorization": f"Bearer {self.token}"}
        self.token += 1
        return self.token <= self.newest


def only_for(token: int) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {token}":
            return web.json_response({"kind": "Status", "code": 401, "reason": "Unauthorized"}, status=401)
        return web.Response(text="line\n")

    return answer


class TestCredentials:
    async def test_a_401_is_replayed_once_with_newer_credentials(self, server: HttpServer, connect: Connect) -> None:
        server.answer = only_for(2)
        async with connect(server, refreshable_token=Rotating(newest=9)) as client:
            await client.request(Request("PUT", "/x", body=b"{}"))
        assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer 1", "Bearer 2"]
        assert [seen.body for seen in server.seen] == [b"{}", b"{}"]

    async def test_and_not_twice(self, server: HttpServer, connect: Connect) -> None:
        server.answer = only_for(3)
        async with connect(server, refreshable_token=Rotating(newest=9)) as client:
            with pytest.raises(Unauthorized, match="did not accept the credentials"):
                await client.request(GET)
        assert len(server.seen) == 2

    async def test_nor_without_newer_ones(self, server: HttpServer, connect: Connect) -> None:
        server.answer = only_for(2)
        async with connect(server, refreshable_token=Rotating(newest=1)) as client:
            with pytest.raises(Unauthorized):
                await client.request(GET)
        assert len(server.seen) == 1

    async def test_streams_too(self, server: HttpServer, connect: Connect) -> None:
        server.answer = only_for(2)
        async with connect(server, refreshable_token=Rotating(newest=9)) as client:
            assert [line async for line in client.stream_lines(GET)] == ["line"]

    async def test_a_request_can_not_replace_the_credentials(self, server: HttpServer, connect: Connect) -> None:
        async with connect(server, username="jo", password="pw") as client:
            await client.request(Request("GET", "/x", headers={"Authorization": "Bearer forged"}))
        assert server.only.headers.getall("Authorization") == ["Basic am86cHc="]


class TestApiWarnings:
    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = web.json_response({})
        response.headers.add("Warning", '299 - "v1beta1 is deprecated"')
        response.headers.add("Warning", '299 - "unknown field \\"spec.x\\"", 299 - "third"')
        return response

    async def test_each_is_a_user_warning_at_the_callers_line(self, server: HttpServer, connect: Connect) -> None:
        server.answer = self.answer
        async with connect(server) as client:
            with pytest.warns(UserWarning, match=r"v1beta1|field|third") as caught:
                await client.request(GET)
        assert [str(warning.message) for warning in caught] == [
            "v1beta1 is deprecated",
            'unknown field "spec.x"',
            "third",
        ]
        assert {warning.filename for warning in caught} == {__file__}

    async def test_streams_warn_too(self, server: HttpServer, connect: Connect) -> None:
        server.answer = self.answer
        async with connect(server) as client:
            with pytest.warns(UserWarning, match=r"v1beta1|field|third") as caught:
                assert [line async for line in client.stream_lines(GET)] == ["{}"]
            assert len(caught) == 3

    async def test_and_refusals(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("{}", 404, {"Warning": '299 - "gone in 1.99"'})
        async with connect(server) as client:
            with pytest.warns(UserWarning, match=r"gone in 1\.99"), pytest.raises(NotFound):
                await client.request(GET)

    async def test_unless_they_are_not_wanted(self, server: HttpServer, connect: Connect) -> None:
        server.answer = self.answer
        async with connect(server, options=ClientOptions(log_api_warnings=False)) as client:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                await client.request(GET)
