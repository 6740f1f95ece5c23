"""The light markup, and that no value can become markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.buttons import Button
from maildesk.mail.hypertext import to_html
from maildesk.mail.markup import (
    LONGEST,
    Across,
    Banner,
    Buttons,
    Entry,
    Form,
    Heading,
    History,
    Items,
    Paragraph,
    Quote,
    Rows,
    Small,
    Span,
    data,
    literal,
    parse,
    spans,
)
from maildesk.mail.plain import to_text

MARKS = ["# ", "- ", "1. ", "| a | b |", "+ ", "@ ", "> ", "= ", "! public ", "~ ", "[take]", "[take] [note]", "---", "**", "`"]
PLACES = ["{}", "# {}", "- {}", "1. {}", "| {} | v |", "| k | {} |", "+ {}", "+ t\n  {}", "@ {} | x", "> {}", "= {}", "~ {}"]


def no_button(name: str) -> Button:
    raise AssertionError(f"nobody asked for the button {name}")


def text_of(source: str) -> str:
    return to_text(parse(source), no_button)


def html_of(source: str) -> str:
    return to_html(parse(source), no_button, language="en", title="t", top="top", preview="p")


def test_each_mark_makes_its_block() -> None:
    source = (
        "# h\n\none\ntwo\n\n- a\n- b\n\n1. c\n2. d\n\n| k | v |\n| l | w |\n\n@ now | said\n\n+ e\n  f\n\n> q\n\n= x:\n\n"
        "! inside b\n\n~ s\n\n[take] [note.1]\n\n---\n"
    )
    one = {letter: (Span(letter),) for letter in "habcdkvlwefqsb"}
    assert parse(source) == (
        Heading(one["h"]),
        Paragraph(((Span("one"),), (Span("two"),))),
        Items((one["a"], one["b"])),
        Items((one["c"], one["d"]), numbered=True),
        Rows(((one["k"], one["v"]), (one["l"], one["w"]))),
        History((((Span("now"),), (Span("said"),)),)),
        Entry(one["e"], (one["f"],)),
        Quote((one["q"],)),
        Form(((Span("x:"),),)),
        Banner("inside", one["b"]),
        Small((one["s"],)),
        Buttons(("take", "note.1")),
        Across(),
    )


def test_bold_and_code_reach_across_values() -> None:
    assert spans(f"a **{data('b*')}** `c`") == (Span("a "), Span("b*", "b"), Span(" "), Span("c", "code"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mark", MARKS)
def test_a_value_that_looks_like_markup_stays_a_value(place: str, mark: str) -> None:
    value = f"{mark}\n{mark}x\n\n{mark}"
    plain = parse(place.format(data("x")))
    assert [type(block) for block in parse(place.format(data(value)))] == [type(block) for block in plain]
    assert len(parse(place.format(data(value)))) == 1


@given(value=st.text(), place=st.sampled_from(PLACES))
def test_a_value_comes_out_of_both_parts_letter_by_letter(value: str, place: str) -> None:
    shown = literal(value)
    text = text_of(place.format(data(value)))
    for line in shown.split("\n"):
        assert line.rstrip() in text


@given(value=st.text(st.sampled_from("<>&\"'/abc \n")), place=st.sampled_from(PLACES))
def test_no_value_opens_a_tag(value: str, place: str) -> None:
    def tags(source: str) -> int:
        return html_of(source).replace("<br>\n", "").replace("<br>", "").count("<")

    assert tags(place.format(data(value))) == tags(place.format(data("x")))


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b[31m", "\u202e", "\u2066", "\ue000", "\ue001", "\ue002", "\r", "\x85", "\ud800", "\ufeff"]
)
def test_no_control_character_and_no_turned_direction_is_shown(bad: str) -> None:
    assert bad not in text_of(f"> {data(f'a{bad}b')}")
    assert "a" in text_of(f"> {data(f'a{bad}b')}")


def test_line_ends_of_every_system_are_one() -> None:
    assert literal("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_indentation_of_a_log_survives_in_html() -> None:
    assert "&nbsp; &nbsp; at x" in html_of(f"> {data('error' + chr(10) + '    at x')}")


def test_a_huge_value_full_of_marks_is_read_in_no_time() -> None:
    value = "| ** ` # > [take]\n" * 5_000
    assert text_of(f"| k | {data(value)} |").count("[take]") == 5_000


def test_a_value_too_long_for_a_mail_is_cut_and_says_how_much_is_missing() -> None:
    shown = literal("x" * (LONGEST + 7))
    assert shown == "x" * LONGEST + "\n… (+7)"
