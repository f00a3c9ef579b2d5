"""`ApiFace`: what of a blocking Api is written by hand."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, Self, TypeVar

from kubex.api import Api as AsynchronousApi
from kubex.core.exceptions import InvalidType
from kubex.core.params import NamespaceTypes
from kubex.sync._face import Face
from kubex.sync.client import Client
from kubex_core.models.entity import Entity

__all__ = ["ApiFace", "check_api", "check_client"]

T = TypeVar("T", bound=Entity)


class ApiFace(Face[AsynchronousApi[T]], Generic[T]):
    """An Api whose calls wait; what `Api` begins with."""

    def __init__(self, resource_type: type[T], client: Client, *, namespace: NamespaceTypes = None) -> None:
        check_client(client)
        self._client = client
        super().__init__(client.thread, AsynchronousApi(resource_type, client.asynchronous, namespace=namespace))

    @classmethod
    def of(cls, client: Client, asynchronous: AsynchronousApi[T]) -> Self:
        """Give the face of an Api that is there."""
        made = cls.__new__(cls)
        made._client, made._thread, made._asynchronous = client, client.thread, asynchronous
        return made

    @property
    def resource_type(self) -> type[T]:
        """Class of the resource."""
        return self._asynchronous.resource_type

    @property
    def client(self) -> Client:
        """Client that sends the requests."""
        return self._client

    @property
    def namespace(self) -> str | None:
        """Namespace of calls that name none."""
        return self._asynchronous.namespace

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the client open: whoever made it closes it."""


def check_api(api: object) -> None:
    """Refuse what is no Api of `kubex.sync`, such as one of `kubex`.

    Raises:
        InvalidType: that is so.
    """
    if isinstance(api, AsynchronousApi):
        raise InvalidType("api: an Api of kubex.sync is needed, and not one of kubex: that one is awaited")
    if not isinstance(api, ApiFace):
        raise InvalidType.of("api", "an Api of kubex.sync", api)


def check_client(client: object) -> None:
    """Refuse what is no client of `kubex.sync`, such as one of `kubex`.

    Raises:
        InvalidType: that is so.
    """
    if not isinstance(client, Client):
        raise InvalidType.of("client", "a client, as `kubex.sync.create_client()` gives it,", client)
