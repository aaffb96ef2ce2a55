"""Values of an event as EventBridge compares them: numbers to the millionth, addresses by what they mean."""

from __future__ import annotations

import re
from collections.abc import Hashable
from ipaddress import IPv6Address
from typing import TypeAlias

from chalicelib.model import Json

Key: TypeAlias = Hashable

_NUMBERS = (int, float)
_LARGEST = 5_000_000_000
_V4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_V6 = re.compile(r"[0-9a-fA-F:]+")


def micros(value: Json) -> int | None:
    """A number in millionths, or None for what EventBridge does not compare as a number.

    That is anything beyond -5e9 to 5e9 and anything with more than six decimals ("Numeric matching").
    """
    if isinstance(value, bool) or not isinstance(value, _NUMBERS) or not -_LARGEST <= value <= _LARGEST:
        return None
    if isinstance(value, int):
        return value * 1_000_000
    scaled = round(value * 1e6)
    return scaled if scaled / 1e6 == value else None


def key_of(value: Json) -> Key:
    """What two scalars have in common if an exact value in a pattern matches: 300 is 300.0, and 1 is not true.

    A number that is not comparable (an account number) is the same only as another of the same type.
    """
    if isinstance(value, str):
        return value
    scaled = micros(value)
    return (value.__class__, value) if scaled is None else ("micros", scaled)


def address(value: Json) -> tuple[int, int] | None:
    """The version and number of an IPv4 or IPv6 address in text; None for all else. `010.0.0.1` is `10.0.0.1`."""
    if not isinstance(value, str) or len(value) > 39:
        return None
    if _V4.fullmatch(value) and len(value) <= 15:
        octets = [int(octet) for octet in value.split(".")]
        return (4, int.from_bytes(octets)) if max(octets) <= 255 else None
    if ":" not in value or not _V6.fullmatch(value):
        return None
    try:
        parsed = IPv6Address(value)
    except ValueError:
        return None
    return (4, int(parsed.ipv4_mapped)) if parsed.ipv4_mapped else (6, int(parsed))


def network(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and last address of a block such as `10.0.0.0/8`. ValueError says what is allowed instead."""
    base, _, bits = text.partition("/")
    first = address(base)
    if first is None or not (bits.isascii() and bits.isdigit()):
        raise ValueError("takes an address block such as 10.0.0.0/8 or 2001:db8::/32")
    version, number = first
    width = 32 if version == 4 else 128
    if len(bits) > 3 or int(bits) >= width:
        raise ValueError(f"the mask of an IPv{version} block is 0 to {width - 1} bits")
    hosts = (1 << (width - int(bits))) - 1
    return (version, number & ~hosts), (version, number | hosts)
