"""Whether the sender is proven: what the named hosts say, where they may say it, and everything that is only made to look so."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Authentication, Message, Proof
from maildesk.mail import inbound
from maildesk.mail.authentication import Signed, signed
from maildesk.mail.headers import parse
from maildesk.mail.remarks import Remarks
from maildesk.mail.trace import among

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOST = "mx.example.com"
STAMP = "id 1; Tue, 3 Mar 2026 12:00:00 +0000"
GOOD = "dmarc=pass header.from=example.com"


def received(peer: str, by: str = HOST, how: str = "ESMTPS") -> str:
    """A line as Postfix writes it; `peer` is what stands after `from`."""
    return f"Received: from {peer} by {by} (Postfix) with {how} {STAMP}"


def results(*said: str, by: str = HOST) -> str:
    return f"Authentication-Results: {by}; " + "; ".join(said)


OUTSIDE = received("relay.example.net (relay.example.net [192.0.2.9])")


def read(*fields: str, sender: str, hosts: tuple[str, ...], border: tuple[str, ...]) -> Message:
    raw = "\r\n".join((*fields, f"From: {sender}", "", "body")).encode()
    return inbound.read(raw, received_at=NOON, hosts=hosts, border=border)


def judged(
    *fields: str, sender: str = "anna@example.com", hosts: tuple[str, ...] = (HOST,), border: tuple[str, ...] = ()
) -> Authentication:
    return read(*fields, sender=sender, hosts=hosts, border=border).authentication


def proof(*fields: str, sender: str = "anna@example.com", hosts: tuple[str, ...] = (HOST,)) -> Proof:
    return judged(*fields, sender=sender, hosts=hosts).proof


# -- what is signed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["To", "Subject", "Date", "Message-ID", "References", "Content-Type"])
@pytest.mark.parametrize(("said", "expected"), [(GOOD, Proof.NONE), ("dmarc=fail header.from=example.com", Proof.FAIL)])
def test_a_field_that_stands_there_twice_is_not_known_to_be_signed(name: str, said: str, expected: Proof) -> None:
    assert proof(results(said), OUTSIDE, f"{name}: a", f"{name}: b") is expected
    assert proof(results(said), OUTSIDE, f"{name}: a") is (Proof.PASS if said == GOOD else Proof.FAIL)


# -- what is said --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        ("dmarc=pass (p=reject) header.from=example.com",),
        ("spf=pass smtp.mailfrom=x.example", "dkim=pass header.d=example.com", "dmarc=pass header.from=EXAMPLE.com"),
        ("dkim=pass (2048-bit key) header.d=example.com header.s=k",),
        ("dkim=fail header.d=x.example", "dkim=pass header.i=@example.com"),
        ("dmarc=none header.from=example.com", "dkim=pass header.d=example.com"),
        ("auth=pass smtp.auth=anna@example.com",),
        ("dmarc=pass (a (nested) comment; dmarc=fail) header.from=example.com",),
        ("dmarc=pass\r\n\t(folded)\r\n\theader.from=example.com",),
        ("DMARC=pass header.from=example.com",),
    ],
)
def test_the_named_host_vouches_for_the_sender(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.PASS


@pytest.mark.parametrize(
    "said",
    [
        ("spf=pass smtp.mailfrom=example.com",),
        ("dkim=pass header.d=x.example",),
        ("dkim=pass header.d=com",),
        ("dkim=pass header.d=anna.example.com",),
        ("dkim=pass header.d=notexample.com",),
        ("dkim=none header.d=x.example", "spf=pass header.d=example.com"),
        ("dkim=pass header.s=example.com",),
        ("dmarc=pass header.from=x.example",),
        ("dmarc=pass header.from=x.example", "dkim=pass header.d=example.com"),
        ("dmarc=pass header.from=example.com.x.example",),
        ("dmarc=pass",),
        ("dmarc=bestguesspass header.from=example.com",),
        ("dmarc=temperror header.from=example.com",),
        ("dmarc=pass header.from=example.com", "dmarc=pass header.from=x.example"),
        ("auth=pass smtp.auth=mallory@example.com",),
        ("auth=pass smtp.auth=anna",),
        ("auth=pass smtp.mailfrom=anna@example.com",),
        ("none",),
        ('spf=none smtp.mailfrom="dmarc=pass header.from=example.com"',),
        ("spf=none (dmarc=pass header.from=example.com) smtp.mailfrom=x.example",),
        ('spf=none reason="x; dmarc=pass header.from=example.com"',),
        ("dkim=none (a (nested; dmarc=pass header.from=example.com) comment)",),
        ("spf=none (unterminated; dmarc=pass header.from=example.com",),
        ("spf=none (a \\) comment; dmarc=pass header.from=example.com",),
        ('spf=none reason="unterminated; dmarc=pass header.from=example.com',),
        ("dmarc pass header.from=example.com",),
        ("arc=pass (i=1 dmarc=pass fromdomain=example.com)",),
        ("compauth=pass reason=100",),
    ],
)
def test_other_words_of_the_named_host_prove_nothing(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.NONE


@pytest.mark.parametrize(
    "said",
    [
        ("dmarc=fail header.from=example.com",),
        ("dmarc=fail header.from=example.com", "dkim=pass header.d=example.com"),
        ("dmarc=pass header.from=example.com", "dmarc=fail header.from=example.com"),
        ("dmarc=pass header.from=example.com", "dmarc=none header.from=example.com"),
    ],
)
def test_a_failed_or_contradictory_dmarc_fails(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.FAIL


def test_two_fields_of_the_named_host_that_contradict_each_other_fail() -> None:
    assert proof(results(GOOD), results("dmarc=fail header.from=example.com"), OUTSIDE) is Proof.FAIL


# -- where it stands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        (OUTSIDE, results(GOOD)),
        (OUTSIDE, results(GOOD), "Received: from a by mx.example.com with LMTP id 2; x"),
        (OUTSIDE, results(GOOD), OUTSIDE),
        (results(GOOD, by="mx.evil.example"), OUTSIDE),
        (results(GOOD, by="mx.example.com.evil.example"), OUTSIDE),
        (results(GOOD, by="evil-mx.example.com"), OUTSIDE),
        (results(GOOD, by="example.com"), OUTSIDE),
        (results(GOOD, by="mx_example.com"), OUTSIDE),
        (results(GOOD, by="mх.example.com"), OUTSIDE),
        ("ARC-Authentication-Results: i=1; mx.example.com; " + GOOD, OUTSIDE),
        ("X-Authentication-Results: mx.example.com; " + GOOD, OUTSIDE),
        ("Authentication-Results-Original: mx.example.com; " + GOOD, OUTSIDE),
        ("Received-SPF: pass (mx.example.com: domain of anna@example.com) envelope-from=anna@example.com", OUTSIDE),
        ("X-MS-Exchange-Organization-AuthAs: Internal", OUTSIDE),
        ("Authentication-Results: (mx.example.com;) mx.evil.example; " + GOOD, OUTSIDE),
        ("Authentication-Results: mx.evil.example (mx.example.com); " + GOOD, OUTSIDE),
        ("Authentication-Results: mx.evil.example\r\n\tmx.example.com; " + GOOD, OUTSIDE),
        ("Authentication-Results: mx.evil.example; x=y (\r\n mx.example.com; " + GOOD + ")", OUTSIDE),
        ("Authentication-Results: (unterminated mx.example.com; " + GOOD, OUTSIDE),
        ("Authentication-Results: " + GOOD, OUTSIDE),
        ("Authentication-Results: ; " + GOOD, OUTSIDE),
        ("Received: from x by other.example with ESMTP id 3; x", results(GOOD), OUTSIDE),
        (results("none"), results(GOOD)),
        (results(GOOD, by="mx.evil.example"), results(GOOD)),
    ],
)
def test_a_forged_result_proves_nothing(fields: tuple[str, ...]) -> None:
    assert proof(*fields) is Proof.NONE


def test_lmtp_steps_above_the_results_are_inside_the_house() -> None:
    inside = "Received: from mx.example.com by store.example.com with LMTP id 2; Tue, 3 Mar 2026 12:00:01 +0000"
    assert proof(inside, results(GOOD), OUTSIDE) is Proof.PASS


def test_without_a_trace_only_the_topmost_results_count() -> None:
    assert proof(results(GOOD)) is Proof.PASS


@pytest.mark.parametrize(
    ("host", "name", "named"),
    [
        ("mx7.mail.example.com", "*.mail.example.com", True),
        ("MX7.Mail.Example.com.", "*.mail.Example.COM", True),
        ("a.b.mail.example.com", "*.mail.example.com", True),
        ("mail.example.com", "*.mail.example.com", False),
        ("evilmail.example.com", "*.mail.example.com", False),
        ("mail.example.com.evil.example", "*.mail.example.com", False),
        (".mail.example.com", "*.mail.example.com", False),
        ("mx7.mail.example.com", "mail.example.com", False),
        ("mx7.mail.example.com", "mx?.mail.example.com", False),
        ("mx7.mail.example.com", "mx*.mail.example.com", False),
        ("anything", "*", False),
        ("2002:a05:6f02::1", "2002:a05::/32", True),
        ("2002:A05:6F02:0::1", "2002:a05::/32", True),
        ("2002:a06::1", "2002:a05::/32", False),
        ("127.0.0.1", "127.0.0.1/32", True),
        ("127.0.0.1.evil.example", "127.0.0.0/8", False),
        ("", "mx.example.com", False),
    ],
)
def test_a_host_is_named_exactly_or_by_a_star_or_by_its_network(host: str, name: str, named: bool) -> None:
    assert among(host, (name,)) is named


def test_a_star_names_all_hosts_below() -> None:
    assert proof(results(GOOD, by="mx7.mail.example.com"), OUTSIDE, hosts=("*.mail.example.com",)) is Proof.PASS


def test_without_named_hosts_nothing_is_believed() -> None:
    found = judged(results(GOOD), OUTSIDE, hosts=(), border=(HOST,))
    assert (found.proof, found.why) == (Proof.NONE, "no receiving host is named")


def test_without_an_identity_nothing_is_proven() -> None:
    assert proof(results(GOOD), OUTSIDE, sender="a@example.com, b@example.com") is Proof.NONE


# -- below the border's own lines ----------------------------------------------------------------------------------------

GOOGLE = {"hosts": ("mx.google.com",), "border": ("2002:a00::/24", "mx.google.com")}
GOOGLE_INSIDE = f"Received: by 2002:a05:7010:a4a1:b0:5b8:f2c4:d4c5 with SMTP {STAMP}"
GOOGLE_ENTRY = f"Received: from mail.example.com (mail.example.com. [192.0.2.9])\r\n        by mx.google.com with ESMTPS {STAMP}"
GOOGLE_SAYS = (
    "Authentication-Results: mx.google.com;\r\n       dkim=pass header.i=@example.com header.s=20230601 header.b=Ab/c+d;\r\n"
    "       spf=pass (google.com: domain of anna@example.com designates 192.0.2.9 as permitted sender) "
    "smtp.mailfrom=anna@example.com;\r\n       dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=example.com;\r\n"
    "       dara=pass header.i=@example.com"
)

MICROSOFT = {
    "hosts": ("*.mail.protection.outlook.com",),
    "border": ("*.outlook.com", "*.office365.com", "2603:10a6::/32"),
}
DATE = "Tue, 3 Mar 2026 12:00:00 +0000"
MICROSOFT_INSIDE = (
    "Received: from AM6PR07MB5445.eurprd07.prod.outlook.com (2603:10a6:20b:5a::18)\r\n"
    f" by AM0PR07MB6196.eurprd07.prod.outlook.com with HTTPS; {DATE}\r\n"
    "Received: from AM3PEPF0000A799.eurprd04.prod.outlook.com (2603:10a6:20b:46a:cafe::9)\r\n"
    " by AM8P251CA0001.outlook.office365.com (2603:10a6:20b:46a::7) with Microsoft SMTP Server\r\n"
    f" (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.8534.21 via Frontend Transport; {DATE}"
)
MICROSOFT_SAYS = (
    "Authentication-Results: spf=pass (sender IP is 192.0.2.9)\r\n smtp.mailfrom=example.com;"
    " dkim=pass (signature was verified)\r\n header.d=example.com;dmarc=pass action=none\r\n"
    " header.from=example.com;compauth=pass reason=100"
)
MICROSOFT_ENTRY = (
    "Received: from mail.example.com (192.0.2.9) by\r\n AM3PEPF0000A799.mail.protection.outlook.com (10.167.16.104)"
    f" with Microsoft SMTP Server\r\n id 15.20.8534.20 via Frontend Transport; {DATE}"
)

POSTFIX = {"hosts": (HOST,), "border": (HOST,)}
HUB = {"hosts": (HOST,), "border": (HOST, "*.inside.example.com", "10.1.0.0/16", "127.0.0.1/32")}
AGAIN = received("localhost (localhost [127.0.0.1])", how="ESMTP")
STORE = received("mx.example.com (mx.example.com [10.1.0.5])", by="store.inside.example.com")
LMTP = f"Received: from mx.example.com by store.example.com with LMTP {STAMP}"
OTHER = received("x (x [192.0.2.66])", by="relay.evil.example")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_SAYS, OTHER), GOOGLE),
        ((GOOGLE_INSIDE, "X-Received: by 2002:a05:1::1 with SMTP id 9", GOOGLE_ENTRY, GOOGLE_SAYS), GOOGLE),
        ((GOOGLE_ENTRY, GOOGLE_SAYS), GOOGLE),
        ((MICROSOFT_INSIDE, MICROSOFT_SAYS, MICROSOFT_ENTRY, OTHER), MICROSOFT),
        ((MICROSOFT_INSIDE, MICROSOFT_SAYS + ";", MICROSOFT_ENTRY), MICROSOFT),
        ((OUTSIDE, results(GOOD), OTHER), POSTFIX),
        ((results(GOOD), OUTSIDE, OTHER), POSTFIX),
        ((LMTP, OUTSIDE, results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by="MX.Example.COM"), results(GOOD, by="MX.EXAMPLE.com")), POSTFIX),
        ((OUTSIDE, results(GOOD), results("dkim=pass header.d=example.com")), POSTFIX),
        ((OUTSIDE, results(GOOD, by="mx.evil.example"), results(GOOD)), POSTFIX),
        ((STORE, OUTSIDE, results(GOOD)), HUB),
        ((STORE, AGAIN, OUTSIDE, results(GOOD), OTHER), HUB),
        ((STORE, AGAIN, results(GOOD), OUTSIDE, OTHER), HUB),
        ((results(GOOD), STORE, OUTSIDE), HUB),
    ],
)
def test_under_its_own_lines_the_border_is_believed(fields: tuple[str, ...], named: dict[str, tuple[str, ...]]) -> None:
    assert judged(*fields, **named).proof is Proof.PASS


BAD = results("dmarc=fail header.from=example.com")
SILENT = results("spf=none smtp.mailfrom=x.example")
FORGED_ENTRY = received("mail.example.com (mail.example.com [192.0.2.1])")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        # below somebody else's line
        ((OUTSIDE, OTHER, results(GOOD)), POSTFIX),
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, OTHER, GOOGLE_SAYS), GOOGLE),
        ((MICROSOFT_INSIDE, MICROSOFT_ENTRY, OTHER, MICROSOFT_SAYS, MICROSOFT_ENTRY), MICROSOFT),
        # a line of the border forged directly below the entry
        ((OUTSIDE, FORGED_ENTRY, results(GOOD)), POSTFIX),
        ((OUTSIDE, AGAIN, results(GOOD)), HUB),
        ((OUTSIDE, STORE, results(GOOD), FORGED_ENTRY), HUB),
        ((STORE, OUTSIDE, FORGED_ENTRY, results(GOOD)), HUB),
        ((OUTSIDE, LMTP, results(GOOD)), POSTFIX),
        ((OUTSIDE, LMTP, results(GOOD), FORGED_ENTRY), POSTFIX),
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_INSIDE, GOOGLE_SAYS), GOOGLE),
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_ENTRY, GOOGLE_SAYS), GOOGLE),
        ((MICROSOFT_INSIDE, MICROSOFT_ENTRY, MICROSOFT_SAYS, MICROSOFT_ENTRY), MICROSOFT),
        ((MICROSOFT_INSIDE, MICROSOFT_ENTRY, MICROSOFT_SAYS), MICROSOFT),
        # further down, after a foreign line
        ((OUTSIDE, OTHER, FORGED_ENTRY, results(GOOD)), POSTFIX),
        ((STORE, OTHER, AGAIN, results(GOOD), FORGED_ENTRY), HUB),
        # the client's own name for itself
        ((received("mx.example.com (unknown [192.0.2.66])"), FORGED_ENTRY, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [192.0.2.66])"), AGAIN, results(GOOD)), HUB),
        ((received("localhost ([127.0.0.1]) (unknown [192.0.2.66])"), AGAIN, results(GOOD)), HUB),
        ((received("x (HELO 127.0.0.1) (192.0.2.66)"), AGAIN, results(GOOD)), HUB),
        ((received("[192.0.2.66] (helo=[127.0.0.1])"), AGAIN, results(GOOD)), HUB),
        ((received("localhost"), AGAIN, results(GOOD)), HUB),
        # a line that nobody can read is nobody's
        ((received("x (unterminated [127.0.0.1]"), results(GOOD)), HUB),
        ((received("x by mx.example.com with ESMTP", by="relay.evil.example"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by="relay.evil.example by mx.example.com"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.66]) from localhost ([127.0.0.1])"), AGAIN, results(GOOD)), HUB),
        ((received("x (x [192.0.2.9])", by="(mx.example.com) relay.evil.example"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by='"mx.example.com"'), results(GOOD)), POSTFIX),
        (("Received: (qmail 12 invoked by uid 89); Tue, 3 Mar 2026 12:00:00 +0000", results(GOOD)), POSTFIX),
        # look-alikes of a border host
        ((received("x (x [192.0.2.9])", by="mx.example.com.evil.example"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by="evil.mx.example.com"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by="mx-example.com"), results(GOOD)), POSTFIX),
        ((received("x (x [192.0.2.9])", by="evilinside.example.com"), results(GOOD)), HUB),
        # who logged in, or wrote on the machine itself, came from outside
        ((received("webmail (localhost [127.0.0.1])", how="ESMTPSA"), FORGED_ENTRY, results(GOOD)), HUB),
        ((f"Received: by mx.example.com (Postfix, from userid 1000) {STAMP}", FORGED_ENTRY, results(GOOD)), HUB),
        ((received("laptop (unknown [192.0.2.7])", how="ESMTPSA"), results(GOOD)), POSTFIX),
        ((received("laptop (unknown [192.0.2.7])", how="ESMTPSA"), results("auth=pass smtp.auth=anna@example.com")), POSTFIX),
        ((f"Received: by mx.example.com (Postfix, from userid 1000) {STAMP}", results(GOOD)), POSTFIX),
        # the right place, not the right name
        ((OUTSIDE, results(GOOD, by="mx.evil.example")), POSTFIX),
        ((OUTSIDE, "Authentication-Results: " + GOOD), POSTFIX),
        ((MICROSOFT_SAYS, OUTSIDE), POSTFIX | {"hosts": ("mx.elsewhere.example",)}),
        ((OUTSIDE, "ARC-Authentication-Results: i=1; mx.example.com; " + GOOD), POSTFIX),
        # the border has spoken, the sender adds what it did not say
        ((OUTSIDE, SILENT, results(GOOD)), POSTFIX),
        ((OUTSIDE, SILENT, results("auth=pass smtp.auth=anna@example.com")), POSTFIX),
        ((OUTSIDE, SILENT, results("dkim=pass header.d=example.com")), POSTFIX),
        ((STORE, SILENT, results(GOOD), OTHER), HUB),
        # nothing of the border is named
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_SAYS), {"hosts": ("mx.google.com",), "border": ()}),
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_SAYS), {"hosts": ("mx.google.com",), "border": ("mx.google.com",)}),
        ((GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_SAYS), {"hosts": ("mx.google.com",), "border": ("2002:a05::/32",)}),
    ],
)
def test_a_result_that_came_with_the_mail_proves_nothing(fields: tuple[str, ...], named: dict[str, tuple[str, ...]]) -> None:
    assert judged(*fields, **named).proof is Proof.NONE


@pytest.mark.parametrize("fields", [(OUTSIDE, BAD, results(GOOD)), (OUTSIDE, results(GOOD), BAD), (BAD, OUTSIDE, results(GOOD))])
def test_below_the_entry_results_that_contradict_each_other_fail(fields: tuple[str, ...]) -> None:
    assert judged(*fields, **POSTFIX).proof is Proof.FAIL


def test_who_signed_a_mail_is_told_with_the_lines_above_it() -> None:
    head = "\n".join((LMTP, GOOGLE_INSIDE, GOOGLE_ENTRY, GOOGLE_SAYS, OTHER)).replace("\r", "").encode()
    fields, _ = parse(head, Remarks())
    assert signed(fields) == Signed(
        name="mx.google.com", hosts=("2002:a05:7010:a4a1:b0:5b8:f2c4:d4c5", "mx.google.com"), peers=("192.0.2.9",)
    )


# -- submissions ---------------------------------------------------------------------------------------------------------


def submission(login: str, protocol: str = "ESMTPSA", by: str = HOST, helo: str = "laptop") -> str:
    stamp = f"(Authenticated sender: {login}) " if login else ""
    return f"Received: from {helo} (unknown [192.0.2.7]) {stamp}by {by} (Postfix) with {protocol} {STAMP}"


TLS = "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t(No client certificate requested)\r\n\t"


@pytest.mark.parametrize(
    "line",
    [
        *(submission(login) for login in ("anna@example.com", "Anna@Example.com", "anna")),
        submission("anna@example.com", protocol="ESMTPA"),
        submission("anna@example.com", by="MX.EXAMPLE.COM"),
        received(f"laptop (unknown [IPv6:2001:db8::7])\r\n\t{TLS}(Authenticated sender: anna@example.com)", how="ESMTPSA"),
    ],
)
def test_a_submission_with_the_senders_own_login_proves_him(line: str) -> None:
    assert proof(line) is Proof.PASS
    assert judged(LMTP, AGAIN, line, **HUB).proof is Proof.PASS


@pytest.mark.parametrize(
    "line",
    [
        submission("mallory@example.com"),
        submission("mallory"),
        submission(""),
        submission("anna@example.com.evil.example"),
        submission("anna@mx.example.com"),
        submission("anna", protocol="ESMTPS"),
        submission("anna", protocol="LMTPA"),
        submission("anna", by="mx.evil.example"),
        submission("anna@example.com", by="mx.evil.example"),
        received('x (unknown [192.0.2.7]) "(Authenticated sender: anna)"', how="ESMTPSA"),
        submission("mallory", helo="(Authenticated sender: anna)"),
        submission("", helo="x (Authenticated sender: anna)"),
        submission("", helo="x (y [192.0.2.1]) (Authenticated sender: anna)"),
        submission("mallory) (Authenticated sender: anna"),
        received("(Authenticated sender: anna@example.com)", how="ESMTPSA"),
        received('"(x [192.0.2.7]) (Authenticated sender: anna)" (unknown [192.0.2.7])', how="ESMTPSA"),
        received("x (unknown [192.0.2.7]) (using TLS (Authenticated sender: anna@example.com))", how="ESMTPSA"),
        f"Received: from [192.0.2.7] (helo=laptop) by {HOST} with esmtpsa (TLS1.3) (Exim 4.96) "
        f"(envelope-from <anna@example.com>) {STAMP}",
        f"Received: from laptop (x [192.0.2.7]) (authenticated bits=0) by {HOST} (8.17/8.17) with ESMTPSA {STAMP}",
    ],
)
def test_another_submission_proves_nothing(line: str) -> None:
    assert proof(line) is Proof.NONE


@pytest.mark.parametrize(
    ("sender", "by", "proven"),
    [
        ("anna@example.com", "mx.example.com", True),
        ("anna@mx.example.com", "mx.example.com", True),
        ("anna@elsewhere.example", "mx.example.com", False),
        ("anna@com", "mx.example.com", False),
        ("anna@example.com", "mx.customers.example.com", False),
        ("anna@customers.example.com", "mx.example.com", False),
    ],
)
def test_a_login_without_a_domain_is_one_of_the_hosts_own(sender: str, by: str, proven: bool) -> None:
    found = proof(submission("anna", by=by), sender=sender, hosts=("mx.example.com", "*.example.com"))
    assert (found is Proof.PASS) is proven


def test_a_submission_below_the_line_of_the_house_is_forged() -> None:
    assert proof(OUTSIDE, submission("anna")) is Proof.NONE
    assert judged(OUTSIDE, submission("anna"), **HUB).proof is Proof.NONE


def test_a_failed_dmarc_outweighs_a_login() -> None:
    assert proof(BAD, submission("anna@example.com")) is Proof.FAIL


# -- a header that can be read in two ways -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        "X-Note: a\rFrom: boss@example.com",
        "X-Note: a\r\rFrom: boss@example.com\r\rtext",
        "X-Note: a\r",
        "X-Note: a\r\n\r\r\nFrom: boss@example.com",
        "\rX-Note: a",
        "X-Note:\r a",
    ],
)
def test_a_return_that_stands_alone_in_the_header_leaves_nobody_proven(field: str) -> None:
    message = read(results(GOOD), OUTSIDE, field, sender="anna@example.com", hosts=(HOST,), border=())
    assert (message.identity.address, message.authentication.proof) == (None, Proof.NONE)
    assert message.sender is None or message.sender.address != "boss@example.com"


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_no_other_mark_ends_a_line_of_the_header(mark: str) -> None:
    message = read(
        results(GOOD), OUTSIDE, f"X-Note: a{mark}From: boss@example.com", sender="anna@example.com", hosts=(HOST,), border=()
    )
    assert (message.identity.address, message.authentication.proof) == ("anna@example.com", Proof.PASS)


def test_a_return_alone_in_the_text_does_no_harm() -> None:
    raw = "\r\n".join((results(GOOD), OUTSIDE, "From: anna@example.com", "", "one\rtwo")).encode()
    assert inbound.read(raw, received_at=NOON, hosts=(HOST,)).authentication.proof is Proof.PASS
