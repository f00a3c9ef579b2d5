"""`ClientOptions`: what it takes, what it refuses, and that it gives no password away."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kubex.client.options import ClientOptions, InvalidOptions, resolve_ws_max_message_size
from kubex.client.retries import RetryPolicy
from kubex.core.exceptions import InvalidArgument
from kubex.core.params import Timeout

COUNTS = ["buffer_size", "ws_max_message_size", "pool_size", "pool_size_per_host"]


def test_defaults() -> None:
    options = ClientOptions()
    assert {name: getattr(options, name) for name in ClientOptions.model_fields} == {
        "timeout": ...,
        "log_api_warnings": True,
        "proxy": None,
        "trust_env": False,
        "keep_alive": True,
        "keep_alive_timeout": ...,
        "buffer_size": ...,
        "ws_max_message_size": ...,
        "pool_size": ...,
        "pool_size_per_host": ...,
        "retry": RetryPolicy(max_retries=4, initial_delay=0.25, max_delay=10, deadline=60),
        "hooks": (),
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (..., ...),
        (None, None),
        (3, Timeout(total=3)),
        (0.5, Timeout(total=0.5)),
        (0, Timeout(total=0)),
        (Timeout(read=1), Timeout(read=1)),
    ],
)
def test_a_timeout(given: Any, kept: Any) -> None:
    assert ClientOptions(timeout=given).timeout == kept
    assert ClientOptions.model_validate({"timeout": given}).timeout == kept


@pytest.mark.parametrize("value", [True, -1, float("inf"), float("nan"), "5", [5], {"total": 5}])
def test_no_timeout(value: Any) -> None:
    with pytest.raises(ValidationError, match="timeout"):
        ClientOptions(timeout=value)


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    for value in (1, 4096, None, ...):
        assert getattr(ClientOptions.model_validate({name: value}), name) is value
    for wrong in (0, -1, 1.5, 1.0, True, "1", b"1", float("inf")):
        with pytest.raises(ValidationError, match=name):
            ClientOptions.model_validate({name: wrong})


def test_keep_alive_timeout() -> None:
    for given, kept in ((0, 0.0), (1.5, 1.5), (30, 30.0), (None, None), (..., ...)):
        value = ClientOptions.model_validate({"keep_alive_timeout": given}).keep_alive_timeout
        assert (value, type(value)) == (kept, type(kept))
    for wrong in (-1, True, "5", float("inf"), float("nan")):
        with pytest.raises(ValidationError, match="keep_alive_timeout"):
            ClientOptions.model_validate({"keep_alive_timeout": wrong})


@pytest.mark.parametrize("name", ["log_api_warnings", "trust_env", "keep_alive"])
def test_switches(name: str) -> None:
    for value in (True, False):
        assert getattr(ClientOptions.model_validate({name: value}), name) is value
    for wrong in (0, 1, "yes", None, ...):
        with pytest.raises(ValidationError, match=name):
            ClientOptions.model_validate({name: wrong})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "http://proxy:3128",
        "https://jo:pw@proxy.example",
        "socks5://[::1]:1080",
        {},
        {"http": "http://a:1"},
        {"https": "http://a:1", "http": "http://b:1"},
    ],
)
def test_proxies(value: Any) -> None:
    assert ClientOptions(proxy=value).proxy == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "proxy:3128",
        "ftp://secret@proxy",
        "http://",
        "http://secret@",
        "http://h:secret",
        "http://h:99999",
        " http://h",
        3,
        b"http://h",
        ["http://h"],
        {"ftp": "http://secret@h"},
        {"all": "http://secret@h"},
        {"http": "secret"},
        {"http": None},
        {1: "http://secret@h"},
    ],
)
def test_no_proxies(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        ClientOptions(proxy=value)
    assert "secret" not in str(caught.value)


def test_unknown_options() -> None:
    with pytest.raises(ValidationError, match="poolsize"):
        ClientOptions.model_validate({"poolsize": 3})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"timeout": "3"}, "timeout takes seconds as a number, a Timeout, None (no bound), or ... (the library's own)"),
        ({"timeout": -1}, "(the library's own), and not -1"),
        (
            {"pool_size": 0},
            "pool_size takes a whole number, 1 or more, None (unlimited), or ... (the default), and not",
        ),
        ({"pool_size": "5"}, "and not a str"),
        ({"keep_alive": "yes"}, "keep_alive takes True or False, and not a str"),
        ({"hooks": 5}, "hooks takes a sequence of Hooks, and not 5"),
        ({"hooks": [5]}, "hooks takes a sequence of Hooks"),
        ({"retry": 5}, "retry takes a RetryPolicy, or None (never), and not 5"),
        ({"proxy": "secret"}, "proxy takes the address scheme://[user:password@]host[:port] with scheme one of"),
        ({"proxy": {"http": "secret"}}, "a dict with such for 'http' and 'https', or None"),
        ({"poolsize": 3}, "there is no option 'poolsize': there are timeout, log_api_warnings,"),
        ({"pool_size": 0, "keep_alive": 1}, "keep_alive takes True or False, and not 1; pool_size takes"),
    ],
)
def test_refusals_name_the_option_and_what_it_takes(options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidOptions) as caught:
        ClientOptions(**options)
    error = caught.value
    assert isinstance(error, InvalidArgument)
    assert isinstance(error, ValidationError)
    assert text in str(error)
    assert str(error).startswith("ClientOptions: ")
    assert repr(str(error)) in repr(error)
    for shown in (str(error), repr(error)):
        assert "\n" not in shown
        assert "secret" not in shown
    assert {str(each["loc"][0]) for each in error.errors()} == set(options)


def test_every_option_is_said_what_it_takes() -> None:
    with pytest.raises(InvalidOptions) as caught:
        ClientOptions(**{"": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert all(name in str(caught.value) for name in ClientOptions.model_fields)


def test_they_do_not_change() -> None:
    options = ClientOptions()
    with pytest.raises(ValidationError, match="frozen"):
        options.trust_env = True


@pytest.mark.parametrize("proxy", ["http://jo:secret@h:1", {"http": "http://jo:sec@ret@h:1", "https": "http://h:1"}])
def test_no_password_is_shown(proxy: Any) -> None:
    options = ClientOptions(proxy=proxy)
    for shown in (repr(options), str(options)):
        assert "sec" not in shown
        assert "http://***@h:1" in shown


def test_resolve_ws_max_message_size() -> None:
    assert resolve_ws_max_message_size(...) == 2**21
    assert resolve_ws_max_message_size(None) == 0
    assert resolve_ws_max_message_size(5) == 5
