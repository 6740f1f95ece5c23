"""Fifty charsets under the labels that mails give them, true and false: the letters come out as they were meant."""

import pytest

from maildesk.mail import charset

ZH, TW, HK = "打印机无法连接，请尽快处理。谢谢！工号 10023", "印表機無法連線，請儘快處理，謝謝。", "香港嘅電腦壞咗，唔該幫手睇吓"
JA, KO, RU = (
    "プリンタが動きません。至急お願いします。",
    "프린터가 작동하지 않습니다. 확인 부탁드립니다.",
    "Принтер не работает, помогите.",
)
DE, FR, PL = (
    "Der Drucker läuft nicht – Grüße aus Köln",
    "L'imprimante ne marche pas à l'étage, merci",
    "Drukarka nie działa, proszę",
)
CS, TR, EL = "Tiskárna nefunguje, děkuji", "Yazıcı çalışmıyor, teşekkürler İğne", "Ο εκτυπωτής δεν λειτουργεί"
HE, AR, TH = "המדפסת לא עובדת", "الطابعة لا تعمل", "เครื่องพิมพ์ไม่ทำงาน"
LT, UK, VI = "Spausdintuvas neveikia, ačiū", "Принтер не працює, її ґанок", "Máy in không hoạt động"

TABLE = (
    (ZH, "gb18030", "gb18030 GBK gb2312 x-gbk gb_2312-80 csGB2312 windows-936 cp936 CP-936 ms936 euc-cn chinese gb2312_charset"),
    (
        ZH,
        "gb18030",
        "hz-unknown x-unknown unknown-8bit us-ascii iso-8859-1 utf-8 ansi 8bit default charset=gb2312 =gb2312 3dgb2312",
    ),
    (ZH, "hz", "hz hz-gb-2312 HZ gb2312 us-ascii"),
    (TW, "big5", "big5 Big5 x-big5 x-x-big5 cn-big5 big5-eten cp950 windows-950 big5-hkscs 'big5'"),
    (HK, "big5hkscs", "big5-hkscs big5"),
    (KO, "cp949", "ks_c_5601-1987 ks_c_5601 euc-kr EUC_KR cp949 windows-949 uhc korean"),
    ("똠방각하 펲시콜라", "cp949", "euc-kr"),
    (KO, "johab", "johab x-johab cp1361"),
    (KO, "iso2022_kr", "iso-2022-kr us-ascii"),
    (JA, "cp932", "shift_jis Shift-JIS sjis x-sjis windows-31j cp932 ms932 csshiftjis iso-2022-jp"),
    ("①②㈱髙橋 ～表示", "cp932", "shift_jis"),
    (JA, "iso2022_jp", "iso-2022-jp csiso2022jp us-ascii utf-8 shift_jis iso-2022-jp-ms iso-2022-jp-1 cp50220"),
    ("ﾌﾟﾘﾝﾀ 故障", "iso2022_jp_ext", "iso-2022-jp us-ascii"),
    ("プリンタ 한글 中国", "iso2022_jp_2", "iso-2022-jp-2 iso-2022-jp"),
    ("プリンタ𠮟る", "iso2022_jp_2004", "iso-2022-jp-2004 iso-2022-jp"),
    ("プリンタ①", "iso2022_jp_3", "iso-2022-jp-3"),
    (JA, "euc_jp", "euc-jp x-euc-jp EUC_JP cp51932"),
    (RU, "koi8_r", "koi8-r KOI8-R koi8 cp20866"),
    (UK, "koi8_u", "koi8-u cp21866"),
    (RU, "cp1251", 'windows-1251 cp1251 win-1251 CP-1251 windows1251 x-cp1251 "windows-1251"'),
    (RU, "cp866", "cp866 ibm866 dos-866 866"),
    (RU, "iso8859_5", "iso-8859-5 ISO8859-5 iso_8859-5:1988"),
    (RU, "mac_cyrillic", "x-mac-cyrillic mac-cyrillic"),
    (DE, "cp1252", "windows-1252 iso-8859-1 us-ascii ISO_8859-1:1987 latin1 cp-1252 win1252 x-unknown ansi iso-8859-1;"),
    ("Grüße aus Köln", "mac_roman", "macintosh x-mac-roman mac"),
    ("à l'œuvre pour 5 €", "iso8859_15", "iso-8859-15 latin-9"),
    ("L'imprimante à l'étage", "cp850", "cp850 ibm850 CP-850"),
    ("à l'étage", "cp437", "ibm437 cp437"),
    (PL, "iso8859_2", "iso-8859-2"),
    (PL, "cp1250", "windows-1250 cp1250"),
    (CS, "mac_latin2", "x-mac-ce"),
    (TR, "cp1254", "windows-1254 iso-8859-9 latin5"),
    (TR, "mac_turkish", "x-mac-turkish"),
    (EL, "cp1253", "windows-1253"),
    (EL, "iso8859_7", "iso-8859-7"),
    (EL, "mac_greek", "x-mac-greek"),
    (HE, "cp1255", "windows-1255"),
    (HE, "iso8859_8", "iso-8859-8 iso-8859-8-i iso-8859-8-e"),
    (AR, "cp1256", "windows-1256"),
    (AR, "iso8859_6", "iso-8859-6"),
    (TH, "tis_620", "tis-620 iso-8859-11 windows-874 cp874"),
    (LT, "cp1257", "windows-1257"),
    (LT, "iso8859_13", "iso-8859-13"),
    (LT, "iso8859_4", "iso-8859-4"),
    ("ô â ư ơ", "cp1258", "windows-1258"),
)
EVERY = (ZH, TW, JA, KO, RU, DE, FR, PL, CS, TR, EL, HE, AR, TH, LT, UK, VI)
UTF = (
    (
        "utf-8",
        "utf-8 UTF8 utf8mb4 utf-8; 'utf-8' unicode-1-1-utf-8 us-ascii iso-8859-1 windows-1252 x-unknown gb2312 big5 shift_jis",
    ),
    ("utf-8", "euc-kr iso-2022-jp koi8-r ansi utf-7 utf-16"),
    ("utf-7", "utf-7 unicode-1-1-utf-7 x-unicode-2-0-utf-7"),
    ("utf-16", "utf-16 utf-16le us-ascii gb2312"),
    ("utf-16-le", "utf-16 utf-16le utf16 cp1200"),
    ("utf-16-be", "utf-16be cp1201"),
    ("utf-32", "utf-32 us-ascii"),
    ("utf-32-le", "utf-32 utf-32le"),
    ("utf-32-be", "utf-32 utf-32be"),
)


@pytest.mark.parametrize(("text", "codec", "labels"), TABLE, ids=lambda value: value if str(value).isascii() else "")
def test_a_charset_is_read_under_every_label_it_carries(text: str, codec: str, labels: str) -> None:
    wrong = [label for label in labels.split() if charset.tidy(charset.decode(text.encode(codec), label).text) != text]
    assert wrong == []


@pytest.mark.parametrize(("codec", "labels"), UTF)
def test_unicode_is_read_whatever_it_is_called(codec: str, labels: str) -> None:
    wrong = [
        (label, text)
        for label in labels.split()
        for text in EVERY
        if charset.tidy(charset.decode(text.encode(codec), label).text) != text
    ]
    assert wrong == []


def test_letters_of_windows_in_a_japanese_mail_are_read() -> None:
    jis = b"\x1b$B" + bytes((0x2D, 0x21, 0x2D, 0x6A)) + b"\x1b(B and \x1b$B%W\x1b(B"
    assert charset.decode(jis, "iso-2022-jp").text == "①㈱ and プ"


def test_letters_without_a_label_take_the_hint_of_their_neighbour() -> None:
    assert charset.decode(RU.encode("koi8-r"), None, "koi8-r").text == RU
    assert charset.decode(KO.encode("cp949"), None, "euc-kr").text == KO


def test_letters_of_windows_that_became_control_characters_are_meant_as_letters() -> None:
    assert charset.tidy("don\x92t \x93quote\x94 \x85") == "don’t “quote” …"


@pytest.mark.parametrize(
    ("page", "label"),
    [
        (b'<html><head><meta charset="gbk">', "gbk"),
        (b'<META http-equiv=Content-Type content="text/html; charset=koi8-r">', "koi8-r"),
        (b"<p>charset=x", None),
    ],
)
def test_a_page_says_its_charset_in_its_head(page: bytes, label: str | None) -> None:
    assert charset.declared(page) == label
