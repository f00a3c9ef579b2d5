"""aiohttp's server and a handler that knows its answers beforehand: what HTTP alone costs in Python.

The low-level server, without an application, its routes and its signals: nothing in aiohttp answers faster.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from benchmarks.peer import ServerPeer, serve


class Serve(ServerPeer):
    """Serves one answer, and streams.

    Parameters: `headers` and `body_file` of the answer. Where there is `lines_file`, what is asked with `watch` is
    answered by a stream: of all lines where that says `replay`, or else of one more line for each POST.
    """

    async def prepare(self) -> object:
        self._headers = CIMultiDict(self.parameters["headers"])
        self._body = self.file("body_file")
        self._lines = self.file("lines_file").splitlines(keepends=True)
        self._streams: list[asyncio.Queue[bytes]] = []
        self._told = 0
        ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(loop, ready),), daemon=True)
        self._thread.start()
        return {"url": f"http://127.0.0.1:{await ready}"}

    async def _serve(self, caller: asyncio.AbstractEventLoop, ready: asyncio.Future[int]) -> None:
        server = web.Server(self._answer, access_log=None)
        listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
        caller.call_soon_threadsafe(ready.set_result, listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            await request.read()
            line = self._lines[self._told % len(self._lines)]
            self._told += 1
            for stream in self._streams:
                stream.put_nowait(line)
        elif "watch" in request.query:
            return await self._stream(request)
        return web.Response(body=self._body, headers=self._headers)

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        lines: asyncio.Queue[bytes] = asyncio.Queue()
        is_replay = request.query["watch"] == "replay"
        if not is_replay:
            self._streams.append(lines)
        response = web.StreamResponse(headers=self._headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        if is_replay:
            for line in self._lines:
                await response.write(line)
            return response
        try:
            while True:
                await response.write(await lines.get())
        except ConnectionResetError:  # the reader has gone: that is how it ends
            return response
        finally:
            self._streams.remove(lines)


if __name__ == "__main__":
    serve({"serve": Serve})
