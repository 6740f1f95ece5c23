"""The bytes of a mail, as the standard library's parser reads them."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maildesk.core.message import Address, MessageId
from maildesk.mail.compose import File, clean_header, date, id_list, mail, mailbox, unstructured

ANY = st.text(max_size=300)
NASTY = st.text(st.sampled_from('\r\n\x00\x0b\x85\u2028 \t:<>@,;"\\()=?ubQB中é😀'), max_size=120)
FILE = File(filename="a.txt", content_type="text/plain", content=b"abc")


def made(headers: tuple[tuple[str, str], ...] = (), *, text: str = "t", files: tuple[File, ...] = ()) -> bytes:
    return mail(headers, text=text, html="<p>h</p>", files=files, mark="x")


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@given(text=st.one_of(ANY, NASTY))
def test_a_subject_reads_back_as_the_cleaned_text_and_as_nothing_else(text: str) -> None:
    clean = clean_header(text)
    raw = made((("Subject", unstructured(clean, 9)), ("X-Last", "1")))
    found = read(raw)
    assert found.keys() == ["Subject", "X-Last", "MIME-Version", "Content-Type"]
    assert str(found["Subject"]) == clean
    assert raw.isascii()


@given(name=st.one_of(ANY, NASTY), header=st.sampled_from(["From", "To", "Reply-To"]))
def test_a_name_never_becomes_an_address_or_a_header(name: str, header: str) -> None:
    found = read(made(((header, mailbox(name, Address("a+b@example.com"))),)))
    assert found.keys() == [header, "MIME-Version", "Content-Type"]
    assert [one.addr_spec for one in found[header].addresses] == ["a+b@example.com"]
    assert _letters(found[header].addresses[0].display_name) == _letters(clean_header(name, 64))


def _letters(name: str) -> str:
    """A name without its spaces: some readers put one between two encoded words (RFC 2047, 6.2 says that there is none)."""
    return name.replace(" ", "")


@given(address=NASTY)
def test_even_a_broken_address_cannot_break_out_of_its_header(address: str) -> None:
    raw = made((("To", mailbox("n", Address(address))),))
    assert raw.split(b"\r\n\r\n")[0].count(b"\r\nMIME-Version:") == 1
    assert raw.split(b"\r\n")[0].startswith(b"To: n <")


@given(ids=st.lists(st.one_of(NASTY, st.just("a@b")), max_size=40))
def test_references_hold_message_ids_and_nothing_else(ids: list[str]) -> None:
    value = id_list(tuple(MessageId(one) for one in ids))
    assert value.count("\r\n") == max(0, value.count("<") - 1)
    assert len(value.split()) <= 20


def test_a_long_list_of_references_loses_its_middle() -> None:
    ids = tuple(MessageId(f"{n}@example.com") for n in range(50))
    kept = id_list(ids).split()
    assert kept[0] == "<0@example.com>"
    assert kept[-1] == "<49@example.com>"
    assert len(kept) == 20


@given(text=st.text())
def test_every_line_is_short_and_ends_with_crlf(text: str) -> None:
    raw = made((("Subject", unstructured(clean_header(text), 9)),), text=text, files=(FILE,))
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 200
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert raw.isascii()


@given(text=st.text(st.characters(blacklist_characters="\r", blacklist_categories=["Cs"])))
def test_a_text_reads_back_as_it_was(text: str) -> None:
    part = read(made(text=text)).get_body(("plain",))
    assert part is not None
    assert part.get_payload(decode=True).replace(b"\r\n", b"\n").decode() == text


@pytest.mark.parametrize("text", ["plain words", "Grüße, alles gut", "mostly ASCII, one é"])
def test_a_mostly_ascii_text_stays_readable_on_the_wire(text: str) -> None:
    assert text.split()[0][:2].encode() in made(text=text)


@given(name=st.text(max_size=255))
@example(name="<>")
def test_a_file_name_reads_back_and_adds_no_parameter(name: str) -> None:
    found = read(made(files=(File(filename=name, content_type="image/png", content=b"\x89PNG"),)))
    (file,) = found.iter_attachments()
    assert file["content-disposition"].params["filename"] == (clean_header(name, 255) or "file")
    assert file.get_content_type() == "image/png"
    assert file.get_payload(decode=True) == b"\x89PNG"
    assert file.get_content_disposition() == "attachment"


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "x",
        "text/html\r\nBcc: a@b",
        "multipart/mixed",
        "message/rfc822",
        "image/png; name=x",
        "a/b/c",
        "文/件",
        "text/" + "x" * 200,
    ],
)
def test_a_strange_content_type_becomes_plain_bytes(kind: str) -> None:
    found = read(made(files=(File(filename="f", content_type=kind, content=b"1"),)))
    assert [file.get_content_type() for file in found.iter_attachments()] == ["application/octet-stream"]


def test_the_bytes_of_a_large_file_arrive_whole() -> None:
    content = bytes(range(256)) * 4096
    (file,) = read(made(files=(File(filename="f", content_type="a/b", content=content),))).iter_attachments()
    assert file.get_payload(decode=True) == content


def test_a_date_is_in_its_own_zone() -> None:
    assert date(datetime(2026, 3, 1, 12, 0, 0, 999, tzinfo=UTC)) == "Sun, 01 Mar 2026 12:00:00 +0000"


def test_a_header_that_would_add_another_stops_the_mail() -> None:
    with pytest.raises(ValueError, match="reads back"):
        made((("Subject", "a\r\nBcc: evil@example.com"),))


def test_a_long_subject_is_cut_and_says_so() -> None:
    assert clean_header("x" * 500) == "x" * 199 + "…"


def test_a_word_that_looks_encoded_is_not_decoded() -> None:
    found = read(made((("Subject", unstructured("=?utf-8?q?hi=0ABcc:_evil@x.com?=", 9)),)))
    assert str(found["Subject"]) == "=?utf-8?q?hi=0ABcc:_evil@x.com?="
