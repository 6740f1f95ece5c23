"""Whatever a stranger writes comes out as letters on a page: it is never obeyed, evaluated, hidden or sent elsewhere."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.cli.preview import sample_letters
from maildesk.core.message import Address, Attachment, Digest, Fact, MessageId
from maildesk.mail.samples import Sample, every
from maildesk.mail.story import NOW
from tests.mail.out.reading import PARTY, file_of, read

LETTERS = sample_letters()
ATTACKS = (
    "{{7*7}}{% for x in y %}{{''.__class__}} <script>alert(1)</script><img src=x onerror=alert(1)>",
    "hi\r\nBcc: evil@example.net\r\n\r\nbody =?utf-8?q?hi=0ABcc:_evil@x.com?= a@b, c@d <e@f> (g) \" ' \\ ; , :",
    "# heading\n| a | b |\n[take]\n! public x\n---\n/take\n##- cut -##\n** ` ~ + @ = > - 1. ",
    "\x00\x1b[31m\u202egnp.exe\u2066\ue000\ue001\ue002\ufeff\u200b\u2028\u2029\x85" + "x" * 3000,
)
"""Each goes into every place that a stranger can fill."""

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "Auto-Submitted"}
HEADERS |= {"X-Auto-Response-Suppress", "Precedence", "X-Maildesk-Loop", "Content-Language", "MIME-Version", "Content-Type"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
KEYS = frozenset({"rule", "step", "about", "how", "event", "status", "letter", "priority"})


def poisoned(value: Any, attack: str) -> Any:
    """Facts with the attack in every place that holds somebody's words."""
    match value:
        case str() if INSTANT.fullmatch(value):
            return value
        case str():
            return attack
        case dict():
            return {key: one if key in KEYS else poisoned(one, attack) for key, one in value.items()}
        case list():
            return [poisoned(one, attack) for one in value]
        case _:
            return value


def attacked(sample: Sample, attack: str) -> Sample:
    file = Attachment(filename=attack, content_type=attack, size=1, digest=Digest("0" * 64))
    letter = replace(
        sample.letter,
        facts=poisoned(dict(sample.letter.facts), attack),
        name=attack,
        answers=MessageId(attack),
        attachments=(file,),
    )
    if sample.ticket is None:
        return replace(sample, letter=letter)
    fields = {name: Fact(value=attack, source="line") for name in (*sample.ticket.fields, attack)}
    ticket = replace(
        sample.ticket, subject=attack, requester_name=attack, fields=fields, missing=(attack,), category=attack, solution=attack
    )
    return replace(sample, letter=letter, ticket=ticket)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_attack_in_every_place_of_every_letter_stays_words(language: str, attack: str) -> None:
    for sample in every(language):
        bad = attacked(sample, f"MARK{attack}")
        harmless = attacked(sample, "MARK")
        found = _read(bad)
        assert found.written.fault is None, sample.name
        assert set(found.mail.keys()) <= HEADERS
        assert [one.addr_spec for one in found.mail["To"].addresses] == [sample.letter.to]
        assert _tags(found.html) == _tags(_read(harmless).html), sample.name
        assert found.text.count("MARK") == _read(harmless).text.count("MARK"), sample.name
        assert found.written.raw.isascii()


def _read(sample: Sample) -> Any:
    written = LETTERS.write(
        sample.letter, ticket=sample.ticket, party=PARTY, nonce="n", now=NOW, references=(MessageId("a@b"),), files=file_of
    )
    return read(written)


def _tags(html: str) -> list[str]:
    """The tags of a page in order, without line breaks and without the addresses of links."""
    return [tag for tag in re.findall(r"<(/?\w+)", html) if tag != "br"]


@settings(max_examples=300, deadline=None)
@given(
    subject=st.text(max_size=120),
    name=st.text(max_size=80),
    text=st.text(max_size=400),
    filename=st.text(max_size=80),
    answers=st.text(max_size=80),
    reference=st.text(max_size=80),
    sample=st.sampled_from(tuple(s for s in every("zh") if s.name in {"answer", "assignment", "acknowledgement"})),
)
def test_the_headers_are_exactly_those_that_were_meant(
    subject: str, name: str, text: str, filename: str, answers: str, reference: str, sample: Sample
) -> None:
    assert sample.ticket is not None
    facts = {key: text if key == "text" else value for key, value in sample.letter.facts.items()}
    file = Attachment(filename=filename, content_type=text[:40], size=1, digest=Digest("0" * 64))
    letter = replace(sample.letter, name=name, answers=MessageId(answers), facts=facts, attachments=(file,))
    ticket = replace(sample.ticket, subject=subject, requester_name=name)
    found = read(
        LETTERS.write(letter, ticket=ticket, party=PARTY, nonce="n", now=NOW, references=(MessageId(reference),), files=file_of)
    )
    assert set(found.mail.keys()) <= HEADERS
    assert len(found.mail.keys()) == len(set(found.mail.keys()))
    assert [one.addr_spec for one in found.mail["To"].addresses] == [letter.to]
    assert len(list(found.mail.iter_attachments())) == 1


def test_an_address_that_is_not_ascii_is_written_as_it_is() -> None:
    sample = next(sample for sample in every("zh") if sample.name == "answer")
    letter = replace(sample.letter, to=Address("王芳@xn--fsqu00a.example"))
    written = LETTERS.write(letter, ticket=sample.ticket, party=PARTY, nonce="n", now=NOW)
    assert "<王芳@xn--fsqu00a.example>".encode() in written.raw
    assert written.to == "王芳@xn--fsqu00a.example"
