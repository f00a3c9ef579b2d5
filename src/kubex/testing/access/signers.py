"""Who may approve requests for certificates, and sign them.

https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization
"""

from __future__ import annotations

from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.access.access import Access
from kubex.testing.access.attributes import Attributes
from kubex.testing.access.users import User
from kubex.testing.failures import ApiFailure, ResourceName
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["check_signer"]

_GROUP: Final = "certificates.k8s.io"


def check_signer(
    access: Access, user: User, resource: ResourceName, subresource: str, new: JsonObject, old: JsonObject
) -> None:
    """Check that a user may approve a request for a certificate, or sign it; any other change passes.

    Args:
        access: of the cluster.
        user: who changes it.
        resource: of the object.
        subresource: by which it is changed.
        new: the object as it is to be.
        old: the object as it is.

    Raises:
        ApiFailure: the user may not, for this signer (403).
    """
    if (resource.group, resource.plural) != (_GROUP, "certificatesigningrequests"):
        return
    verb = "approve" if subresource == "approval" else "sign"
    if subresource not in ("approval", "status") or (verb == "sign" and _issued(new) == _issued(old)):
        return
    signer: str = object_at(old, "spec").get("signerName", "")
    names = (signer, f"{signer.partition('/')[0]}/*")
    if any(access.authorize(_asked(user, verb, name)).allowed for name in names):
        return
    name = old["metadata"]["name"]
    why = f"user not permitted to {verb} requests with signerName {go_quoted(signer)}"
    message = f"{resource.qualified} {go_quoted(name)} is forbidden: {why}"
    raise ApiFailure(403, "Forbidden", message, details=resource.details(name))


def _asked(user: User, verb: str, signer: str) -> Attributes:
    return Attributes(user=user, verb=verb, group=_GROUP, version="*", resource="signers", name=signer)


def _issued(request: JsonObject) -> object:
    """Give what only a signer says: the certificate, or that there will be none."""
    status = object_at(request, "status")
    failed = [each for each in list_at(status, "conditions") if each.get("type") == "Failed"]
    return status.get("certificate"), failed
