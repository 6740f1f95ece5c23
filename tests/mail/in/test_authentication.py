"""Whether the sender is proven: what the named hosts say above their own lines, who logged in, and what only looks so."""

import pytest

from maildesk.core.message import Proof
from maildesk.mail import inbound
from maildesk.mail.trace import among
from tests.mail.hosts import AGAIN, BAD, GOOD, HOST, HUB, LMTP, NOON, OUTSIDE, STAMP, judged, proof, read, received, results

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
