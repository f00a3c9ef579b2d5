"""Numbers that may be percentages of another one, as in a Deployment's `maxUnavailable`.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
"""

from __future__ import annotations

import re

from kubex.core.exceptions import InvalidArgument

__all__ = ["IntOrString", "rollout_bounds", "scaled"]

IntOrString = int | str
"""A number, or text; where a number is asked for, a percentage such as `25%`."""

_PERCENTAGE = re.compile(r"([-+]?[0-9]+)%")


def scaled(value: IntOrString, total: int, *, round_up: bool) -> int:
    """Give a number, or a percentage of a total.

    Args:
        value: a number, which is given as it is, or a percentage.
        total: what the percentage is of.
        round_up: whether a part of one counts as one. Kubernetes rounds `maxSurge` and the budgets of disruptions up,
            `maxUnavailable` of a rollout down.

    Raises:
        InvalidArgument: it is neither.
    """
    if isinstance(value, int):
        return value
    found = _PERCENTAGE.fullmatch(value)
    if found is None or not value.isascii():
        raise InvalidArgument(f"{value!r}: a number, or a percentage such as 25%, is needed")
    product = int(found[1]) * total
    return -(-product // 100) if round_up else product // 100


def rollout_bounds(
    max_surge: IntOrString | None, max_unavailable: IntOrString | None, replicas: int
) -> tuple[int, int]:
    """Give how many pods a rollout may have more, and how many fewer, than wanted, as the controller works it out.

    Where both come to 0, one pod may be missing: the rollout would not move otherwise.

    Args:
        max_surge: of the Deployment's strategy; 25 % where it is `None`.
        max_unavailable: the same.
        replicas: pods wanted.

    Raises:
        InvalidArgument: one of them is neither a number nor a percentage.
    """
    surge = scaled("25%" if max_surge is None else max_surge, replicas, round_up=True)
    unavailable = scaled("25%" if max_unavailable is None else max_unavailable, replicas, round_up=False)
    return (surge, unavailable) if surge or unavailable else (0, 1)
