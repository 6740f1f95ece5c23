"""How much became of a mail, so that a better copy of it is worked, and what people of the desk said, so that it is done once.

Of mails that came before it is told by their state; what was said in them is not known, and their ids are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("standing", sa.Integer(), nullable=True))
    op.add_column("inbox", sa.Column("said", sa.Text(), nullable=True))
    said = sa.text("said IS NOT NULL")
    op.create_index("inbox_said", "inbox", ["said"], sqlite_where=said, postgresql_where=said)
