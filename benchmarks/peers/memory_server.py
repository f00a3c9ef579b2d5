"""kubex's API server in memory, alone in its process."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peer import ServerPeer, serve
from kubex.testing import ApiServer


class Serve(ServerPeer):
    """Serves until the end of its input."""

    async def prepare(self) -> object:
        self._server = ApiServer(tls=self.parameters["tls"])
        self._server.start()
        authority = self._server.configuration.server_ca_data
        if not authority:
            return {"url": self._server.url}
        ca_file = Path(self.parameters["directory"]) / "memory-ca.pem"
        ca_file.write_bytes(authority)
        return {"url": self._server.url, "ca_file": str(ca_file)}

    async def close(self) -> None:
        self._server.stop()


if __name__ == "__main__":
    serve({"serve": Serve})
