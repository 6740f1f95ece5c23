"""Compressed RTF, the form in which Outlook packs a formatted body (MS-OXRTFCP: LZ77 over a window of 4 KB)."""

import struct

LONGEST = 1 << 20
"""Bytes of RTF; more is cut off."""

_PRIMED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbol"
    b"ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds at the beginning, so that even short texts find something to point to."""

_WINDOW = 4096


def unpacked(data: bytes) -> bytes:
    """The RTF in `data`, as far as it can be read; nothing when it is no compressed RTF."""
    if len(data) < 16:
        return b""
    (size,) = struct.unpack_from("<I", data, 4)
    match data[8:12]:
        case b"LZFu":
            return _inflated(data[16:], min(size, LONGEST))
        case b"MELA":
            return data[16 : 16 + min(size, LONGEST)]
        case _:
            return b""


def _inflated(data: bytes, size: int) -> bytes:
    """Each bit of a control byte, lowest first, says whether a letter follows (0) or a place in the window and a length (1)."""
    out = bytearray(_PRIMED)
    at, end = 0, len(_PRIMED) + size
    while at < len(data) and len(out) < end:
        control, at = data[at], at + 1
        if control == 0:
            out += data[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if not control >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            pair = data[at : at + 2]
            distance = (len(out) - (pair[0] << 4 | pair[1] >> 4)) % _WINDOW if len(pair) == 2 else 0
            if distance == 0 or distance > len(out):
                return bytes(out[len(_PRIMED) : end])
            _repeat(out, distance, (pair[1] & 15) + 2)
            at += 2
    return bytes(out[len(_PRIMED) : end])


def _repeat(out: bytearray, distance: int, length: int) -> None:
    """Append what stands `distance` back; it may overlap what is being written."""
    piece = out[-distance:][:length]
    out += (piece * (length // len(piece) + 1))[:length]
