"""By which policy each node works, and by what a held mail is judged. What was so far is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("node", name="policies_key"),
    )
    op.add_column("inbox", sa.Column("doubt", sa.JSON(none_as_null=True), nullable=True))
