"""Every generated version in turn."""

from __future__ import annotations

import pytest

from tests.unit.k8s.version import Version, version
from tools.codegen.__main__ import VERSIONS


@pytest.fixture(scope="session", params=VERSIONS)
def generated(request: pytest.FixtureRequest) -> Version:
    return version(request.param)
