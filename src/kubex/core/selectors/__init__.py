"""Label and field selectors: built, parsed and matched as Kubernetes does."""

from __future__ import annotations

from kubex.core.selectors.field_selector import FieldRequirement, FieldSelector
from kubex.core.selectors.label_requirement import LabelOperator, LabelRequirement
from kubex.core.selectors.label_selector import LabelSelector

__all__ = ["FieldRequirement", "FieldSelector", "LabelOperator", "LabelRequirement", "LabelSelector"]
