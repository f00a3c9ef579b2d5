"""The watch for credentials finds one wherever it is planted, and says where without showing it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]

PLANTED = """
import logging, warnings
import pytest
from kubex.client import _errors, httpx
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.configuration.auth import _oidc_protocol
from kubex.core.exceptions import ConnectionFailed, KubexException
from kubex.core.request import Request

TOKEN = "planted-t0ken"
KEY = "-----BEGIN PRIVATE KEY-----\\nMIGHAgEAMBMGByqGSM49AgEGCCqG\\n-----END PRIVATE KEY-----\\n"

@pytest.fixture(scope="module", autouse=True)
def lasting():
    ClientConfiguration("https://example.com", token="planted-by-a-f1xture")

@pytest.fixture(autouse=True)
def configuration():
    return ClientConfiguration("https://example.com", token=TOKEN)

def test_nothing(configuration):
    logging.getLogger("x").debug("a request for %s", configuration)
    with pytest.raises(KubexException):
        raise KubexException("it failed")

def test_found_in_the_log():
    logging.getLogger("some.library").debug("sending %s", TOKEN)

def test_found_in_the_log_of_what_a_fixture_brought():
    logging.getLogger("some.library").debug("planted-by-a-f1xture")

def test_found_in_a_key_in_the_log():
    ClientConfiguration("https://example.com", client_cert_data=b"x", client_key_data=KEY.encode())
    logging.getLogger("some.library").debug("MIGHAgEAMBMGByqGSM49AgEGCCqG")

def test_found_in_an_error():
    with pytest.raises(KubexException):
        raise KubexException(f"it was {TOKEN}")

def test_found_in_an_error_that_nobody_sees():
    KubexException(TOKEN)

def test_found_in_what_an_error_came_from():
    with pytest.raises(KubexException):
        try:
            raise ValueError(TOKEN)
        except ValueError as error:
            raise KubexException("it failed") from error

@pytest.mark.filterwarnings("ignore")
def test_found_in_a_warning():
    warnings.warn(f"careful with {TOKEN}", stacklevel=1)

def test_found_in_what_was_printed():
    print(TOKEN)

def test_found_in_a_repr(monkeypatch):
    monkeypatch.setattr(ClientConfiguration, "__repr__", lambda self: str(self.token))
    ClientConfiguration("https://example.com", token=TOKEN)

def test_found_in_a_proxys_password():
    ClientConfiguration("https://example.com", proxy_url="http://jo:planted-passw0rd@proxy")
    print("planted-passw0rd")

def test_found_in_a_refreshed_token():
    _oidc_protocol.parse_tokens(200, b'{"id_token": "planted-1d", "refresh_token": "planted-r3fresh"}', "issuer")
    print("planted-r3fresh")

def test_found_in_a_local_variable(monkeypatch):
    code = compile("def broken(token): raise KubexException('it failed')", _errors.__file__, "exec")
    names = {"KubexException": KubexException}
    exec(code, names)
    with pytest.raises(KubexException):
        names["broken"](TOKEN)

@pytest.mark.anyio
async def test_found_in_what_a_request_had(anyio_backend):
    async def fetch():
        return "planted-while-it-r4n"
    configuration = ClientConfiguration("http://127.0.0.1:1", refreshable_token=fetch)
    async with httpx.HttpxClient(configuration, ClientOptions(retry=None)) as client:
        with pytest.raises(ConnectionFailed):
            await client.request(Request("GET", "/"))
    print("planted-while-it-r4n")
"""


def test_it_finds_what_is_planted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PLANTED)
    pytester.makeconftest(
        f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        import pytest
        pytest_plugins = ["tests.credential_watch"]

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:asyncio", "-rA", "--tb=short")
    planted = PLANTED.count("def test_found")
    result.assert_outcomes(passed=planted + 1, errors=planted)
    output = result.stdout.str()
    assert output.count("shows a credential: ") >= planted
    told = [line for line in output.splitlines() if "shows a credential: " in line]
    assert not any("planted-" in line for line in told)  # and not the file's name, which CI's longer lines show
    assert any(line.startswith("a log line of some.library shows a credential: sending ***") for line in told)
