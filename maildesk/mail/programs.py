"""What mail programs wrap around the mail they quote and around a signature, one program a line.

A line of the table is what an element is taken for, how it is known, and whose it is. An element is known by `#id`, `.class`,
`name=`, `type=` or `data-marker=`, in any letter case. When one program quotes the mail of another it renames these
(`x_gmail_quote` in Outlook, `m_-123gmail_quote` in Gmail, `ydp1f0a9b3cgmail_quote` in Yahoo) and some number them; they are known
all the same.

    quote       all in it is quoted, and people see a line at its side
    old         all in it is old, though nothing is seen at its side: the line that says who wrote, or the old mail itself
    frame       the old mail with that line; answers may stand in it between quotes. Without any quote in it all of it is old
    cut         here the old mail begins and goes on to the end
    signature   all in it is the signature
"""

import re
from collections.abc import Mapping
from enum import Enum
from itertools import islice
from types import MappingProxyType

from lxml.html import HtmlElement

from maildesk.mail import languages


class Role(Enum):
    """What an element, or a line of text, is."""

    NEW = "new"
    QUOTE = "quote"
    OLD = "old"
    FRAME = "frame"
    CUT = "cut"
    SIGNATURE = "signature"


_TABLE = """
    quote      type=cite                                Apple Mail, Thunderbird, Zimbra, Roundcube, KMail, Evolution
    quote      #isReplyContent                          163, 126, yeah.net
    quote      #oriMsgHtmlSeperator                     Sina
    quote      .tutanota_quote                          Tuta
    quote      .skiff_quote                             Skiff
    quote      .notion-mail-quote                       Notion
    quote      .freshdesk_quote                         Freshdesk
    frame      .gmail_quote                             Gmail
    frame      .gmail_quote_container                   Gmail
    frame      .protonmail_quote                        Proton
    frame      name=messageReplySection                 Spark
    frame      .zmail_extra                             Zoho, Zimbra
    frame      .front-blockquote                        Front
    frame      .missive_quote                           Missive
    frame      .sh-quoted-content                       Superhuman
    old        .gmail_attr                              Gmail, Superhuman
    old        .moz-cite-prefix                         Thunderbird
    old        .moz-email-headers-table                 Thunderbird
    old        #reply-intro                             Roundcube
    old        .yahoo_quoted                            Yahoo
    old        #yahoo_quoted                            Yahoo
    old        data-marker=__HEADERS__                  Zimbra
    old        data-marker=__QUOTED_TEXT__              Zimbra
    old        .ntes-mailmaster-quote                   NetEase Mail Master
    old        #reply139content                         139
    old        name=quote                               GMX, web.de
    old        #origbody                                Coremail, 189
    old        .freebirdFormviewer                      Google Forms
    old        .history-quote-wrapper                   Lark, Feishu
    old        #lark-mail-quote                         Lark, Feishu
    cut        #appendonsend                            Outlook on the web
    cut        #divRplyFwdMsg                           Outlook on the web
    cut        name=divRplyFwdMsg                       Outlook on the web
    cut        #mail-editor-reference-message-container Outlook for Mac, iOS, Android
    cut        .ms-outlook-mobile-reference-message     Outlook for iOS and Android
    cut        #OLK_SRC_BODY_SECTION                    Outlook for Mac 2011
    cut        .OutlookMessageHeader                    Outlook 2003
    cut        #stopSpelling                            Hotmail
    cut        #replySplit                              Mailbird, Hotmail
    cut        #SkyDrivePlaceholder                     Hotmail
    cut        #zwchr                                   Zimbra
    cut        .moz-forward-container                   Thunderbird
    cut        .xm_mail_oringinal_describe              QQ, WeCom
    cut        #divNeteaseMailCard                      163, 126
    cut        #original-content                        QQ
    cut        #isForwardContent                        163, 126
    signature  .gmail_signature                         Gmail
    signature  .gmail_signature_prefix                  Gmail
    signature  .moz-signature                           Thunderbird
    signature  #AppleMailSignature                      Apple Mail
    signature  .AppleMailSignature                      Apple Mail
    signature  #ms-outlook-mobile-signature             Outlook for iOS and Android
    signature  .ms-outlook-mobile-signature             Outlook for iOS and Android
    signature  #ms-outlook-ios-signature                Outlook for iOS
    signature  #Signature                               Outlook on the web, Roundcube
    signature  #_rc_sig                                 Roundcube
    signature  .mobile-signature                        phones
    signature  #composer_signature                      Samsung
    signature  .protonmail_signature_block              Proton
    signature  name=messageSignatureSection             Spark
    signature  #Zm-_Id_-Sgn                             Zoho
    signature  .sh-signature                            Superhuman
    signature  data-marker=__SIG_POST__                 Zimbra
    signature  data-marker=__SIG_PRE__                  Zimbra
    signature  #imail_signature                         NetEase Mail Master
    signature  .ntes-signature                          NetEase Mail Master
    signature  .ntes-mailmaster-signature               NetEase Mail Master
    signature  #ntes-pcmac-signature                    NetEase Mail Master
    signature  .xm_signature                            QQ, WeCom
    signature  .__aliyun_signature_wrap                 Aliyun
    signature  .lark-mail-signature                     Lark, Feishu
"""

_RENAMED = re.compile(r"^(?:x_|ext-|m_-?\d+|ydp[0-9a-f]{6,8})+|[_-](?:cli)?[0-9a-f]*\d[0-9a-f]*$")
_ATTRIBUTES = ("name", "type", "data-marker")
_LINE_AT_SIDE = re.compile(r"border-left(?:-width|-style)?: ?(?!none|0|medium)", re.IGNORECASE)
_GREYS = r"(?:#e1e1e1|#b5c4df|rgb\(181, ?196, ?223\)|rgb\(225, ?225, ?225\))"
_RULE_OF_OUTLOOK = re.compile(
    rf"border-top: ?(?:solid {_GREYS} 1(?:\.0)?p[tx]|{_GREYS} 1(?:\.0)?p[tx] solid|1(?:\.0)?p[tx] solid {_GREYS})", re.IGNORECASE
)
_DASHES = re.compile(r"\s*[-—–_]{2,}")
_LABEL = re.compile(r"\s*[^\n:：]{1,40}[:：]")
_COLONS = re.compile(r"[:：]")
_COLON = re.compile(r"[:：][ \t]*$")
_VERB_ANYWHERE = re.compile(rf"(?<!\w)(?:{languages.every('wrote')})(?!\w)", re.IGNORECASE)
_VERB = re.compile(rf"(?:{languages.every('wrote')})[^\n:：]{{0,40}}[:：][ \t]*$", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[:.时時點点]\d\d|\d{1,2}[./月-]\d{1,2}|\b(?:19|20)\d\d\b")
_SHOPS = re.compile(
    r"https?://(?:go\.microsoft\.com/fwlink|aka\.ms|(?:itunes|apps)\.apple\.com|play\.google\.com|overview\.mail\.yahoo\.com|proton\.me"
    r"|(?:app|wx|mail)\.(?:mail\.)?(?:qq|163)\.com)(?:/|$)",
    re.IGNORECASE,
)
LONGEST_INTRODUCTION = 300
LONGEST_HEADER = 1_000


def _rows(table: str) -> Mapping[str, Role]:
    rows = (line.split(maxsplit=2) for line in table.strip().splitlines())
    return MappingProxyType({known_by.lower(): Role(role) for role, known_by, _ in rows})


_ROLES = _rows(_TABLE)
_WORDS = sorted({re.split("[#.=]", name)[-1] for name, role in _ROLES.items() if role is not Role.SIGNATURE})
_TELLING = ("<blockquote", "border-top:", *(word.lower() for word in _WORDS))


def role(element: HtmlElement) -> Role:
    """What the element is by its names."""
    known = [_ROLES[name] for name in _names(element) if name in _ROLES]
    found = known[0] if known else Role.NEW
    if element.tag == "blockquote":
        return Role.QUOTE if Role.QUOTE in known or element.get("cite") else found
    style = element.get("style") or ""
    if found is Role.NEW and "border-top" in style and _RULE_OF_OUTLOOK.search(style) and _is_header(element):
        return Role.CUT
    return found


def has_line_at_side(element: HtmlElement) -> bool:
    """Whether a blockquote looks like a quote: a bare one is an indentation, which people use for their own words."""
    return _LINE_AT_SIDE.search(element.get("style") or "") is not None


def is_above_signature(element: HtmlElement) -> bool:
    """Whether a rule is the short one that Foxmail draws above a signature."""
    return (element.get("color") or "").lower() == "#b5c4df"


def advertises(target: str) -> bool:
    """Whether a link leads to the mail program's own shop: "Get Outlook for iOS"."""
    return _SHOPS.match(target) is not None


def forwards(element: HtmlElement) -> bool:
    """Whether a frame holds a forwarded mail: it begins with words behind dashes, which do not say that somebody wrote."""
    first = next((text for text in element.itertext() if text.strip()), "")[:LONGEST_INTRODUCTION]
    return _DASHES.match(first) is not None and _VERB_ANYWHERE.search(first) is None


def holds_quote(element: HtmlElement) -> bool:
    return next(element.iterdescendants("blockquote"), None) is not None


def tells(page: str) -> bool:
    """Whether the markup of a page may tell about quotes at all."""
    lowered = page.lower()
    return any(word in lowered for word in _TELLING)


def introduces(line: str) -> bool:
    """Whether a line above an indented text says who wrote it, and when."""
    if len(line) > LONGEST_INTRODUCTION or not _COLON.search(line) or not _DATED.search(line):
        return False
    return "@" in line or names_writer(line)


def names_writer(line: str) -> bool:
    """Whether a line ends in "Anna wrote:"."""
    return _VERB.search(line[-LONGEST_INTRODUCTION:]) is not None


def _names(element: HtmlElement) -> list[str]:
    names = [f".{one}" for one in (element.get("class") or "").lower().split()[:20]]
    if identity := (element.get("id") or "").lower().split():
        names.append("#" + identity[0])
    names = [known for name in names for known in (name, name[0] + _RENAMED.sub("", name[1:]))]
    names += [f"{key}={value.lower()}" for key in _ATTRIBUTES if (value := element.get(key))]
    return names


def _is_header(element: HtmlElement) -> bool:
    """Whether it may be the header of a mail in whatever language: its words begin with a label, and another one follows."""
    words = "".join(islice((text for text in element.itertext() if text.strip()), 12))
    return _LABEL.match(words) is not None and len(_COLONS.findall(words[:LONGEST_HEADER])) > 1
