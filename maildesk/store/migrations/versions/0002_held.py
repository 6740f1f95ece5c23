"""Mail that is held, for whom a person vouched, how long a confirmation is waited for; how often an address refused us."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

STATES = "state IN ('awaiting', 'done', 'duplicate', 'failed', 'held', 'kept')"


def upgrade() -> None:
    with op.batch_alter_table("inbox") as inbox:
        inbox.add_column(sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false()))
        inbox.add_column(sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))
        inbox.drop_constraint(op.f("inbox_state_known"), type_="check")
        inbox.create_check_constraint(op.f("inbox_state_known"), STATES)
    with op.batch_alter_table("suppressions") as suppressions:
        suppressions.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="2"))
    dead = sa.text("times >= 2")
    op.create_index("suppressions_dead", "suppressions", ["at"], sqlite_where=dead, postgresql_where=dead)
    for table, column in (("inbox", "vouched"), ("suppressions", "times")):
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column, server_default=None)
