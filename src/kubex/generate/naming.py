"""Python's spelling of the API's names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import msgspec

__all__ = ["attribute_names", "camel_rule", "class_name", "identifier", "module_name", "singular", "snake_case"]

# Words begin at a capital after a small letter or digit, and at the last capital of a run that a small letter
# follows (`CSI|Driver`), unless that letter is the run's own plural (`podIPs`, but `URL|Is`) or a version's (`IPv4`).
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?!.s$)(?![^AI]s[A-Z])(?!.v\d)")
_NOT_IDENTIFIER = re.compile(r"[^0-9a-zA-Z]+")

# What models already mean something by: the words of their base.
_TAKEN = frozenset({"model_validate", "model_validate_json", "model_dump", "model_dump_json", "model_copy"})


def snake_case(name: str) -> str:
    """Spell a camelCase name in snake_case: `podIPs` is `pod_ips`, `CSIDriver` is `csi_driver`."""
    words = _WORD_START.sub("_", name)
    return _NOT_IDENTIFIER.sub("_", words).strip("_").lower()


def identifier(name: str) -> str:
    """Make a name an identifier that can be bound: `cert-manager` is `cert_manager`, `from` is `from_`."""
    spelled = _NOT_IDENTIFIER.sub("_", name).strip("_") or "_"
    if spelled[0].isdigit():
        spelled = f"_{spelled}"
    return f"{spelled}_" if keyword.iskeyword(spelled) else spelled


def module_name(kind: str) -> str:
    """Name the module of a kind."""
    return identifier(snake_case(kind))


def class_name(kind: str) -> str:
    """Name the class of a kind; Kubernetes' own kinds keep their name."""
    spelled = identifier(kind)
    return spelled[0].upper() + spelled[1:]


def attribute_names(properties: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Name the attributes for the JSON names of one class, each differently, whatever the names' order.

    Args:
        properties: the names in JSON.
        taken: attributes that the class has by its base.
    """
    names: dict[str, str] = {}
    for wire in sorted(properties):
        attribute = identifier(snake_case(wire))
        while attribute in _TAKEN or attribute in taken or attribute in names.values():
            attribute += "_"
        names[wire] = attribute
    return names


@cache
def camel_rule(attribute: str) -> str:
    """Give the JSON name that msgspec's `rename="camel"` makes of an attribute: asked of msgspec itself."""
    probe = msgspec.defstruct("Probe", [(attribute, Any)], rename="camel")
    return probe.__struct_encode_fields__[0]


def singular(plural: str) -> str:
    """Give what one of several is called, as far as English is regular: `policies`, `matches`, `rules`, `status`."""
    if plural.endswith("ies") and len(plural) > 4:
        return f"{plural[:-3]}y"
    if plural.endswith(("ches", "shes", "sses", "xes")):
        return plural[:-2]
    if plural.endswith("s") and not plural.endswith(("ss", "us", "is")):
        return plural[:-1]
    return plural
