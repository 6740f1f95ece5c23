"""The words around a person's own, one table a language. To teach the desk another, write its table and name it in ALL."""

from maildesk.mail.languages.chinese import SIMPLIFIED, TRADITIONAL
from maildesk.mail.languages.czech import CZECH
from maildesk.mail.languages.dutch import DUTCH
from maildesk.mail.languages.english import ENGLISH
from maildesk.mail.languages.french import FRENCH
from maildesk.mail.languages.german import GERMAN
from maildesk.mail.languages.italian import ITALIAN
from maildesk.mail.languages.japanese import JAPANESE
from maildesk.mail.languages.korean import KOREAN
from maildesk.mail.languages.nordic import DANISH, FINNISH, NORWEGIAN, SWEDISH
from maildesk.mail.languages.others import OTHERS
from maildesk.mail.languages.polish import POLISH
from maildesk.mail.languages.portuguese import PORTUGUESE
from maildesk.mail.languages.russian import RUSSIAN
from maildesk.mail.languages.spanish import SPANISH
from maildesk.mail.languages.table import Language
from maildesk.mail.languages.turkish import TURKISH

__all__ = ["ALL", "Language", "every", "labels"]

ALL = (
    *(SIMPLIFIED, TRADITIONAL, ENGLISH, JAPANESE, KOREAN, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, CZECH),
    *(RUSSIAN, TURKISH, SWEDISH, DANISH, NORWEGIAN, FINNISH),
    *OTHERS,
)


def every(name: str) -> str:
    """The lists of that name of all languages as the alternatives of one regular expression."""
    return "|".join(found for one in ALL if (found := getattr(one, name)))


def labels() -> dict[str, str]:
    """Each label of a header line, in small letters: the field it stands for, "" for one of no interest."""
    fields = {"more": "", "sender": "from", "date": "date", "to": "to", "cc": "cc", "subject": "subject"}
    return {word: field for name, field in fields.items() for one in ALL for word in getattr(one, name).split("|") if word}
