"""Each claim of a mail, letter or call has an epoch of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("inbox", "outbox", "calls"):
        op.add_column(table, sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
