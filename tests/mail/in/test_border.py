"""What is believed of results below the lines of the house's own hosts, as Postfix, Gmail and Microsoft 365 write them."""

import pytest

from maildesk.core.message import Proof
from maildesk.mail.authentication import Signed, signed
from maildesk.mail.headers import parse
from maildesk.mail.remarks import Remarks
from tests.mail.hosts import AGAIN, BAD, GOOD, HUB, LMTP, OTHER, OUTSIDE, POSTFIX, STAMP, STORE, judged, received, results

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
        ((results("none", by="filter.example.com"), OUTSIDE, results(GOOD)), POSTFIX),
        ((received("localhost ([127.0.0.1]:4711)"), OUTSIDE, results(GOOD)), HUB),
        ((received("localhost (127.0.0.1:4711)"), OUTSIDE, results(GOOD)), HUB),
        ((received("mx (ident@10.1.0.5) (using TLSv1.3 with cipher X (256/256 bits))"), OUTSIDE, results(GOOD)), HUB),
    ],
)
def test_under_its_own_lines_the_border_is_believed(fields: tuple[str, ...], named: dict[str, tuple[str, ...]]) -> None:
    assert judged(*fields, **named).proof is Proof.PASS


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
        # an address that a host writes in its own way
        ((received("unknown (HELO 127.0.0.1) (ident@192.0.2.66)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [192.0.2.66:4711])"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (192.0.2.66:smtp)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (ip:192.0.2.66)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown/192.0.2.66)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] ([2001:db8::66]:4711)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (2001:db8:0:0:0:0:0:66:4711)"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [fe80::66%eth0])"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [::ffff:192.0.2.66])"), AGAIN, results(GOOD)), HUB),
        # what looks like an address and is none
        ((received("[127.0.0.1] (unknown [192.0.2.066])"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [192.0.2.66.4711])"), AGAIN, results(GOOD)), HUB),
        ((received("[127.0.0.1] (unknown [2001:db8:::66])"), AGAIN, results(GOOD)), HUB),
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
        ((OUTSIDE, results("none"), results(GOOD)), POSTFIX),
        ((OUTSIDE, "Authentication-Results: mx.example.com; dkim=none (unterminated", results(GOOD)), POSTFIX),
        # it has spoken above its line, and what is below is the sender's
        ((results("none"), OUTSIDE, results(GOOD)), POSTFIX),
        ((SILENT, OUTSIDE, results(GOOD)), POSTFIX),
        ((results("dkim=fail header.d=example.com"), OUTSIDE, results(GOOD)), POSTFIX),
        ((SILENT, OUTSIDE, results("dkim=pass header.d=example.com")), POSTFIX),
        ((SILENT, OUTSIDE, results("auth=pass smtp.auth=anna@example.com")), POSTFIX),
        ((SILENT, STORE, OUTSIDE, results(GOOD)), HUB),
        ((STORE, SILENT, OUTSIDE, results(GOOD)), HUB),
        ((LMTP, SILENT, OUTSIDE, results(GOOD)), POSTFIX),
        (("Authentication-Results: mx.example.com; dkim=none (unterminated", OUTSIDE, results(GOOD)), POSTFIX),
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
