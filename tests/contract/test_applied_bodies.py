"""What is applied is YAML, also where it looks like JSON; what is said first of it; and bodies without a version."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from kubex.testing.negotiation import PROTOBUF
from kubex.testing.protobuf.codec import ProtobufCodec
from tests.contract.answers import APPLY, JSON, MERGE, ask, ask_warned
from tests.contract.test_objects import deployment
from tests.contract.test_yaml_bodies import UNDECODED, apply, path

__all__ = ("path",)

pytestmark = pytest.mark.anyio

UNTYPED = "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .data.a: expected string, got "
BROKEN = "did not find expected ',' or '}'"
OTHER_NAME = "the name of the object (b) does not match the name on the URL (a)"
OTHER_NAMESPACE = "the namespace of the provided object does not match the namespace sent on the request"
NO_NAME = "the name of the object (a based on URL) was undeterminable: name must be provided"


def configured(members: str, metadata: str = "") -> str:
    return f'{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"a"{metadata}}},"data":{{{members}}}}}'


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (configured('"a":"x\x85y"'), "x y"),
        (configured('"a":"x\u2028y"'), "x\u2028y"),
        (configured('"a":"x\ufeffy"'), "x\ufeffy"),
        (configured('"a":"x\ny"'), "x y"),
        (configured('"a":"x\ty"'), "x\ty"),
        (configured('"a":"x\\ty\\u0000"'), "x\ty\0"),
        (configured('"a":"\U0001f600"'), "\U0001f600"),
        (configured('"a":1e400'), "1e400"),
        (configured('"a":NaN'), "NaN"),
        (configured('"a":tru,'), "tru"),
        (configured('\t"a"\t:\t"1"\t'), "1"),
        (configured('\n\t"a": "1",\n\t"b": "2"\n'), "1"),
        (configured('\r\n"a" : "1"\r\n'), "1"),
        ("\n " + configured('"a":"1"') + "\t", "1"),
        ("\ufeff" + configured('"a":"1"'), "1"),
        (configured('"a":"1"') + " # x\n---\n{", "1"),
    ],
)
async def test_what_looks_like_json(client: BaseClient, path: str, text: str, read: str) -> None:
    answer, _ = await apply(client, path, text)
    assert answer.code == 201, answer
    assert answer.body["data"]["a"] == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (configured('"a":"x\x7fy"'), "control characters are not allowed"),
        (configured('"a":"x\x9fy"'), "control characters are not allowed"),
        (configured('"a":"x\uffffy"'), "control characters are not allowed"),
        (configured('"a":"xy"').encode().replace(b"xy", b"x\xffy"), "invalid leading UTF-8 octet"),
        (configured('"a"\n:"1"'), f"line 1: {BROKEN}"),
        (configured(f'"{"n" * 1100}":"1"'), BROKEN),
        (configured(f'"a"{" " * 1100}:"1"'), BROKEN),
        ("\t" + configured('"a":"1"'), "found character that cannot start any token"),
        (configured('"a":"1"') + "\n\t", "line 2: found character that cannot start any token"),
        (configured('"a":"\\ud83d\\ude00"'), "found invalid Unicode character escape code"),
        (configured('"a":"1",,'), "did not find expected node content"),
    ],
)
async def test_json_that_is_no_yaml(client: BaseClient, path: str, text: str | bytes, why: str) -> None:
    answer, _ = await apply(client, path, text)
    assert (answer.code, answer.message) == (400, f"{UNDECODED}yaml: {why}")


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("1.0", "1"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("1e2", "100"),
        ("+1", "1"),
        ("01", "1"),
        (".5", "0.5"),
        ("1e15", "1000000000000000"),
        ("1000000.0", "1000000"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "9.223372036854776e+18"),
        ("-9223372036854775809", "-9.223372036854776e+18"),
        ("1e20", "1e+20"),
        ("12345678.5", "1.23456785e+07"),
    ],
)
async def test_numbers_in_json(client: BaseClient, path: str, number: str, read: str) -> None:
    answer, _ = await apply(client, path, configured(f'"a":{number}'))
    assert (answer.code, answer.message) == (500, f"{UNTYPED}&value.valueUnstructured{{Value:{read}}}")


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("9007199254740993", 9007199254740993),
        ("9007199254740993.0", 9007199254740992),
        ("123456789012345678", 123456789012345678),
        ("123456789012345678.0", 123456789012345680),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", -(2**63)),
        ("1e20", -(2**63)),
        ("-5", -5),
    ],
)
async def test_numbers_of_64_bits(client: BaseClient, namespace: str, number: str, read: int) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment("a").model_dump(by_alias=True, exclude_none=True)
    body["spec"]["template"]["spec"]["schedulerName"] = "nobody"
    assert (await ask(client, "POST", path, body)).code == 201
    spec = f'{{"template":{{"spec":{{"terminationGracePeriodSeconds":{number}}}}}}}'
    text = f'{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"a"}},"spec":{spec}}}'
    for given in (text, text + " # no JSON"):
        query = {"fieldManager": "x", "force": "true", "dryRun": "All"}
        answer, warned = await ask_warned(client, "PATCH", f"{path}/a", given, APPLY, **query)
        assert any("negative values are invalid and will be treated as 1" in each for each in warned) == (read < 0)
        assert answer.code == 200, answer
        assert answer.body["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == read


async def test_what_can_not_be_converted_is_told_first(client: BaseClient, path: str) -> None:
    text = configured('"a":"1","a":"2"', ',"creationTimestamp":"x"')
    for given in (text, text.replace('"name":"a"', '"name":"b"'), text.replace('"name":"a"', '"namespace":"other"')):
        for validation in ("Strict", "Warn", "Ignore"):
            answer, warned = await apply(client, path, given, fieldValidation=validation)
            assert (answer.code, warned) == (500, [])
            assert answer.message.startswith("failed to convert new object (")


async def test_names_twice_are_told_before_the_name(client: BaseClient, path: str) -> None:
    text = configured('"a":"1","a":"2"').replace('"name":"a"', '"name":"b"')
    answer, _ = await apply(client, path, text, fieldValidation="Strict")
    assert answer.message.startswith("error strict decoding YAML: ")
    answer, warned = await apply(client, path, text)
    assert (answer.message, warned) == (OTHER_NAME, ['line 1: key "a" already set in map'])


async def test_a_namespace_is_looked_at_before_the_name(client: BaseClient, path: str) -> None:
    for exists in (False, True):
        if exists:
            assert (await ask(client, "POST", path, configured(""))).code == 201
        for metadata in ('"name":"b","namespace":"other"', '"namespace":"other"'):
            text = configured("").replace('"name":"a"', metadata)
            answer, _ = await apply(client, path, text)
            assert (answer.code, answer.message) == (400, OTHER_NAMESPACE)
            answer = await ask(client, "PUT", f"{path}/a", text, dryRun="All")
            assert (answer.code, answer.message) == (400, OTHER_NAMESPACE)
    patch = {"metadata": {"name": "b", "namespace": "other"}}
    answer = await ask(client, "PATCH", f"{path}/a", patch, MERGE, dryRun="All")
    assert (answer.code, answer.message) == (400, OTHER_NAMESPACE)


async def test_a_uid_of_what_is_new_is_told_before_its_place(client: BaseClient, path: str) -> None:
    for metadata in ('"uid":"x","name":"b","namespace":"other"', '"uid":"x"'):
        answer, _ = await apply(client, path, configured("").replace('"name":"a"', metadata))
        assert answer.code == 409
        assert "uid mismatch: the provided object specified uid x" in answer.message


async def test_what_is_applied_has_a_name_only_where_it_is_there(client: BaseClient, path: str) -> None:
    text = configured("").replace('"name":"a"', "")
    answer, _ = await apply(client, path, text)
    assert (answer.code, answer.message) == (400, NO_NAME)
    assert (await ask(client, "POST", path, configured(""))).code == 201
    assert (await apply(client, path, text))[0].code == 200
    for name in ('""', "null"):
        answer, _ = await apply(client, path, configured("").replace('"a"', name, 1))
        assert (answer.code, answer.message) == (400, NO_NAME)


@pytest.mark.parametrize("version", ["apps/", "/"])
async def test_a_group_without_a_version_is_the_own_one(client: BaseClient, namespace: str, version: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment("a").model_dump(by_alias=True, exclude_none=True)
    body["spec"]["template"]["spec"]["schedulerName"] = "nobody"
    body |= {"apiVersion": version, "odd": 1}
    answer, warned = await ask_warned(client, "POST", path, body)
    assert (answer.code, answer.body["apiVersion"], warned) == (201, "apps/v1", ['unknown field "odd"'])
    assert (await ask_warned(client, "PUT", f"{path}/a", body, dryRun="All"))[0].code == 200
    # What comes out of a patch is read as the server's own type, whose fields have no names.
    for patch_type, patch in (
        (MERGE, {"apiVersion": version}),
        (JSON, [{"op": "replace", "path": "/apiVersion", "value": version}]),
    ):
        answer, warned = await ask_warned(client, "PATCH", f"{path}/a", patch, patch_type, dryRun="All")
        told = [f'unknown field "{field}"' for field in ("metadata", "spec", "status")]
        assert (answer.code, answer.message, warned) == (400, NO_NAME, told)
    answer = await ask(client, "PATCH", f"{path}/a", body, APPLY, fieldManager="test", dryRun="All")
    group = version.rstrip("/")
    assert (answer.code, answer.message) == (400, f"invalid object type: {group}/, Kind=Deployment")


async def test_a_scale_is_of_another_group(client: BaseClient, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    assert (await ask(client, "POST", path, deployment("a").model_dump(by_alias=True, exclude_none=True))).code == 201
    scale = {"kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 0}}
    for version, code in (("autoscaling/", 200), ("/", 200), ("apps/", 400)):
        answer = await ask(client, "PUT", f"{path}/a/scale", {**scale, "apiVersion": version}, dryRun="All")
        assert answer.code == code
        answer, _ = await ask_warned(client, "PATCH", f"{path}/a/scale", {"apiVersion": version}, MERGE, dryRun="All")
        assert (answer.code, answer.message == NO_NAME) == ((400, True) if code == 200 else (422, False))


async def test_options_of_a_deletion_without_a_version(client: BaseClient, path: str) -> None:
    for version in ("v1/", "apps/", "autoscaling/"):
        body = f'{{"apiVersion": "{version}", "kind": "DeleteOptions"}}'
        answer = await ask(client, "DELETE", f"{path}/a", body)
        assert (answer.code, answer.message) == (400, f"Object 'apiVersion' is missing in '{body}'")
    for version in ("/", "", "meta.k8s.io/"):
        body = f'{{"apiVersion": "{version}", "kind": "DeleteOptions"}}'
        assert (await ask(client, "DELETE", f"{path}/a", body)).code == 404


async def test_protobuf_without_a_version(client: BaseClient, path: str) -> None:
    body = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}}
    content = ProtobufCodec("1.35").encode(body)
    for version in ("odd/", "v1/"):
        head = bytes((len(version) + 13,)) + b"\n" + bytes((len(version),)) + version.encode()
        given = content.replace(b"\x0f\n\x02v1", head)
        assert given != content
        answer = await ask(client, "POST", path, given, PROTOBUF, dryRun="All")
        assert (answer.code, answer.body["apiVersion"]) == (201, "v1")
