"""Named formats of texts: `format.dns1123Label().validate(…)`.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.expressions.functions.declaration import Function, opaque, text_of
from kubex.testing.expressions.functions.urls import url_problem
from kubex.testing.lifecycle.names import (
    Problems,
    dns_label_problems,
    dns_subdomain_problems,
    label_value_problems,
    qualified_name_problems,
    service_name_problems,
)

__all__ = ["FORMAT_FUNCTIONS", "OPTIONAL_FUNCTIONS"]

_FORMAT: Final = "kubernetes.NamedFormat"


def _prefix(problems: Callable[[str], Problems]) -> Callable[[str], Problems]:
    """Give the problems of a text that a generated name begins with: it may end with a dash."""
    return lambda text: problems(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)


def _conforms(name: str, problem: str) -> Callable[[str], Problems]:
    def problems(text: str) -> list[str]:
        from kubex.testing.custom_formats import FORMATS  # its library takes long to import

        return [] if FORMATS.conforms(text, name) else [problem]

    return problems


def _url_problems(text: str) -> list[str]:
    problem = url_problem(text)
    return [problem] if problem is not None else []


_FORMATS: Final[Mapping[str, Callable[[str], Problems]]] = {
    "dns1123Label": dns_label_problems,
    "dns1123Subdomain": dns_subdomain_problems,
    "dns1035Label": service_name_problems,
    "qualifiedName": qualified_name_problems,
    "dns1123LabelPrefix": _prefix(dns_label_problems),
    "dns1123SubdomainPrefix": _prefix(dns_subdomain_problems),
    "dns1035LabelPrefix": _prefix(service_name_problems),
    "labelValue": label_value_problems,
    "uri": _url_problems,
    "uuid": _conforms("uuid", "does not match the UUID format"),
    "byte": _conforms("byte", "invalid base64"),
    "date": _conforms("date", "invalid date"),
    "datetime": _conforms("datetime", "invalid datetime"),
}


def _named(name: str) -> dict[str, Any]:
    return opaque(_FORMAT, name) if name in _FORMATS else {}


def _validate(format_: Any, text: str) -> list[str]:
    return [*_FORMATS[text_of(format_, _FORMAT)](text)]


def _value(optional: Any) -> Any:
    if not optional:
        raise ValueError("optional.none() dereference")
    return optional


OPTIONAL_FUNCTIONS: Final = tuple(
    function
    for kind in ("list<dyn>", "map<dyn,dyn>")
    for function in (
        Function("hasValue", (kind,), "bool", bool),
        Function("value", (kind,), "dyn", _value),
        Function("orValue", (kind, kind), "dyn", lambda optional, other: optional or other),
    )
)
"""What is said of the optionals that the server gives: no function here can, so a list or a map stands for one."""

FORMAT_FUNCTIONS: Final = (
    *(
        Function(f"format.{name}", (), _FORMAT, lambda name=name: opaque(_FORMAT, name), method=False)
        for name in _FORMATS
    ),
    Function("format.named", ("string",), "dyn", _named, method=False),
    Function("validate", (_FORMAT, "string"), "dyn", _validate),
)
"""Functions for named formats."""
