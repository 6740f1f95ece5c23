"""A file name from a mail is safe to show, whatever was sent, and cleaning it twice changes nothing."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.mail.attachments import safe_name

UNSAFE = re.compile("[/\\\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.exe", "x.exe"),
        ("/", ""),
        ("..", ""),
        (".htaccess", "htaccess"),
        (".\u200bhtaccess", "htaccess"),
        ("..\uff0f..\uff0fx", "x"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("invoice.pdf\u3164\U000e0041.exe", "invoice.pdf.exe"),
        ("a\r\nb.txt", "ab.txt"),
        ("报销 单.xlsx", "报销 单.xlsx"),
        ("ｆｕｌｌ．ｔｘｔ", "full.txt"),
        ("a:b?.txt", "a_b_.txt"),
        ("dir/", "dir"),
    ],
)
def test_a_name_is_cleaned_before_it_is_looked_at(sent: str, shown: str) -> None:
    assert safe_name(sent) == shown


@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(), max_size=300))
def test_no_name_is_dangerous(sent: str) -> None:
    shown = safe_name(sent)
    assert not UNSAFE.search(shown)
    assert not shown.startswith(".")
    assert len(shown.encode()) <= 120
    assert safe_name(shown) == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = safe_name("長" * 300 + ".tar")
    assert shown.endswith("長.tar")
    assert len(shown.encode()) <= 120
