"""`WebhookAddresses`: where the Services of webhooks listen."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from urllib.parse import urlsplit

from kubex.core.exceptions import InvalidArgument

__all__ = ["WebhookAddresses"]


class WebhookAddresses(MutableMapping[tuple[str, str], str]):
    """Where the Services that webhook configurations name listen: by namespace and name, `host:port`.

    A Service of this name needs not be in the cluster. The certificate that is shown there is to be that of the
    Service: `name.namespace.svc`.

    Example:
        ```python
        server.webhooks["shop", "policy"] = "127.0.0.1:8443"
        ```

    Raises:
        InvalidArgument: no address, or no namespace and name.
    """

    def __init__(self) -> None:
        self._addresses: dict[tuple[str, str], tuple[str, int]] = {}

    def __getitem__(self, service: tuple[str, str]) -> str:
        host, port = self._addresses[service]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def __setitem__(self, service: tuple[str, str], address: str) -> None:
        if not all(service):
            raise InvalidArgument(f"a Service is named by its namespace and its name, and not {service!r}")
        try:
            parts = urlsplit(address if "://" in address else f"https://{address}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or not port:
            raise InvalidArgument(f"a webhook's address is host:port, like 127.0.0.1:8443, and not {address!r}")
        self._addresses[service] = (host, port)

    def __delitem__(self, service: tuple[str, str]) -> None:
        del self._addresses[service]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(tuple(self._addresses))

    def __len__(self) -> int:
        return len(self._addresses)

    def place(self, namespace: str, name: str) -> tuple[str, int] | None:
        """Give host and port of a Service; `None` if nobody has named them."""
        return self._addresses.get((namespace, name))
