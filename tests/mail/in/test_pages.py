"""HTML of strangers is shown without anything that acts or loads."""

import pytest

from maildesk.mail import pages

TRACES = ("alert(1)</", "<script", "onerror", "javascript:", "file:", "<iframe", "spy.example", "evil.example", "<form", "url(")


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='file:///etc/passwd'>x</a>",
        "<iframe src='http://evil.example'></iframe>",
        "<div style=\"background:url('http://spy.example/x')\">x</div>",
        "<img src='http://spy.example/x.gif'><img srcset='http://spy.example/y.gif'>",
        "<body background='http://spy.example/z.gif'>x",
        "<link rel=stylesheet href='http://spy.example/a.css'><base href='//evil.example'>",
        "<meta http-equiv=refresh content='0;url=http://evil.example'>",
        "<table background='http://spy.example/t.gif'><tr><td>x</td></tr></table>",
        "<video poster='http://spy.example/v.gif'></video><form action='http://evil.example'><button>x</button></form>",
    ],
)
def test_nothing_of_an_attack_is_left_in_the_page(attack: str) -> None:
    page = pages.sanitised(attack).lower()
    for trace in (
        "alert(1)</",
        "<script",
        "onerror",
        "javascript:",
        "file:",
        "<iframe",
        "spy.example",
        "evil.example",
        "<form",
        "url(",
    ):
        assert trace not in page.replace("&lt;", "")


def test_pictures_that_came_with_the_mail_stay() -> None:
    assert 'src="cid:logo@x"' in pages.sanitised('<img src="cid:logo@x">')


def test_a_deep_page_loses_no_word() -> None:
    page = pages.sanitised("<div>" * 600 + "deep words" + "</div>" * 600)
    assert pages.text(page) == "deep words"


def test_a_tag_with_many_blanks_is_looked_at_once() -> None:
    assert not pages.is_monstrous("<a" + " " * 3_000 + "x>")
    assert pages.is_monstrous("<a " + "x=1 " * 300 + ">")
