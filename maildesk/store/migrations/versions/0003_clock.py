"""What the clock needs beyond the first version."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass
