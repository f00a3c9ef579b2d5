"""Every generated version in turn."""

from __future__ import annotations

import pytest

from tests.unit.k8s.version import VERSIONS, Version, version


@pytest.fixture(scope="session", params=VERSIONS)
def generated(request: pytest.FixtureRequest) -> Version:
    return version(request.param)
