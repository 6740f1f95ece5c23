"""What the clock needs beyond the first version."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = "status IN ('assigned', 'in_progress', 'new', 'observing', 'waiting')"
DONE = OPEN.replace("status IN", "status NOT IN").join("()")
LOADS = f"""
INSERT INTO loads (engineer, open, waiting, weight, last_at)
SELECT coalesce(engineer, ''), sum(CASE WHEN {OPEN} THEN 1 ELSE 0 END), sum(CASE status WHEN 'waiting' THEN 1 ELSE 0 END), sum(
  CASE WHEN {OPEN} THEN 1.0 ELSE 0.0 END
  * CASE status WHEN 'waiting' THEN 0.5 ELSE 1.0 END
  * CASE coalesce(confirmed, proposed) WHEN 'P1' THEN 8.0 WHEN 'P2' THEN 4.0 WHEN 'P3' THEN 2.0 ELSE 1.0 END
), max(CASE WHEN engineer IS NOT NULL THEN assigned_at END)
FROM tickets GROUP BY 1
"""
WATCHED = f"{OPEN} AND (engineer IS NULL OR coalesce(confirmed, proposed) = 'P1')"


def upgrade() -> None:
    _absences()
    _knowledge()
    _held_since()
    _former()
    _durations()
    _promised()
    _loads()
    _due()
    _calls()
    _peace()
    _line2_at()


def _knowledge() -> None:
    """The article of a ticket, and a way to the tickets that still owe one; a question (P4) owes none."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("article", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("tickets") as tickets:
        tickets.alter_column("article", server_default=None)
    op.execute("UPDATE tickets SET archive = '' WHERE archive = 'pending' AND COALESCE(confirmed, proposed) = 'P4'")
    owing = sa.text("archive = 'pending'")
    op.create_index("tickets_owing", "tickets", ["engineer", "closed_at", "id"], sqlite_where=owing, postgresql_where=owing)


def _held_since() -> None:
    """Since when a mail waits for somebody of the desk; of those that wait already, since they came."""
    with op.batch_alter_table("inbox") as inbox:
        inbox.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE inbox SET held_at = kept_at WHERE state = 'held'")


def _durations() -> None:
    """The duties that are settled, with how long they took."""
    op.create_table(
        "durations",
        sa.Column("ticket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=True),
        sa.Column("allowed", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("engineer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="durations_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("ticket", "rule", "since", "nth", name="durations_key"),
    )
    measured = sa.text("rule IN ('first_answer', 'solution') AND took IS NOT NULL")
    for name, columns in (
        ("durations_category", ["rule", "priority", "category", "settled_at", "took"]),
        ("durations_priority", ["rule", "priority", "settled_at", "took"]),
    ):
        op.create_index(name, "durations", columns, sqlite_where=measured, postgresql_where=measured)
    op.create_index("durations_settled_at", "durations", ["settled_at", "rule", "engineer", "kept"])


def _former() -> None:
    """What a ticket was by priority and category before; so far only the proposed priority has left a trace."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("former", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("tickets") as tickets:
        tickets.alter_column("former", server_default=None)
    former = {
        "sqlite": "json_array(json_object('until', priority_at || '+00:00', 'priority', proposed, 'category', category,"
        " 'internal', json(CASE WHEN internal THEN 'true' ELSE 'false' END)))",
        "postgresql": "json_build_array(json_build_object('until', to_char(priority_at AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD HH24:MI:SS.US+00:00'), 'priority', proposed, 'category', category, 'internal', internal))",
    }
    op.execute(
        f"UPDATE tickets SET former = {former[op.get_context().dialect.name]}"
        " WHERE confirmed <> proposed AND priority_at IS NOT NULL"
    )


def _absences() -> None:
    """Absences have a beginning, and there may be several. Of those that were asked for so far only the end is known."""
    op.create_table(
        "absences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("party", KEY, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="absences_key"),
        sa.ForeignKeyConstraint(["party"], ["parties.id"], name="absences_party_to_parties"),
    )
    op.create_index("absences_party", "absences", ["party"])
    op.create_index("absences_until", "absences", ["until"])
    made = sa.table("absences", sa.column("party"), sa.column("since"), sa.column("until"), sa.column("here"))
    known = sa.table("parties", sa.column("id"), sa.column("away_until"))
    ever = sa.literal(datetime(1970, 1, 1, tzinfo=UTC), MOMENT)
    asked = sa.select(known.c.id, ever, known.c.away_until, sa.false()).where(known.c.away_until.is_not(None))
    op.execute(sa.insert(made).from_select(["party", "since", "until", "here"], asked))
    op.drop_index("parties_away_until", "parties")
    with op.batch_alter_table("parties") as parties:
        parties.drop_column("away_until")


def _due() -> None:
    """When the first duty of a ticket is broken. That takes the policy to say, so every open ticket is looked at once."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("due_at", MOMENT, nullable=True))
    op.execute(f"UPDATE tickets SET wake_at = opened_at WHERE {OPEN}")
    for name, columns, which in (
        ("tickets_due", ["due_at", "opened_at", "id"], OPEN),
        ("tickets_due_of", ["engineer", "due_at", "opened_at", "id", "status"], OPEN),
        ("tickets_watched", ["due_at", "opened_at", "id"], WATCHED),
    ):
        op.create_index(name, "tickets", columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which))


def _loads() -> None:
    """What each engineer has, summed once; and ways to the tickets of one of them by their age."""
    op.create_table(
        "loads",
        sa.Column("engineer", sa.Text(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("engineer", name=op.f("loads_key")),
    )
    op.execute(LOADS)
    op.drop_index("tickets_load", "tickets")
    op.drop_index("tickets_engineer", "tickets")
    for name, which in (("tickets_in_hand", sa.text(OPEN)), ("tickets_off_hand", sa.text(DONE))):
        op.create_index(name, "tickets", ["engineer", "opened_at", "id"], sqlite_where=which, postgresql_where=which)


def _promised() -> None:
    """By when the requester of a ticket expects a solution; of those of before, nobody knows what they were told."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("promised", sa.JSON(none_as_null=True), nullable=True))


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
    op.create_index("calls_state", "calls", ["state", "id"])


def _peace() -> None:
    """Letters that may be merged are found by their person; windows, signs of life and the pace are remembered."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("bundle", sa.Text(), nullable=True))
    person = {"sqlite": "json_extract(letter, '$.bundle_for')", "postgresql": "letter ->> 'bundle_for'"}
    op.execute(f"UPDATE outbox SET bundle = {person[op.get_context().dialect.name]} WHERE state = 'unwritten'")
    bundled = sa.text("state = 'unwritten' AND bundle IS NOT NULL")
    op.create_index("outbox_bundled", "outbox", ["bundle", "next_at", "id"], sqlite_where=bundled, postgresql_where=bundled)
    op.create_table(
        "windows",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person", name="windows_key"),
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alive_at", MOMENT, nullable=False),
        sa.Column("down_since", MOMENT, nullable=True),
        sa.Column("down_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pulse_key"),
    )
    op.create_table(
        "pace",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("rests_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pace_key"),
    )


def _line2_at() -> None:
    """When a ticket left line 1. So far that was kept as the beginning of its time on line 2."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("line2_at", MOMENT, nullable=True))
    op.execute("UPDATE tickets SET line2_at = line_since, line_since = opened_at WHERE line = 2")
