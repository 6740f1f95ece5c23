"""What limits must remember: what happened how often lately."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "occasions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket", KEY, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="occasions_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="occasions_key"),
    )
    op.create_index("occasions_name", "occasions", ["name", "at"])
    op.create_index("occasions_at", "occasions", ["at"])
