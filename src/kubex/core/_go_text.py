"""Writes JSON values as Go's `fmt` and its JSON encoders do: they stand in the server's messages and field sets."""

from __future__ import annotations

import math
import re
import struct
from json.encoder import encode_basestring  # keeps what is not ASCII, as Go does
from typing import Any

from kubex.core._json_value import is_array, is_object

__all__ = ["go_json", "go_quoted", "go_short_float", "go_string", "go_syntax", "go_type", "go_value"]

_SPECIAL_IN_JSON = re.compile(r"\\.|[<>&\u2028\u2029]")
_OTHER_ESCAPES = {r"\b": r"\u0008", r"\f": r"\u000c"}
_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_TYPES: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "int64",
    float: "float64",
    list: "[]interface {}",
    dict: "map[string]interface {}",
    type(None): "%!s(<nil>)",
}


def go_type(value: Any) -> str:
    """Name the Go type of a decoded JSON value."""
    return _TYPES[type(value)]


def go_value(value: Any) -> str:
    """Write a value as `%v` does: `map[a:1 b:[x <nil>]]`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value, -4, 6)
    if is_object(value):
        return f"map[{' '.join(f'{name}:{go_value(value[name])}' for name in sorted(value))}]"
    if is_array(value):
        return f"[{' '.join(map(go_value, value))}]"
    return str(value)


def go_syntax(value: Any) -> str:
    """Write a value as `%#v` does: `map[string]interface {}{"a":1}`."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, str):
        return go_quoted(value)
    if is_object(value):
        members = ", ".join(f"{go_quoted(name)}:{go_syntax(value[name])}" for name in sorted(value))
        return f"map[string]interface {{}}{{{members}}}"
    if is_array(value):
        return f"[]interface {{}}{{{', '.join(map(go_syntax, value))}}}"
    return go_value(value)


def go_string(value: Any) -> str:
    """Write a value as `%s` does, which is meant for strings: `%!s(int64=5)`."""
    if isinstance(value, str):
        return value
    if value is None:
        return "%!s(<nil>)"
    if is_object(value):
        return f"map[{' '.join(f'{name}:{go_string(value[name])}' for name in sorted(value))}]"
    if is_array(value):
        return f"[{' '.join(map(go_string, value))}]"
    return f"%!s({go_type(value)}={go_value(value)})"


def go_quoted(text: str) -> str:
    """Write a string as `%q` does."""
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def go_json(value: Any) -> str:
    """Write a value as Go's JSON encoders do: members in order, and what HTML would misread escaped."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return _SPECIAL_IN_JSON.sub(_escaped, encode_basestring(value))
    if isinstance(value, float):
        return _float(value, -6, 21).replace("e-0", "e-")
    if is_object(value):
        return f"{{{','.join(f'{go_json(name)}:{go_json(value[name])}' for name in sorted(value))}}}"
    if is_array(value):
        return f"[{','.join(map(go_json, value))}]"
    return go_value(value)


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return _OTHER_ESCAPES.get(found, found) if found.startswith("\\") else f"\\u{ord(found):04x}"


def go_short_float(value: float) -> str:
    """Write a float by the fewest digits that tell it from others of 32 bits: `1e+06`, `1.5`."""
    packed = struct.pack("f", value)
    (single,) = struct.unpack("f", packed)
    if not math.isfinite(single):  # more than 32 bits hold, or no number
        return _float(single, -4, 6)
    texts = (f"{single:.{digits}g}" for digits in range(1, 10))
    return _float(float(next(text for text in texts if struct.pack("f", float(text)) == packed)), -4, 6)


def _float(value: float, lowest: int, limit: int) -> str:
    """Write a float by its shortest digits, with an exponent where that is below `lowest` or from `limit` on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = _decimal(value)
    if lowest <= exponent < limit:
        return sign + _positional(digits, exponent)
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _decimal(value: float) -> tuple[str, str, int]:
    """Give sign, significant digits and the exponent of the first of them."""
    text = repr(value)
    sign = "-" if text.startswith("-") else ""
    mantissa, _, power = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = int(power or 0) + (len(whole) - 1 if whole != "0" else len(digits) - len(fraction) - 1)
    return sign, digits.rstrip("0") or "0", exponent if digits else 0


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"
