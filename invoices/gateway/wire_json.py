"""JSON from strangers: bounded, and safe to store in any database."""

import json

DEEPEST = 40
LONGEST_NUMBER = 60


class JsonRefused(ValueError):
    """Not JSON, or JSON we will not carry around."""


def parse(text: str) -> object:
    """
    Parse JSON into dicts, lists, text, whole numbers, booleans and None.

    Numbers with a fraction or an exponent stay the text they were, so that money is never a float.
    NUL and lone surrogates, which PostgreSQL refuses, are replaced.

    :raises JsonRefused: for anything else, NaN and more than 40 levels included
    """
    try:
        parsed = json.loads(text, parse_float=_short, parse_int=_whole, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, MemoryError):
        raise JsonRefused("not JSON") from None
    return _tidied(parsed, depth=0)


def dump(value: object) -> str:
    """Compact JSON, everything beyond ASCII escaped: the gateway's kits break on raw Arabic."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def tidy_text(text: str) -> str:
    """The text without NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _tidied(value: object, *, depth: int) -> object:
    if depth > DEEPEST:
        raise JsonRefused("nested too deep")
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, list):
        return [_tidied(item, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        return {tidy_text(key): _tidied(item, depth=depth + 1) for key, item in value.items()}
    return value


def _short(number: str) -> str:
    if len(number) > LONGEST_NUMBER:
        raise JsonRefused("a number is too long")
    return number


def _whole(number: str) -> int:
    return int(_short(number))


def _refuse_constant(name: str) -> object:
    raise JsonRefused(f"{name} is not JSON")
