from __future__ import annotations

from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.patching.managed_fields import (
    Manager,
    parse_managed_fields,
    with_managed_fields,
    without_managed_fields,
    write_managed_fields,
)

FIELDS: dict[str, Any] = {"f:data": {"f:a": {}}}
EARLY, LATE = "2026-11-21T11:37:51Z", "2026-11-21T11:37:52Z"


def entry(**members: Any) -> dict[str, Any]:
    whole = {
        "manager": "one",
        "operation": "Update",
        "apiVersion": "v1",
        "time": EARLY,
        "fieldsType": "FieldsV1",
        "fieldsV1": FIELDS,
    }
    return {name: value for name, value in {**whole, **members}.items() if value is not None}


@pytest.mark.parametrize(
    "given",
    [
        entry(),
        entry(operation="Apply"),
        entry(subresource="status"),
        entry(manager=None),
        entry(time=None),
        entry(fieldsV1={}),
    ],
)
def test_entries_are_written_as_they_were_read(given: dict[str, Any]) -> None:
    (written,) = write_managed_fields(parse_managed_fields([given]).items())
    assert written == given
    assert list(written) == [name for name in [*entry(), "subresource"] if name in given], "the server's order"


def test_an_applier_is_the_same_in_every_version_and_an_updater_is_not() -> None:
    entries = [entry(operation="Apply"), entry(operation="Apply", apiVersion="v2"), entry(), entry(apiVersion="v2")]
    managed = parse_managed_fields(entries)
    assert [(manager.operation, owned.api_version) for manager, owned in managed.items()] == [
        ("Apply", "v2"),
        ("Update", "v1"),
        ("Update", "v2"),
    ]


def test_entries_are_in_the_server_s_order() -> None:
    entries = [
        entry(operation="Apply", manager="b", time=None),
        entry(operation="Apply", manager="z", time=EARLY),
        entry(operation="Apply", manager="a", time=LATE),
        entry(manager="x", time=EARLY),
        entry(manager="y", time=EARLY, apiVersion="apps/v1"),
        entry(manager="y", time=EARLY),
        entry(manager="y", time=EARLY, subresource="status"),
        entry(manager="a", time=LATE),
    ]
    assert write_managed_fields(parse_managed_fields(reversed(entries)).items()) == entries


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (entry(operation=None), "operation must be `Apply` or `Update`"),
        (entry(operation="Patch"), "operation must be `Apply` or `Update`"),
        (entry(apiVersion=None), "apiVersion must not be empty"),
        (entry(fieldsType=None), "missing fieldsType in managed fields entry 1"),
        (entry(fieldsType="FieldsV2"), 'invalid fieldsType "FieldsV2" in managed fields entry 1'),
        (entry(fieldsV1={"a": {}}), "key must be 2 characters long:"),
        (entry(time="yesterday"), "time 'yesterday'"),
        ("x", "entry 1 is no object"),
    ],
)
def test_what_is_no_entry_is_refused(given: Any, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text):
        parse_managed_fields([entry(), given])


@pytest.mark.parametrize("time", ["2026-11-21T12:37:51+01:00", "2026-11-21T11:37:51.987Z", "2026-11-21T11:37:51Z"])
def test_times_are_written_as_the_server_writes_them(time: str) -> None:
    (written,) = write_managed_fields(parse_managed_fields([entry(time=time)]).items())
    assert written["time"] == EARLY


@pytest.mark.parametrize(
    ("manager", "text", "identifier"),
    [
        (Manager("one", "Apply"), '"one"', '{"manager":"one","operation":"Apply"}'),
        (
            Manager("one", "Update", "v1"),
            '"one" using v1',
            '{"manager":"one","operation":"Update","apiVersion":"v1"}',
        ),
        (
            Manager('a"b', "Update", "apps/v1", "status"),
            '"a\\"b" with subresource "status" using apps/v1',
            '{"manager":"a\\"b","operation":"Update","apiVersion":"apps/v1","subresource":"status"}',
        ),
    ],
)
def test_managers_are_named_as_the_server_names_them(manager: Manager, text: str, identifier: str) -> None:
    assert (str(manager), manager.identifier) == (text, identifier)


def test_objects_are_given_with_and_without_them() -> None:
    object_: dict[str, Any] = {"metadata": {"name": "a", "managedFields": [entry()]}, "data": {}}
    bare: dict[str, Any] = {"metadata": {"name": "a"}, "data": {}}
    managed = parse_managed_fields(object_["metadata"]["managedFields"])
    assert with_managed_fields(bare, managed) == object_
    assert with_managed_fields(object_, {}) == bare
    assert without_managed_fields(object_) == bare
    assert without_managed_fields({"data": {}}) == {"data": {}}
    assert with_managed_fields({"metadata": None}, managed) == {"metadata": {"managedFields": [entry()]}}
