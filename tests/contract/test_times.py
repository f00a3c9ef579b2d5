"""Times as servers read and keep them."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-01T00:00:00.000000+02:00", "2025-12-31T22:00:00.000000Z"),
        ("2026-01-01T0:00:00,120000Z", "2026-01-01T00:00:00.120000Z"),
        ("2026-01-01T00:00:00Z", 'cannot parse "Z" as ".000000"'),
        ("2026-01-01T00:00:00.0000001Z", 'cannot parse "1Z" as "Z07:00"'),
        ("2026-01-01T00:00:00.000000Z!", 'extra text: "!"'),
        ("2026-02-30T00:00:00.000000Z", "day out of range"),
        ("2026-01-01T00:00:00.000000+25:00", "time zone offset hour out of range"),
        ("2026-01-01", 'cannot parse "" as "T"'),
        ("", 'cannot parse "" as "2006"'),
    ],
)
async def test_times_with_microseconds(client: BaseClient, namespace: str, given: str, kept: str) -> None:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    found = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"renewTime": given}})
    if found.code == 201:
        assert found.body["spec"]["renewTime"] == kept
    else:
        assert (found.code, found.message.endswith(kept)) == (400, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-01T00:00:00.9+02:00", "2025-12-31T22:00:00Z"),
        ("2026-01-01T00:61:00Z", "minute out of range"),
        ("2026-1-01T00:00:00Z", 'cannot parse "1-01T00:00:00Z" as "01"'),
        ("2026-01-01T00:00:00", 'cannot parse "" as "Z07:00"'),
        ("", 'as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
    ],
)
async def test_times(client: BaseClient, namespace: str, given: str, kept: str) -> None:
    about = {"kind": "Pod", "name": "a", "namespace": namespace}
    event = {"metadata": {"name": "a"}, "involvedObject": about, "firstTimestamp": given}
    found = await ask(client, "POST", f"/api/v1/namespaces/{namespace}/events", event)
    if found.code == 201:
        assert found.body["firstTimestamp"] == kept
    else:
        assert (found.code, found.message.endswith(kept)) == (400, True)
