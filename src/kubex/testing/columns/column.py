"""One column of a table, and what its cells are made with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from kubex.core._json_value import is_object
from kubex.testing.storage import JsonObject

__all__ = [
    "AGE",
    "CREATED_AT",
    "NAME",
    "Cell",
    "Column",
    "ago",
    "at",
    "containers",
    "counted",
    "human_duration",
    "labels",
    "number",
    "selector",
    "shortened",
    "size",
    "value",
    "yes_or_no",
]

Cell: TypeAlias = Callable[[JsonObject], Any]


class Column(NamedTuple):
    """One column of a table."""

    name: str
    cell: Cell | None
    """Gives the cell of an object; `None` is one that takes the time."""
    type: str = "string"
    priority: int = 0
    """1 is shown with `kubectl get -o wide` alone."""
    format: str = ""
    timed: Callable[[JsonObject, datetime], Any] | None = None
    """Gives the cell of an object at a time of the cluster's clock."""


def at(object_: Any, path: str, otherwise: Any = None) -> Any:
    """Give what a dotted path leads to."""
    for name in path.split("."):
        object_ = object_.get(name) if is_object(object_) else None
    return otherwise if object_ is None else object_


def value(path: str, otherwise: Any = "") -> Cell:
    """Make cells of what a path leads to."""
    return lambda object_: at(object_, path, otherwise)


def number(path: str) -> Cell:
    """Make cells of a number, 0 where it is not there."""
    return value(path, 0)


def size(*paths: str) -> Cell:
    """Make cells of how much there is in lists or maps."""
    return lambda object_: sum(len(at(object_, path, ())) for path in paths)


def containers(path: str, member: str) -> Cell:
    """Make cells of a member of each container of a pod's specification."""
    return lambda object_: ",".join(str(each.get(member, "")) for each in at(object_, f"{path}.containers", ()))


def labels(path: str) -> Cell:
    """Make cells of labels: `a=b,c=d`."""

    def cell(object_: JsonObject) -> str:
        found: Mapping[str, str] = at(object_, path, {})
        return ",".join(f"{key}={each}" for key, each in sorted(found.items())) or "<none>"

    return cell


def selector(path: str, absent: str = "<none>") -> Cell:
    """Make cells of a label selector: `a=b,c in (d,e),!f`."""

    def cell(object_: JsonObject) -> str:
        found: Any = at(object_, path)
        if found is None:
            return absent
        parts = [(key, f"{key}={each}") for key, each in found.get("matchLabels", {}).items()]
        for each in found.get("matchExpressions", ()):
            key, values = each.get("key", ""), ",".join(sorted(each.get("values") or ()))
            shown = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
            parts.append((key, shown.get(each.get("operator", ""), f"!{key}")))
        return ",".join(shown for _, shown in sorted(parts)) or "<none>"

    return cell


def yes_or_no(found: Any) -> str:
    """Word a boolean as Go programs print it."""
    return "<unset>" if found is None else "True" if found else "False"


def shortened(found: Iterable[str], most: int, *, separator: str = ",", otherwise: str = "<none>") -> str:
    """List what there is, and how much more there is than can be shown."""
    all_of_them = list(found)
    shown = separator.join(all_of_them[:most])
    return counted(shown, len(all_of_them) - most) if all_of_them else otherwise


def counted(shown: str, more: int) -> str:
    """Add how many more there are."""
    return f"{shown} + {more} more..." if more > 0 else shown


def ago(now: datetime, since: str | None) -> str:
    """Word how long ago something was; `<unknown>` if it is not known when."""
    return human_duration((now - datetime.fromisoformat(since)).total_seconds()) if since else "<unknown>"


def human_duration(seconds: float) -> str:
    """Word a duration, as kubectl does: `73m`, `5d3h`."""
    seconds = int(seconds)
    if seconds < -1:
        return "<invalid>"
    seconds = max(0, seconds)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if days < 2920:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(larger: int, unit: str, smaller: int, smaller_unit: str) -> str:
    return f"{larger}{unit}{smaller}{smaller_unit}" if smaller else f"{larger}{unit}"


def _age(object_: JsonObject, now: datetime) -> str:
    return ago(now, at(object_, "metadata.creationTimestamp"))


NAME: Final = Column("Name", value("metadata.name"), format="name")
AGE: Final = Column("Age", None, timed=_age)
CREATED_AT: Final = (NAME, Column("Created At", value("metadata.creationTimestamp", "0001-01-01T00:00:00Z"), "date"))
