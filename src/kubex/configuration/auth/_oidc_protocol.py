"""What OpenID Connect takes to get another id token: documents to read and requests to make, without I/O.

https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from urllib.parse import quote_plus, urlencode, urlsplit

from kubex.core.exceptions import ConfigurationError

__all__ = ["Discovered", "OidcConfig", "RefreshedTokens", "TokenRequest", "expiry_of", "parse_discovery"]


@dataclass(frozen=True, kw_only=True)
class OidcConfig:
    """A user of an OpenID Connect issuer, as the auth-provider `oidc` of a kubeconfig describes one.

    Args:
        issuer_url: the issuer's address, with https.
        client_id: id of the client that the refresh token was given to.
        client_secret: its secret, where it has one.
        id_token: the token to begin with.
        refresh_token: what another is had for.
        ca_file: PEM file of the authorities that may have signed the issuer's certificate; the system's where left out.
        ca_data: the same as data.
        kubeconfig: file in which new tokens are kept, and the user's name there; in memory alone where left out.

    Raises:
        ConfigurationError: the issuer's address has no https, or something is missing.
    """

    issuer_url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    ca_data: bytes | None = field(default=None, repr=False)
    kubeconfig: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.client_id:
            raise ConfigurationError("OIDC needs the client's id (client-id)")
        if not self.id_token and not self.refresh_token:
            raise ConfigurationError("OIDC needs an id token or a refresh token: log in again")
        check_https(self.issuer_url, "the OIDC issuer")


def check_https(url: str, what: str) -> None:
    """Refuse addresses to which no token should be sent.

    Raises:
        ConfigurationError: it is no https address.
    """
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ConfigurationError(f"{what} has to have an address as in https://login.example.com")


class Discovered(NamedTuple):
    """What the issuer says of itself."""

    token_endpoint: str
    authentication_methods: Sequence[str]


class TokenRequest(NamedTuple):
    """The request for another id token."""

    form: bytes
    headers: Mapping[str, str]


class RefreshedTokens(NamedTuple):
    """What the issuer answered; a refresh token only where the one before is no longer good."""

    id_token: str
    refresh_token: str | None


def discovery_url(issuer_url: str) -> str:
    """Give the address of the issuer's discovery document."""
    return f"{issuer_url.rstrip('/')}/.well-known/openid-configuration"


def parse_discovery(content: bytes, issuer: str) -> Discovered:
    """Read the discovery document.

    Raises:
        ConfigurationError: it is none, or names an address without https.
    """
    document = _json_object(content)
    endpoint = document.get("token_endpoint")
    if not isinstance(endpoint, str):
        raise ConfigurationError(f"{issuer} has no token_endpoint in its discovery document")
    check_https(endpoint, f"the token_endpoint of {issuer}")
    methods = document.get("token_endpoint_auth_methods_supported")
    default = ["client_secret_basic"]
    names: list[Any] = methods if isinstance(methods, list) else default  # pyright: ignore[reportUnknownVariableType]
    return Discovered(endpoint, [name for name in names if isinstance(name, str)])


def token_request(config: OidcConfig, refresh_token: str, methods: Sequence[str]) -> TokenRequest:
    """Give the request that refreshes.

    Args:
        config: the client.
        refresh_token: the refresh token in use.
        methods: how the issuer lets clients prove who they are.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if config.client_secret and ("client_secret_basic" in methods or "client_secret_post" not in methods):
        pair = f"{quote_plus(config.client_id)}:{quote_plus(config.client_secret)}"  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = config.client_id
        if config.client_secret:
            form["client_secret"] = config.client_secret
    return TokenRequest(urlencode(form).encode(), headers)


def parse_tokens(status: int, content: bytes, issuer: str) -> RefreshedTokens:
    """Read the answer to a refresh.

    Raises:
        ConfigurationError: the issuer refuses, with its error's code, or there is no id token.
    """
    document = _json_object(content)
    if status != 200:
        code = document.get("error")
        # A word of RFC 6749; anything else could repeat what was sent.
        reason = code if isinstance(code, str) and code.replace("_", "").isalpha() and len(code) < 50 else ""
        advice = ": log in again" if reason == "invalid_grant" else ""
        raise ConfigurationError(f"{issuer} does not refresh the token: {reason or f'status {status}'}{advice}")
    id_token, refresh_token = document.get("id_token"), document.get("refresh_token")
    if not isinstance(id_token, str) or not id_token:
        raise ConfigurationError(
            f"{issuer} sent no id token: was the scope openid left out at login, or does it not refresh id tokens?"
        )
    return RefreshedTokens(id_token, refresh_token if isinstance(refresh_token, str) and refresh_token else None)


def expiry_of(id_token: str) -> float | None:
    """Give the expiry that a JSON Web Token states, in seconds since 1970; `None` where it states none.

    Whether the token is genuine is for the API server to find out.
    """
    parts = id_token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (binascii.Error, ValueError):
        return None
    expiry = _json_object(payload).get("exp")
    return float(expiry) if isinstance(expiry, int | float) and not isinstance(expiry, bool) else None


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}
