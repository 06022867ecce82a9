"""Base58btc with its multibase header `z` (W3C CID 1.0 §2.4), as keys and proofs are written."""

import re
from typing import Final

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_TEXT: Final = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")

# Eight digits are taken at once: arithmetic with large numbers is what takes the time.
_FOUR: Final = 58**4
_PAIRS: Final = [high + low for high in _ALPHABET for low in _ALPHABET]

# A signature takes 88 letters; reading is quadratic, so nothing much longer is tried.
_MAX_CHARACTERS: Final = 128


def write_base58(data: bytes) -> str:
    """`z` and the base58btc digits of the bytes; each leading zero byte is one digit `1`."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    spelled: list[str] = []
    while number:
        number, eight = divmod(number, _FOUR * _FOUR)
        high, low = divmod(eight, _FOUR)
        for four in (low, high):
            spelled += (_PAIRS[four % 58**2], _PAIRS[four // 58**2])
    return "z" + "1" * zeros + "".join(reversed(spelled)).lstrip("1")


def read_base58(text: str) -> bytes | None:
    """The bytes that `text` spells, or None where it is not base58btc with the header `z`."""
    if len(text) > _MAX_CHARACTERS or _TEXT.fullmatch(text) is None:
        return None
    digits = text[1:]
    number = 0
    for letter in digits:
        number = number * 58 + _VALUES[letter]
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
