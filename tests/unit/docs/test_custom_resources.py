"""The guide to custom resources: the classes in it are what it says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubex
from kubex.generate import generate
from tests.unit.generate.modules import executed

GUIDE = Path(__file__).parents[3] / "docs" / "custom-resources.md"
IMPORTS = """
from typing import Annotated, ClassVar, Literal, Self
import kubex
from pydantic import Field
from kubex_core.models import (
    BaseEntity, CamelModel, DefinitionConfig, HasScaleSubresource, HasStatusSubresource, NamespaceScopedEntity,
    PrinterColumn, ResourceConfig, ScalePaths, Schema, ValidationRule,
)

class BackupStatus(CamelModel):
    replicas: int | None = None

"""


def test_the_example_of_a_definition() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (each for each in blocks if "definition = kubex.crd_for(Backup)" in each)
    module = executed(IMPORTS + example.partition("await ")[0])
    whole: dict[str, Any] = module.definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    spec = whole["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert spec["properties"]["schedule"]["description"] == "When copies are made, as cron has it."
    assert spec["properties"]["targets"]["x-kubernetes-list-map-keys"] == ["name"]
    again = executed(generate(module.definition, form="pydantic"))
    assert kubex.crd_for(again.Backup).spec == module.definition.spec
