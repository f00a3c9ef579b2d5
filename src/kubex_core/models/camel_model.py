"""`CamelModel`: the Pydantic base of the parts of resources."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

__all__ = ["CamelModel"]


class CamelModel(BaseModel):
    """Base of what stands inside a `BaseEntity`: snake_case in Python, camelCase on the wire; both spellings are read.

    Example:
        ```python
        class BackupSpec(CamelModel):
            keep_days: int = 7  # keepDays on the wire
        ```
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, populate_by_name=True)
