"""Of which letters it was told that they are late."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
