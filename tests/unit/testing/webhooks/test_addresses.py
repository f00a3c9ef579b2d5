"""Where the Services of webhooks listen."""

from __future__ import annotations

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.webhooks.addresses import WebhookAddresses


def test_addresses_are_kept_by_namespace_and_name() -> None:
    addresses = WebhookAddresses()
    addresses["shop", "policy"] = "127.0.0.1:8443"
    addresses["shop", "other"] = "https://[::1]:1"
    assert addresses.place("shop", "policy") == ("127.0.0.1", 8443)
    assert dict(addresses) == {("shop", "policy"): "127.0.0.1:8443", ("shop", "other"): "[::1]:1"}
    del addresses["shop", "policy"]
    assert addresses.place("shop", "policy") is None
    addresses.clear()
    assert len(addresses) == 0


@pytest.mark.parametrize("address", ["", "127.0.0.1", "host:", ":1", "127.0.0.1:70000", "127.0.0.1:x", "[::1"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InvalidArgument, match="host:port"):
        WebhookAddresses()["shop", "policy"] = address


def test_what_is_no_service() -> None:
    with pytest.raises(InvalidArgument, match="namespace"):
        WebhookAddresses()["shop", ""] = "127.0.0.1:1"
