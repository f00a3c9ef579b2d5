"""Expressions compiled and evaluated: what Kubernetes adds to CEL, and what is said of mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.expressions.programs import EvaluationFailed, InvalidExpression, Program, Variables
from kubex.testing.expressions.types import TypeSet

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "min": {"type": "integer"},
        "share": {"type": "number"},
        "a-b": {"type": "string"},
        "namespace": {"type": "string"},
        "text": {"type": "string"},
        "address": {"type": "string"},
        "when": {"type": "string", "format": "date-time"},
        "port": {"x-kubernetes-int-or-string": True},
        "items": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "integer"}}}},
        "lists": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "nothing": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
VALUE: dict[str, Any] = {
    "metadata": {"name": "n"},
    "min": 3,
    "share": 0.5,
    "a__dash__b": "q",
    "__namespace__": "z",
    "namespace": "z",
    "text": "abc-12-de-3",
    "address": "10.0.0.1",
    "port": "http",
    "items": [{"x": 1}, {"x": 2}],
    "lists": {"a": ["b"]},
    "labels": {"app": "web"},
    "nothing": {"anything": 1},
}


@pytest.fixture(scope="module")
def variables() -> Variables:
    types = TypeSet()
    signature = types.of_schema(SCHEMA, "selfType0", whole=True)
    assert signature is not None
    return Variables({"self": signature, "oldSelf": signature}, types)


TRUE = [
    "self.min < 3.5 && self.share <= 1",
    "self.a__dash__b == 'q' && self.metadata.name == 'n'",
    "self.__namespace__ == 'z' && self.namespace == 'z'",
    "has(self.min) && !has(self.when)",
    "type(self.port) == string && self.port.startsWith('ht')",
    "self.items.all(i, i.x > 0) && self.items.exists_one(i, i.x == 1)",
    "self.?min.orValue(0) == 3 && !self.?when.hasValue()",
    "self.labels['app'] == 'web' && 'app' in self.labels && !('b' in self.labels)",
    "self.lists.all(name, values, values.size() == 1) && self.lists.exists(name, name == 'a')",
    "[1, 2].transformList(i, v, v * 2) == [2, 4]",
    "self.labels.transformMap(k, v, v + '!') == {'app': 'web!'} && [5].transformMap(i, v, v > 6, v) == {}",
    "self.labels.transformMapEntry(k, v, {v: k}) == {'web': 'app'} && [5].transformMap(i, v, v) == {0: 5}",
    # Lists
    "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()",
    "[1, 2].sum() == 3 && [0.5, 0.5].sum() == 1.0 && [duration('1s'), duration('2s')].sum() == duration('3s')",
    "[3, 1].min() == 1 && ['a', 'b'].max() == 'b'",
    "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1",
    "[3, 1].sort() == [1, 3] && [1, 1].distinct() == [1] && lists.range(2) == [0, 1] && [[1], [2]].flatten() == [1, 2]",
    "sets.contains([1, 2], [1]) && sets.equivalent([1, 1], [1]) && sets.intersects([1], [1, 2])",
    # Strings
    "self.text.split('-').join('+') == 'abc+12+de+3' && 'A'.lowerAscii() == 'a' && ' a '.trim() == 'a'",
    "'abc'.substring(1) == 'bc' && 'abc'.charAt(0) == 'a' && 'aba'.lastIndexOf('a') == 2",
    "'a'.replace('a', 'b') == 'b' && 'a'.upperAscii() == 'A' && strings.quote('a') == '\"a\"'",
    "'%d of %s'.format([1, 'a']) == '1 of a'",
    "self.text.matches('^[a-z]+-') && self.text.find('[0-9]+') == '12' && 'a'.find('b') == ''",
    "self.text.findAll('[0-9]+') == ['12', '3'] && self.text.findAll('[0-9]+', 1) == ['12']",
    # Addresses
    "isIP(self.address) && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')",
    "ip(self.address).family() == 4 && ip('::1').isLoopback() && ip('0.0.0.0').isUnspecified()",
    "ip('::1') == ip('0:0::1') && ip.isCanonical('::1') && !ip.isCanonical('0:0::1') && string(ip('0::1')) == '::1'",
    "ip('8.8.8.8').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && ip('fe80::1').isLinkLocalUnicast()",
    "ip('224.0.0.1').isLinkLocalMulticast() && !ip('225.0.0.1').isLinkLocalMulticast()",
    "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/255.0.0.0')",
    "cidr('10.0.0.0/8').containsIP(self.address) && cidr('10.0.0.0/8').containsIP(ip('10.1.1.1'))",
    "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')",
    "cidr('10.0.0.0/8').prefixLength() == 8 && string(cidr('10.1.2.3/8')) == '10.1.2.3/8'",
    # Quantities and versions
    "quantity('1Gi').isGreaterThan(quantity('1Mi')) && quantity('1').isLessThan(quantity('1k'))",
    "quantity('1000m') == quantity('1') && quantity('1').compareTo(quantity('2')) == -1 && sign(quantity('-1')) == -1",
    "quantity('1').add(quantity('500m')) == quantity('1.5') && quantity('3').sub(1) == quantity('2')",
    "quantity('1.5').isInteger() == false && quantity('2k').asInteger() == 2000",
    "quantity('1.5').asApproximateFloat() == 1.5 && isQuantity('10Mi') && !isQuantity('10MMi')",
    "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-rc.1').compareTo(semver('1.0.0')) == -1",
    "semver('v1.2', true).minor() == 2 && isSemver('1.2.3+build') && !isSemver('v1.2') && isSemver('v01.2', true)",
    "semver('1.0.0-alpha.2').isLessThan(semver('1.0.0-alpha.10')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
    # URLs
    "isURL('https://a.example/b') && isURL('/a/b') && !isURL('a b') && !isURL('../a')",
    "url('https://u:p@a.example:8443/b%20c?d=1&d=2#f').getHost() == 'a.example:8443'",
    "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getPort() == '80'",
    "url('https://a/b%20c').getEscapedPath() == '/b%20c' && url('https://a').getScheme() == 'https'",
    "url('https://a?d=1&d=2&e=').getQuery() == {'d': ['1', '2'], 'e': ['']}",
    # Formats
    "!format.dns1123Label().validate('a-b').hasValue() && format.dns1123Label().validate('A').hasValue()",
    "format.dns1123Label().validate('A').value()[0].startsWith('a lowercase RFC 1123 label')",
    "format.named('uuid').hasValue() && !format.named('none').hasValue()",
    "format.uuid().validate('x').value() == ['does not match the UUID format']",
    "!format.dns1035LabelPrefix().validate('a-').hasValue() && format.dns1035Label().validate('a-').hasValue()",
    "format.uri().validate('x').value() == ['parse \"x\": invalid URI for request']",
    "!format.date().validate('2026-01-31').hasValue() && format.datetime().validate('2026').hasValue()",
    "format.byte().validate('%').hasValue() && !format.labelValue().validate('').hasValue()",
    "self.text == 'no oldSelf' || true",
]


@pytest.mark.parametrize("expression", TRUE)
def test_what_kubernetes_adds_to_cel(expression: str, variables: Variables) -> None:
    program = Program(expression, variables)
    assert program.type_name == "BOOL"
    assert program.evaluate({"self": VALUE}) is True


MISTAKES = [
    ("self.mim > 1", "1:5", "undefined field 'mim'"),
    ("self.metadata.labels", "1:14", "undefined field 'labels'"),
    ("self.nothing.anything == 1", "1:13", "undefined field 'anything'"),
    ("self.items.all(i, i.y == 1)", "1:20", "undefined field 'y'"),
    ("self.min.x", "1:9", "type 'int' does not support field selection"),
    ("self.items.x", "1:11", "type 'list(selfType0.items.@idx)' does not support field selection"),
    ("self.min == 'a'", "1:10", "found no matching overload for '_==_' applied to '(int, string)'"),
    ("self.text.startsWith(1)", "1:21", "found no matching overload for 'startsWith' applied to 'string.(int)'"),
    ("size(self)", "1:5", "found no matching overload for 'size' applied to '(selfType0)'"),
    ("self.when == 1", "1:11", "found no matching overload for '_==_' applied to '(timestamp, int)'"),
    (
        "quantity('1').isGreaterThan(1)",
        "1:28",
        "found no matching overload for 'isGreaterThan' applied to 'kubernetes.Quantity.(int)'",
    ),
    ("true &&\n other", "2:2", "undeclared reference to 'other' (in container '')"),
    ("self.min == 1 && other.a.b == 2", "1:18", "undeclared reference to 'other' (in container '')"),
    ("self.text.reverse() == ''", "1:18", "found no matching overload for 'reverse' applied to 'string.()'"),
    ("ip(self.text) == 1", "1:15", "found no matching overload for '_==_' applied to '(net.IP, int)'"),
    (
        "self.nothing == {}",
        "1:14",
        "found no matching overload for '_==_' applied to '(selfType0.nothing, map(dyn, dyn))'",
    ),
    ("self.text.matches('(')", "1:19", "invalid matches argument"),
    ("duration('1 hour') > duration('1h')", "1:10", "invalid duration argument"),
]


@pytest.mark.parametrize(("expression", "place", "problem"), MISTAKES)
def test_mistakes_are_found_by_types(expression: str, place: str, problem: str, variables: Variables) -> None:
    with pytest.raises(InvalidExpression) as caught:
        Program(expression, variables)
    line, column = map(int, place.split(":"))
    shown = expression.split("\n")[line - 1]
    assert str(caught.value) == f"ERROR: <input>:{place}: {problem}\n | {shown}\n | {'.' * (column - 1)}^"


def test_each_mistake_is_told_and_nothing_that_follows_from_one(variables: Variables) -> None:
    with pytest.raises(InvalidExpression) as caught:
        Program("self.a.b.c == 1 && self.d", variables)
    assert [line for line in str(caught.value).split("\n") if line.startswith("ERROR")] == [
        "ERROR: <input>:1:5: undefined field 'a'",
        "ERROR: <input>:1:24: undefined field 'd'",
    ]


@pytest.mark.parametrize("expression", ["self.size(", "cel.bind(x, 1, x) == 1", "math.greatest(1, 2) == 2", ""])
def test_what_the_server_does_not_know_does_not_compile(expression: str, variables: Variables) -> None:
    with pytest.raises(InvalidExpression, match=r"^ERROR: <input>:1:"):
        Program(expression, variables)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("self.text.find('(') == ''", "error parsing regexp: missing closing ): `(`"),
        ("self.text.findAll(r'(', 1) == []", "error parsing regexp: missing closing ): `(`"),
        ("int('a') == 1", "type conversion error from 'string' to 'int'"),
        ("bool('yes')", "type conversion error from 'string' to 'bool'"),
    ],
)
def test_literals_are_looked_at_before_anything_is_evaluated(expression: str, why: str, variables: Variables) -> None:
    with pytest.raises(InvalidExpression) as caught:
        Program(expression, variables)
    assert caught.value.told == f"program instantiation failed: {why}"


FAILURES = [
    ("self.when == self.when", "no such key: when"),
    ("self.labels['b'] == ''", "no such key: b"),
    ("self.items[7].x == 1", "index out of bounds: 7"),
    ("self.min / 0 == 1", "division by zero"),
    ("self.min % 0 == 1", "modulus by zero"),
    ("self.port + 1 == 2", "no such overload"),
    ("self.min * 9223372036854775807 == 1", "integer overflow"),
    ("[].min() == 1", "min called on empty list"),
    ("['a', 'b'].transformMapEntry(i, v, {'k': v}).size() == 1", "insert failed: key k already exists"),
    (
        "ip('a').family() == 4",
        'IP Address "a" parse error during conversion from string: ParseAddr("a"): unable to parse IP',
    ),
    ("quantity('1.5').asInteger() == 1", "cannot convert value to integer"),
    ("int(self.text) == 1", "type conversion error from 'string' to 'int'"),
    (
        "timestamp(self.text) == self.when",
        "type conversion error from 'string' to 'google.protobuf.Timestamp'",
    ),
    ("duration(self.text) == duration('1h')", "type conversion error from 'string' to 'google.protobuf.Duration'"),
    ("self.text.matches(self.text + '(')", "error parsing regexp: missing closing ): `abc-12-de-3(`"),
    ("self.text.find(self.text + '(') == ''", "error parsing regexp: missing closing ): `abc-12-de-3(`"),
    ("format.named('none').value() == format.uuid()", "optional.none() dereference"),
    (
        "url('a').getHost() == ''",
        'URL parse error during conversion from string: parse "a": invalid URI for request',
    ),
    ("self.min == oldSelf.min", "no such attribute(s): oldSelf"),
]


@pytest.mark.parametrize(("expression", "why"), FAILURES)
def test_what_has_no_value_says_why(expression: str, why: str, variables: Variables) -> None:
    with pytest.raises(EvaluationFailed) as caught:
        Program(expression, variables).evaluate({"self": VALUE})
    assert str(caught.value) == why


def test_what_an_expression_speaks_of(variables: Variables) -> None:
    assert Program("self.min >= oldSelf.min", variables).speaks_of("oldSelf")
    assert not Program("self.text == 'oldSelf'", variables).speaks_of("oldSelf")
    assert not Program("[1].all(oldSelf, oldSelf > 0)", variables).speaks_of("oldSelf")


def test_an_optional_has_a_value_or_none(variables: Variables) -> None:
    optional = Variables(variables.signatures, variables.types, optional="oldSelf")
    program = Program("!oldSelf.hasValue() || oldSelf.value().min < self.min // both", optional)
    assert program.evaluate({"self": VALUE}) is True
    assert program.evaluate({"self": VALUE, "oldSelf": {"min": 2}}) is True
    assert program.evaluate({"self": VALUE, "oldSelf": {"min": 5}}) is False


def test_lists_of_lists_are_known_less_exactly() -> None:
    types = TypeSet()
    inner = {"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}
    signature = types.of_schema({"type": "object", "properties": {"rows": inner}}, "selfType0")
    assert (signature, types.vague) == ("selfType0", {"rows"})
    program = Program("self.rows[0][0]", Variables({"self": "selfType0"}, types))
    assert program.is_vague
    assert program.evaluate({"self": {"rows": [[True]]}}) is True


def test_maps_whose_entries_would_be_named_alike() -> None:
    types = TypeSet()
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    types.of_schema({"type": "object", "properties": {"aB": texts, "a_b": texts, "a_B": texts}}, "selfType0")
    program = Program("self.aB['x'] == self.a_b['x'] && self.a_B.size() == 0", Variables({"self": "selfType0"}, types))
    assert program.evaluate({"self": {"aB": {"x": "1"}, "a_b": {"x": "1"}, "a_B": {}}}) is True
