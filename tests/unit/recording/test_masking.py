"""What no recording has."""

from __future__ import annotations

import copy
from typing import Any

from kubex.recording.masking import without_credentials

LAST = "kubectl.kubernetes.io/last-applied-configuration"


def secret(**annotations: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "db", "annotations": annotations} if annotations else {"name": "db"}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "data": {"password": "aHVudGVyMg=="},
        "type": "x",
    }


def test_the_data_of_a_secret_is_masked_or_left_out() -> None:
    given = secret(**{LAST: '{"data":{"password":"aHVudGVyMg=="}}', "team": "red"})
    before = copy.deepcopy(given)
    masked = without_credentials(given, "masked")
    assert masked["data"] == {"password": "Kioq"}
    assert masked["metadata"]["annotations"] == {"team": "red"}
    omitted = without_credentials(given, "omitted")
    assert "data" not in omitted
    assert (omitted["type"], omitted["metadata"]["annotations"]) == ("x", {"team": "red"})
    assert given == before
    assert "annotations" not in without_credentials(secret(**{LAST: "{}"}), "masked")["metadata"]


def test_anything_else_stays_as_it_is() -> None:
    other = {
        "apiVersion": "example.com/v1",
        "kind": "Secret",
        "data": {"a": "b"},
        "metadata": {"annotations": {LAST: "x"}},
    }
    assert without_credentials(other, "omitted") == other
