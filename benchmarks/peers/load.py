"""What loads servers; see `benchmarks.raw_http` for what it costs itself."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import Any

from benchmarks.peer import Measures, PeerWorkload, measured, serve
from benchmarks.raw_http import Address, Connections, Watches


class Load(PeerWorkload):
    """Sends requests over several connections at once, each as soon as the answer to the one before is there."""

    async def prepare(self) -> object:
        parameters = self.parameters
        self._request = self.file("request_file")
        self._address = Address(**parameters["address"])
        self._connections = Connections(self._address, parameters["connections"])
        return self._answer()

    def _answer(self) -> object:
        answers: list[tuple[bytes, bytes]] = []
        with Connections(self._address, 1, keep=True) as connections:
            connections.exchange([self._request], lambda head, body: answers.append((head, body)))
        return _CHECKS[self.parameters["check"]](*answers[0])

    async def round(self) -> Measures:
        with measured() as measures:
            self._connections.exchange(itertools.repeat(self._request, self.parameters["requests"]))
        return measures

    async def close(self) -> None:
        self._connections.close()


class LoadWatched(PeerWorkload):
    """Reads events in all watches at once, while one more connection makes changes where the workload wants it.

    Parameters: `watch_file`, the request of a watch; `watchers`, how many of them; `events`, how many each is told in
    a round; `request_file`, the change that makes an event. Where there is none, each round opens the watches anew.
    """

    async def prepare(self) -> object:
        self._address = Address(**self.parameters["address"])
        self._watch = self.file("watch_file")
        self._change = self.file("request_file")
        self._kept = self._opened() if self._change else None
        self._read()
        return None

    def _opened(self) -> Watches:
        return Watches(self._address, self._watch, self.parameters["watchers"])

    async def round(self) -> Measures:
        with measured() as measures:
            self._read()
        return measures

    def _read(self) -> None:
        events = self.parameters["events"]
        if self._kept is not None:
            self._kept.read(events, itertools.repeat(self._change, events))
        else:
            with self._opened() as watches:
                watches.read(events)

    async def close(self) -> None:
        if self._kept is not None:
            self._kept.close()


def _digest(head: bytes, body: bytes) -> object:
    return [len(body), hashlib.sha256(body).hexdigest()]


def _items(head: bytes, body: bytes) -> object:
    document: dict[str, Any] = json.loads(body)
    items = document["items"]
    return [document["kind"], len(items), *sorted({len(item["spec"]["containers"]) for item in items})]


def _created(head: bytes, body: bytes) -> object:
    document: dict[str, Any] = json.loads(body)
    owners = [entry["manager"] for entry in document["metadata"]["managedFields"]]
    return [head.split(b" ")[1].decode(), document["metadata"]["generateName"], document["status"]["phase"], *owners]


_CHECKS = {"digest": _digest, "items": _items, "created": _created}


if __name__ == "__main__":
    serve({"load": Load, "watched": LoadWatched})
