"""`ClientOptions`: how a client talks to its server, whatever library carries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import EllipsisType, MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeAlias, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
)

from kubex.client.hooks import Hooks
from kubex.client.retries import RetryPolicy
from kubex.configuration._url import checked_proxy_url, without_secrets
from kubex.core.exceptions import ConfigurationError, InvalidArgument
from kubex.core.params import Timeout, TimeoutTypes

__all__ = [
    "DEFAULT_BUFFER_SIZE",
    "DEFAULT_WS_MAX_MESSAGE_SIZE",
    "ClientOptions",
    "InvalidOptions",
    "resolve_ws_max_message_size",
]

DEFAULT_BUFFER_SIZE = 2**21
"""Bytes of an answer that are read ahead of the program."""
DEFAULT_WS_MAX_MESSAGE_SIZE = 2**21
"""Bytes of the largest WebSocket message that is taken."""

_RETRY = RetryPolicy()

_SWITCH: Final = "True or False"
_COUNT: Final = "a whole number, 1 or more, None (unlimited), or ... (the default)"
_TAKES: Final = MappingProxyType(
    {
        "timeout": "seconds as a number, a Timeout, None (no bound), or ... (the library's own)",
        "log_api_warnings": _SWITCH,
        "proxy": "the address scheme://[user:password@]host[:port] with scheme one of http, https, socks5, socks5h,"
        " a dict with such for 'http' and 'https', or None",
        "trust_env": _SWITCH,
        "keep_alive": _SWITCH,
        "keep_alive_timeout": "seconds as a number, 0 or more, None (for ever), or ... (the library's own)",
        "buffer_size": _COUNT,
        "ws_max_message_size": _COUNT,
        "pool_size": _COUNT,
        "pool_size_per_host": _COUNT,
        "retry": "a RetryPolicy, or None (never)",
        "hooks": "a sequence of Hooks",
    }
)


# Pydantic's own class may be derived from, whatever its stubs say.
class InvalidOptions(InvalidArgument, ValidationError):  # pyright: ignore[reportGeneralTypeIssues]
    """An option of a client that does not exist, or has a value that it can't have; its text says which it can have."""

    @classmethod
    def of(cls, error: ValidationError) -> Self:
        """Make one of Pydantic's error, with all that this one tells."""
        return cls.from_exception_data(error.title, cast("Any", error.errors()), hide_input=True)

    def __str__(self) -> str:
        found = {str(each["loc"][0]): each["input"] for each in reversed(self.errors(include_url=False))}
        return f"{self.title}: {'; '.join(_refusal(name, value) for name, value in reversed(found.items()))}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _refusal(name: str, value: object) -> str:
    if name not in _TAKES:
        return f"there is no option {name!r}: there are {', '.join(_TAKES)}"
    if name == "proxy":  # which may hold a password
        return f"{name} takes {_TAKES[name]}"
    shown = repr(value) if value is None or isinstance(value, int | float) else f"a {type(value).__name__}"
    return f"{name} takes {_TAKES[name]}, and not {shown}"


def _timeout(value: Any) -> Any:
    return value if value is ... else Timeout.coerce(value)


def _seconds(value: Any) -> Any:
    if value is None or value is ...:
        return value
    # Lax validation would take "5" and True.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("seconds as a number are needed")
    return float(value)


def _proxy_url(url: str) -> str:
    try:
        return checked_proxy_url(url)
    except ConfigurationError:  # whose text shows the address: what is none may be a password
        raise ValueError(
            "a proxy's address is needed: scheme://[user:password@]host[:port]"
            " with scheme one of http, https, socks5, socks5h"
        ) from None


def _proxy(value: Any) -> Any:
    if isinstance(value, str):
        return _proxy_url(value)
    if isinstance(value, Mapping):
        proxies = dict(cast("Any", value))
        unknown = [key for key in proxies if key not in ("http", "https")]
        if unknown:
            raise ValueError(f"proxy takes the keys 'http' and 'https' only, not {unknown!r}")
        return proxies
    return value


def _default() -> Any:
    # `= ...` would tell Pydantic that the field is required.
    return ...


_Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count: TypeAlias = Annotated[StrictInt, Field(gt=0)]
_ProxyUrl: TypeAlias = Annotated[StrictStr, AfterValidator(_proxy_url)]


class ClientOptions(BaseModel):
    """Time-outs, pool, proxies and buffers of a client.

    Where a field takes `...`, that is its default, and `None` means "none" or "unlimited". What a library can't do
    is a `UserWarning` when the client is made.

    Args:
        timeout: bound of a request that states none. `...` is the library's own (httpx: 5 s for each phase;
            aiohttp: 300 s in total, 30 s to connect) and leaves streams unbounded once they are open; `None` is no
            bound; a number is seconds in total.
        log_api_warnings: give each `Warning:` header of the server (deprecated APIs, unknown fields) as a
            `UserWarning`.
        proxy: URL of the proxy for all requests, or a dict of URLs by the server's scheme, `http` and `https`. It
            goes before the configuration's `proxy_url`.
        trust_env: take the proxy from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY where none is given, and
            basic credentials from netrc where the configuration has none.
        keep_alive: use connections for more than one request.
        keep_alive_timeout: seconds after which an idle connection is closed. `...` is the library's own (httpx: 5;
            aiohttp: 15), `None` never (httpx only).
        buffer_size: bytes of an answer that are read ahead of the program (aiohttp only). `...` is 2 MiB, `None`
            the library's own.
        ws_max_message_size: bytes of the largest WebSocket message that is taken. `...` is 2 MiB; `None` is no cap
            on aiohttp, and 64 KiB on httpx.
        pool_size: connections at a time; each stream holds one. `...` is the library's own (100), `None` unlimited.
        pool_size_per_host: the same for each host (aiohttp only). `...` is the library's own, `None` unlimited.
        retry: which failed requests are sent again, and when; `None` is none.
        hooks: whom to tell of requests, answers, retries and refreshed credentials.

    Raises:
        InvalidOptions: a value that is none of these; also a `pydantic.ValidationError`.

    Example:
        ```python
        ClientOptions(timeout=Timeout(total=30, connect=5), proxy="http://proxy.example.com:3128")
        ```
    """

    # Input is hidden in errors: a proxy's address may hold a password.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,  # a program's first model makes Pydantic look for plugins among all that is installed
    )

    timeout: Annotated[Timeout | EllipsisType | None, BeforeValidator(_timeout)] = Field(default_factory=_default)
    log_api_warnings: StrictBool = True
    proxy: Annotated[_ProxyUrl | dict[str, _ProxyUrl] | None, BeforeValidator(_proxy)] = None
    trust_env: StrictBool = False
    keep_alive: StrictBool = True
    keep_alive_timeout: Annotated[_Seconds | EllipsisType | None, BeforeValidator(_seconds)] = Field(
        default_factory=_default
    )
    buffer_size: _Count | EllipsisType | None = Field(default_factory=_default)
    ws_max_message_size: _Count | EllipsisType | None = Field(default_factory=_default)
    pool_size: _Count | EllipsisType | None = Field(default_factory=_default)
    pool_size_per_host: _Count | EllipsisType | None = Field(default_factory=_default)

    retry: RetryPolicy | None = _RETRY
    hooks: tuple[Hooks, ...] = ()

    if TYPE_CHECKING:
        # What may be given is wider than what a field then holds: a number is a time-out, too.
        def __init__(
            self,
            *,
            timeout: TimeoutTypes | EllipsisType = ...,
            log_api_warnings: bool = True,
            proxy: str | Mapping[str, str] | None = None,
            trust_env: bool = False,
            keep_alive: bool = True,
            keep_alive_timeout: float | EllipsisType | None = ...,
            buffer_size: int | EllipsisType | None = ...,
            ws_max_message_size: int | EllipsisType | None = ...,
            pool_size: int | EllipsisType | None = ...,
            pool_size_per_host: int | EllipsisType | None = ...,
            retry: RetryPolicy | None = _RETRY,
            hooks: Sequence[Hooks] = (),
        ) -> None: ...
    else:

        def __init__(self, **options: Any) -> None:
            try:
                super().__init__(**options)
            except ValidationError as error:
                refusal = InvalidOptions.of(error)
            else:
                return
            options.clear()  # a proxy's address may hold a password, and reports of errors show local variables
            raise refusal

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, _shown(value) if name == "proxy" else value


def _shown(proxy: str | dict[str, str] | None) -> str | dict[str, str] | None:
    if isinstance(proxy, dict):
        return {scheme: without_secrets(url) for scheme, url in proxy.items()}
    return proxy if proxy is None else without_secrets(proxy)


def resolve_ws_max_message_size(value: int | EllipsisType | None) -> int:
    """Give the cap of a WebSocket message in bytes: 2 MiB for `...`, 0 (no cap) for `None`, else the number."""
    if value is ...:
        return DEFAULT_WS_MAX_MESSAGE_SIZE
    return 0 if value is None else value
