"""Expressions in CEL, evaluated by the library of the language's makers: rules of definitions, admission policies.

https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

__all__: list[str] = []
