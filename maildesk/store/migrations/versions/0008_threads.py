"""The latest Message-IDs of a ticket are found without sorting, and without a walk over those of all tickets."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("refs_ticket", table_name="refs")
    op.create_index("refs_ticket", "refs", ["ticket", "id"])
