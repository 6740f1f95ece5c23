"""Who is filing a mail, and what lay where it belongs before. Of what was tried so far nothing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("places", sa.Column("node", sa.Text(), nullable=True))
    op.add_column("places", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("places", sa.Column("above", sa.BigInteger(), nullable=True))
