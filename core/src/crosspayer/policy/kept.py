"""Parsed TOML documents as bytes, with a checksum: what was written comes back the same, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import msgspec

_DATE = 1
"""A date, as its number of days."""


def write(data: Mapping[str, Any]) -> bytes:
    """The document as bytes; nothing where it holds what no valid document does."""
    try:
        packed = msgspec.msgpack.encode(_tagged(data))
    except (OverflowError, TypeError):
        return b""
    return hashlib.sha256(packed).digest() + packed


def read(raw: bytes) -> Mapping[str, Any] | None:
    """The document; None where nothing was written, or what was written is damaged."""
    checksum, packed = raw[:32], raw[32:]
    if hashlib.sha256(packed).digest() != checksum:
        return None
    data: Mapping[str, Any] = _DECODER.decode(packed)
    return data


def _tagged(value: Any) -> Any:
    """The same with dates marked, which would come back as text."""
    match value:
        case dict():
            return {key: _tagged(inner) for key, inner in value.items()}
        case list():
            return [_tagged(inner) for inner in value]
        case datetime() | time():
            raise TypeError("no valid document holds a time")
        case date():
            return msgspec.msgpack.Ext(_DATE, value.toordinal().to_bytes(4, "big"))
    return value


def _untagged(_code: int, data: memoryview) -> date:
    return date.fromordinal(int.from_bytes(data, "big"))


_DECODER = msgspec.msgpack.Decoder(ext_hook=_untagged)
