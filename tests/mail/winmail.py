"""Makes a winmail.dat for the tests, as Outlook writes it (MS-OXTNEF)."""

import struct

BODY, HTML, RTF, SUBJECT = 0x1000, 0x1013, 0x1009, 0x0037
LONG_NAME, DISPLAY_NAME, CONTENT, KIND = 0x3707, 0x3001, 0x3701, 0x370E
A_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def property_of(number: int, value: bytes | str | int, *, narrow: bool = False) -> bytes:
    """One MAPI property; `narrow` strings are 8-bit, bytes that begin with A_MESSAGE an object."""
    if isinstance(value, int):
        return struct.pack("<HHi", 3, number, value)
    if isinstance(value, str):
        kind, value = (0x1E, value.encode("cp936") + b"\0") if narrow else (0x1F, value.encode("utf-16-le") + b"\0\0")
    else:
        kind = 0x0D if value.startswith(A_MESSAGE) else 0x102
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded(value)


def named(value: int) -> bytes:
    """A property with a name of its own, as calendars have them, and one with several values."""
    by_number = struct.pack("<HH16sIIi", 3, 0x8001, b"g" * 16, 0, 7, value)
    by_string = struct.pack("<HH16sII", 3, 0x8002, b"g" * 16, 1, 6) + padded("abc".encode("utf-16-le")) + struct.pack("<i", value)
    several = struct.pack("<HHIiii", 0x1003, 0x6001, 3, 1, 2, 3)
    return by_number + by_string + several


def properties(*written: bytes) -> bytes:
    count = len(written) + 2 * sum(one.startswith(struct.pack("<HH", 3, 0x8001)) for one in written)
    return struct.pack("<I", count) + b"".join(written)


def attribute(level: int, name: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def file(name: str, content: bytes, *more: bytes, short: bytes = b"SHORT~1.TXT\0") -> bytes:
    begins = attribute(2, 0x9002, b"\1\0" + b"\0" * 12) + attribute(2, 0x8010, short)
    return (
        begins + attribute(2, 0x800F, content) + attribute(2, 0x9005, properties(property_of(LONG_NAME, name), named(1), *more))
    )


def stream(*attributes: bytes) -> bytes:
    head = attribute(1, 0x9006, b"\0\0\1\0") + attribute(1, 0x9007, struct.pack("<II", 936, 0))
    return b"\x78\x9f\x3e\x22\1\0" + head + b"".join(attributes)


def message(*written: bytes) -> bytes:
    return attribute(1, 0x9003, properties(*written))
