"""An order that nobody sees in the HTML of a mail is none, be it alone or beside a plain form that was made from it."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from maildesk.core.orders import parse
from maildesk.mail import inbound


def orders(plain: str, html: str) -> list[str]:
    """The order lines of a mail that are believed."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ming <ming@acme.test>", "Re: Printer"
    mail.set_content(plain or html, subtype="plain" if plain else "html")
    if plain:
        mail.add_alternative(html, subtype="html")
    message = inbound.read(mail.as_bytes(), received_at=datetime(2026, 11, 23, tzinfo=UTC))
    return [one.line for one in parse(message.new_text, unseen=message.unseen).orders]


HIDINGS = [
    '<p style="display:none">{}</p>',
    '<p style="visibility:hidden">{}</p>',
    '<p style="opacity:0.01">{}</p>',
    '<p style="mso-hide:all">{}</p>',
    '<p style="max-height:0;overflow:hidden">{}</p>',
    '<p style="height:1px;overflow:hidden">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p style="text-indent:-200em">{}</p>',
    '<p style="margin:0 0 0 -100vw">{}</p>',
    '<p style="position:absolute;clip:rect(1px, 1px, 1px, 1px)">{}</p>',
    '<p style="transform:scale(0)">{}</p>',
    '<div style="font-size:0"><p>{}</p></div>',
    '<p><span style="font-size:1px"><b>{}</b></span></p>',
    '<p style="font:0/0 a">{}</p>',
    '<p style="color:#fff">{}</p>',
    '<p style="color:white;background:#fefefe">{}</p>',
    '<p><font color="white">{}</font></p>',
    '<p style="color:rgba(0,0,0,0)">{}</p>',
    '<table bgcolor="#000080"><tr><td><font color="navy">{}</font></td></tr></table>',
    '<style>.x, .y {{display:none !important}}</style><p class="a x">{}</p>',
    '<style>.x {{color:#FFF}}</style><p class="a x">{}</p>',
    '<style>p.x, .y {{color: rgb(255, 255, 255) !important}}</style><p class="x">{}</p>',
    '<style>#x {{color:white}}</style><p id="x">{}</p>',
    '<style>.x {{font-size:1px}}</style><p class="x">{}</p>',
    '<style>.b {{background-color:#000080}} .x {{color:navy}}</style><div class="b"><p class="x">{}</p></div>',
    '<style>.x {{color:#000}} .x {{color:#fff}}</style><p class="x">{}</p>',
    "<p hidden>{}</p>",
    '<P STYLE="COLOR:WHITE">{}</P>',
    '<p style="display:none !important;display:block">{}</p>',
    '<p style="color:#fff!important;color:#000">{}</p>',
    '<p><font color="ffffff">{}</font></p>',
    '<p style="opacity:1%">{}</p>',
]
SEEN = [
    "<p>{}</p>",
    '<p style="color:#666">{}</p>',
    '<p style="background:#1f6feb"><a href="https://a.test" style="color:#fff">{}</a></p>',
    '<table bgcolor="navy"><tr><td><font color="white">{}</font></td></tr></table>',
    '<div style="font-size:0"><p style="font-size:14px">{}</p></div>',
    '<style>@media (max-width:600px) {{ .x {{display:none}} }}</style><p class="x">{}</p>',
    '<style>.x {{display:none}} .x {{display:block}}</style><p class="x">{}</p>',
    '<style>.x {{color:#fff}}</style><p class="x" style="color:#111">{}</p>',
    '<style>.b {{background:#123}}</style><div class="b"><p style="color:#fff">{}</p></div>',
    '<style>.b {{background:url(b.png)}} .x {{color:#fff}}</style><div class="b"><p class="x">{}</p></div>',
    '<style>body {{background:#111}} .x {{color:#eee}}</style><p class="x">{}</p>',
    '<style>.x {{color:#fff}} div .x {{background:#123}}</style><div><p class="x">{}</p></div>',
    '<style>@media (prefers-color-scheme: dark) {{ .x {{color:#fff}} }}</style><p class="x">{}</p>',
    '<style>span.EmailStyle17 {{color:windowtext}}</style><p><span class="EmailStyle17">{}</span></p>',
    '<p style="color:#fff;background:rgb(33,33,33)">{}</p>',
    '<p style="max-height:300px;overflow:hidden">{}</p>',
    '<div style="BACKGROUND-COLOR:#000;COLOR:#fff">{}</div>',
    '<div style="background:#222 url(x.png);color:#fff">{}</div>',
    '<div style="background:midnightblue;color:#fff">{}</div>',
    '<table bgcolor="000000"><tr><td><font color="ffffff">{}</font></td></tr></table>',
    '<p style="color:#fff;background:#333!important;background:#fff">{}</p>',
    "<p>{}<span style='color:#fff'>\u200b</span></p>",
]


@pytest.mark.parametrize("hiding", HIDINGS)
@pytest.mark.parametrize("plain", ["", "Done.\n\n/close fixed"], ids=["html alone", "plain beside it"])
def test_an_order_that_nobody_sees_is_none(hiding: str, plain: str) -> None:
    html = f"<p>Done.</p>{hiding.format('/close fixed')}"
    assert orders(plain, html) == []


@pytest.mark.parametrize("tag", ["dialog", "video", "audio", "canvas", "iframe", "datalist", "noembed"])
def test_what_a_program_shows_only_where_it_lacks_something_is_no_order(tag: str) -> None:
    assert orders("", f"<p>Done.</p><{tag}><p>/close fixed</p></{tag}>") == []


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("plain", ["", "Done.\n\n/close fixed"], ids=["html alone", "plain beside it"])
def test_an_order_that_can_be_seen_is_one(seen: str, plain: str) -> None:
    html = f"<p>Done.</p>{seen.format('/close fixed')}"
    (order,) = orders(plain, html)
    assert order.startswith("/close fixed")


def test_a_mail_in_which_nothing_is_seen_gives_no_order() -> None:
    assert orders("", '<p style="display:none">/close fixed</p>') == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:#fff">Done.</p><p style="color:#eee">/close fixed</p>',
        '<body style="background-color:#1e1e1e"><p style="color:#ddd">Done.</p><p style="color:#fff">/close fixed</p></body>',
        '<body bgcolor="black" text="white"><p>Done.</p><p>/close fixed</p></body>',
        '<p style="color:#fff">Done.</p><p style="color:#fff">/close fixed</p><div class="gmail_signature">Ming</div>',
        '<p style="color:#fff">Done.</p><p style="color:#fff">/close fixed</p><blockquote type="cite">It is broken.</blockquote>',
        '<p style="color:#fff">/close fixed</p><div class="ms-outlook-mobile-signature">Get Outlook for iOS</div>',
        '<p style="color:#fff">/close fixed</p><div id="appendonsend"></div><div id="divRplyFwdMsg">From: IT</div>',
        '<p style="color:#fff">/close fixed</p><div class="gmail_quote"><div class="gmail_attr">On Monday IT wrote:</div>'
        "<blockquote>Hello</blockquote></div>",
    ],
)
def test_who_writes_on_a_dark_screen_is_understood(html: str) -> None:
    assert orders("", html) == ["/close fixed"]


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("/note cleared the queue and\nrestarted it", "<p>/note cleared the queue and restarted it</p>"),
        (
            "Done.\n\n/close see https://a.test<https://a.test/x>",
            '<p>Done.</p><p>/close see <a href="https://a.test/x">a.test</a></p>',
        ),
        ("/close fixed\n\nDone.", "<html><body></body></html>"),
        ("／关闭  已处理", "<div>／关闭&nbsp;已处理</div>"),
        ("Done.\n\n/close see wiki page for it", '<p>Done.</p><p>/close see <a href="https://w.test/">wiki page</a> for it</p>'),
        ("Done.\n\n/close /toner/ replaced", "<p>Done.</p><p>/close <i>toner</i> replaced</p>"),
        ("Done.\n\n/close _toner_ replaced", "<p>Done.</p><p>/close <u>toner</u> replaced</p>"),
        ("Done.\n\n/close fine \U0001f642 bye", '<p>Done.</p><p>/close fine <img alt="\U0001f642" src="cid:x"> bye</p>'),
        ("Done.\n\n/close toner replaced", "<p>Done.</p><p>/close toner<br>replaced</p>"),
        ("Done.\n\n/close fixed", "<p>Done.</p><ol><li>/close fixed</li></ol>"),
    ],
)
def test_the_plain_form_of_an_order_may_be_written_otherwise_than_the_page(plain: str, html: str) -> None:
    assert len(orders(plain, html)) == 1


@pytest.mark.parametrize(
    "piece",
    ["<style>", "<style>/*", "<style>@", "@", "{", "}", ".x{", "@media{", "/*", ".x,", "<p style='", "rgb(", "-1px ", "scale("],
)
def test_a_style_without_end_hides_nothing_but_its_own_words(piece: str) -> None:
    """A page that opens elements without end is not parsed at all, and nothing of it counts as seen."""
    sheet, style = piece * (300_000 // len(piece)), piece.replace("'", "") * 100
    page = f"<p>/take</p><style>{sheet}</style><p style='{style}'>words</p>"
    assert orders("", page) == ([] if "<style>" in piece else ["/take"])


def test_what_a_sheet_draws_keeps_its_name() -> None:
    page = '<style>#Signature {color:#666}</style><p>Done.</p><div id="Signature">/close fixed</div>'
    assert orders("", page) == []
