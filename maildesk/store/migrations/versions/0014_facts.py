"""Letters that wait to be written tell what their kinds tell by now.

A delay that was promised before is none by waiting, and a transcript left no pictures inside.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NEW: dict[str, dict[str, Any]] = {"delay": {"waited": ""}, "transcript": {"pictures": []}}


def upgrade() -> None:
    outbox = sa.table("outbox", sa.column("id", sa.BigInteger()), sa.column("kind"), sa.column("letter", sa.JSON()))
    waiting = sa.select(outbox).where(outbox.c.kind.in_(NEW), outbox.c.letter.is_not(sa.null()))
    for id, kind, letter in op.get_bind().execute(waiting).all():
        told = {**letter, "facts": {**NEW[kind], **letter["facts"]}}
        op.execute(sa.update(outbox).where(outbox.c.id == id).values(letter=told))
