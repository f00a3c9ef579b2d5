"""Importing kubex and a Pod in a fresh process, before any HTTP library is there."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

from benchmarks.fresh_process import FreshProcess, printed_by
from benchmarks.measure import Entrant, Plan, WrongAnswer
from benchmarks.workload import Ratio, Workload

__all__ = ["WORKLOAD", "importing"]

_IMPORT = "import kubex.api, kubex.client; from kubex.k8s.v1_35.core.v1.pod import Pod"
_OWN = ("kubex", "kubex_core")

# The clock starts when Python has: its own start would only dilute the ratio.
_PROGRAM = """
import time
cpu, wall = time.process_time(), time.perf_counter()
{statements}
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
import json, sys
print(json.dumps(dict(cpu_seconds=cpu, wall_seconds=wall, modules=list(sys.modules))))
"""


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    modules: list[str] = printed_by(importing(_IMPORT), directory)["modules"]
    for backend in ("aiohttp", "httpx"):
        if backend in modules:
            raise WrongAnswer(f"imports: `{_IMPORT}` has loaded {backend}")
    # Exactly the modules of others that kubex loads, in the order in which it has loaded them.
    others = _packages_of_others()
    foreign = [module for module in modules if module.partition(".")[0] in others]
    if not foreign:
        raise WrongAnswer(f"imports: `{_IMPORT}` has loaded none of kubex' dependencies")
    yield (
        FreshProcess("kubex", importing(_IMPORT), directory),
        FreshProcess(
            "its dependencies alone", importing("\n".join(f"import {module}" for module in foreign)), directory
        ),
    )


def _packages_of_others() -> set[str]:
    """Give the top-level names of all that is installed beside kubex."""
    names = {
        file.parts[0].removesuffix(".py").partition(".")[0]
        for distribution in distributions()
        for file in distribution.files or ()
        if file.suffix in {".py", ".so"}
    }
    return names - {*_OWN, "", "_virtualenv"}


def importing(statements: str) -> tuple[str, str]:
    """Give the arguments of a Python that says what it takes to do some imports."""
    return "-c", _PROGRAM.format(statements=statements)


WORKLOAD = Workload(
    name="imports",
    title="import kubex.api, kubex.client and Pod",
    operations=1,
    operation="process",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=60, warm_up_rounds=3, most_launches=2),
    quick_plan=Plan(launches=1, rounds=20),
    rules=(
        Ratio(
            "CPU time of importing `kubex.api`, `kubex.client` and `Pod`, to their dependencies alone",
            1.3,
            "kubex",
            "its dependencies alone",
        ),
    ),
)
