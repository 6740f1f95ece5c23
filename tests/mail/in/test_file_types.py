"""What a file really is, and which ones had better not be opened."""

import io
import zipfile

import pytest

from maildesk.core.message import Risk
from maildesk.mail.filetypes import Look


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x" * 100)
    return made.getvalue()


def locked(data: bytes) -> bytes:
    """The same archive, its entries marked as encrypted."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
WIDE = "utf-16-le"


def look(data: bytes, step: int = 1 << 18) -> Look:
    seen = Look()
    for at in range(0, len(data), step):
        seen.at(data[at : at + step])
    return seen


@pytest.mark.parametrize(
    ("name", "data", "risk"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n", None),
        ("letter.docx", archive("[Content_Types].xml", "word/document.xml"), None),
        ("notes.txt", b"nothing but text", None),
        ("old.xls", OLE + "Workbook".encode(WIDE), None),
        ("setup.exe", b"MZ\x90", Risk.PROGRAM),
        ("setup", b"MZ\x90", Risk.PROGRAM),
        ("run.sh", b"#!/bin/sh", Risk.PROGRAM),
        ("link.lnk", b"", Risk.PROGRAM),
        ("notes.one", b"", Risk.PROGRAM),
        ("photo.png", b"MZ\x90", Risk.DISGUISED),
        ("bill.pdf.exe", b"MZ\x90", Risk.DISGUISED),
        ("bill.pdf.js", b"var x", Risk.DISGUISED),
        ("bill.exe.txt", b"text", Risk.PROGRAM),
        ("list.xlsm", b"", Risk.MACRO),
        ("list.xlsx", archive("xl/vbaProject.bin"), Risk.MACRO),
        ("list.xls", OLE + "_VBA_PROJECT".encode(WIDE), Risk.MACRO),
        ("page.html", b"<html>", Risk.PAGE),
        ("picture.svg", b"<?xml version='1.0'?>\n<svg onload=x>", Risk.PAGE),
        ("bill.pdf", b"  <!DOCTYPE html><script>", Risk.DISGUISED),
        ("disk.iso", b"", Risk.DISK),
        ("backup.dat", b"\0" * 0x8001 + b"CD001", Risk.DISK),
        ("mac.dat", b"\0" * 600 + b"koly" + b"\0" * 508, Risk.DISK),
        ("secret.zip", locked(archive("a", "b")), Risk.LOCKED),
        ("secret.xlsx", OLE + "EncryptedPackage".encode(WIDE), Risk.LOCKED),
        ("open.zip", archive("a"), None),
    ],
)
def test_a_risky_file_is_marked_by_its_content_and_its_name(name: str, data: bytes, risk: Risk | None) -> None:
    assert look(data).risk(name, "application/octet-stream") is risk


@pytest.mark.parametrize("step", [1, 7, 64, 1000])
def test_the_size_of_the_pieces_changes_nothing(step: int) -> None:
    assert look(b"\0" * 0x8001 + b"CD001", step).kind() == "application/x-disk-image"
    assert look(archive("xl/vbaProject.bin"), step).risk("a.xlsx", "x/y") is Risk.MACRO


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"<svg>", "image/svg+xml"),
        (b"PK\x03\x04", None),
        (b"plain", None),
        (b"", None),
    ],
)
def test_the_type_is_told_by_the_bytes_where_they_tell_it(data: bytes, kind: str | None) -> None:
    assert look(data).kind() == kind
