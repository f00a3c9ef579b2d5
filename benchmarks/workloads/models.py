"""What the models of one release of Kubernetes take: space on the disk, and time to import one kind of them or all."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.fresh_process import FreshProcess, printed_by
from benchmarks.measure import Entrant, Plan, WrongAnswer
from benchmarks.workload import Amount, Ratio, Workload

__all__ = ["WORKLOAD"]

_PACKAGE = "kubex.k8s.v1_35"
_ONE = f"from {_PACKAGE}.core.v1 import Pod"
_GROUPS_OF_ONE = {"core", "meta"}

# What the models are made on is imported before the clock starts: it is the same for one kind and for all.
_PROGRAM = """
import kubex_core.models, kubex.k8s, time
cpu, wall = time.process_time(), time.perf_counter()
{statements}
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
import json, os, sys
own = {{name: module for name, module in sys.modules.items() if f"{{name}}.".startswith("{package}.")}}
size = float(sum(os.path.getsize(module.__spec__.cached) for module in own.values()))
print(json.dumps(dict(cpu_seconds=cpu, wall_seconds=wall, compiled_bytes=size, modules=list(own))))
"""


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    every = list(_modules())
    one, all_ = _importing(_ONE), _importing("\n".join(f"import {module}" for module in every))
    loaded: list[str] = printed_by(one, directory)["modules"]
    groups = {module.split(".")[3] for module in loaded if module.count(".") > 2}
    if groups - {"_merge_rules"} != _GROUPS_OF_ONE:
        raise WrongAnswer(f"models: `{_ONE}` has loaded of {', '.join(sorted(groups))}")
    missing = set(every) - set(printed_by(all_, directory)["modules"])
    if missing:
        raise WrongAnswer(f"models: these are not among the modules: {', '.join(sorted(missing))}")
    yield FreshProcess("Pod", one, directory), FreshProcess("all kinds of the release", all_, directory)


def _modules() -> Iterator[str]:
    """Give the names of all modules of the release."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise WrongAnswer(f"models: there is no {_PACKAGE}")
    root = Path(spec.origin).parent
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join([_PACKAGE, *(part for part in parts if part != "__init__")])


def _importing(statements: str) -> tuple[str, str]:
    return "-c", _PROGRAM.format(statements=statements, package=_PACKAGE)


WORKLOAD = Workload(
    name="models",
    title="import models of one release of Kubernetes",
    operations=1,
    operation="process",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=30, warm_up_rounds=2, most_launches=2),
    quick_plan=Plan(launches=1, rounds=10),
    rules=(
        Amount(
            "compiled size of all models of one release",
            1.0,
            "all kinds of the release",
            "compiled_bytes",
            "MB",
            divisor=1e6,
        ),
        Ratio("CPU time of importing `Pod`, to all kinds of its release", 0.5, "Pod", "all kinds of the release"),
    ),
)
