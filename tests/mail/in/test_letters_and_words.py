"""Bytes become the letters that were meant, in bodies, headers and parameters."""

import pytest

from maildesk.mail import charset, headers, transfer, words
from maildesk.mail.remarks import Remarks

TEXT = "打印机无法连接，请尽快处理。"


@pytest.mark.parametrize("label", ["gb2312", "GBK", '"gb18030"', "x-gbk", "gb_2312-80", "hz-unknown", None])
def test_chinese_is_read_under_any_label_it_carries(label: str | None) -> None:
    assert charset.decode((TEXT + "镕㐂").encode("gb18030"), label).text == TEXT + "镕㐂"


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "us-ascii", "big5", "x-unknown", None])
def test_utf8_wins_over_its_label(label: str | None) -> None:
    assert charset.decode(TEXT.encode(), label).text == TEXT


def test_two_byte_letters_do_not_outvote_a_chinese_label() -> None:
    both = "模".encode("gbk")
    assert both.decode("utf-8")
    assert charset.decode(both, "gb2312").text == "模"


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        ("cp1252", "iso-8859-1", "Grüße – “quoted” €"),
        ("iso2022_jp", "iso-2022-jp", "プリンタが動きません"),
        ("iso2022_jp", None, "プリンタが動きません"),
        ("shift_jis", "Shift_JIS", "プリンタが動きません"),
        ("euc_kr", "ks_c_5601-1987", "프린터가 작동하지 않습니다"),
        ("koi8_r", "koi8-r", "Принтер не работает"),
        ("utf-16", "utf-16", "plain and 中文"),
        ("utf-16-le", "utf-16le", "plain and 中文"),
        ("utf-8-sig", "utf-8", "with a mark"),
        ("utf-7", "utf-7", "中文 in seven bits"),
        ("cp1252", None, "Grüße aus Köln"),
    ],
)
def test_a_charset_is_read(codec: str, label: str | None, text: str) -> None:
    assert charset.decode(text.encode(codec), label).text == text


@pytest.mark.parametrize("label", ["us-ascii", "iso-8859-1", "x-unknown", None])
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("shift_jis", "プリンタが動きません。"),
        ("euc_jp", "プリンタが動きません。"),
        ("cp949", "프린터가 작동하지 않습니다. 확인 부탁드립니다."),
        ("big5", "印表機無法連線，請盡快處理，謝謝。"),
        ("koi8_r", "Принтер не работает, помогите."),
        ("cp1251", "Принтер не работает, помогите."),
        ("gb18030", TEXT),
    ],
)
def test_letters_under_a_false_label_are_known_by_their_look(codec: str, text: str, label: str | None) -> None:
    assert charset.decode(text.encode(codec), label).text == text


@pytest.mark.parametrize(
    "text",
    [
        *("Größe, Straße, ÄÖÜ, «naïve» façade, 5 £", "Não há solução: açãozinhas, às três", "ŠŽ šž Ÿ œuvre, ça été créé"),
        *("¿Qué pasó? ¡Mañana añadiré más!", "Þetta er ekki að virka, öðruvísi væri æði", "HÄÄYÖAIE, ÄÄNIÖÄ, Ääntä"),
    ],
)
def test_western_letters_look_like_nothing_else(text: str) -> None:
    assert charset.decode(text.encode("cp1252"), "iso-8859-1").text == text


@pytest.mark.parametrize("label", ["undefined", "idna", "rot13", "base64", "a\0b", "foo-bar", "", "unicode_escape", "punycode"])
def test_a_label_that_is_no_charset_is_ignored(label: str) -> None:
    assert charset.decode(b"C:\\new\\table", label).text == "C:\\new\\table"


def test_a_few_broken_letters_do_not_spoil_the_others() -> None:
    found = charset.decode(TEXT.encode() + b"\xff", "utf-8")
    assert found.text == TEXT + "\ufffd"
    assert found.doubt


def test_control_characters_and_line_ends_are_tidied() -> None:
    assert charset.tidy("a\r\nb\rc\0\x07\td\ufeff") == "a\nb\nc\td"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        (b"=?utf-8?B?5omT?=\t=?utf-8?B?5Y2w5py6?=", "打印机"),
        (b"=?utf-8?B?5omT5Y?= =?utf-8?B?2w5py6?=", "打印机"),
        (b"=?UTF-8*zh?q?=E6=89=93?=", "打"),
        (b"=?x-unknown?Q?plain?=", "plain"),
        (b"=?utf-8?Q?cut_of=66", "cut off"),
        (b"=?utf-8?B?5omT5Y2w5py6?", "打印机"),
        (b"=?utf-8?B?5omT =?utf-8?B?5Y2w?=", "打印"),
        (b"=?utf-8?Q?really??_yes?=", "really?? yes"),
        (b"=? utf-8 ?Q? a b ?=", "a b"),
        (b"=?utf-8?B?=E6=89=93=E5=8D=B0?=", "打印"),
        (b"=?utf-8?Q?=3D=3Futf-8=3FB=3F5omT=3F=3D?=", "打"),
        (b'"=?gb2312?B?tPLTobv6?=" <a@b>', '"打印机" <a@b>'),
        (b"=?gb2312?Q?=B4=F2?==?gb2312?B?06G7?= =?gb2312?Q?=FA?=", "打印机"),
        ("=?gbk?Q?打印?=".encode("gbk"), "打印"),
        (b"=?utf-8?Q?no end", "no end"),
        (b"=?utf-8?Q?", "=?utf-8?Q?"),
        (b"no words = ? at all", "no words = ? at all"),
        (b"=?utf-8?Q?hi=0D=0ABcc:_x?=", "hi  Bcc: x"),
        ("直接写的".encode("gbk"), "直接写的"),
    ],
)
def test_header_words_are_decoded(raw: bytes, text: str) -> None:
    assert words.decoded(raw) == text


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        (b"x/y; name=a.pdf", "name", "a.pdf"),
        (b'x/y; name="a;b \\"c\\".pdf"; charset=z', "name", 'a;b "c".pdf'),
        (b"x/y; name*=utf-8'zh'%E6%89%93.pdf", "name", "打.pdf"),
        (b"x/y; name*0=a; name*1=b; name*2*=%63", "name", "abc"),
        (b"x/y; name*1*=%AD; name*0*=gbk''%D6%D0%CE; name*2=x", "name", "中苇x"),
        (b"x/y;; ; boundary = b ;", "boundary", "b"),
        (b"x/y boundary=b", "boundary", "b"),
        (b'x/y; boundary="b', "boundary", "b"),
        (b"x/y; a=1; A=2", "a", "1"),
        (b'x/y; name="a "b" c.pdf"; x=y', "name", 'a "b" c.pdf'),
        (b'x/y; name="a.pdf" charset=z', "name", "a.pdf"),
        (b"x/y; name=my long name.pdf; x=y", "name", "my long name.pdf"),
        (b"x/y; filename=a.pdf; filename*=utf-8''%E6%89%93.pdf", "filename", "打.pdf"),
        (b"x/y; filename=a.pdf; filename*=utf-8''%FF%FE%E6.pdf", "filename", "a.pdf"),
        (b"x/y; filename*=%E6%89%93.pdf", "filename", "打.pdf"),
        (b"x/y; filename*=\"utf-8''%E6%89%93.pdf\"", "filename", "打.pdf"),
    ],
)
def test_the_parameters_of_a_field_are_read_however_they_are_written(raw: bytes, name: str, value: str) -> None:
    _, found = headers.parameters(raw, Remarks())
    assert found[name] == value


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"<a@b> <c@d>", ("a@b", "c@d")),
        (b"<a@\t b><a@b>", ("a@b",)),
        (b"a@b c@d", ("a@b", "c@d")),
        (b"Your mail of Monday", ()),
        (b"<>", ()),
    ],
)
def test_message_ids_are_read(raw: bytes, ids: tuple[str, ...]) -> None:
    assert headers.ids(raw) == ids


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (b"Tue, 03 Mar 2026 09:12:44 +0800", "2026-03-03T09:12:44+08:00"),
        (b"3 Mar 26 01:12 GMT (noon)", "2026-03-03T01:12:00+00:00"),
        (b"Tue, 03 Mar 2026 09:12:44 -0000", "2026-03-03T09:12:44+00:00"),
        (b"16.03.09", None),
        (b"Mon, 99 Foo 99999 99:99:99", None),
        (b"", None),
    ],
)
def test_dates_are_read_with_their_offset(raw: bytes, moment: str | None) -> None:
    found = headers.date(raw)
    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize(
    ("encoding", "raw", "data"),
    [
        ("base64", b"QUJD\r\nREVG", b"ABCDEF"),
        ("base64", b"QU JD*RE==ignored", b"ABCD"),
        ("base64", b"QUJDR", b"ABC"),
        ("base64", b"QUI=\r\nQ0Q=\r\n\r\nRUZH\r\n", b"ABCDEFG"),
        ("base64", b"QUJDREU=\r\n\r\n-- \r\nsent by a list", b"ABCDE"),
        ("base64", b"Hello,\r\nit prints now.\r\n", b"Hello,\r\nit prints now.\r\n"),
        ("quoted-printable", b"a=3Db=\r\nc =\r\n d=ZZ", b"a=bc  d=ZZ"),
        ("x-uuencode", b"begin 644 x\n#0V%T\n`\nend\n", b"Cat"),
        ("x-odd", b"as it is", b"as it is"),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, raw: bytes, data: bytes) -> None:
    assert b"".join(transfer.chunks(raw, 0, len(raw), encoding)) == data


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_the_size_of_the_window_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "WINDOW", size)
    coded = {
        "base64": b"QUJD\r\nREVGR0g=",
        "quoted-printable": b"=41=42C=\r\nDE=46=47H",
        "x-uuencode": b"begin 6 x\n(04)#1$5&1T@\n`\n",
    }
    for encoding, raw in coded.items():
        assert b"".join(transfer.chunks(raw, 0, len(raw), encoding)) == b"ABCDEFGH", encoding
