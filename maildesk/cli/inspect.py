"""`maildesk inspect`: what the desk understands of a mail, for people or as one JSON object a line. It reads and nothing else."""

import json
import mmap
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from maildesk.core.message import Attachment, Authentication, Bounce, Digest, Forwarded, Mailbox, Message
from maildesk.mail import inbound
from maildesk.mail.transfer import Buffer

Json = dict[str, Any]
Proving = Callable[[Buffer, datetime], Authentication]
"""What proves the sender of a mail that was received at that moment."""


def inspect(paths: Sequence[str], as_json: bool, out: TextIO | None = None, proving: Proving | None = None) -> tuple[str, ...]:
    """Write what each of `paths` (a file, a folder's *.eml, or `-`) holds, each mail as soon as it is read; the answer is what
    could not be read, and why. With `proving` it is told as well what proves the sender."""
    out = out or sys.stdout
    unread = []
    for path in paths:
        files = _files(path)
        unread += [] if files else [f"{path}: there is no .eml file in this folder"]
        for file in files:
            found = examined(file, proving)
            unread += [f"{file}: {found['error']}"] if found["error"] else []
            out.write(json.dumps(found, ensure_ascii=False) + "\n" if as_json else "\n".join(described(found)) + "\n\n")
            out.flush()
    return tuple(unread)


def _files(path: str) -> list[str]:
    if path == "-" or not Path(path).is_dir():
        return [path]
    return sorted(str(one) for one in Path(path).glob("*.eml"))


def examined(path: str, proving: Proving | None = None) -> Json:
    """The answer about one path; `error` is set only when the file itself cannot be read."""
    try:
        with _opened(path) as raw:
            message = inbound.read(raw, received_at=datetime.now(UTC))
            found = {"file": path, "error": None, **as_fields(message)}
            return {**found, "authentication": _authentication(proving(raw, datetime.now(UTC)))} if proving else found
    except OSError as trouble:
        empty = inbound.unread(Digest(""), size=0, received_at=datetime.now(UTC))
        return {"file": path, "error": trouble.strerror or str(trouble), **as_fields(empty)}


@contextmanager
def _opened(path: str) -> Iterator[Buffer]:
    """The bytes of a mail; a file is mapped, so that a large one costs no memory."""
    if path == "-":
        yield sys.stdin.buffer.read()
        return
    with Path(path).open("rb") as file:
        if not file.seek(0, 2):
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def as_fields(message: Message) -> Json:
    """A Message as plain JSON, every field always there."""
    return {
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": message.date.isoformat() if message.date else None,
        "from": _mailbox(message.sender),
        "identity": {"address": message.identity.address, "why": message.identity.why},
        "reply_to": [_mailbox(box) for box in message.reply_to],
        "to": [_mailbox(box) for box in message.to],
        "cc": [_mailbox(box) for box in message.cc],
        "subject": message.subject,
        "text": message.text,
        "new_text": message.new_text,
        "hidden": {"quoted_lines": message.quoted_lines, "signature_lines": message.signature_lines},
        "html": message.html,
        "attachments": [_file(file) for file in message.attachments],
        "forwarded": _forwarded(message.forwarded),
        "verdict": {"kind": message.verdict.kind, "rule": message.verdict.rule, "evidence": list(message.verdict.evidence)},
        "bounce": _bounce(message.bounce),
        "fields": {name: {"value": fact.value, "source": fact.source} for name, fact in message.fields.items()},
        "limits": list(message.limits),
        "warnings": list(message.warnings),
    }


def _authentication(found: Authentication) -> Json:
    return {"proof": found.proof, "why": found.why}


def _mailbox(box: Mailbox | None) -> Json | None:
    return None if box is None else {"address": box.address, "name": box.name}


def _file(file: Attachment) -> Json:
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.digest,
        "inline": file.inline,
        "content_id": file.content_id,
    }


def _forwarded(forwarded: Forwarded | None) -> Json | None:
    if forwarded is None:
        return None
    return {
        "from": _written(forwarded.sender),
        "to": ", ".join(filter(None, map(_written, forwarded.to))) or None,
        "subject": forwarded.subject,
        "date": forwarded.date.isoformat() if forwarded.date else forwarded.dated,
        "text": forwarded.text,
    }


def _written(box: Mailbox | None) -> str | None:
    if box is None:
        return None
    return f"{box.name} <{box.address}>" if box.name and box.address else box.address or box.name


def _bounce(bounce: Bounce | None) -> Json | None:
    if bounce is None:
        return None
    recipients = [
        {
            "address": one.address,
            "action": one.action,
            "status": one.status,
            "permanent": one.permanent,
            "diagnostic": one.diagnostic,
        }
        for one in bounce.recipients
    ]
    return {"recipients": recipients, "original_message_id": bounce.original_message_id}


def described(found: Json) -> Iterator[str]:
    """The same for people: one finding a line, each with its reason, the new text at the end."""
    yield f"{found['file']}"
    if found["error"]:
        yield f"  cannot be read: {found['error']}"
        return
    yield f"  subject      {found['subject'] or '(none)'}"
    yield f"  from         {_people([found['from']] if found['from'] else [])}"
    yield f"  identity     {found['identity']['address'] or 'nobody'}: {found['identity']['why']}"
    if (proof := found.get("authentication")) is not None:
        yield f"  proof        {proof['proof']}: {proof['why']}"
    yield f"  to           {_people(found['to'])}"
    if found["cc"]:
        yield f"  cc           {_people(found['cc'])}"
    yield f"  date         {found['date'] or '(none)'}"
    yield f"  message id   {found['message_id'] or '(none)'}"
    yield f"  answers      {', '.join(found['in_reply_to']) or '(nothing)'}"
    verdict = found["verdict"]
    yield f"  written by   {verdict['kind']}: {verdict['rule']}"
    yield from (f"               {line}" for line in verdict["evidence"])
    for one in (found["bounce"] or {}).get("recipients", ()):
        yield f"  undelivered  {one['address']}: {one['action']} {one['status'] or ''} {one['diagnostic']}".rstrip()
    for name, fact in found["fields"].items():
        yield f"  {name:12} {fact['value']!r} ({fact['source']})"
    for file in found["attachments"]:
        yield f"  file         {file['filename']} ({file['content_type']}, {file['size']} bytes{', inline' * file['inline']})"
    if found["forwarded"]:
        yield f"  forwards     {found['forwarded']['from']}: {found['forwarded']['subject']}"
    yield from (f"  limit        {name}: what lies beyond it is missing" for name in found["limits"])
    yield from (f"  warning      {sentence}" for sentence in found["warnings"])
    hidden = found["hidden"]
    yield f"  new text     ({hidden['quoted_lines']} quoted and {hidden['signature_lines']} signature lines hidden)"
    yield from (f"    {line}" for line in found["new_text"].split("\n"))


def _people(boxes: Iterable[Json]) -> str:
    return ", ".join(f"{box['name'] or ''} <{box['address'] or '?'}>".strip() for box in boxes) or "(nobody)"
