"""Gets and lists: consistent pages, at the version that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubex.testing.failures import ApiFailure, bad_request, expired, not_found, resource_version_too_large
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.kinds import is_cached
from kubex.testing.lifecycle.requests import ListOptions, Page
from kubex.testing.lifecycle.selection import Selection
from kubex.testing.lifecycle.versions import ContinueToken, asked_version, check_list_options, read_revision
from kubex.testing.registry import Resource
from kubex.testing.storage import Compacted, Entry, Key

__all__ = ["get_entry", "list_page"]

_TOO_OLD_LIST = "The resourceVersion for the provided list is too old."
_TOO_OLD_TOKEN = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "  # noqa: S105
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


def get_entry(cluster: Cluster, resource: Resource, key: Key, resource_version: str | None = None) -> Entry:
    """Give an object.

    Raises:
        ApiFailure: there is none (404), or the version is no number (500, of an event 400) or to come (504).
    """
    if resource_version:
        current = cluster.storage.revision
        if not is_cached(resource):
            asked_version(resource_version, current, cached=False)
        elif (asked := read_revision(resource_version, current)) > current:
            raise resource_version_too_large(asked, current)
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    return cluster.served(resource, entry)


def list_page(cluster: Cluster, resource: Resource, namespace: str | None, options: ListOptions) -> Page:
    """Give a page of a list.

    Raises:
        ApiFailure: parameters that make no sense (400, 422), a version that is too old (410) or to come (504).
    """
    storage = cluster.storage
    selection = Selection(resource, options.label_selector, options.field_selector, lambda: check_list_options(options))
    cached = is_cached(resource)
    asked = asked_version(options.resource_version, storage.revision, cached=cached)
    if options.resource_version == "0" and not options.continue_token and cached:
        # The server answers from its watch cache, which has no pages.
        options = replace(options, limit=0)
    after: Key | None = None
    at: int | None = None
    # The server looks nowhere else: it has no page, and a version alone means no more than for a get.
    only = selection.only_name() if namespace is not None or not resource.namespaced else None
    if options.continue_token:
        token = ContinueToken.decode(options.continue_token, namespace)
        if options.resource_version not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        after = token.after
        at = token.revision if token.revision > 0 else None
        if at is not None and at > storage.revision:
            raise resource_version_too_large(at, storage.revision)
    elif options.resource_version_match == "Exact" or (
        asked and options.limit and options.resource_version_match != "NotOlderThan" and only is None
    ):
        at = asked
    try:
        found = storage.scan(resource.storage, namespace=namespace, after=after, at=at)
        if only is not None:
            found = (each for each in found if each[0].name == only)
        return _page(cluster, resource, namespace, options, selection, found, at)
    except Compacted:
        raise _too_old(options, after, namespace) from None


def _too_old(options: ListOptions, after: Key | None, namespace: str | None) -> ApiFailure:
    if after is None or not options.continue_token:
        return expired(_TOO_OLD_LIST)
    fresh = ContinueToken(-1, after).encode(namespaced=namespace is not None)
    return expired(_TOO_OLD_TOKEN, continue_token=fresh)


def _page(
    cluster: Cluster,
    resource: Resource,
    namespace: str | None,
    options: ListOptions,
    selection: Selection,
    found: Iterator[tuple[Key, Entry]],
    at: int | None,
) -> Page:
    revision = at if at is not None else cluster.storage.revision
    served = cluster.served
    if not options.limit:
        entries = [
            served(resource, entry) for _, entry in found if selection.is_empty or selection.matches(entry.state)
        ]
        return Page(entries, str(revision))
    page: list[Entry] = []
    last: Key | None = None
    for key, entry in found:
        if len(page) == options.limit and last is not None:
            # Not counted where there is a selector: the server does not look whether any of the others matches.
            remaining = 1 + sum(1 for _ in found) if selection.is_empty else None
            token = ContinueToken(revision, last).encode(namespaced=namespace is not None)
            return Page(page, str(revision), token, remaining)
        if not selection.matches(entry.state):
            continue
        page.append(served(resource, entry))
        last = key
    return Page(page, str(revision))
