from __future__ import annotations

import time
from decimal import Decimal

import pytest

from billing.api.strict_json import MAX_DEPTH, InvalidJson, digest, parse_object


def test_numbers_are_decimals_exactly_as_written() -> None:
    assert str(parse_object(b'{"a": 150.50, "b": 1, "c": 1e2}')) == str(
        {"a": Decimal("150.50"), "b": Decimal(1), "c": Decimal("1e2")}
    )


def test_an_empty_body_is_an_object_without_fields() -> None:
    assert parse_object(b"") == {}
    assert parse_object(b" \r\n\t") == {}
    assert parse_object("\ufeff".encode()) == {}


def test_a_byte_order_mark_is_fine() -> None:
    assert parse_object(b'\xef\xbb\xbf{"a": "b"}') == {"a": "b"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1, "a": 1}', "names a field twice"),
        (b'{"x": {"a": 1, "\\u0061": 2}}', "names a field twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"12", "must be a JSON object"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "UTF-8"),
        (b"{\x00}\x00", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'{"a": 01}', "not valid JSON"),
        (b'{"a": 1} {}', "not valid JSON: line 1, column 10"),
        (b'{"a": "\n"}', "not valid JSON"),
        (b'{"a": "\xd9\xa1}', "not valid JSON"),
        ('{"a": ١٢}'.encode(), "not valid JSON"),
        ("\xa0".encode(), "not valid JSON"),
    ],
)
def test_what_is_not_strictly_an_object_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidJson) as refusal:
        parse_object(raw)

    assert reason in refusal.value.reason


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH, 1_000, 100_000])
def test_absurd_nesting_is_refused(bracket: bytes, depth: int) -> None:
    with pytest.raises(InvalidJson, match="nested"):
        parse_object(b'{"x":' + bracket * depth)


def test_nesting_up_to_the_limit_is_read() -> None:
    inner = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)

    assert "x" in parse_object(b'{"x":' + inner + b"}")


def test_brackets_within_strings_do_not_nest() -> None:
    text = "[{" * 1_000 + '\\"['

    assert len(parse_object(f'{{"x": "{text}"}}'.encode())["x"]) == 2_002


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1e1000000}',
        b'{"a": 1e-1000000}',
        b'{"a": 1e99999999999999999999}',
        b'{"a": -1e-99999999999999999999}',
        b'{"a": ' + b"9" * 1_000_000 + b"}",
        b'{"a": 0.' + b"0" * 1_000_000 + b"1}",
    ],
)
def test_hostile_numbers_cost_nothing(raw: bytes) -> None:
    started = time.process_time()

    digest(parse_object(raw))

    assert time.process_time() - started < 1


@pytest.mark.parametrize("raw", [b'"' + b'\\"' * 500_000, b'[["' + b'\\"' * 500_000 + b"[" * 100, b'{"\\'])
def test_unterminated_strings_are_read_once(raw: bytes) -> None:
    started = time.process_time()

    with pytest.raises(InvalidJson):
        parse_object(raw)

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": 1, "b": 2}', b'{ "b":2,"a":1 }'),
        (b'{"a": 1.0}', b'{"a": 1}'),
        (b'{"a": 150.50}', b'{"a": 1.505e2}'),
        (b'{"a": -0}', b'{"a": 0.00}'),
        (b'{"a": "\\u00e9"}', '{"a": "é"}'.encode()),
        (b'{"a": [1, {"b": 100}]}', b'{"a": [1.0, {"b": 1e2}]}'),
    ],
)
def test_bodies_equal_as_json_have_one_digest(one: bytes, other: bytes) -> None:
    assert digest(parse_object(one)) == digest(parse_object(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": 1}', b'{"a": "1"}'),
        (b'{"a": 1}', b'{"a": true}'),
        (b'{"a": 0}', b'{"a": false}'),
        (b'{"a": null}', b"{}"),
        (b'{"a": [1, 2]}', b'{"a": [2, 1]}'),
        (b'{"a": 1}', b'{"a": 1.0000000000000000000000000000000000000001}'),
        (b'{"a": 1}', b'{"a": -1}'),
        (b'{"a": 10}', b'{"a": 1}'),
        (b'{"a": "x"}', b'{"a": "x "}'),
        (b'{"a": {"b": 1}, "c": 2}', b'{"a": {"b": 1, "c": 2}}'),
    ],
)
def test_bodies_that_differ_have_two_digests(one: bytes, other: bytes) -> None:
    assert digest(parse_object(one)) != digest(parse_object(other))
