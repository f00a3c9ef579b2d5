"""Secrets stay out of definitions."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from kubex.generate import DefinitionError
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from tests.unit.crd.schemas import schema_of


class Account(CamelModel):
    name: str = "a"
    token: SecretStr


class Accounts(BaseStruct, kw_only=True):
    accounts: list[Account] = msgspec.field(default_factory=lambda: [Account(token=SecretStr("sesame"))])


class OneAccount(CamelModel):
    main: Account = Account(token=SecretStr("sesame"))


class OneSecret(CamelModel):
    pass_word: SecretStr = SecretStr("sesame")


@pytest.mark.parametrize(
    ("hint", "path"),
    [
        (Accounts, r"accounts\[0\]\.token"),
        (OneAccount, r"main\.token"),
        (OneSecret, "passWord"),
    ],
)
def test_no_secret_gets_into_a_definition(hint: Any, path: str) -> None:
    with pytest.raises(DefinitionError, match=rf"^Thing\.spec\.x\.{path}: a secret can't be a default") as caught:
        schema_of(hint)
    assert "sesame" not in str(caught.value)
