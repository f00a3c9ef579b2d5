"""Certificates that last no longer than a test: of a server, of its users, and the authority that signs both."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

__all__ = ["Authority", "ClientCertificate"]


class ClientCertificate(NamedTuple):
    """What a user proves with who it is, in PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Signs certificates that are valid for a day."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubex-testing-ca")])
        self._id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        certificate = (
            _builder(self._name, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(self._id, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate: bytes = certificate.public_bytes(serialization.Encoding.PEM)
        """Its own, in PEM."""

    def server_context(self, host: str, *, asks_for_certificates: bool = False) -> ssl.SSLContext:
        """Give what a server with TLS needs: a certificate of a host, and of `localhost`.

        Args:
            host: name or IP address.
            asks_for_certificates: whether clients may show certificates of this authority.
        """
        names: list[x509.GeneralName] = [x509.DNSName("localhost")]
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubex-testing")])
        signed = self._signed(subject, ExtendedKeyUsageOID.SERVER_AUTH, names)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if asks_for_certificates:
            context.load_verify_locations(cadata=self.certificate.decode())
            context.verify_mode = ssl.CERT_OPTIONAL
        # The ssl module reads certificates from files alone.
        with tempfile.TemporaryDirectory(prefix="kubex-") as folder:
            path = Path(folder) / "server.pem"
            path.touch(mode=0o600)
            path.write_bytes(signed.key + signed.certificate)
            context.load_cert_chain(path)
        return context

    def client_certificate(self, user: str, groups: Iterable[str] = ()) -> ClientCertificate:
        """Sign a certificate of a user: the name is its common name, the groups are its organizations.

        Raises:
            ValueError: a certificate can't hold the name: 64 characters at most.
        """
        attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject = x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, user)])
        return self._signed(subject, ExtendedKeyUsageOID.CLIENT_AUTH)

    def _signed(
        self, subject: x509.Name, purpose: ObjectIdentifier, names: Iterable[x509.GeneralName] = ()
    ) -> ClientCertificate:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, self._name, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._id), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        alternatives = list(names)
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return ClientCertificate(
            certificate.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
