"""The tokens of service accounts: JSON Web Tokens that the server signs, and reads again.

https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from kubex.core._go_text import go_quoted
from kubex.core._json_value import is_array
from kubex.testing.access.credentials import ISSUER, Authenticated, CredentialRefused
from kubex.testing.access.users import ALL_AUTHENTICATED, User, account_groups, account_user_name
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject, Key, Storage

__all__ = ["AccountTokens"]

_ALGORITHM: Final = "ES256"
_LEEWAY_SECONDS: Final = 60
_REMEMBERED: Final = 256  # tokens whose signature need not be checked again
_CREDENTIAL: Final = "authentication.kubernetes.io/credential-id"
_PLURALS: Final = {"pod": "pods", "secret": "secrets", "node": "nodes"}


class _Claims(msgspec.Struct):
    """What is read of a token before its signature is checked."""

    iss: str = ""


class AccountTokens:
    """Signs tokens with a key of its own, and says whose one is."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": _ALGORITHM}, auto_kid=True)
        self._verified = lru_cache(maxsize=_REMEMBERED)(self._verify)

    @property
    def key_set(self) -> JsonObject:
        """The public key, as the JSON Web Key Set that issuers publish."""
        return {"keys": [dict(self._key.as_dict(private=False))]}

    def issuer_document(self, address: str) -> JsonObject:
        """Give the discovery document of the issuer, on a server at this `host:port`."""
        return {
            "issuer": ISSUER,
            "jwks_uri": f"https://{address}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_ALGORITHM],
        }

    def sign(self, claims: JsonObject) -> str:
        """Give the token of these claims."""
        header = {"alg": _ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, default_type=None)

    def authenticate(
        self, token: str, audiences: Sequence[str], storage: Storage, now: datetime
    ) -> Authenticated | None:
        """Say whose a token is; `None` if it is none of this issuer's.

        Args:
            token: as it was sent.
            audiences: for whom it is to be; one of them suffices.
            storage: of the cluster, where the account has to be, and what the token is bound to.
            now: the cluster's time.

        Raises:
            CredentialRefused: it is this issuer's, and not valid.
        """
        if not _is_ours(token):
            return None
        claims = self._verified(token)
        given = _strings(claims.get("aud"))
        common = tuple(each for each in given if each in audiences)
        if not common:
            shown = (f"[{' '.join(map(go_quoted, each))}]" for each in (given, audiences))
            raise CredentialRefused("token audiences {} is invalid for the target audiences {}".format(*shown))
        _check_times(claims, now.timestamp())
        return Authenticated(_user(claims, storage), common)

    def _verify(self, token: str) -> JsonObject:
        """Give the claims of a token that this key has signed."""
        try:
            return jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError):
            raise CredentialRefused("invalid signature, no keys found") from None


def _is_ours(token: str) -> bool:
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(payload, type=_Claims).iss == ISSUER
    except (ValueError, msgspec.MsgspecError):
        return False


def _strings(value: Any) -> list[str]:
    return [each for each in (value if is_array(value) else [value]) if isinstance(each, str)]


def _check_times(claims: JsonObject, now: float) -> None:
    if now - _LEEWAY_SECONDS > claims["exp"]:
        raise CredentialRefused("service account token has expired")
    if now + _LEEWAY_SECONDS < claims["nbf"]:
        raise CredentialRefused("service account token is not valid yet")


def _user(claims: JsonObject, storage: Storage) -> User:
    private: JsonObject = claims["kubernetes.io"]
    namespace, account = private["namespace"], private["serviceaccount"]
    name, uid = account["name"], account["uid"]
    entry = storage.get("serviceaccounts", Key(namespace, name))
    if entry is None:
        raise CredentialRefused(f"serviceaccounts {go_quoted(name)} not found")
    found = entry.object["metadata"]["uid"]
    if found != uid:
        raise CredentialRefused(f"service account UID ({found}) does not match claim ({uid})")
    extra: dict[str, Sequence[str]] = {_CREDENTIAL: (f"JTI={claims['jti']}",)}
    for kind in ("secret", "pod", "node"):
        bound = object_at(private, kind)
        if not bound:
            continue
        if kind != "node" or "pod" not in private:  # the node of a pod may go, and the pod stay
            _check_bound(storage, kind, namespace, bound)
        if kind != "secret":
            extra |= {f"authentication.kubernetes.io/{kind}-{part}": (bound.get(part, ""),) for part in ("name", "uid")}
    return User(account_user_name(namespace, name), uid, (*account_groups(namespace), ALL_AUTHENTICATED), extra)


def _check_bound(storage: Storage, kind: str, namespace: str, bound: JsonObject) -> None:
    entry = storage.get(_PLURALS[kind], Key("" if kind == "node" else namespace, bound["name"]))
    if entry is None:
        raise CredentialRefused("service account token has been invalidated")
    found = entry.object["metadata"]["uid"]
    if found != bound.get("uid"):
        title = kind.capitalize()
        why = f"{title} UID ({found}) does not match service account {kind} ref claim ({bound.get('uid')})"
        raise CredentialRefused(why if kind == "secret" else why[0].lower() + why[1:])
