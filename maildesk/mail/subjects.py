"""What mail programs write before a subject, and so what kind of mail it calls itself."""

import re

from maildesk.mail.tables import one_of

_COLON = r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\d{1,3})?[ \t]{0,3}[:：]"

FORWARDS = one_of(r"""
    fwd?|forward
    转发|轉寄|轉發|转寄|zf
    wg|weitergeleitet
    tr|rv|enc|i|inoltra
    doorst|doorgestuurd|vs|vb|vl|pd|továbbítás
    πρθ|i̇lt|ilt|redir|fwd: fw|перенаправлено|пересылка
    転送|전달
""")
ANSWERS = one_of(r"""
    re|r|回复|答复|回覆|答覆|回復|返信|회신|aw|antw|antwort|sv|odp|res|rif|vá|ynt|bls|atb|αη|πα|отв|ответ
""")

_FORWARD = re.compile(rf"\s*(?:{FORWARDS}){_COLON}", re.IGNORECASE)
_ANSWER = re.compile(rf"\s*(?:{ANSWERS}){_COLON}", re.IGNORECASE)


def forwards(subject: str) -> bool:
    """Whether a mail of this subject passes another one on."""
    return _FORWARD.match(subject) is not None


def answers(subject: str) -> bool:
    """Whether it answers another one."""
    return _ANSWER.match(subject) is not None
