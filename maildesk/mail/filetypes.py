"""What a file really is, by its bytes, and whether opening it may do harm: its name and its declared type are only claims.

Judged while the bytes pass by once, in windows, so that size costs nothing: the beginning tells the type, a few words anywhere
in it tell of macros and passwords (an office file is a container, whose directory of names is not compressed), the last bytes
tell of archives and disk images that have their mark there.
"""

import re

from maildesk.core.message import Risk

_HEAD = 0x8010
"""Bytes of the beginning that are looked at; a disk image has its mark after 32 KB."""

_TAIL = 1 << 16
_OVERLAP = 64

_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"\xfe\xed\xfa", "application/x-executable"),
    (b"#!", "text/x-script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (b"vhdxfile", "application/x-disk-image"),
    (b"conectix", "application/x-disk-image"),
)
"""How the bytes begin, and what they are then. Containers (zip, OLE) keep the type that their mail says."""

_ZIP, _OLE, _ISO, _DMG = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"CD001", b"koly"
_PROGRAMS = frozenset(
    {
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "text/x-script",
        "application/x-ms-shortcut",
        "application/vnd.ms-htmlhelp",
        "application/onenote",
    }
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+)?(html|svg)\b", re.I | re.S
)
_LOCKED_ENTRY = re.compile(rb"PK\x01\x02.{4}[\x01\x03\x05\x07\x09\x0b\x0d\x0f]", re.DOTALL)
"""An entry of a zip's directory whose flags say that it is encrypted (APPNOTE.TXT, 4.4.4)."""

_MACROS = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_PASSWORD = "EncryptedPackage".encode("utf-16-le")

_ENDINGS = {
    Risk.PROGRAM: """
        ade adp apk app application appx appxbundle bat cab chm cmd com cpl dll exe gadget hlp hta inf ins isp jar jnlp js jse
        lib lnk mde msc msi msix msp mst nsh one pif ps1 ps2 psc1 psc2 reg scf scr sct shb sys url vb vbe vbs vxd wsc wsf wsh xll
    """,
    Risk.MACRO: "docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm",
    Risk.PAGE: "htm html xhtml shtml mht mhtml svg svgz",
    Risk.DISK: "iso img dmg vhd vhdx",
}
_RISK_OF_ENDING = {ending: risk for risk, endings in _ENDINGS.items() for ending in endings.split()}


class Look:
    """Looks at a file while it passes by: `at` each piece, then `kind` and `risk`."""

    __slots__ = ("_head", "_macros", "_password", "_tail")

    def __init__(self) -> None:
        self._head = self._tail = b""
        self._macros = self._password = False

    def at(self, piece: bytes) -> None:
        """The next bytes of the file, in order; pieces may be of any size."""
        if len(self._head) < _HEAD:
            self._head += bytes(piece[: _HEAD - len(self._head)])
        if self._head.startswith((_ZIP, _OLE)):
            seam = self._tail[-_OVERLAP:] + piece
            self._macros = self._macros or any(word in seam for word in _MACROS)
            self._password = self._password or _PASSWORD in seam
        self._tail = (self._tail + piece)[-_TAIL:] if len(piece) < _TAIL else bytes(piece[-_TAIL:])

    def kind(self) -> str | None:
        """The media type by content, None where only the mail can tell."""
        for mark, kind in _TYPES:
            if self._head.startswith(mark):
                return kind
        if self._head[0x8001:].startswith(_ISO) or self._tail[-512:].startswith(_DMG):
            return "application/x-disk-image"
        markup = _MARKUP.match(self._head[:2048])
        return ("image/svg+xml" if markup[1].lower() == b"svg" else "text/html") if markup else None

    def risk(self, name: str, declared: str) -> Risk | None:
        """Why it had better not be opened; None for what seems harmless. `name` is the safe one."""
        endings = name.casefold().rstrip(". ").split(".")[1:][-2:]
        by_name = next((risk for ending in reversed(endings) if (risk := _RISK_OF_ENDING.get(ending))), None)
        by_content = self._risk_of_content()
        if by_content in (Risk.PROGRAM, Risk.PAGE) and by_name is None:
            return Risk.DISGUISED if endings and endings[-1] in _HARMLESS else by_content
        if by_name is Risk.PROGRAM and len(endings) == 2 and endings[0] in _HARMLESS:
            return Risk.DISGUISED
        return by_content or by_name or (Risk.PAGE if declared in _PAGES else None)

    def _risk_of_content(self) -> Risk | None:
        kind = self.kind()
        if kind in _PROGRAMS:
            return Risk.PROGRAM
        if kind in _PAGES:
            return Risk.PAGE
        if kind == "application/x-disk-image":
            return Risk.DISK
        if self._macros:
            return Risk.MACRO
        return Risk.LOCKED if self._is_locked() else None

    def _is_locked(self) -> bool:
        if self._head.startswith(_ZIP):
            return bool(self._head[6:7] and self._head[6] & 1) or _LOCKED_ENTRY.search(self._tail) is not None
        return self._password


_PAGES = frozenset({"text/html", "image/svg+xml"})
_DOCUMENTS = ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv")
_HARMLESS = frozenset((*_DOCUMENTS, "jpg", "jpeg", "png", "gif", "bmp", "mp3", "mp4", "zip", "rar"))
