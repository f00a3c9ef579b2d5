"""Objects with certificates, keys and requests in them, which the server reads."""

from __future__ import annotations

import base64
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = ["certificate_samples"]

_SIGNER = "example.com/signer"


def certificate_samples() -> dict[str, dict[str, Any]]:
    """Give what is special in the kinds of `certificates.k8s.io`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sample")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    stub = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "CertificateSigningRequest": {
            "spec": {
                "request": _text(request.public_bytes(Encoding.PEM)),
                "signerName": _SIGNER,
                "usages": ["digital signature"],
            }
        },
        "ClusterTrustBundle": {"spec": {"trustBundle": trustme.CA().cert_pem.bytes().decode()}},
        "PodCertificateRequest": {
            "spec": {
                "signerName": _SIGNER,
                "pkixPublicKey": _text(public),
                "proofOfPossession": _text(key.sign(b"uid", ec.ECDSA(SHA256()))),
                "podUID": "uid",
                "maxExpirationSeconds": 86400,
            }
        },
        "v1_37 PodCertificateRequest": {
            "spec": {
                "signerName": _SIGNER,
                "stubPKCS10Request": _text(stub.public_bytes(Encoding.DER)),
                "podUID": "uid",
                "maxExpirationSeconds": 86400,
            }
        },
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
