"""An API server that knows people by several kinds of credentials, and writes down who asks for what."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
import yaml

from testbed.cluster import Cluster
from tests.e2e.own_cluster import own_cluster
from tests.unit.configuration.auth.oidc_issuer import CLIENT_ID, Issuer, serve_issuer

__all__ = ["ANNS_TOKEN", "GuardedServer", "guarded_server"]

ANNS_TOKEN = "anns-t0ken-of-the-tests"
_LIFETIME = 3
"""Seconds of an id token; the API server counts whole ones."""


class GuardedServer(NamedTuple):
    """The server, the issuer whose tokens it takes, and where it writes its audit log."""

    cluster: Cluster
    issuer: Issuer
    audit_log: Path

    @property
    def kubeconfig(self) -> Path:
        """Of the administrator."""
        return self.cluster.settings.kubeconfig

    def audited(self, mark: str) -> list[dict[str, Any]]:
        """Give what it has written down of requests with a mark in their address."""
        lines = self.audit_log.read_text().splitlines()
        return [event for line in lines if mark in line if mark in (event := json.loads(line))["requestURI"]]


@pytest.fixture(scope="session")
def guarded_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[GuardedServer]:
    """One for all modules that want it."""
    directory = tmp_path_factory.mktemp("guarded")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(directory / "issuer-ca.crt")
    (directory / "tokens.csv").write_text(f'{ANNS_TOKEN},ann,uid-of-ann,"shop"\n')
    policy = {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": "Metadata"}],
    }
    (directory / "policy.yaml").write_text(yaml.safe_dump(policy))
    with serve_issuer(authority) as issuer:
        issuer.lifetime = _LIFETIME
        flags = {
            "token-auth-file": directory / "tokens.csv",
            "audit-policy-file": directory / "policy.yaml",
            "audit-log-path": directory / "audit.log",
            "oidc-issuer-url": issuer.url,
            "oidc-client-id": CLIENT_ID,
            "oidc-ca-file": directory / "issuer-ca.crt",
            "oidc-username-claim": "sub",
            "oidc-username-prefix": "oidc:",
        }
        with own_cluster(*(f"--{name}={value}" for name, value in flags.items())) as cluster:
            yield GuardedServer(cluster, issuer, directory / "audit.log")
