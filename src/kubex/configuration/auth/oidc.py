"""`OidcTokens`: id tokens of an OpenID Connect issuer, had anew for a refresh token.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException

from anyio import to_thread

from kubex.configuration._files import displayed
from kubex.configuration.auth import _oidc_protocol as protocol
from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth._oidc_protocol import Discovered, OidcConfig
from kubex.configuration.auth.refreshing import Credentials, RefreshingSource
from kubex.core.exceptions import ConfigurationError

__all__ = ["OidcConfig", "OidcTokens"]

_logger = logging.getLogger("kubex.configuration")

_TIMEOUT = 10.0
_LARGEST = 1 << 20


class OidcTokens(RefreshingSource):
    """Gives an id token, and has the issuer give another before it expires and after a 401.

    Where the issuer gives a new refresh token, too, that takes the place of the old one, and both are written into the
    kubeconfig, as kubectl does. One that another program has written there meanwhile is used.

    The issuer is asked in a worker thread with the standard library: a few small requests an hour, through the
    proxies of the environment, as kubectl's.

    Args:
        config: issuer, client and tokens.
        clock: seconds since 1970.
    """

    def __init__(self, config: OidcConfig, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock=clock)
        self._config = config
        self._id_token = config.id_token
        self._refresh_token = config.refresh_token
        self._seen = config.refresh_token  # in the kubeconfig; where that can't be written it stays the old one
        self._given: str | None = None
        self._discovered: Discovered | None = None
        # A refresh token may be good for one use: a request that was left alone has to end before the next.
        self._one_at_a_time = threading.Lock()
        self._issuer = f"the OIDC issuer {config.issuer_url}"

    async def fetch(self) -> Credentials:
        """Give the token at hand where it is new and good; else have the issuer give one.

        Raises:
            ConfigurationError: the issuer does not answer, or refuses.
        """
        # In a thread that is left alone when the request is cancelled: its own time-outs end it.
        await to_thread.run_sync(self._renew, abandon_on_cancel=True)
        token = self._id_token or ""
        self._given = token
        return Credentials(bearer_authorization(token, f"the id token of {self._issuer}"), protocol.expiry_of(token))

    def _renew(self) -> None:
        with self._one_at_a_time:
            self._renew_alone()

    def _renew_alone(self) -> None:
        if self._is_good(self._id_token):
            return
        if self._config.kubeconfig is not None:
            self._take_over()
            if self._is_good(self._id_token):
                return
        if not self._refresh_token:
            raise ConfigurationError(f"the id token of {self._issuer} has expired, and there is no refresh token")
        discovered = self._discovered or self._discover()
        request = protocol.token_request(self._config, self._refresh_token, discovered.authentication_methods)
        status, content = self._exchange(discovered.token_endpoint, request.form, request.headers)
        tokens = protocol.parse_tokens(status, content, self._issuer)
        self._id_token = tokens.id_token
        self._refresh_token = tokens.refresh_token or self._refresh_token
        if self._config.kubeconfig is not None:
            self._keep()

    def _is_good(self, id_token: str | None) -> bool:
        """Whether a token has not been given out yet and will last for a while."""
        if not id_token or id_token == self._given:
            return False
        expiry = protocol.expiry_of(id_token)
        return expiry is None or expiry - self._clock() > 10

    def _take_over(self) -> None:
        """Take the tokens that another program has written."""
        from kubex.configuration.auth._kubeconfig_tokens import read_tokens

        assert self._config.kubeconfig is not None  # noqa: S101  # for type checkers
        tokens = read_tokens(*self._config.kubeconfig)
        found = tokens.get("refresh-token", self._seen)
        if found != self._seen:
            self._refresh_token = self._seen = found
            self._id_token = tokens.get("id-token")

    def _keep(self) -> None:
        from kubex.configuration.auth._kubeconfig_tokens import write_tokens

        assert self._config.kubeconfig is not None  # noqa: S101  # for type checkers
        path, user = self._config.kubeconfig
        tokens = {"id-token": self._id_token or "", "refresh-token": self._refresh_token or ""}
        try:
            write_tokens(path, user, tokens)
            self._seen = self._refresh_token
        except (ConfigurationError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            _logger.warning("the refreshed OIDC token is not kept in %s: %s", displayed(path), reason)

    def _discover(self) -> Discovered:
        status, content = self._exchange(protocol.discovery_url(self._config.issuer_url))
        if status != 200:
            raise ConfigurationError(f"{self._issuer} has no discovery document (status {status})")
        self._discovered = protocol.parse_discovery(content, self._issuer)
        return self._discovered

    def _exchange(
        self, url: str, form: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        request = urllib.request.Request(url, form, dict(headers or {}))  # noqa: S310  # https, as was checked
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self._tls_context()), _NoRedirects())
        try:
            with opener.open(request, timeout=_TIMEOUT) as response:
                status: int = response.status
                return status, response.read(_LARGEST)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_LARGEST)
        except (OSError, HTTPException, ValueError) as error:
            cause = error.reason if isinstance(error, urllib.error.URLError) else error
            reason = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or type(cause).__name__
        raise ConfigurationError(f"{self._issuer} can't be reached: {reason}")

    def _tls_context(self) -> ssl.SSLContext:
        data = self._config.ca_data
        try:
            return ssl.create_default_context(
                cafile=self._config.ca_file, cadata=data.decode("ascii", "ignore") if data else None
            )
        except (OSError, ValueError):
            problem = f"{self._issuer}: its idp-certificate-authority can't be read, or is no PEM certificate"
        raise ConfigurationError(problem)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows none: the refresh token would go along."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None
