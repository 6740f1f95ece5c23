"""DKIM signatures checked by the desk itself, made with keys of our own: what proves the sender, and all that proves nothing."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesHeaderParser

import dkim
import pytest

from maildesk.core.message import Authentication, Proof
from maildesk.mail import inbound
from tests.signing import FIELDS, key, signed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NAME = "mail._domainkey.example.com"
HEAD = (
    "From: Li Ming <li.ming@example.com>",
    "To: support@desk.test",
    "Subject: Printer",
    "Date: Mon, 23 Nov 2026 09:00:00 +0800",
    "Message-ID: <1@example.com>",
)
TEXT = "/resolve done\r\n"


def raw(*more: str, text: str = TEXT, head: tuple[str, ...] = HEAD) -> bytes:
    return ("\r\n".join((*more, *head)) + "\r\n\r\n" + text).encode()


def judged(mail: bytes, texts: dict[str, str] | None, *, at: datetime = NOW, hosts: tuple[str, ...] = ()) -> Authentication:
    return inbound.read(mail, received_at=at, hosts=hosts, keys=texts).authentication


def tagged(mail: bytes, private: bytes, monkeypatch: pytest.MonkeyPatch, **tags: str) -> bytes:
    """Signed with more tags, which the signature covers."""
    whole = dkim.DKIM.gen_header

    def gen(self: object, fields: list[tuple[bytes, bytes]], *rest: object, **named: object) -> bytes:
        extra = [(name.encode(), value.encode()) for name, value in tags.items()]
        kept = [one for one in fields if one[0] not in {name for name, _ in extra}]
        return bytes(whole(self, [*kept[:-1], *extra, kept[-1]], *rest, **named))

    monkeypatch.setattr(dkim.DKIM, "gen_header", gen)
    return signed(mail, private)


# -- what proves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("canonicalize", [(b"relaxed", b"relaxed"), (b"relaxed", b"simple"), (b"simple", b"simple")])
def test_a_whole_signature_of_the_senders_domain_proves_him(canonicalize: tuple[bytes, bytes]) -> None:
    private, text = key(2048)
    found = judged(signed(raw(), private, canonicalize=canonicalize), {NAME: text})
    assert (found.proof, found.why) == (Proof.PASS, "dkim=pass header.d=example.com, checked here")


def test_the_domain_above_the_senders_proves_him_too() -> None:
    private, text = key(2048)
    mail = raw(head=("From: li@it.example.com", *HEAD[1:]))
    assert judged(signed(mail, private), {NAME: text}).proof is Proof.PASS


def test_a_second_signature_proves_when_the_first_is_another_domains() -> None:
    private, text = key(2048)
    mail = signed(signed(raw(), private), private, domain="list.test")
    assert judged(mail, {NAME: text, "mail._domainkey.list.test": text}).proof is Proof.PASS


def test_a_key_of_1024_bits_is_long_enough() -> None:
    private, text = key(1024)
    assert judged(signed(raw(), private), {NAME: text}).proof is Proof.PASS


# -- which keys are wanted -----------------------------------------------------------------------------------------------


def test_the_key_that_is_missing_is_named_and_nothing_is_proven_without_it() -> None:
    found = judged(signed(raw(), key(2048)[0]), {})
    assert (found.proof, found.keys) == (Proof.NONE, (NAME,))


def test_no_key_is_wanted_for_what_could_prove_nothing() -> None:
    private = key(2048)[0]
    assert judged(raw(), {}).keys == ()
    assert judged(signed(raw(), private, domain="list.test"), {}).keys == ()
    assert judged(signed(raw(), private, fields=("from",)), {}).keys == ()


def test_nothing_is_checked_unless_it_is_asked_for() -> None:
    found = judged(signed(raw(), key(2048)[0]), None)
    assert (found.proof, found.keys) == (Proof.NONE, ())


@pytest.mark.parametrize(("said", "proof"), [("fail", Proof.FAIL), ("pass", Proof.PASS)])
def test_what_the_named_host_says_goes_before_a_signature(said: str, proof: Proof) -> None:
    private, text = key(2048)
    mail = f"Authentication-Results: mx.test; dmarc={said} header.from=example.com\r\n".encode() + signed(raw(), private)
    found = judged(mail, {NAME: text}, hosts=("mx.test",))
    assert (found.proof, found.why[:5]) == (proof, "dmarc")


LOGIN = (
    "Received: from pc (pc [10.0.0.9]) (Authenticated sender: {}) by mx.test (Postfix) with ESMTPSA id 1;"
    " Mon, 23 Nov 2026 09:00:00 +0800"
)


@pytest.mark.parametrize(
    "line",
    [
        LOGIN.format("bob@example.com"),
        *(
            f"Authentication-Results: mx.test; {said}"
            for said in (
                "dkim=fail header.d=example.com",
                "dkim=none",
                "auth=pass smtp.auth=bob@example.com",
                "dmarc=temperror header.from=example.com",
                "spf=pass smtp.mailfrom=x.test; dkim=temperror",
                "spf=pass (unterminated smtp.mailfrom=x.test; dkim=fail header.d=example.com",
            )
        ),
    ],
)
def test_where_a_named_host_spoke_without_proving_no_signature_is_checked(line: str) -> None:
    private, text = key(2048)
    found = judged(f"{line}\r\n".encode() + signed(raw(), private), {NAME: text}, hosts=("mx.test",))
    assert (found.proof, found.keys) == (Proof.NONE, ())


@pytest.mark.parametrize(
    "line",
    [
        LOGIN.format("bob@example.com").replace("mx.test", "mx.other.test"),
        LOGIN.format("bob").replace("(Authenticated sender: bob) ", ""),
        "Authentication-Results: mx.test; spf=fail smtp.mailfrom=x.test",
        "Authentication-Results: mx.test; none",
        "Authentication-Results: mx.other.test; dkim=fail header.d=example.com",
    ],
)
def test_where_no_named_host_spoke_of_the_sender_his_signature_is_checked(line: str) -> None:
    private, text = key(2048)
    assert judged(f"{line}\r\n".encode() + signed(raw(), private), {NAME: text}, hosts=("mx.test",)).proof is Proof.PASS


# -- what proves nothing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS[1:])
def test_a_signature_without_a_field_that_matters_proves_nothing(field: str) -> None:
    private, text = key(2048)
    found = judged(signed(raw(), private, fields=tuple(one for one in FIELDS if one != field)), {NAME: text})
    assert found.proof is Proof.NONE


@pytest.mark.parametrize(
    "more",
    [
        "Cc: eve@evil.test",
        "In-Reply-To: <x@desk.test>",
        "References: <x@desk.test>",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ],
)
def test_a_field_that_ties_it_to_others_or_says_how_to_read_it_must_be_signed(more: str) -> None:
    private, text = key(2048)
    name = more.partition(":")[0].lower()
    assert judged(signed(raw(more), private), {NAME: text}).proof is Proof.NONE
    assert judged(signed(raw(more), private, fields=(*FIELDS, name)), {NAME: text}).proof is Proof.PASS


@pytest.mark.parametrize(
    "more", ["From: li.ming@example.com", "Subject: /close all", "To: a@b.test", "Date: x", "Message-ID: <2@e.test>"]
)
@pytest.mark.parametrize("where", ["above", "below"])
def test_a_doubled_field_proves_nothing(more: str, where: str) -> None:
    private, text = key(2048)
    mail = signed(raw(), private)
    head, _, body = mail.partition(b"\r\n\r\n")
    line = more.encode()
    doubled = line + b"\r\n" + mail if where == "above" else head + b"\r\n" + line + b"\r\n\r\n" + body
    assert judged(doubled, {NAME: text}).proof is Proof.NONE


def test_a_changed_text_subject_or_sender_proves_nothing() -> None:
    private, text = key(2048)
    mail = signed(raw(), private)
    for old, new in ((b"/resolve", b"/close  "), (b"Subject: Printer", b"Subject: Scanner"), (b"li.ming@", b"chen.jing@")):
        assert judged(mail.replace(old, new), {NAME: text}).proof is Proof.NONE
    assert judged(mail + b"/close all\r\n", {NAME: text}).proof is Proof.NONE


def test_a_signature_of_a_beginning_proves_nothing() -> None:
    private, text = key(2048)
    mail = signed(raw(), private, length=True)
    assert judged(mail, {NAME: text}).proof is Proof.NONE
    assert judged(mail + b"/close all\r\n", {NAME: text}).proof is Proof.NONE


def test_another_shape_put_above_a_signed_text_proves_nothing() -> None:
    private, text = key(2048)
    quoted = "see what he wrote:\r\n--x\r\nContent-Type: text/plain\r\n\r\n/resolve done\r\n--x--\r\n"
    shaped = b"Content-Type: multipart/mixed; boundary=x\r\n" + signed(raw(text=quoted), private)
    assert judged(shaped, {NAME: text}).proof is Proof.NONE


def test_an_expired_signature_proves_nothing_and_one_in_time_does(monkeypatch: pytest.MonkeyPatch) -> None:
    private, text = key(2048)
    end = NOW + timedelta(days=900)
    mail = tagged(raw(), private, monkeypatch, x=str(int(end.timestamp())))
    assert judged(mail, {NAME: text}, at=end - timedelta(seconds=1)).proof is Proof.PASS
    assert judged(mail, {NAME: text}, at=end + timedelta(seconds=1)).proof is Proof.NONE


@pytest.mark.parametrize("made", [datetime(2019, 1, 1, tzinfo=UTC), datetime(2089, 1, 1, tzinfo=UTC)])
def test_only_the_time_of_receipt_decides_whether_a_signature_is_in_time(made: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    private, text = key(2048)
    end = made + timedelta(days=1)
    mail = tagged(raw(), private, monkeypatch, t=str(int(made.timestamp())), x=str(int(end.timestamp())))
    assert judged(mail, {NAME: text}, at=made + timedelta(hours=1)).proof is Proof.PASS
    assert judged(mail, {NAME: text}, at=end + timedelta(hours=1)).proof is Proof.NONE


def test_a_signature_that_ended_before_it_was_made_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    private, text = key(2048)
    made, end = (str(int((NOW + timedelta(hours=hours)).timestamp())) for hours in (9, 3))
    assert judged(tagged(raw(), private, monkeypatch, t=made, x=end), {NAME: text}).proof is Proof.NONE


def test_a_signature_from_the_future_proves_nothing() -> None:
    private, text = key(2048)
    assert judged(signed(raw(), private), {NAME: text}, at=datetime(2020, 1, 1, tzinfo=UTC)).proof is Proof.NONE


def test_an_older_method_proves_nothing() -> None:
    private, text = key(2048)
    assert judged(signed(raw(), private, signature_algorithm=b"rsa-sha1"), {NAME: text}).proof is Proof.NONE


def test_a_short_key_proves_nothing() -> None:
    private, text = key(768)
    assert judged(signed(raw(), private), {NAME: text}).proof is Proof.NONE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("p=", "p=; x="),  # revoked
        ("k=rsa", "k=rsa; t=y"),  # on trial
        ("k=rsa", "k=rsa; t=y:s"),
        ("k=rsa", "k=rsa; t=y : s"),
        ("k=rsa", "k=rsa; t=s : y"),
        ("k=rsa", "k=ed25519"),
        ("k=rsa", "k=rsa; s=other"),
        ("k=rsa", "k=rsa; h=sha1"),
        ("v=DKIM1", "v=DKIM2"),
        ("v=DKIM1; ", "v=DKIM1; v=DKIM1; "),
        ("p=", "p=AAAA"),
    ],
)
def test_a_key_that_may_not_be_used_for_it_proves_nothing(old: str, new: str) -> None:
    private, text = key(2048)
    assert judged(signed(raw(), private), {NAME: text.replace(old, new, 1)}).proof is Proof.NONE


@pytest.mark.parametrize("more", ["h=sha1 : sha256", "s= * ", "t=s : z"])
def test_blanks_between_the_values_of_a_tag_mean_nothing(more: str) -> None:
    private, text = key(2048)
    assert judged(signed(raw(), private), {NAME: text.replace("k=rsa", f"k=rsa; {more}")}).proof is Proof.PASS


def test_a_key_for_just_its_domain_proves_nothing_of_those_below() -> None:
    private, text = key(2048)
    strict = {NAME: text.replace("k=rsa", "k=rsa; t=z : s")}
    assert judged(signed(raw(), private), strict).proof is Proof.PASS
    assert judged(signed(raw(), private, identity=b"li@it.example.com"), strict).proof is Proof.NONE


def test_another_domains_key_or_none_proves_nothing() -> None:
    private, text = key(2048)
    assert judged(signed(raw(), private), {NAME: ""}).proof is Proof.NONE
    assert judged(signed(raw(), private), {NAME: key(1024)[1]}).proof is Proof.NONE
    assert judged(signed(raw(), private, domain="ample.com"), {"mail._domainkey.ample.com": text}).proof is Proof.NONE
    assert judged(signed(raw(), private, domain="com"), {"mail._domainkey.com": text}).proof is Proof.NONE


@pytest.mark.parametrize(
    "line",
    [
        "DKIM-Signature: v=1",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=mail; h=from:to:subject:date:message-id; bh=; b=",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=mail; h=from:to:subject:date:message-id; bh=x; b=%%%",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=../../etc; h=from:to:subject:date:message-id; bh=x; b=y",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=mail; t=soon; h=from:to:subject:date:message-id; bh=x; b=y",
        "DKIM-Signature: " + ";" * 900,
        "DKIM-Signature: \xff\xfe",
    ],
)
def test_a_broken_signature_breaks_nothing_and_proves_nothing(line: str) -> None:
    private, text = key(2048)
    broken = line.encode("latin-1") + b"\r\n" + raw()
    assert judged(broken, {NAME: text}).proof is Proof.NONE
    beside = line.encode("latin-1") + b"\r\n" + signed(raw(), private)
    assert judged(beside, {NAME: text}).proof is Proof.PASS
    assert BytesHeaderParser(policy=policy.compat32).parsebytes(broken)["From"]


@pytest.mark.parametrize("line", [b"no field at all, just words", b" a continuation of nothing"])
def test_a_header_that_the_library_cannot_read_is_read_by_us_all_the_same(line: bytes) -> None:
    private, text = key(2048)
    message = inbound.read(line + b"\r\n" + signed(raw(), private), received_at=NOW, keys={NAME: text})
    assert message.authentication.proof is Proof.NONE
    assert message.date is not None
