"""The testbed's certificate authority, its certificates, keys and kubeconfigs."""

from __future__ import annotations

from pathlib import Path

import trustme
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from testbed.settings import NODE_NAME, Settings

__all__ = ("write_credentials",)


def write_credentials(settings: Settings) -> None:
    """Write `ca.crt`, and `.crt` and `.key` of each identity, and kubeconfigs, into the testbed's directory."""
    directory = settings.directory
    authority = trustme.CA(organization_name="kubex testbed")
    authority.cert_pem.write_to_path(directory / "ca.crt")
    authority.private_key_pem.write_to_path(directory / "ca.key")
    identities: tuple[tuple[str, str, str | None, list[str]], ...] = (
        ("apiserver", "kube-apiserver", None, ["localhost", "kubernetes.default.svc", "127.0.0.1", "::1", "10.0.0.1"]),
        ("kubelet", f"system:node:{NODE_NAME}", "system:nodes", ["localhost", NODE_NAME, "127.0.0.1"]),
        ("admin", "admin", "system:masters", ["admin"]),
    )
    for name, common_name, organization, hosts in identities:
        issued = authority.issue_cert(*hosts, common_name=common_name, organization_name=organization)
        issued.cert_chain_pems[0].write_to_path(directory / f"{name}.crt")
        issued.private_key_pem.write_to_path(directory / f"{name}.key")
    _write_service_account_key(directory)
    for user in ("admin", "kubelet"):
        _write_kubeconfig(settings, user)


def _write_service_account_key(directory: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (directory / "service-account.key").write_bytes(private)
    (directory / "service-account.pub").write_bytes(public)


def _write_kubeconfig(settings: Settings, user: str) -> None:
    directory = settings.directory
    cluster = {"server": settings.api_url, "certificate-authority": str(directory / "ca.crt")}
    credentials = {
        "client-certificate": str(directory / f"{user}.crt"),
        "client-key": str(directory / f"{user}.key"),
    }
    context = {"cluster": "testbed", "user": user, "namespace": "default"}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "testbed", "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "testbed", "context": context}],
        "current-context": "testbed",
    }
    (directory / f"{user}.kubeconfig").write_text(yaml.safe_dump(content, sort_keys=False))
