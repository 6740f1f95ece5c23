"""What a letter means, as a text that can be kept and compared: who, about what, the words, and what each button does.

python -m tests.mail.out.golden      writes the kept ones anew; read the difference before you keep it
"""

import re
from pathlib import Path

from maildesk.cli.preview import sample_letters
from maildesk.mail.letters import Letters
from maildesk.mail.samples import one, reminders
from maildesk.mail.story import NOW
from tests.mail.out.reading import LANGUAGES, PARTY, Read, read, taps, write

HERE = Path(__file__).parent / "golden"
KEPT = (
    "acknowledgement",
    "acknowledgement-measured",
    "acknowledgement-stranger",
    "answer",
    "assignment",
    "closed",
    "delay",
    "escalation",
    "handover",
    "merged",
    "reminder",
    "reply-unsolved",
    "resolved",
    "team_digest-monday",
    "transcript-wrong",
)
HEADERS = ("From", "To", "Subject", "Auto-Submitted", "Reply-To")
_TOKEN = re.compile(r"support\+[a-z2-7]{37}@example\.com")


def meaning(letters: Letters, found: Read) -> str:
    """The letter without what differs from key to key: each signed address is shown by its scope."""

    def scope(address: re.Match[str]) -> str:
        token = letters.keys.read(address[0], NOW)
        return f"<{token.scope.name.lower()} {token.about}>" if token else "<unsigned>"

    headers = [f"{name}: {found.mail[name]}" for name in HEADERS if found.mail[name]]
    buttons = [f"button to {tap.to} | {tap.subject} | {tap.body!r}" for tap in taps(found.html)]
    return _TOKEN.sub(scope, "\n".join((*headers, "", found.text.strip(), "", *buttons))).strip() + "\n"


def made(letters: Letters, name: str, language: str) -> str:
    """The meaning of a sample letter."""
    if name == "merged":
        found = read(letters.bundle(reminders(language), party=PARTY, nonce="n", now=NOW))
    else:
        found = write(letters, one(language, name))
    return meaning(letters, found)


def path(name: str, language: str) -> Path:
    return HERE / f"{name}.{language}.txt"


if __name__ == "__main__":
    for name in KEPT:
        for language in LANGUAGES:
            path(name, language).write_text(made(sample_letters(), name, language), "utf-8")
