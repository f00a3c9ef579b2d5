"""Builds the requests of one resource: paths, queries, headers and bodies.

https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kubex.core import query
from kubex.core.codec import encode
from kubex.core.exceptions import InvalidArgument
from kubex.core.params import (
    DryRunTypes,
    FieldValidation,
    Precondition,
    PropagationPolicyTypes,
    ResourceVersionTypes,
    TimeoutTypes,
    VersionMatch,
)
from kubex.core.request import Request, RequestAction
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.resource_config import ResourceConfig

if TYPE_CHECKING:
    from kubex.core.patch import Patch
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["RequestBuilder"]

_JSON = "application/json"
# All that most names consist of, and neither "." nor "..".
_PLAIN_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[a-zA-Z0-9.-]+").fullmatch

# Where an apply, or a dynamic object, may leave out what the resource is: these take the object itself.
_SUBRESOURCES_OF_THE_SAME_KIND = frozenset({None, "status", "ephemeralcontainers", "resize", "approval"})


class RequestBuilder:
    """Builds the requests of one resource.

    Args:
        config: where the resource lives.
        accept: media type of the answers; that of metadata alone, for instance. JSON, which the clients ask for by
            themselves, where it is left out.
        accept_list: the same for lists; that of other answers where it is left out.
    """

    def __init__(
        self, config: ResourceConfig[Any], *, accept: str | None = None, accept_list: str | None = None
    ) -> None:
        self.config = config
        self._plural = config.plural
        self._root = f"/apis/{config.group}/{config.version}" if config.group else f"/api/{config.version}"
        self._last_namespace: str | None = None
        self._last_path = ""
        # One dict for all requests of a kind; nothing downstream changes a request's headers.
        self._read_headers = {} if accept is None else {"Accept": accept}
        self._list_headers = self._read_headers if accept_list is None else {"Accept": accept_list}

    def get(
        self,
        name: str,
        namespace: str | None,
        *,
        subresource: str | None = None,
        resource_version: ResourceVersionTypes = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Read one object, or one of its subresources."""
        return Request(
            "GET",
            self._object_path(name, namespace, subresource),
            query_params=query.read_query(resource_version) if resource_version is not None else None,
            headers=self._read_headers,
            timeout=timeout,
            action=RequestAction("get", self._plural, name, namespace, subresource),
        )

    def logs(
        self,
        name: str,
        namespace: str | None,
        *,
        params: dict[str, str],
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Read a container's log: text, not JSON."""
        return Request(
            "GET",
            self._object_path(name, namespace, "log"),
            query_params=params,
            headers={"Accept": "text/plain, */*"},
            timeout=timeout,
            action=RequestAction("get", self._plural, name, namespace, "log"),
            waits_for_content=params.get("follow") == "true",
        )

    def list(
        self,
        namespace: str | None,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        timeout_seconds: int | None = None,
        limit: int | None = None,
        continue_token: str | None = None,
        version_match: VersionMatch | None = None,
        resource_version: ResourceVersionTypes = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Read the objects of a namespace, or of all (`None`)."""
        return Request(
            "GET",
            self._collection_path(namespace),
            query_params=query.list_query(
                label_selector=label_selector,
                field_selector=field_selector,
                timeout_seconds=timeout_seconds,
                limit=limit,
                continue_token=continue_token,
                version_match=version_match,
                resource_version=resource_version,
            ),
            headers=self._list_headers,
            timeout=timeout,
            action=RequestAction("list", self._plural, None, namespace),
        )

    def watch(
        self,
        namespace: str | None,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        allow_bookmarks: bool | None = None,
        send_initial_events: bool | None = None,
        timeout_seconds: int | None = None,
        resource_version: ResourceVersionTypes = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Follow the changes of the objects of a namespace, or of all (`None`)."""
        return Request(
            "GET",
            self._collection_path(namespace),
            query_params=query.watch_query(
                label_selector=label_selector,
                field_selector=field_selector,
                allow_bookmarks=allow_bookmarks,
                send_initial_events=send_initial_events,
                timeout_seconds=timeout_seconds,
                resource_version=resource_version,
            ),
            headers=self._read_headers,
            timeout=timeout,
            action=RequestAction("watch", self._plural, None, namespace),
        )

    def connect(
        self,
        name: str,
        namespace: str | None,
        subresource: str,
        *,
        params: Sequence[tuple[str, str]],
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Open a WebSocket to a subresource of one object, such as `exec`."""
        return Request(
            "GET",
            self._object_path(name, namespace, subresource),
            query_param_pairs=list(params),
            timeout=timeout,
            action=RequestAction(subresource, self._plural, name, namespace),
        )

    def create(
        self,
        namespace: str | None,
        data: Any,
        *,
        name: str | None = None,
        subresource: str | None = None,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Create an object; with `name` and `subresource`, post to a subresource of that object."""
        if subresource is not None:
            path = self._object_path(name, namespace, subresource)
        else:
            path = self._collection_path(namespace)
            metadata = getattr(data, "metadata", None)
            name = getattr(metadata, "name", None) or getattr(metadata, "generate_name", None)
        return Request(
            "POST",
            path,
            query_params=query.change_query(dry_run, field_manager, field_validation),
            body=encode(self._with_kind(data, subresource)),
            headers={**self._read_headers, "Content-Type": _JSON},
            timeout=timeout,
            action=RequestAction("create", self._plural, name, namespace, subresource),
        )

    def replace(
        self,
        name: str,
        namespace: str | None,
        data: Any,
        *,
        subresource: str | None = None,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Write an object whole, or one of its subresources."""
        return Request(
            "PUT",
            self._object_path(name, namespace, subresource),
            query_params=query.change_query(dry_run, field_manager, field_validation),
            body=encode(self._with_kind(data, subresource)),
            headers={**self._read_headers, "Content-Type": _JSON},
            timeout=timeout,
            action=RequestAction("replace", self._plural, name, namespace, subresource),
        )

    def patch(
        self,
        name: str,
        namespace: str | None,
        patch: Patch,
        *,
        subresource: str | None = None,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        force: bool | None = None,
        field_validation: FieldValidation | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Change parts of an object, or of one of its subresources.

        Raises:
            InvalidArgument: `force` of another patch than an apply, an apply without a field manager, or one of another
                object.
        """
        from kubex.core.patch import ApplyPatch, Patch  # whoever has a patch has imported it already

        # Not every caller checks types.
        if not isinstance(patch, Patch):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgument(
                f"patch {patch!r}: a MergePatch, StrategicMergePatch, JsonPatch or ApplyPatch is needed"
            )
        params = query.change_query(dry_run, field_manager, field_validation) or {}
        if isinstance(patch, ApplyPatch):
            if not field_manager:
                raise InvalidArgument("an ApplyPatch needs field_manager=: the server records who owns which field")
            if subresource in _SUBRESOURCES_OF_THE_SAME_KIND:
                patch = patch.completed(api_version=self.config.api_version, kind=self.config.kind, name=name)
        elif force is not None:
            raise InvalidArgument(f"force= is for an ApplyPatch, not for a {type(patch).__name__}")
        if force is not None:
            params["force"] = "true" if force else "false"
        return Request(
            "PATCH",
            self._object_path(name, namespace, subresource),
            query_params=params,
            body=patch.encode(),
            headers={**self._read_headers, "Content-Type": patch.content_type},
            timeout=timeout,
            action=RequestAction(
                "apply" if isinstance(patch, ApplyPatch) else "patch", self._plural, name, namespace, subresource
            ),
        )

    def delete(
        self,
        name: str,
        namespace: str | None,
        *,
        dry_run: DryRunTypes = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes = None,
        preconditions: Precondition | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Delete one object."""
        return Request(
            "DELETE",
            self._object_path(name, namespace, None),
            timeout=timeout,
            action=RequestAction("delete", self._plural, name, namespace),
            **self._delete_body(dry_run, grace_period_seconds, propagation_policy, preconditions),
        )

    def delete_collection(
        self,
        namespace: str | None,
        *,
        list_params: Mapping[str, Any],
        dry_run: DryRunTypes = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes = None,
        preconditions: Precondition | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
    ) -> Request:
        """Delete the objects that a list with `list_params` would give."""
        return Request(
            "DELETE",
            self._collection_path(namespace),
            query_params=query.list_query(**list_params),
            timeout=timeout,
            action=RequestAction("delete", self._plural, None, namespace),
            **self._delete_body(dry_run, grace_period_seconds, propagation_policy, preconditions),
        )

    def _delete_body(
        self,
        dry_run: DryRunTypes,
        grace_period_seconds: int | None,
        propagation_policy: PropagationPolicyTypes,
        preconditions: Precondition | None,
    ) -> dict[str, Any]:
        options = query.delete_options(dry_run, grace_period_seconds, propagation_policy, preconditions)
        if options is None:
            return {"headers": self._read_headers}
        return {"headers": {**self._read_headers, "Content-Type": _JSON}, "body": encode(options)}

    def _with_kind(self, data: Any, subresource: str | None) -> Any:
        """Give a body with what classes know of themselves: a dynamic object may not say what it is."""
        if not isinstance(data, DynamicObject) or subresource not in _SUBRESOURCES_OF_THE_SAME_KIND:
            return data
        if data.api_version and data.kind:
            return data
        return {"apiVersion": self.config.api_version, "kind": self.config.kind, **data.content}

    def _collection_path(self, namespace: str | None) -> str:
        if namespace is None:
            return f"{self._root}/{self._plural}"
        # One request after the other goes to the same namespace.
        if namespace != self._last_namespace:
            self._last_path = f"{self._root}/namespaces/{_segment('namespace', namespace)}/{self._plural}"
            self._last_namespace = namespace
        return self._last_path

    def _object_path(self, name: str | None, namespace: str | None, subresource: str | None) -> str:
        path = f"{self._collection_path(namespace)}/{_segment('name', name)}"
        return path if subresource is None else f"{path}/{_subresource_path(subresource)}"


def _segment(what: str, value: Any) -> str:
    """Give a name as a part of a path, and refuse what would lead elsewhere."""
    if isinstance(value, str) and _PLAIN_SEGMENT(value):
        return value
    if not isinstance(value, str):
        raise InvalidArgument(f"{what} {value!r}: a string is needed")
    if not value:
        raise InvalidArgument(f"{what} is empty")
    if value in {".", ".."} or "/" in value or "%" in value or not value.isprintable():
        raise InvalidArgument(
            f'{what} {value!r} may not be "." or ".." and may not hold "/", "%" or control characters'
        )
    return quote(value, safe=":@")


def _subresource_path(subresource: str) -> str:
    """Give a subresource as a path; deeper ones, such as `proxy/metrics`, keep their slashes."""
    return "/".join(_segment("subresource", part) for part in subresource.split("/"))
