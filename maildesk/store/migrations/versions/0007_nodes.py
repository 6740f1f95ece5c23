"""When each node gave its last sign of life."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("policies", sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True))
