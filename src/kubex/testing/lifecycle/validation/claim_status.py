"""What the server refuses in the status of claims of volumes: how much there is, and how far a claim has grown.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
"""

from __future__ import annotations

from decimal import ROUND_UP
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.values import qualified_causes, quantity, unsupported

__all__ = ["claim_status_causes"]

_NATIVE: Final = "kubernetes.io/"
# In the order of their letters.
_GROWTH: Final = (
    "ControllerResizeInProgress",
    "ControllerResizeInfeasible",
    "NodeResizeInProgress",
    "NodeResizeInfeasible",
    "NodeResizePending",
)


def claim_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a PersistentVolumeClaim."""
    status = object_at(new, "status")
    causes: list[Cause] = []
    for name, value in object_at(status, "capacity").items():
        causes += _amount_causes(f"status.capacity[{name}]", value)
    for name, value in object_at(status, "allocatedResourceStatuses").items():
        causes += _name_causes("status.allocatedResourceStatuses", name)
        if value not in _GROWTH:
            # As the server has it: the name as what is unknown, in place of how far it has grown.
            causes.append(unsupported("status.allocatedResourceStatuses", name, _GROWTH))
    for name, value in object_at(status, "allocatedResources").items():
        wrong = _name_causes("status.allocatedResources", name)
        causes += wrong or _amount_causes(f"status.allocatedResources[{name}]", value)
    return causes


def _name_causes(field: str, name: str) -> list[Cause]:
    """A claim asks for storage, or for what others have names for."""
    causes = qualified_causes(field, name)
    if not causes and name != "storage" and ("/" not in name or _NATIVE in name):
        causes.append(unsupported(field, name, ("storage",)))
    return causes


def _amount_causes(field: str, value: Any) -> list[Cause]:
    amount = int(quantity(value).to_decimal().to_integral_value(ROUND_UP))
    return [field_invalid(field, amount, "must be a valid resource quantity")] if amount < 0 else []
