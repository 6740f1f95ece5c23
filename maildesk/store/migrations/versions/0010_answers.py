"""What somebody told requesters last is found without a walk over all records."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    answers = sa.text("mark = 'answer'")
    op.create_index("progress_answers", "progress", ["author", "id"], sqlite_where=answers, postgresql_where=answers)
