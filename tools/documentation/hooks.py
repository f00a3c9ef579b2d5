"""What MkDocs calls while it builds the site (`hooks` in mkdocs.yml): generated pages, the menu, figures and the like.

MkDocs is only in the environment that builds the site, so its own types are not named here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # MkDocs loads this file by its path

from tools.documentation.accessors import ACCESSORS_PAGE, accessors_markdown
from tools.documentation.charts import chart_files, charts_markdown, first_chart_markdown
from tools.documentation.examples import examples_markdown
from tools.documentation.figures import figures_table, reasons_markdown
from tools.documentation.menu import reference_menu
from tools.documentation.models import MODELS_PAGE, models_markdown
from tools.documentation.reference import read_reference

__all__ = ("on_config", "on_files", "on_page_markdown", "on_post_page")

_MARKS: dict[str, Callable[[], str]] = {
    "<!-- figures -->": figures_table,
    "<!-- reasons -->": reasons_markdown,
    "<!-- charts -->": charts_markdown,
    "<!-- examples -->": examples_markdown,
}
# What the tests alone are told: code that readers need not see, and how a block is run.
_HIDDEN = re.compile(r"^<!-- python[^\n]*\n.*?^-->$\n?", re.MULTILINE | re.DOTALL)
_HOW_RUN = re.compile(r'^( *```\w+)(?: (?:client="[^"\n]*"|no-run="[^"\n]*"|pod))+$', re.MULTILINE)
_NAME_IN_MENU = re.compile(r'(?<=<span class="md-ellipsis">)\s*[\w.]+(?=\s*</span>)')
_PART_OF_NAME = re.compile(r"[._]|(?<=[a-z0-9])(?=[A-Z])")
_CHART = re.compile(r"<!-- chart: (?P<names>[\w, -]+) -->")


def on_config(config: Any) -> Any:
    """Put the pages that no one listed into the menu: guides under "Guides", and the reference's."""
    listed = set(_pages(config["nav"]))
    folder = Path(config["docs_dir"])
    found = sorted(path.name for path in folder.glob("*.md") if path.name not in listed)
    _section(config["nav"], "Guides").extend(found)
    _section(config["nav"], "Reference").extend(
        [
            {"Accessors": ACCESSORS_PAGE},
            {"Models of Kubernetes": MODELS_PAGE},
            *reference_menu({each.module: each.page for each in read_reference()}),
        ]
    )
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages of the reference and the charts, which are made and never written."""
    file_type = import_module("mkdocs.structure.files").File
    made = {each.page: each.markdown() for each in read_reference()}
    made |= {ACCESSORS_PAGE: accessors_markdown(), MODELS_PAGE: models_markdown()}
    made |= chart_files()
    for page, text in made.items():
        files.append(file_type.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Take out what the tests alone are told, and replace marks by what they stand for."""
    markdown = _HOW_RUN.sub(r"\1", _HIDDEN.sub("", markdown))
    for mark, text in _MARKS.items():
        if mark in markdown:
            markdown = markdown.replace(mark, text())
    return _CHART.sub(lambda found: first_chart_markdown(found["names"].split(", ")), markdown)


def on_post_page(output: str, **_: Any) -> str:
    """Let long names in menus go on in the next line, behind a dot or underscore or before a capital letter."""
    return _NAME_IN_MENU.sub(lambda found: _PART_OF_NAME.sub(r"\g<0><wbr>", found[0]), output)


def _pages(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    inside: Iterable[Any] = cast("dict[str, Any]", nav).values() if isinstance(nav, dict) else nav
    return [page for each in inside for page in _pages(each)]


def _section(nav: Any, title: str) -> Any:
    return next(each[title] for each in nav if title in each)
