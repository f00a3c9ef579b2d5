"""Tokens in the text of a kubeconfig: put in where they belong, and nothing else touched."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration.auth._kubeconfig_tokens import with_tokens
from kubex.core.exceptions import ConfigurationError

BLOCK = """\
# é a comment
users:
- name: other
  user:
    auth-provider: {name: oidc, config: {id-token: theirs}}
- name: u
  user:
    auth-provider:
      config:
        client-id: kubex  # said why
        id-token: old
        expires: 2026-01-01
      name: oidc
"""


def test_block_style() -> None:
    changed = with_tokens(BLOCK.encode(), "u", {"id-token": "new", "refresh-token": "r"}, "F").decode()
    assert changed == BLOCK.replace("id-token: old", 'id-token: "new"').replace(
        "        client-id", '        "refresh-token": "r"\n        client-id'
    )


def test_json() -> None:
    content = {"users": [{"name": "u", "user": {"auth-provider": {"config": {"a": "b", "id-token": "old"}}}}]}
    changed = with_tokens(json.dumps(content).encode(), "u", {"id-token": "new", "refresh-token": "r"}, "F")
    content["users"][0]["user"]["auth-provider"]["config"].update({"id-token": "new", "refresh-token": "r"})  # type: ignore[index]
    assert json.loads(changed) == content


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("users: []", 'F has no user "u" with an auth-provider any more'),
        ("[]", 'F has no user "u"'),
        ("users: [{name: u, user: {auth-provider: {config: {}}}}]", "F is written in a way that can't be changed"),
    ],
)
def test_what_can_not_be_changed(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        with_tokens(text.encode(), "u", {"id-token": "hunter2"}, "F")


texts = st.text(alphabet="abé:#'\"\\- 1\n{}[]", max_size=6)


@given(
    config=st.dictionaries(st.sampled_from(["a", "id-token", "refresh-token", "z"]), texts, min_size=1),
    token=texts,
    flow=st.sampled_from([True, False, None]),
)
def test_any_kubeconfig_stays_what_it_is_but_for_the_tokens(config: dict[str, str], token: str, flow: bool) -> None:
    document = {"users": [{"name": "u", "user": {"auth-provider": {"config": config, "name": "oidc"}}}], "k": "v"}
    content = yaml.safe_dump(document, sort_keys=False, default_flow_style=flow, allow_unicode=True)
    config.update({"id-token": token, "refresh-token": "r"})
    changed = with_tokens(content.encode(), "u", {"id-token": token, "refresh-token": "r"}, "F")
    assert yaml.safe_load(changed) == document
