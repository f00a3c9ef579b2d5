"""Whether the `matchConditions` of a webhook let it be asked about a submission.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kubex.testing.expressions.library import is_available
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.webhooks.configurations import Webhook

if TYPE_CHECKING:
    from kubex.testing.admission_policies.match_conditions import MatchConditions

__all__ = ["conditions_hold"]


def conditions_hold(webhook: Webhook, asked: Submission, shown: Resource, cluster: Cluster) -> bool:
    """Say whether all conditions of a webhook hold; without the extra for CEL they are taken to.

    Args:
        webhook: that is about to be asked.
        asked: what is to be done, with its objects in the version of `shown`.
        shown: the version of its resource that the webhook takes.
        cluster: where.

    Raises:
        ApiFailure: nobody can tell, and the webhook's `failurePolicy` is to refuse then (403).
    """
    if not webhook.conditions or not is_available():
        return True
    # Few clusters have conditions.
    from kubex.testing.admission_policies.match_conditions import ConditionsFailed
    from kubex.testing.admission_policies.variables import bound_variables
    from kubex.testing.expressions.functions.authorization import authorized_by

    values = bound_variables(asked, shown, object_=asked.object, old=asked.old, namespace=None, params=None)
    try:
        with authorized_by(asked.user, cluster.access.authorize):
            return _compiled(webhook.conditions).hold(values)
    except ConditionsFailed as error:
        if not webhook.fails_closed:
            return False
        raise _forbidden(asked, str(error)) from None


@lru_cache(maxsize=256)
def _compiled(expressions: tuple[str, ...]) -> MatchConditions:
    from kubex.testing.admission_policies.match_conditions import MatchConditions

    return MatchConditions([{"expression": each} for each in expressions])


def _forbidden(asked: Submission, why: str) -> ApiFailure:
    resource = asked.resource.name
    message = f'{resource.qualified} "{asked.name}" is forbidden: {why}'
    return ApiFailure(403, "Forbidden", message, details=resource.details(asked.name))
