"""`Program`: an expression, compiled once and evaluated often.

An expression is compiled twice: by the types of its variables, which finds what is wrong with it, and with variables of
any type, which is what is evaluated, on plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, Final

from kubex.testing.expressions.functions import COMPILED_ALONE, EVALUATED_ALONE, KUBERNETES_FUNCTIONS
from kubex.testing.expressions.functions.declaration import declared_functions, evaluated_functions
from kubex.testing.expressions.library import cel
from kubex.testing.expressions.literals import literal_failure, literal_problems
from kubex.testing.expressions.types import DYNAMIC, TypeSet
from kubex.testing.expressions.wording import compiler_words, evaluator_words

__all__ = ["EvaluationFailed", "InvalidExpression", "Program", "Variables"]

# The libraries that a server has, in its versions.
_LIBRARIES: Final = {"strings": 2, "sets": 0, "two-var-comprehensions": 0, "lists": 0, "optional": 2}
_OPTIONAL: Final = "cel.bind({0}, __has_{0} ? optional.of(__{0}) : optional.none(), ({1}\n))"


class InvalidExpression(Exception):
    """An expression does not compile; the text says why, in the server's words where they are known."""

    def __init__(self, why: str, *, stage: str = "compilation failed") -> None:
        super().__init__(why)
        self.told: str = f"{stage}: {why}"
        """The same with what came of it."""


class EvaluationFailed(Exception):
    """An expression has no value; the text says why, in the server's words where they are known."""


class Variables:
    """What the expressions of one place may speak of.

    Args:
        signatures: of the variables' types.
        types: that the signatures name.
        optional: names a variable that is an optional.
    """

    def __init__(self, signatures: Mapping[str, str], types: TypeSet | None = None, *, optional: str = "") -> None:
        self.signatures: dict[str, str] = dict(signatures)
        self.types: TypeSet = types if types is not None else TypeSet()
        self.optional: str = optional
        self._without: dict[str, Variables] = {}

    def without(self, name: str) -> Variables:
        """Give all variables but one."""
        if name not in self._without:
            rest = {each: type_ for each, type_ in self.signatures.items() if each != name}
            self._without[name] = Variables(rest, self.types)
        return self._without[name]

    @cached_property
    def compiler(self) -> Any:
        """The environment that knows types; an optional's type can't be told."""
        types = {**self.signatures, **({self.optional: DYNAMIC} if self.optional else {})}
        return _environment(types, _LIBRARIES, _compiled(), self.types.pool())

    @cached_property
    def evaluator(self) -> Any:
        """The environment that knows the names alone."""
        names = list(self.signatures)
        if self.optional:
            names += [f"__{self.optional}", f"__has_{self.optional}"]
        return _evaluator(tuple(names))


class Program:
    """An expression.

    Args:
        expression: in CEL.
        variables: of which it may speak.

    Raises:
        InvalidExpression: it does not compile.
    """

    def __init__(self, expression: str, variables: Variables) -> None:
        self._text = expression
        self._variables = variables
        checked = _compile(variables.compiler, expression)
        if problems := literal_problems(expression):
            raise InvalidExpression(problems)
        if problem := literal_failure(expression):
            raise InvalidExpression(problem, stage="program instantiation failed")
        self.type_name: str = checked.return_type().name()
        """Name of the type of its value: `BOOL`, `STRING`, `DYN`, …"""
        optional = variables.optional
        text = _OPTIONAL.format(optional, expression) if optional and optional in expression else expression
        self._program = _compile(variables.evaluator, text)

    @property
    def is_vague(self) -> bool:
        """Whether its type may be unknown only because the types of what it speaks of are."""
        return self.type_name == "DYN" and any(name in self._text for name in self._variables.types.vague)

    def speaks_of(self, name: str) -> bool:
        """Whether a variable of this name is in it."""
        if name not in self._text:
            return False
        try:
            _compile(self._variables.without(name).compiler, self._text)
        except InvalidExpression:
            return True
        return False

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Give its value.

        Args:
            values: of the variables; of one that is optional, what is left out has none.

        Raises:
            EvaluationFailed: it has none.
        """
        bound = dict(values)
        optional = self._variables.optional
        if optional:
            bound[f"__has_{optional}"] = optional in bound
            bound[f"__{optional}"] = bound.pop(optional, None)
        try:
            found = self._program.eval(data=bound)
            if found.type() == cel().Type.ERROR:
                raise EvaluationFailed(evaluator_words(str(found.value())))
            return found.plain_value()
        except (RuntimeError, SystemError, TypeError, ValueError, OverflowError) as error:
            # Of what can't be bound, or is none of Python's values, too.
            raise EvaluationFailed(evaluator_words(str(error))) from None


def _compile(environment: Any, expression: str) -> Any:
    try:
        return environment.compile(expression)
    except RuntimeError as error:
        raise InvalidExpression(compiler_words(str(error), expression)) from None


@cache
def _evaluator(names: tuple[str, ...]) -> Any:
    libraries = {**_LIBRARIES, "bindings": 0}
    return _environment(dict.fromkeys(names, DYNAMIC), libraries, _evaluated(), None)


def _environment(types: Mapping[str, str], libraries: Mapping[str, int], functions: Iterable[Any], pool: Any) -> Any:
    language = cel()
    listed = "".join(
        f"  - name: {name}\n" + (f"    version: {version}\n" if version else "") for name, version in libraries.items()
    )
    return language.NewEnv(
        pool,
        config=language.NewEnvConfigFromYaml(f"name: kubernetes\nextensions:\n{listed}"),
        variables={name: language.Type(type_) for name, type_ in types.items()},
        extensions=[language.CelExtension("kubernetes", list(functions))],
    )


@cache
def _compiled() -> list[Any]:
    return declared_functions((*KUBERNETES_FUNCTIONS, *COMPILED_ALONE))


@cache
def _evaluated() -> list[Any]:
    return [*evaluated_functions(KUBERNETES_FUNCTIONS), *declared_functions(EVALUATED_ALONE)]
