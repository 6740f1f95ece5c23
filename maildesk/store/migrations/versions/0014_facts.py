"""Letters that wait to be written tell what their kinds tell by now.

A delay that was promised before is none by waiting, and a transcript left no pictures inside. A letter that cannot be read stays
as it is: it waits by itself, and the operator hears of it.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NEW: dict[str, dict[str, Any]] = {"delay": {"waited": ""}, "transcript": {"pictures": []}}


def upgrade() -> None:
    outbox = sa.table("outbox", sa.column("id", sa.BigInteger()), sa.column("kind"), sa.column("letter", sa.JSON()))
    text = sa.cast(outbox.c.letter, sa.Text())
    waiting = sa.select(outbox.c.id, outbox.c.kind, text).where(outbox.c.kind.in_(NEW), outbox.c.letter.is_not(sa.null()))
    for id, kind, written in op.get_bind().execute(waiting).all():
        try:
            letter = json.loads(written)
            told = {**letter, "facts": {**NEW[kind], **letter["facts"]}}
        except (ValueError, TypeError, KeyError):
            continue
        op.execute(sa.update(outbox).where(outbox.c.id == id).values(letter=told))
