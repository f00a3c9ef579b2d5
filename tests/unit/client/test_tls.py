"""TLS: whom a client believes, by what name, and how it says who it is itself."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
import re
import ssl
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from cryptography.hazmat.primitives import serialization

from kubex.client import _tls
from kubex.client._tls import tls_context
from kubex.configuration import configure_from_kubeconfig
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, ConnectionFailed
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.servers import HttpServer, RawServer, serve_http

GET = Request("GET", "/x", action=RequestAction("list", "pods"))


@pytest.mark.anyio
class TestServers:
    @pytest.mark.parametrize("kind", ["server_ca_file", "server_ca_data"])
    async def test_an_authority_from_file_or_data(
        self, tls_server: HttpServer, connect: Connect, authority: Authority, kind: str
    ) -> None:
        given: Any = authority.file if kind == "server_ca_file" else authority.pem
        async with connect(tls_server, **{kind: given}) as client:
            for _ in range(3):
                assert (await client.request(GET)).status_code == 200
        assert tls_server.connections == 1

    async def test_an_authority_with_comments_of_any_script(
        self, tls_server: HttpServer, connect: Connect, authority: Authority
    ) -> None:
        async with connect(tls_server, server_ca_data="# Behörde 機関\n".encode() + authority.pem) as client:
            await client.request(GET)

    @pytest.mark.parametrize("known", [True, False])
    async def test_a_strangers_certificate(
        self, tls_server: HttpServer, connect: Connect, stranger: Authority, known: bool
    ) -> None:
        config: dict[str, Any] = {"server_ca_data": stranger.pem} if known else {}
        async with connect(tls_server, **config) as client:
            with pytest.raises(ConnectionFailed) as caught:
                await client.request(GET)
        assert f"pods (list): cannot connect to 127.0.0.1:{tls_server.port}: its certificate is not trusted: " in str(
            caught.value
        )
        assert "certificate-authority-data" in str(caught.value)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
        assert tls_server.seen == []

    async def test_another_hosts_certificate(self, connect: Connect, authority: Authority) -> None:
        with serve_http(tls=authority.server_context("kubernetes.example")) as server:
            async with connect(server, server_ca_data=authority.pem) as client:
                with pytest.raises(ConnectionFailed, match=r"another host's: .*127\.0\.0\.1.*tls_server_name"):
                    await client.request(GET)

    async def test_which_tls_server_name_expects(self, connect: Connect, authority: Authority) -> None:
        with serve_http(tls=authority.server_context("kubernetes.example")) as server:
            config: dict[str, Any] = {"server_ca_data": authority.pem, "tls_server_name": "kubernetes.example"}
            async with connect(server, **config) as client:
                await client.request(GET)
            assert server.only.headers["Host"] == f"127.0.0.1:{server.port}"

    async def test_and_no_other(self, tls_server: HttpServer, connect: Connect, authority: Authority) -> None:
        config: dict[str, Any] = {"server_ca_data": authority.pem, "tls_server_name": "kubernetes.example"}
        async with connect(tls_server, **config) as client:
            with pytest.raises(ConnectionFailed, match="another host's"):
                await client.request(GET)

    async def test_a_name(self, connect: Connect, authority: Authority) -> None:
        with serve_http(tls=authority.server_context("localhost")) as server:
            async with connect(f"https://localhost:{server.port}", server_ca_data=authority.pem) as client:
                await client.request(GET)

    async def test_ipv6(self, connect: Connect, authority: Authority) -> None:
        with serve_http("::1", tls=authority.server_context("::1")) as server:
            async with connect(server, server_ca_data=authority.pem) as client:
                await client.request(GET)
            assert server.only.headers["Host"] == f"[::1]:{server.port}"

    async def test_insecure_is_logged(
        self, tls_server: HttpServer, connect: Connect, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with connect(tls_server, insecure_skip_tls_verify=True) as client:
            await client.request(GET)
            await client.request(GET)
        (record,) = [record for record in caplog.records if record.name == "kubex.client"]
        assert record.levelname == "WARNING"
        assert "insecure-skip-tls-verify" in record.getMessage()

    async def test_insecure_and_another_name(self, tls_server: HttpServer, connect: Connect) -> None:
        async with connect(tls_server, insecure_skip_tls_verify=True, tls_server_name="any.example") as client:
            await client.request(GET)

    async def test_tls_1_1_is_refused(
        self, raw: Callable[..., RawServer], connect: Connect, authority: Authority
    ) -> None:
        old = authority.server_context("127.0.0.1")
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        async with connect(raw(wordless, old), server_ca_data=authority.pem) as client:
            with pytest.raises(ConnectionFailed, match="TLS failed"):
                await client.request(GET)


def wordless(connection: object) -> None:
    """Says nothing after the handshake."""


class Identity:
    """A client certificate, in every form it may be given."""

    def __init__(self, ca: trustme.CA, folder: Path) -> None:
        leaf = ca.issue_cert("jo@example.com", common_name="jo")
        self.cert = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        self.key = leaf.private_key_pem.bytes()
        self.cert_file, self.key_file, self.both_file = folder / "c.crt", folder / "c.key", folder / "both.pem"
        self.cert_file.write_bytes(self.cert)
        self.key_file.write_bytes(self.key)
        self.both_file.write_bytes(self.key + self.cert)

    def forms(self) -> dict[str, dict[str, Any]]:
        return {
            "files": {"client_cert_file": self.cert_file, "client_key_file": str(self.key_file)},
            "data": {"client_cert_data": self.cert, "client_key_data": self.key},
            "one file": {"client_cert_file": self.both_file, "client_key_file": self.both_file},
            "file and data": {"client_cert_file": self.cert_file, "client_key_data": self.key},
            "data and file": {"client_cert_data": self.cert, "client_key_file": self.key_file},
        }


@pytest.fixture
def identity(authority: Authority, tmp_path: Path) -> Identity:
    return Identity(authority.ca, tmp_path)


FORMS = ["files", "data", "one file", "file and data", "data and file"]


@pytest.mark.anyio
class TestIdentity:
    @pytest.mark.parametrize("form", FORMS)
    async def test_the_server_sees_the_certificate(
        self, connect: Connect, authority: Authority, identity: Identity, form: str
    ) -> None:
        context = authority.server_context("127.0.0.1")
        authority.ask_for_certificates(context)
        with serve_http(tls=context) as server:
            names: list[str] = []

            async def whoami(request: web.Request) -> web.StreamResponse:
                assert request.transport is not None
                certificate = request.transport.get_extra_info("peercert")
                names.extend(value for part in certificate["subject"] for key, value in part if key == "commonName")
                return web.Response(text="{}")

            server.answer = whoami
            async with connect(server, server_ca_data=authority.pem, **identity.forms()[form]) as client:
                await client.request(GET)
        assert names == ["jo"]

    async def test_where_one_is_wanted_and_there_is_none(self, connect: Connect, authority: Authority) -> None:
        context = authority.server_context("127.0.0.1")
        authority.ask_for_certificates(context)
        with serve_http(tls=context) as server:
            async with connect(server, server_ca_data=authority.pem) as client:
                with pytest.raises(ConnectionFailed):
                    await client.request(GET)


def damaged_pem(pem: bytes) -> bytes:
    """Damage what is between the markers."""
    lines = pem.split(b"\n")
    lines[1] = lines[1][::-1]
    return b"\n".join(lines)


def configuration(**config: Any) -> ClientConfiguration:
    return ClientConfiguration(url="https://127.0.0.1:6443", **config)


class TestContext:
    def test_plain_http_has_none(self) -> None:
        assert tls_context(ClientConfiguration(url="http://127.0.0.1")) is None

    def test_it_is_strict(self, authority: Authority) -> None:
        context = tls_context(configuration(server_ca_data=authority.pem))
        assert context is not None
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert [dict(*ca["issuer"][:1]) for ca in context.get_ca_certs()]
        assert len(context.get_ca_certs()) == 1, "the system's authorities are not trusted beside the cluster's"

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="Python is not strict itself before 3.13")
    @pytest.mark.parametrize("is_strict", [True, False])
    def test_to_the_letter_or_not(self, authority: Authority, is_strict: bool) -> None:
        context = tls_context(configuration(server_ca_data=authority.pem, strict_x509=is_strict))
        assert context is not None
        assert bool(context.verify_flags & ssl.VERIFY_X509_STRICT) is is_strict
        # All else is verified all the same.
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED

    def test_without_an_authority_the_systems_are_trusted(self) -> None:
        context = tls_context(configuration())
        assert context is not None
        assert context.verify_mode is ssl.CERT_REQUIRED

    def test_a_key_given_as_data_never_stays_on_disk(
        self, identity: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "tmp"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        before = set(os.listdir("/proc/self/fd")) if sys.platform == "linux" else set[str]()
        tls_context(configuration(**identity.forms()["data"]))
        assert list(folder.iterdir()) == []
        if sys.platform == "linux":
            assert set(os.listdir("/proc/self/fd")) == before

    @pytest.mark.parametrize("damaged", [True, False])
    def test_nor_where_memory_has_no_files(
        self, identity: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
    ) -> None:
        folder = tmp_path / "tmp"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        monkeypatch.setattr(_tls, "_anonymous_file", lambda: None)
        seen: list[int] = []
        load = ssl.SSLContext.load_cert_chain

        def spy(self: ssl.SSLContext, certfile: str, keyfile: str, password: Any) -> None:
            seen.extend(os.stat(path).st_mode & 0o777 for path in (certfile, keyfile))
            assert {Path(certfile).parent, Path(keyfile).parent} == {folder}
            load(self, certfile, keyfile, password)

        monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", spy)
        given = identity.forms()["data"]
        if damaged:
            given["client_key_data"] = damaged_pem(identity.key)
            with pytest.raises(ConfigurationError):
                tls_context(configuration(**given))
        else:
            tls_context(configuration(**given))
        assert seen == [0o600, 0o600]
        assert list(folder.iterdir()) == []

    def check(self, match: str, **config: Any) -> None:
        with pytest.raises(ConfigurationError, match=match) as caught:
            tls_context(configuration(**config))
        assert caught.value.__cause__ is None
        assert "BEGIN" not in str(caught.value)

    def test_files_that_are_not_there(self, identity: Identity, tmp_path: Path) -> None:
        gone = tmp_path / "gone"
        self.check(f"^certificate authority {gone}: No such file", server_ca_file=gone)
        self.check(f"^client certificate {gone}: No such", client_cert_file=gone, client_key_file=identity.key_file)
        self.check(f"^client key {gone}: No such", client_cert_file=identity.cert_file, client_key_file=gone)
        self.check("Is a directory", server_ca_file=tmp_path)
        self.check("this is no path", server_ca_file="a\0b")

    @pytest.mark.parametrize(
        "content", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    )
    def test_an_authority_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "ca.crt"
        file.write_bytes(content)
        self.check(f"^certificate authority {file}: this is no PEM certificate$", server_ca_file=file)
        if content:
            self.check("^certificate-authority-data: this is no PEM certificate$", server_ca_data=content)

    @pytest.mark.anyio
    async def test_whose_data_it_is(self, identity: Identity, tmp_path: Path) -> None:
        file = tmp_path / "kubeconfig"
        ca, cert, key = (base64.b64encode(each).decode() for each in (b"nothing", identity.cert, identity.key))
        cluster, user = f'cluster "c" in {file}', f'user "u" in {file}'
        for given, problem in (
            ((ca, cert, key), f"certificate-authority-data of {cluster}: this is no PEM certificate"),
            ((cert, ca, key), f"client certificate client-certificate-data of {user}: this is no PEM certificate"),
            ((cert, cert, ca), f"client key client-key-data of {user}: this is no PEM private key"),
        ):
            config = {
                "current-context": "x",
                "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": "https://h", "certificate-authority-data": given[0]}}],
                "users": [{"name": "u", "user": {"client-certificate-data": given[1], "client-key-data": given[2]}}],
            }
            file.write_text(json.dumps(config))
            read = await configure_from_kubeconfig(path=file)
            for each in (read, copy.deepcopy(read), pickle.loads(pickle.dumps(read))):
                with pytest.raises(ConfigurationError, match=f"^{re.escape(problem)}$"):
                    tls_context(each)

    def test_a_certificate_that_is_none(self, identity: Identity, tmp_path: Path) -> None:
        file = tmp_path / "x"
        file.write_bytes(b"nothing")
        self.check(
            f"^client certificate {file}: this is no PEM certificate$",
            client_cert_file=file,
            client_key_file=identity.key_file,
        )
        self.check(
            "^client certificate client-certificate-data: this is no PEM",
            client_cert_data=identity.key,
            client_key_data=identity.key,
        )
        self.check(
            f"^client key {file}: this is no PEM private key", client_cert_file=identity.cert_file, client_key_file=file
        )
        self.check(
            "^client key client-key-data: this is no PEM private key",
            client_cert_data=identity.cert,
            client_key_data=identity.cert,
        )

    def test_an_empty_key_file_is_not_no_identity(self, identity: Identity, tmp_path: Path) -> None:
        file = tmp_path / "empty.key"
        file.touch()
        self.check("this is no PEM private key", client_cert_file=identity.cert_file, client_key_file=file)

    def test_damaged_pem(self, identity: Identity) -> None:
        damaged = damaged_pem(identity.cert)
        self.check(
            "client-certificate-data and key client-key-data: they can't be loaded",
            client_cert_data=damaged,
            client_key_data=identity.key,
        )

    def test_a_key_of_another_certificate(self, identity: Identity, authority: Authority) -> None:
        other = authority.ca.issue_cert("x@example.com").private_key_pem.bytes()
        self.check("they do not belong together", client_cert_data=identity.cert, client_key_data=other)

    def test_an_encrypted_key_is_no_prompt(self, identity: Identity) -> None:
        key = serialization.load_pem_private_key(identity.key, None)
        encrypted = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
        self.check(
            "^client key client-key-data is encrypted", client_cert_data=identity.cert, client_key_data=encrypted
        )
