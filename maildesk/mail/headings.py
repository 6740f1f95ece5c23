"""What mail programs write over an older mail that they do not quote line by line: a title between dashes, or its header fields.

People write such lines too: where something runs from and to, what a log says. So a header is believed only when it is as a
program writes it: a sender and a day with its time or an address, close together, not announced by the writer's own line above.
"""

import re

from maildesk.mail import attributions, languages

_RULE = re.compile(r"[ \t>]*(?:[_=*—–‐━─~-][ \t]?){5,}[ \t]*")
_FIELDS = languages.labels() | {word: "other" for one in languages.ALL for word in one.more.split("|") if word}
_LABEL = re.compile(
    r"[ \t>*|\u00a0]*([^\W\d_](?:[^\W\d_]|[-/]){0,14}(?:[ \u3000'’](?:[^\W\d_]){1,12}){0,3})[ \t\u3000\u00a0*|]*[:：|]"
)
_DASHES = r"(?:[-_–‐=*#~]{2,}+|—++)"
_TITLES = f"{languages.every('old')}|{languages.every('forwarded')}"
_SEPARATOR = re.compile(
    rf"[ \t>]*+\*{{0,2}}[ \t]?{_DASHES}[ \t\u00a0*]*+(?:{_TITLES})[^\n]{{0,60}}?[ \t\u00a0]*+{_DASHES}[ \t*]*+", re.IGNORECASE
)
_ANNOUNCED = re.compile(rf"[ \t>*]*+(?:{languages.every('forwarded')})[ \t]?[:：][ \t*]*", re.IGNORECASE)
_RULED = re.compile(r"[ \t]*-{2,}(.{3,300}?)-{2,}[ \t]*")
_NOTES = re.compile(
    rf"[ \t]*[^\n]{{1,80}}?(?<!-)-{{2,3}}(?!-)(?:{attributions.DATE.pattern})[^\n-]{{0,25}}-{{2,3}}[^\n]{{0,200}}"
)
_FIRST_LABELS = "|".join(re.escape(word) for word, field in _FIELDS.items() if field in ("from", "date"))
_FIRST_LINE = re.compile(
    rf"^[ \t>*|\u00a0]{{0,12}}+(?=[^\W\d_])(?:{_FIRST_LABELS})[ \t\u3000\u00a0*|]{{0,12}}[:：|]", re.IGNORECASE | re.MULTILINE
)
_TITLE = re.compile(rf"[ \t>*\u00a0]*+(?:{languages.every('old')})[ \t\u00a0]*[:：]?[ \t*]*", re.IGNORECASE)
_BARS_OF_NOTES = re.compile(r"[ \t]*\|-{3,}\+-{3,}>[ \t]*")
_ARROWS_OF_GROUPWISE = re.compile(r"[ \t]*>>>[ \t](.{3,300}?)[ \t]>>>[ \t]*")
_AT_THE_RIGHT = re.compile(r"[ \t\u00a0]{8,}(?:[^\n]{0,60}?[ \t\u00a0]{4,})?([^\W\d_]{2,9})[ \t\u00a0]*")
_MOST_LINES = 16
_MOST_BETWEEN = 3


def field_of(line: str) -> str | None:
    """Which field of a header a line like "发件人：…" or "*Sent:* …" is: from, date, to, cc, subject, other; or None."""
    match = _LABEL.match(line[:60].translate(attributions.UNSEEN))
    if match is None:
        return None
    label = match[1].lower()
    return _FIELDS.get(label) or _FIELDS.get(re.sub(r"[ \u3000]", "", label))


def may_hold_header(text: str) -> bool:
    """Whether any line of the text begins like "From:" or "Date:": a quick test before the thorough one."""
    return _FIRST_LINE.search(text) is not None


def is_rule(line: str) -> bool:
    """Whether a line holds nothing but dashes or the like."""
    return len(line) <= attributions.LONGEST_LINE and _RULE.fullmatch(line) is not None


def is_title(line: str) -> bool:
    """Whether a line is the title of an older mail without any dashes, which means nothing without a header below."""
    return len(line) <= attributions.LONGEST_LINE and _TITLE.fullmatch(line) is not None


def between_arrows(line: str) -> bool:
    """Whether GroupWise names a writer here, in what looks quoted: ">>> Anna Smith <anna@example.org> 05.03.2024 16:07 >>>"."""
    match = _ARROWS_OF_GROUPWISE.fullmatch(line[: attributions.LONGEST_LINE])
    return match is not None and (attributions.DATE.search(match[1]) is not None or attributions.names_a_writer(match[1]))


def separator(line: str) -> bool:
    """Whether a line alone says that an older mail follows: "-----Original Message-----"."""
    if len(line) > attributions.LONGEST_LINE:
        return False
    line = line.replace("&nbsp;", " ")
    if any(kind.fullmatch(line) for kind in (_SEPARATOR, _ANNOUNCED, _NOTES, _BARS_OF_NOTES)) or between_arrows(line):
        return True
    ruled = _RULED.fullmatch(line)
    return ruled is not None and attributions.names_a_writer(ruled[1])


def header_block(lines: list[str], at: int, *, announced: bool = False) -> bool:
    """Whether the header of an older mail begins at the line `at`; `announced`: below a line that says so, little is enough."""
    if at >= len(lines) or field_of(lines[at]) not in ("from", "date", "subject", "to"):
        return False
    found = _fields(lines, at)
    if announced:
        return "from" in found and len(found) >= 2
    above = lines[at - 1] if at else ""
    if above.rstrip().endswith((":", "：")) and not field_of(above):
        return False
    if _LABEL.match(above[:60]) and not field_of(above) and "@" not in found.get("from", ""):
        return False
    return _is_header(found) or _is_header(_in_one_line(lines[at]))


def header_at_the_right(lines: list[str], at: int) -> bool:
    """Whether the header of Notes begins at the line `at`: a sender and a day at the left, To, cc and Subject at the right."""
    if not lines[at].startswith(" " * 8):
        return False
    block = [line[:160] for line in lines[at : at + _MOST_LINES]]
    labels = {field_of(f"{match[1]}:") for line in block if (match := _AT_THE_RIGHT.fullmatch(line))}
    return {"to", "subject"} <= labels and any(map(attributions.DATE.search, block))


def _is_header(found: dict[str, str]) -> bool:
    """A sender who is no day (people write "From: 3 May, To: 5 May"), when, and a third field; or two that tell it in full."""
    sender, date = found.get("from", ""), found.get("date", "")
    sent_by = bool(sender) and ("@" in sender or not attributions.DATE.search(sender))
    timed = attributions.DATE.search(date) is not None and attributions.TIME.search(date) is not None
    addressed = "@" in sender or "@" in found.get("to", "")
    if sent_by and "date" in found and len(found) >= 3:
        return timed or addressed
    return timed and addressed and list(found) == ["date", "to"]


def _fields(lines: list[str], at: int) -> dict[str, str]:
    """The fields that stand close together from `at` on, with what they say; a value may go on in the next lines."""
    found: dict[str, str] = {}
    last, between = "", 0
    for line in (line.translate(attributions.UNSEEN) for line in lines[at : at + _MOST_LINES]):
        name = field_of(line)
        between = between + 1 if name is None else 0
        if between > _MOST_BETWEEN:
            break
        if name is None:
            found[last] += " " + line.strip()[: attributions.LONGEST_LINE]
        elif name != "other" and name not in found:
            last = name
            found[name] = re.split("[:：|]", line, maxsplit=1)[1].strip(" \t\u00a0*|")[: attributions.LONGEST_LINE]
    return found


def _in_one_line(line: str) -> dict[str, str]:
    """Fields that a program ran together: "发件人：… 发送时间：… 收件人：… 主题：…"."""
    found: dict[str, str] = {}
    parts = re.split(r"(?:^|[ \t\u00a0;；，,]+)([^\s:：]{1,16}) ?[:：]", line[: attributions.LONGEST_LINE])
    for label, value in zip(parts[1::2], parts[2::2], strict=False):
        if (field := _FIELDS.get(label.lower())) and field != "other":
            found.setdefault(field, value)
    return found
