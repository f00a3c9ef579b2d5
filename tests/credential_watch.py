"""A pytest plugin: no credential that a test uses may be in what is written about it.

It learns each credential where kubex does, and looks for it in the log (at DEBUG, of every library, whatever level the
test has set), in warnings, in the texts of errors, in the local variables that their tracebacks would show, in the
reprs of configurations and clients, and in what was printed. A test in which it finds one has an error.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import logging
import re
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from kubex.client._http import HttpClient
from kubex.configuration import ClientConfiguration
from kubex.configuration.auth import _oidc_protocol as oidc
from kubex.configuration.auth.source import ClientCertificate
from kubex.core.exceptions import KubexException

__all__ = ["CredentialWatch"]

_SHORTEST = 8
"""Characters; what is shorter is in every text."""
_LONGEST_TEXT = 2**20
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END", re.DOTALL)
_KUBEX = Path(__file__).resolve().parents[1] / "src" / "kubex"
_SOURCES = tuple(str(_KUBEX / folder) for folder in ("api", "client", "runtime"))
"""Where errors come through that concern a request."""


class CredentialWatch:
    """Knows the credentials of the running test and of the fixtures around it, and all that was shown."""

    def __init__(self) -> None:
        self._credentials: set[str] = set()
        self._of_fixtures: set[str] = set()
        self._shown: dict[str, str] = {}

    def know(self, *values: object) -> None:
        """Learn credentials; keys in PEM by their lines."""
        for value in values:
            text = value.decode(errors="replace") if isinstance(value, bytes) else value
            if not isinstance(text, str):
                continue
            keys = _KEY.findall(text)
            for part in "\n".join(keys).split() if keys else [text.strip()]:
                # A word alone may be anywhere.
                if len(part) >= _SHORTEST and not part.isalpha():
                    self._credentials.add(part)

    def show(self, where: str, text: object) -> None:
        """Note a text that somebody could read."""
        shown = str(text)[:_LONGEST_TEXT].encode(errors="replace").decode()  # a copy: where memory is measured, its own
        self._shown.setdefault(shown, where)

    def keep_for_the_session(self) -> None:
        """Keep what fixtures have brought that outlive a test."""
        self._of_fixtures |= self._credentials

    def findings(self) -> list[str]:
        """Give the places in which a credential was shown, without the credential, and begin anew."""
        known = self._credentials | self._of_fixtures
        found: list[str] = []
        for text, where in self._shown.items():
            for credential in known:
                if credential in text:
                    found.append(f"{where} shows a credential: {text.replace(credential, '***')[:500]}")
                    break
        self._credentials.clear()
        self._shown.clear()
        return found

    # What follows is where it looks.

    def configuration(self, configuration: ClientConfiguration) -> None:
        """Learn the credentials of a configuration."""
        self.know(configuration.token, configuration.password, configuration.client_key_data)
        self.know(*(_content(path) for path in (configuration.token_file, configuration.client_key_file) if path))
        self.know(_password_of(configuration.proxy_url))
        if configuration.oidc is not None:
            config = configuration.oidc
            self.know(config.client_secret, config.id_token, config.refresh_token)
        if configuration.exec is not None:
            self.know(*(variable.value for variable in configuration.exec.env))

    def authorization(self, value: str) -> None:
        """Learn the credentials of a request."""
        scheme, _, credential = value.partition(" ")
        self.know(credential)
        if scheme == "Basic":
            with contextlib.suppress(binascii.Error, ValueError):
                self.know(base64.b64decode(credential).decode().partition(":")[2])

    def traceback(self, error: BaseException) -> None:
        """Note what a report of an error would show that has the local variables, as many services' do."""
        for link in _chain(error):
            self.show(f"an error's text ({type(link).__name__})", f"{link} {link!r}")
            for frame, _ in traceback.walk_tb(link.__traceback__):
                if frame.f_code.co_filename.startswith(_SOURCES):
                    for name, value in frame.f_locals.items():
                        self.show(f"the local variable {name} of {frame.f_code.co_qualname}", _repr(value))


def _content(path: Any) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except (OSError, ValueError, TypeError):
        return None


def _password_of(url: str | None) -> str | None:
    try:
        password = urlsplit(url or "").password
    except (ValueError, AttributeError):  # no text
        return None
    return None if password is None else unquote(password)


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # of a half-built object
        return type(error).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


_WATCH = pytest.StashKey[CredentialWatch]()
_PATCHES = pytest.StashKey[pytest.MonkeyPatch]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to look."""
    watch, patches = CredentialWatch(), pytest.MonkeyPatch()
    config.stash[_WATCH], config.stash[_PATCHES] = watch, patches
    _look_into_the_log(watch, patches)
    _look_at_warnings(watch, patches)
    _look_at_errors(watch, patches)
    _look_into_kubex(watch, patches)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave everything as it was."""
    config.stash[_PATCHES].undo()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Keep what fixtures of modules and of the session bring."""
    result = yield
    if fixturedef.scope != "function":
        request.config.stash[_WATCH].keep_for_the_session()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Look at what was printed, and at what made a test fail."""
    report = yield
    watch = item.config.stash[_WATCH]
    if call.excinfo is not None and isinstance(call.excinfo.value, KubexException):
        watch.traceback(call.excinfo.value)
    for name, content in report.sections:
        if "log" not in name:
            watch.show(name, content)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test in which a credential was shown."""
    result = yield
    found = item.config.stash[_WATCH].findings()
    if found:
        pytest.fail("\n".join(found), pytrace=False)
    return result


def _look_into_the_log(watch: CredentialWatch, patches: pytest.MonkeyPatch) -> None:
    is_enabled, handle = logging.Logger.isEnabledFor, logging.Logger.handle
    formatter = logging.Formatter("%(message)s")

    def show_and_handle(self: logging.Logger, record: logging.LogRecord) -> None:
        watch.show(f"a log line of {record.name}", formatter.format(record))
        if is_enabled(self, record.levelno):  # to all others the level is as it was
            handle(self, record)

    def is_always_enabled(self: logging.Logger, level: int) -> bool:
        return True

    patches.setattr(logging.Logger, "isEnabledFor", is_always_enabled)
    patches.setattr(logging.Logger, "handle", show_and_handle)


def _look_at_warnings(watch: CredentialWatch, patches: pytest.MonkeyPatch) -> None:
    warn = warnings.warn

    def show_and_warn(
        message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **options: Any
    ) -> None:
        watch.show("a warning", message)
        warn(message, category, stacklevel + 1, source, **options)

    patches.setattr(warnings, "warn", show_and_warn)


def _look_at_errors(watch: CredentialWatch, patches: pytest.MonkeyPatch) -> None:
    initialize, leave = KubexException.__init__, pytest.RaisesExc.__exit__

    def initialize_and_show(self: KubexException, *args: Any, **options: Any) -> None:
        initialize(self, *args, **options)
        watch.show(f"an error's text ({type(self).__name__})", args)

    def show_and_leave(self: Any, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if isinstance(error, KubexException):
            watch.traceback(error.with_traceback(trace))
        return leave(self, kind, error, trace)

    patches.setattr(KubexException, "__init__", initialize_and_show)
    patches.setattr(pytest.RaisesExc, "__exit__", show_and_leave)


def _look_into_kubex(watch: CredentialWatch, patches: pytest.MonkeyPatch) -> None:
    def before(owner: Any, name: str, look: Callable[..., None]) -> None:
        call = getattr(owner, name)

        def look_and_call(self: Any, *args: Any, **options: Any) -> Any:
            look(self, *args, **options)
            return call(self, *args, **options)

        patches.setattr(owner, name, look_and_call)

    def after(owner: Any, name: str, look: Callable[[Any, Any], None]) -> None:
        call = getattr(owner, name)

        def call_and_look(self: Any, *args: Any, **options: Any) -> Any:
            result = call(self, *args, **options)
            look(self, result)
            return result

        patches.setattr(owner, name, call_and_look)

    def show_configuration(configuration: ClientConfiguration, _: object) -> None:
        for part in (configuration, configuration.exec, configuration.oidc, configuration.credential_source()):
            watch.show(f"the repr of {type(part).__name__}", repr(part))

    def show_client(client: HttpClient, _: object) -> None:
        proxy = client._options.proxy
        watch.know(*map(_password_of, proxy.values() if isinstance(proxy, dict) else [proxy]))
        watch.show("the repr of a client", repr(client))
        watch.show("the repr of ClientOptions", repr(client._options))

    def used(client: HttpClient, request: object, credentials: Mapping[str, str]) -> None:
        watch.authorization(credentials.get("Authorization", ""))

    def key(certificate: ClientCertificate, _: object) -> None:
        watch.know(certificate.key)

    def tokens(_: object, refreshed: oidc.RefreshedTokens) -> None:
        watch.know(*refreshed)

    before(ClientConfiguration, "__post_init__", watch.configuration)
    after(ClientConfiguration, "__post_init__", show_configuration)
    before(HttpClient, "_headers", used)
    after(HttpClient, "__init__", show_client)
    after(ClientCertificate, "__init__", key)
    after(oidc, "parse_tokens", tokens)
