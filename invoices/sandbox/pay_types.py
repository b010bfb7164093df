"""Ways to pay, by the numbers of `allocatePayType`."""

from __future__ import annotations

from typing import Final

PAY_TYPES: Final = {
    "1": "KNET",
    "2": "MPGS",
    "5": "CYBS",
    "7": "AMEX",
    "8": "MPGS AMEX",
    "9": "MPGS Apple Pay",
    "10": "CYBS Apple Pay",
    "11": "KNET Debit Apple Pay",
    "12": "KNET Credit Apple Pay",
    "13": "KNET Apple Pay International",
    "14": "AMEX Apple Pay International",
    "16": "Google Pay",
}


def split_pay_types(value: object) -> list[str]:
    """
    The numbers of an array, or of one text "1,2" as newer documentation has it.

    :raises ValueError: for any other shape and for unknown numbers
    """
    numbers = [part for part in value.split(",") if part] if isinstance(value, str) else value
    if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
        raise ValueError("must be an array of texts, or one text with commas")
    unknown = [number for number in numbers if number not in PAY_TYPES]
    if unknown:
        raise ValueError("holds an unknown payment type")
    return numbers


def first_pay_type(value: object) -> str:
    """What a customer pays by when nobody chose: the first one allowed."""
    numbers = split_pay_types(value)
    return PAY_TYPES[numbers[0]] if numbers else PAY_TYPES["1"]
