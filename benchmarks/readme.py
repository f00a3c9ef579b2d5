"""The README's figures, made from the results of a run alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from benchmarks.results import Figure, Results

__all__ = ["renewed_readme"]

_BEGIN: Final = "<!-- figures: made by `make bench` -->\n"
_END: Final = "<!-- end of figures -->\n"


class _Row(NamedTuple):
    """A figure by what its text begins with."""

    what: str
    beside: str
    workload: str
    begins: str


_ROWS: Final = (
    _Row("decoding a list of 1,000 pods", "`json.loads` of the same bytes", "decode", "CPU time"),
    _Row("5,000 watch events through `api.watch`", "bare aiohttp and `json.loads`", "watch", "CPU time of 5,000"),
    _Row(
        "the same over httpx",
        "bare httpx and `json.loads`",
        "watch",
        "CPU time of 5,000 events by `api.watch`, to bare httpx",
    ),
    _Row(
        "`api.get` of a pod, over aiohttp",
        "bare aiohttp reading the same body, not parsing it",
        "get",
        "CPU time of `api.get`, to a bare aiohttp",
    ),
    _Row("the same over httpx", "bare httpx reading the same body", "get", "CPU time of `api.get`, to a bare httpx"),
    _Row("importing kubex and `Pod`", "importing what it depends on", "imports", "CPU time"),
    _Row("256 MiB from a command, `exec`", "kubectl", "exec-stdout", "CPU time"),
    _Row("256 MiB to a command", "kubectl", "exec-stdin", "CPU time"),
    _Row("256 MiB through a forwarded port, from the pod", "kubectl", "forward-down", "CPU time"),
    _Row("and to the pod", "kubectl", "forward-up", "CPU time"),
)
_COLUMNS: Final = {
    "get a pod": "peers-get",
    "list 100": "peers-list-100",
    "list 5,000": "peers-list",
    "decode 1,000": "peers-decode",
    "watch 5,000": "peers-watch",
    "cache of 10,000": "peers-cache",
}


def renewed_readme(text: str, results: Results) -> str:
    """Give the README with the figures of a run.

    Args:
        text: the README.
        results: of the run.

    Raises:
        ValueError: the README has no place for them.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the README lacks {_BEGIN.strip()} and {_END.strip()}")
    return "".join((before, begin, "\n", _beside_the_bare(results.figures), "\n", _others(results), "\n", end, after))


def _beside_the_bare(figures: Sequence[Figure]) -> str:
    rows = [(row.what, row.beside, _shown(_figure(figures, row.workload, row.begins))) for row in _ROWS]
    return _table(("what", "beside", "ratio"), rows)


def _others(results: Results) -> str:
    """Say what others take for the same work, as multiples of what kubex takes."""
    rows: list[tuple[str, ...]] = []
    for peer, version in results.environment.peers.items():
        begins = f"CPU time of {peer}, to kubex"
        multiples = [_shown(_figure(results.figures, workload, begins)) for workload in _COLUMNS.values()]
        rows.append((f"{peer} {version}", *multiples))
    text = (
        "What others take for the same answer from the same API server, as multiples of the CPU time that kubex over"
        " aiohttp takes:\n\n"
    )
    return text + _table(("library", *_COLUMNS), rows)


def _figure(figures: Sequence[Figure], workload: str, begins: str) -> Figure | None:
    return next((each for each in figures if each.workload == workload and each.text.startswith(begins)), None)


def _shown(figure: Figure | None) -> str:
    """Give what was measured, to two or three digits; nothing where nothing was."""
    if figure is None or figure.unmeasured:
        return ""
    ratio = figure.measured
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 1.95 else f"{ratio:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|\n" for line in lines)
