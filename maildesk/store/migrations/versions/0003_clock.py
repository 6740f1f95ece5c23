"""What the clock needs beyond the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _calls()


def _calls() -> None:
    """The calls to whoever is on call."""
    op.create_table(
        "calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket", KEY, nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("call", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("broken_off", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('failed', 'heard', 'outdated', 'ringing', 'waiting')", name=op.f("calls_state_known")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="calls_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="calls_key"),
        sa.UniqueConstraint("ticket", "alarm", name="calls_ticket_alarm_unique"),
    )
    waiting, ringing = sa.text("state = 'waiting'"), sa.text("state = 'ringing'")
    op.create_index("calls_waiting", "calls", ["next_at", "id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("calls_ringing", "calls", ["lease_until"], sqlite_where=ringing, postgresql_where=ringing)
    op.create_index("calls_state", "calls", ["state", "id"])
