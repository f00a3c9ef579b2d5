"""What servers refuse in requests for certificates: who is to sign, what is sent, and what is given back."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes
from tests.contract.test_signing_requests import PATH, asked, encoded, existing

pytestmark = pytest.mark.anyio

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
DOTS = "should be a domain with at least two segments separated by dots"
LONG, LONGER = "a" * 64, "a" * 254
DEEP = ".".join(["a" * 50] * 6)


def block(type_: str) -> str:
    return f"-----BEGIN {type_}-----\nMAA=\n-----END {type_}-----\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.b/c.d", []),
        ("", ["Required value"]),
        ("a/b", [f'Invalid value: "a": {DOTS}']),
        ("A.b_/c", [f'Invalid value: "A.b_": validating label "A": {LABEL}']),
        ("a.B_.C_/c", [f'Invalid value: "a.B_.C_": validating label "B_": {LABEL}']),
        (
            "/",
            [
                f'Invalid value: "": validating label "": {LABEL}',
                f'Invalid value: "": {DOTS}',
                f'Invalid value: "": validating label "": {SUBDOMAIN}',
            ],
        ),
        ("a.b/c_.D", [f'Invalid value: "c_.D": validating label "c_": {SUBDOMAIN}']),
        (
            f"{LONG}.b/c",
            [f'Invalid value: "{LONG}.b": validating label "{LONG}": must be no more than 63 characters'],
        ),
        (f"{DEEP}/c", ["Too long: may not be more than 253 bytes"]),
        (
            f"a.b/{LONGER}",
            [f'Invalid value: "{LONGER}": validating label "{LONGER}": must be no more than 253 characters'],
        ),
        (f"a.b/{'.'.join(['a' * 250] * 3)}", ["Too long: may not be more than 571 bytes"]),
    ],
)
async def test_names_of_signers(client: BaseClient, namespace: str, name: str, why: list[str]) -> None:
    answer = await ask(client, "POST", PATH, asked(namespace, signerName=name), dryRun="All")
    assert causes(answer) == [f"spec.signerName: {each}" for each in why]


@pytest.mark.parametrize("text", ["none", block("CERTIFICATE"), block("CERTIFICATE") + block("CERTIFICATE REQUEST")])
async def test_requests_that_are_none(client: BaseClient, namespace: str, text: str) -> None:
    request = encoded(text.encode())
    refused = await ask(client, "POST", PATH, asked(namespace, request=request), dryRun="All")
    assert causes(refused) == [f'spec.request: Invalid value: "{request}": PEM block type must be CERTIFICATE REQUEST']


async def test_what_is_given_back_is_a_certificate(client: BaseClient, namespace: str) -> None:
    body: dict[str, Any] = {"status": {"certificate": encoded(block("PRIVATE KEY").encode())}}
    async with existing(client, f"{namespace}-c") as path:
        refused = await ask(client, "PATCH", f"{path}/status", body, MERGE, dryRun="All")
    why = 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'
    assert causes(refused) == [f'status.certificate: Invalid value: "<certificate data>": {why}']
