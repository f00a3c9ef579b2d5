"""`Api.token`: tokens for service accounts."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._accessor import Accessor
from kubex.api._transport import fetch_object
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes
from kubex_core.models.base_struct import BaseStruct

__all__ = ["TokenAccessor"]

R = TypeVar("R", bound=BaseStruct)


class TokenAccessor(Accessor):
    """Issues tokens.

    Example:
        ```python
        answer = await accounts.token.create("builder", TokenRequest(spec=TokenRequestSpec(audiences=["vault"])))
        token = answer.status.token
        ```

    https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
    """

    async def create(
        self,
        name: str,
        token_request: R,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> R:
        """Issue a token for a service account.

        Args:
            name: the service account's name.
            token_request: a `TokenRequest` of any Kubernetes version; the answer has the same class.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            namespace: `...` the Api's own, or another one.
            request_timeout: `...` the client's default, `None` none, or seconds.

        Raises:
            NotFound: no such service account.
            KubexApiError: the server said no.
        """
        request = self._requests.create(
            self._required_namespace(namespace),
            token_request,
            name=name,
            subresource="token",
            dry_run=dry_run,
            field_manager=field_manager,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, type(token_request))
