"""A page becomes the text that a person would read off the screen."""

import pytest

from maildesk.mail import pages


@pytest.mark.parametrize(
    ("page", "text"),
    [
        # lines
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        ("a<br><br>b", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p style='margin:0'>a</p><p style='margin:0cm'>b</p>", "a\nb"),
        ("<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>", "a\n\nb"),
        ("x<hr>y", "x\n\ny"),
        ("a<div>b</div>c", "a\nb\nc"),
        ("<span style='display:block'>a</span><span style='display:block'>b</span>", "a\nb"),
        ("<h2>Title</h2>words<dl><dt>term<dd>meaning</dl>", "Title\n\nwords\n\nterm\nmeaning"),
        # white space
        ("  a \n  <b> b</b>\t c ", "a b c"),
        ("a&nbsp;&nbsp;b", "a  b"),
        ("打印机\n坏了", "打印机坏了"),
        ("<pre>a  b\n   c\n\nd</pre>", "a  b\n   c\n\nd"),
        ("<div style='white-space: pre-wrap'>a  b\nc</div>d\ne", "a  b\nc\nd e"),
        ("a&amp;lt;b &copy; &#x4e2d;", "a&lt;b © 中"),
        # lists
        ("<ul><li>one<li>two<ul><li>deeper</ul></ul>", "* one\n* two\n  * deeper"),
        ("<ol start=3><li>x</li><li><p>y</p></li></ol>", "3. x\n4. y"),
        ("<ol><li>x<br>more</li></ol>", "1. x\n  more"),
        # tables
        ("<table><tr><th>Room<th>Floor<tr><td>4.12<td>4</table>after", "Room | Floor\n4.12 | 4\n\nafter"),
        ("<table><tr><td><p>left</p><p>more</p><td>right</table>", "left\n\nmore\nright"),
        ("<table><tr><td><table><tr><td>工号</td><td>1234</td></tr></table></td></tr></table>", "工号 | 1234"),
        ("<table><tr><td></td><td>only</td></tr></table>", "only"),
        # links
        ("see <a href='https://example.org/a'>the page</a>", "see the page <https://example.org/a>"),
        ("see <a href='https://example.org/a'>example.org</a>", "see example.org"),
        ("<a href='mailto:anna@example.org'>Anna</a>", "Anna"),
        ("<a href='https://example.org/'><img src='cid:x' alt='logo.png'></a>", "[image: logo.png]"),
        ("<img src='cid:x@y' alt='a.png' width=16 height=16>words<img src='cid:shot.png@y' width=640>", "words[image: shot.png]"),
        # what nobody sees
        ("<div style='display:none;max-height:0'>preheader</div>words", "words"),
        ("<span style='font-size:0'>x</span><span style='mso-hide:all'>y</span><b hidden>z</b>words", "words"),
        ("<div style='display:none'>all there is</div>", "all there is"),
        ("<div style='display:none'><table><tr><td>x</table></div><table><tr><td>a<td>b</table>", "a | b"),
        ("<!--[if mso]><p>for Word</p><![endif]--><p>words<![if !mso]>!<![endif]></p>", "words!"),
        ("<style>p{color:red}</style><title>t</title><p>words</p><script>x()</script>", "words"),
    ],
)
def test_a_page_is_read_as_it_is_seen(page: str, text: str) -> None:
    assert pages.unmarked(pages.text(pages.sanitised(page))) == text


@pytest.mark.parametrize("deep", ["div", "blockquote", "table><tr><td", "ul><li", "b", "span style='x:y'"])
def test_no_depth_loses_a_word(deep: str) -> None:
    page = f"<{deep}>" * 600 + "deep words"
    assert "deep words" in pages.text(pages.sanitised(page))


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5_000 + "words",
        "<p>" * 250_000 + "words",
        "<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">words",
        "<script>" * 20_000 + "</script>words",
        "<!--" * 20_000 + "--><div>" * 3_000 + "words",
    ],
    ids=["deep", "many", "crowded", "scripts", "comments"],
)
def test_a_monstrous_page_gives_its_words_unparsed(page: str) -> None:
    if pages.is_monstrous(page):
        assert pages.bare(page).endswith("words")
    else:
        assert pages.text(pages.sanitised(page)).endswith("words")


def test_a_wide_table_costs_no_more_than_its_words() -> None:
    page = "<table>" + "<tr><td>" + "a" * 50_000 + "<tr><td>b" * 20_000 + "</table>"
    assert len(pages.text(pages.sanitised(page))) < len(page)
