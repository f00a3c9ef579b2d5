"""`LineFramer`: puts lines together from the chunks a stream arrives in."""

from __future__ import annotations

__all__ = ["LineFramer"]


class LineFramer:
    """Splits a stream of bytes into lines.

    Only a line feed ends a line, and it is left out; a carriage return belongs to its line. Lines may be of any
    length and begin, end and break off anywhere in a chunk.

    Example:
        ```python
        framer = LineFramer()
        async for chunk in stream:
            for line in framer.feed(chunk):
                ...
        last = framer.end()
        ```
    """

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        # One growing buffer, not a list of chunks: a line may arrive in millions of them.
        self._begun = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Give the lines that this chunk ends.

        None of them, nor what is kept of a line only begun, holds on to the chunk's memory.
        """
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._begun:
            self._begun += lines[0]
            lines[0] = bytes(self._begun)
            self._begun = bytearray()
        if rest:
            self._begun += rest
        return lines

    def end(self) -> bytes | None:
        """Give the last line of a stream that did not end it, or `None`; the next `feed` begins a new stream."""
        line = bytes(self._begun) if self._begun else None
        self._begun = bytearray()
        return line
