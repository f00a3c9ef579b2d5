"""Addresses: what is taken, what is refused, and that neither shows credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration._url import checked_proxy_url, checked_server_url, without_secrets
from kubex.core.exceptions import ConfigurationError


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://10.0.0.1:6443", "https://10.0.0.1:6443"),
        ("https://example.com/", "https://example.com"),
        ("HTTPS://example.com:443", "https://example.com:443"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("https://rancher.example.com/k8s/clusters/c-1/", "https://rancher.example.com/k8s/clusters/c-1"),
        ("https://[::1]:6443", "https://[::1]:6443"),
        ("https://[2001:db8::1]/prefix", "https://[2001:db8::1]/prefix"),
        ("https://example.com//", "https://example.com"),
    ],
)
def test_server_url(url: str, normal: str) -> None:
    assert checked_server_url(url) == normal


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("10.0.0.1:6443", "needs a scheme, as in https://10.0.0.1:6443"),
        ("example.com", "needs a scheme"),
        ("", "needs a scheme"),
        ("ftp://example.com", "one of https, http"),
        ("https://", "has no host"),
        ("https://:6443", "has no host"),
        ("https://example.com:99999", "host or port is malformed"),
        ("https://example.com:port", "host or port is malformed"),
        ("https://example.com:0", "no usable port"),
        ("https://[::1", "host or port is malformed"),
        ("https://exa mple.com", "white space"),
        ("https://example.com\n", "white space"),
        ("https://example.com\\@evil.example", "white space or control"),
        ("https://example.com?x=1", "a query"),
        ("https://example.com#x", "a query"),
        ("https://example.com/?", "a query"),
        ("https://user:hunter2@example.com", "holds a user name"),
    ],
)
def test_wrong_server_url(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        checked_server_url(url, "server of x")
    assert str(raised.value).startswith("server of x ")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://u:p@proxy:3128", "https://proxy", "socks5://[::1]:1080", "socks5h://proxy:1080"]
)
def test_proxy_url(url: str) -> None:
    assert checked_proxy_url(url) == url


@pytest.mark.parametrize("url", ["proxy:3128", "socks4://proxy", "http://user:hunter2@:1", "http://hunter2@h:x"])
def test_wrong_proxy_url(url: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy_url") as raised:
        checked_proxy_url(url)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("https://u:p@example.com", "https://***@example.com"),
        ("u:p@example.com", "***@example.com"),
        ("https://u:p@ss@example.com", "https://***@example.com"),
        ("https://u:p?a#b/c@example.com", "https://***@example.com"),
        ("https://example.com?token=x", "https://example.com?***"),
        ("https://example.com#token=x", "https://example.com?***"),
        ("https://u:p://q@example.com", "https://***@example.com"),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


@given(password=st.text(min_size=1), host=st.sampled_from(["example.com", "[::1]:1", ""]), scheme=st.booleans())
def test_no_password_is_ever_shown(password: str, host: str, scheme: bool) -> None:
    url = f"{'https://' if scheme else ''}user:«{password}»@{host}/path"
    assert "«" not in without_secrets(url)
    assert "»" not in without_secrets(url)
    with pytest.raises(ConfigurationError) as raised:
        checked_server_url(url)
    assert "«" not in str(raised.value)
    assert "»" not in str(raised.value)
