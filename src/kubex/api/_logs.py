"""`Api.logs`: what containers wrote."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from kubex.api._accessor import Accessor
from kubex.api._transport import fetch, stream_text
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.query import log_query

__all__ = ["LogsAccessor"]


class LogsAccessor(Accessor):
    """Reads logs.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
    """

    async def get(
        self,
        name: str,
        *,
        container: str | None = None,
        limit_bytes: int | None = None,
        pretty: bool | None = None,
        previous: bool | None = None,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        timestamps: bool | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> str:
        """Read what there is of a container's log.

        Args:
            name: the pod's name.
            container: the container's name; not needed where the pod has one container.
            limit_bytes: stop after so many bytes, 1 or more.
            pretty: ask the server for readable output.
            previous: read the log of the container before its last restart.
            since_seconds: only lines of the last so many seconds, 1 or more.
            since_time: only lines from this time on, one with a time zone: instead of `since_seconds`.
            tail_lines: only the last so many lines.
            timestamps: begin each line with its time.
            namespace: `...` the Api's own, or another one.
            request_timeout: `...` the client's default, `None` none, or seconds.

        Returns:
            The log; bytes that are no UTF-8 are replaced by U+FFFD.

        Raises:
            InvalidArgument: a number that is too small, a time without a zone, or both `since_…` at once.
            NotFound: no such pod.
            BadRequest: no such container, or it has not started.
        """
        request = self._requests.logs(
            name,
            self._required_namespace(namespace),
            params=log_query(
                container=container,
                limit_bytes=limit_bytes,
                pretty=pretty,
                previous=previous,
                since_seconds=since_seconds,
                since_time=since_time,
                tail_lines=tail_lines,
                timestamps=timestamps,
            ),
            timeout=request_timeout,
        )
        return (await fetch(self._client, request)).decode(errors="replace")

    def stream(
        self,
        name: str,
        *,
        container: str | None = None,
        limit_bytes: int | None = None,
        pretty: bool | None = None,
        previous: bool | None = None,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        timestamps: bool | None = None,
        follow: bool = True,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AsyncGenerator[str, None]:
        r"""Give a container's log line by line, without `\n`, as it is written; parameters and errors as `get`.

        Args:
            follow: go on until the container ends; `False` ends at what there is.
            request_timeout: `...` bounds only the opening where the client's own `timeout` is `...`; a number or
                `Timeout` bounds the whole stream as written.

        Example:
            ```python
            async for line in pods.logs.stream("web-0", tail_lines=10):
                print(line)
            ```
        """
        request = self._requests.logs(
            name,
            self._required_namespace(namespace),
            params=log_query(
                container=container,
                follow=follow,
                limit_bytes=limit_bytes,
                pretty=pretty,
                previous=previous,
                since_seconds=since_seconds,
                since_time=since_time,
                tail_lines=tail_lines,
                timestamps=timestamps,
            ),
            timeout=request_timeout,
        )
        return stream_text(self._client, request)
