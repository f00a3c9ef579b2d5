"""Secrets in Pydantic models are sent as what they hold, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import pytest
from pydantic import (
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    computed_field,
    field_serializer,
    model_serializer,
)
from typing_extensions import TypedDict

from kubex.core.codec import codec_for, encode
from kubex.core.exceptions import InvalidArgument
from kubex.core.patch import ApplyPatch
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class Nightly(BaseEntity, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: Any


class Weekly(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: Any


class Token(RootModel[SecretStr]):
    """A secret with a name."""


class Birthday(Secret[date]):
    def _display(self) -> str:
        return "****/**/**"


class Vault(CamelModel):
    model_config = ConfigDict(ser_json_bytes="utf8")

    raw: SecretBytes = SecretBytes(b"open")
    number: Secret[int] = Secret[int](5)
    zero: Secret[int] = Secret[int](0)
    born: Birthday = Birthday(date(2000, 1, 2))
    several: frozenset[SecretStr] = frozenset({SecretStr("a")})
    token: Token = Token(SecretStr("b"))
    by_number: dict[int, SecretStr] = Field(default_factory=lambda: {5: SecretStr("c")})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def derived_key(self) -> SecretStr:
        return SecretStr("d")


VAULT = {
    "raw": "open",
    "number": 5,
    "zero": 0,
    "born": "2000-01-02",
    "several": ["a"],
    "token": "b",
    "byNumber": {"5": "c"},
    "derivedKey": "d",
}


@pytest.mark.parametrize("resource", [Nightly, Weekly])
@pytest.mark.parametrize(
    ("spec", "written"), [(Vault(), VAULT), ({"a": [Vault()]}, {"a": [VAULT]}), (Token(SecretStr("x")), "x")]
)
def test_secrets_of_every_kind_are_sent(resource: Any, spec: Any, written: Any) -> None:
    made = resource(metadata=ObjectMetadata(name="a"), spec=spec)
    assert json.loads(encode(made))["spec"] == written
    assert json.loads(ApplyPatch(made).encode())["spec"] == written


def test_a_secret_that_was_read_is_written_again() -> None:
    class Encoded(CamelModel):
        model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

        raw: SecretBytes

    class Stored(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

        spec: Vault
        encoded: Encoded

    content = {"apiVersion": "example.com/v1", "kind": "Stored", "metadata": {"name": "a"}, "spec": VAULT}
    content["encoded"] = {"raw": "_w=="}
    stored = codec_for(Stored).decode(json.dumps(content).encode())
    assert stored.encoded.raw.get_secret_value() == b"\xff"
    assert json.loads(encode(stored)) == content


def _masked(value: object) -> str:
    return "*" * 10


MaskedText = Annotated[SecretStr, PlainSerializer(_masked)]


class Masked(CamelModel):
    token: SecretStr = SecretStr("sesame")

    @field_serializer("token")
    def _token(self, value: SecretStr) -> str:
        return str(value)


class MaskedInside(CamelModel):
    tokens: list[MaskedText]


class MaskedDict(TypedDict):
    token: MaskedText


class MaskedTuple(NamedTuple):
    token: MaskedText


@dataclass
class MaskedData:
    token: MaskedText


class MaskedParts(CamelModel):
    in_dict: MaskedDict | None = None
    in_tuple: MaskedTuple | None = None
    in_data: MaskedData | None = None


class Unclear(CamelModel):
    several: Secret[list[str]] | None = None
    by_secret: dict[SecretStr, int] | None = None


class MaskedWhole(CamelModel):
    token: SecretStr = SecretStr("sesame")

    @model_serializer
    def whole(self) -> dict[str, str]:
        return {"other": str(self.token)}


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (Masked(), "spec.token"),
        (MaskedInside(tokens=[SecretStr("sesame")]), r"spec.tokens\[0\]"),
        (MaskedWhole(), "spec.token"),
        (MaskedParts(in_dict={"token": SecretStr("sesame")}), "spec.inDict.token"),
        # The oldest Pydantic writes no secrets in named tuples.
        (MaskedParts(in_tuple=MaskedTuple(SecretStr("sesame"))), r"spec.inTuple\[0\]|unknown type"),
        (MaskedParts(in_data=MaskedData(SecretStr("sesame"))), "spec.inData.token"),
        (Vault(raw=SecretBytes(b"\xff")), "spec.raw"),
        (Unclear(several=Secret[list[str]](["sesame"])), "spec.several"),
        (Unclear(by_secret={SecretStr("sesame"): 1}), "spec.bySecret"),
    ],
)
def test_neither_a_secret_nor_asterisks_are_sent_where_one_can_not_tell_which(spec: Any, path: str) -> None:
    made = Nightly(metadata=ObjectMetadata(name="a"), spec=spec)
    with pytest.raises(InvalidArgument, match=path + ": ") as created:
        encode(made)
    with pytest.raises(InvalidArgument, match=path + ": ") as applied:
        ApplyPatch(made).encode()
    assert "sesame" not in f"{created.value}{applied.value}"


def test_secrets_of_an_iterator_are_not_sent() -> None:
    class OfIterator(CamelModel):
        tokens: Iterable[SecretStr]

    with pytest.raises(InvalidArgument, match=r"spec\.tokens: secrets of an iterator can't be sent"):
        encode(Nightly(spec=OfIterator(tokens=iter([SecretStr("sesame")]))))
