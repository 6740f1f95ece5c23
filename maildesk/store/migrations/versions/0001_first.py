"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, NUMBER, SMALL, TRUTH, JSON, MOMENT = (
    sa.Text(),
    sa.BigInteger(),
    sa.Integer(),
    sa.Boolean(),
    sa.JSON(),
    sa.DateTime(timezone=True),
)


def needed(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def may_lack(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    only: dict[str, Any] = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, columns, **only)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("ticket_ids")))
    blobs()
    numbers()
    parties()
    positions()
    suppressions()
    tickets()
    inbox()
    outbox()
    progress()
    places()
    refs()


def blobs() -> None:
    op.create_table(
        "blobs",
        needed("id", KEY),
        needed("digest", TEXT),
        needed("size", NUMBER),
        needed("content_type", TEXT),
        sa.PrimaryKeyConstraint("id", name="blobs_key"),
        sa.UniqueConstraint("digest", name="blobs_digest_unique"),
    )


def numbers() -> None:
    op.create_table("numbers", needed("name", TEXT), needed("last", NUMBER), sa.PrimaryKeyConstraint("name", name="numbers_key"))


def parties() -> None:
    op.create_table(
        "parties",
        needed("id", KEY),
        needed("who", TEXT),
        needed("epoch", SMALL),
        may_lack("language", TEXT),
        may_lack("away_until", MOMENT),
        may_lack("opened_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="parties_key"),
        sa.UniqueConstraint("who", name="parties_who_unique"),
    )
    index("parties_away_until", "parties", ["away_until"], "away_until IS NOT NULL")


def positions() -> None:
    op.create_table(
        "positions",
        needed("mailbox", TEXT),
        needed("folder", TEXT),
        needed("uidvalidity", NUMBER),
        needed("next_uid", NUMBER),
        needed("floor", NUMBER),
        needed("since", MOMENT),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="positions_key"),
    )


def suppressions() -> None:
    op.create_table(
        "suppressions",
        needed("address", TEXT),
        needed("reason", TEXT),
        needed("at", MOMENT),
        sa.PrimaryKeyConstraint("address", name="suppressions_key"),
    )


def tickets() -> None:
    op.create_table(
        "tickets",
        needed("id", KEY, autoincrement=False),
        needed("number", TEXT),
        needed("version", NUMBER),
        needed("status", TEXT),
        needed("subject", TEXT),
        needed("language", TEXT),
        needed("requester", TEXT),
        needed("requester_name", TEXT),
        needed("internal", TRUTH),
        needed("watchers", JSON),
        needed("opened_at", MOMENT),
        may_lack("reopened_at", MOMENT),
        may_lack("raw", TEXT),
        needed("fields", JSON),
        needed("missing", JSON),
        may_lack("missing_asked_at", MOMENT),
        needed("category", TEXT),
        needed("category_source", TEXT),
        needed("category_confidence", sa.Double()),
        may_lack("asked", TEXT),
        needed("proposed", TEXT),
        may_lack("confirmed", TEXT),
        needed("priority_reason", TEXT),
        may_lack("priority_at", MOMENT),
        may_lack("engineer", TEXT),
        may_lack("assigned_at", MOMENT),
        needed("line", NUMBER),
        may_lack("line_since", MOMENT),
        may_lack("first_answer_at", MOMENT),
        may_lack("progressed_at", MOMENT),
        may_lack("heard_at", MOMENT),
        may_lack("called_at", MOMENT),
        may_lack("eta", JSON),
        may_lack("waiting", TEXT),
        may_lack("waiting_until", MOMENT),
        may_lack("chased_at", MOMENT),
        needed("pauses", JSON),
        needed("solution", TEXT),
        may_lack("resolved_at", MOMENT),
        needed("round", NUMBER),
        may_lack("feedback", TEXT),
        may_lack("closed_at", MOMENT),
        needed("closed_how", TEXT),
        may_lack("rating", NUMBER),
        needed("rating_comment", TEXT),
        may_lack("surveyed_at", MOMENT),
        needed("archive", TEXT),
        may_lack("merged_into", TEXT),
        needed("linked", JSON),
        needed("spoken", JSON),
        may_lack("wake_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="tickets_key"),
        sa.UniqueConstraint("number", name="tickets_number_unique"),
    )
    index("tickets_closed_at", "tickets", ["closed_at"], "closed_at IS NOT NULL")
    index(
        "tickets_done",
        "tickets",
        ["status", "opened_at", "id"],
        "(status NOT IN ('assigned', 'in_progress', 'new', 'observing', 'waiting'))",
    )
    index("tickets_engineer", "tickets", ["engineer", "assigned_at", "id"], "engineer IS NOT NULL")
    index(
        "tickets_load",
        "tickets",
        ["engineer", "status", "confirmed", "proposed"],
        "status IN ('assigned', 'in_progress', 'new', 'observing', 'waiting')",
    )
    index("tickets_open", "tickets", ["opened_at", "id"], "status IN ('assigned', 'in_progress', 'new', 'observing', 'waiting')")
    index("tickets_opened_at", "tickets", ["opened_at"])
    index("tickets_requester", "tickets", ["requester", "opened_at", "id"])
    index("tickets_surveyed", "tickets", ["requester", "surveyed_at"], "surveyed_at IS NOT NULL")
    index("tickets_wake_at", "tickets", ["wake_at"], "wake_at IS NOT NULL")


def inbox() -> None:
    op.create_table(
        "inbox",
        needed("id", KEY),
        needed("digest", TEXT),
        needed("size", NUMBER),
        needed("received_at", MOMENT),
        needed("kept_at", MOMENT),
        needed("state", TEXT),
        needed("strikes", SMALL),
        may_lack("node", TEXT),
        may_lack("lease_until", MOMENT),
        may_lack("ticket", KEY),
        needed("verdict", TEXT),
        needed("outcome", TEXT),
        needed("reason", TEXT),
        may_lack("folder", TEXT),
        may_lack("message_id", TEXT),
        may_lack("semantic", TEXT),
        may_lack("person", TEXT),
        sa.CheckConstraint("state IN ('awaiting', 'done', 'duplicate', 'failed', 'kept')", name=op.f("inbox_state_known")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="inbox_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="inbox_key"),
        sa.UniqueConstraint("digest", name="inbox_digest_unique"),
    )
    index("inbox_ignored", "inbox", ["kept_at"], "folder = 'ignored'")
    index("inbox_kept", "inbox", ["id"], "state = 'kept'")
    index("inbox_message_id", "inbox", ["message_id"], "message_id IS NOT NULL")
    index("inbox_undone", "inbox", ["state", "id"], "state != 'done'")


def outbox() -> None:
    op.create_table(
        "outbox",
        needed("id", KEY),
        may_lack("ticket", KEY),
        needed("kind", TEXT),
        needed("recipient", TEXT),
        may_lack("key", TEXT),
        needed("state", TEXT),
        needed("rank", SMALL),
        may_lack("letter", JSON),
        may_lack("message_id", TEXT),
        may_lack("sender", TEXT),
        needed("size", NUMBER),
        may_lack("packed", sa.LargeBinary()),
        may_lack("digest", TEXT),
        needed("attempts", SMALL),
        needed("resent", TRUTH),
        may_lack("node", TEXT),
        may_lack("lease_until", MOMENT),
        needed("created_at", MOMENT),
        needed("next_at", MOMENT),
        may_lack("settled_at", MOMENT),
        may_lack("merged_into", KEY),
        needed("reply", TEXT),
        needed("reason", TEXT),
        sa.CheckConstraint(
            "state IN ('claimed', 'in_data', 'merged', 'outdated', 'queued', 'refused', 'sent', 'uncertain', 'unwritten')",
            name=op.f("outbox_state_known"),
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["outbox.id"], name="outbox_merged_into_to_outbox"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="outbox_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="outbox_key"),
        sa.UniqueConstraint("key", name="outbox_key_unique"),
    )
    index("outbox_held", "outbox", ["lease_until"], "state IN ('claimed', 'in_data')")
    index("outbox_queued", "outbox", ["rank", "next_at", "id"], "state = 'queued'")
    index("outbox_unsent", "outbox", ["state", "id"], "state != 'sent'")
    index("outbox_unwritten", "outbox", ["next_at"], "state = 'unwritten'")


def progress() -> None:
    op.create_table(
        "progress",
        needed("id", KEY),
        needed("ticket", KEY),
        needed("at", MOMENT),
        needed("mark", TEXT),
        needed("author", TEXT),
        needed("text", TEXT),
        needed("public", TRUTH),
        may_lack("key", TEXT),
        may_lack("message_id", TEXT),
        may_lack("raw", TEXT),
        needed("attachments", JSON),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="progress_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="progress_key"),
        sa.UniqueConstraint("ticket", "key", name="progress_ticket_key_unique"),
    )
    index("progress_ticket", "progress", ["ticket", "id"])


def places() -> None:
    op.create_table(
        "places",
        needed("id", KEY),
        needed("inbox", KEY),
        needed("mailbox", TEXT),
        needed("folder", TEXT),
        needed("uidvalidity", NUMBER),
        needed("uid", NUMBER),
        may_lack("target", TEXT),
        may_lack("filed", TEXT),
        sa.ForeignKeyConstraint(["inbox"], ["inbox.id"], name="places_inbox_to_inbox"),
        sa.PrimaryKeyConstraint("id", name="places_key"),
        sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid", name="places_mailbox_folder_uidvalidity_uid_unique"),
    )
    index("places_inbox", "places", ["inbox"])
    index("places_unfiled", "places", ["mailbox", "id"], "target IS NOT NULL AND filed IS NULL")


def refs() -> None:
    op.create_table(
        "refs",
        needed("id", KEY),
        needed("message_id", TEXT),
        may_lack("ticket", KEY),
        may_lack("audience", TEXT),
        may_lack("outbox", KEY),
        needed("automatic", TRUTH),
        needed("outside", TRUTH),
        needed("at", MOMENT),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name="refs_outbox_to_outbox"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="refs_ticket_to_tickets"),
        sa.PrimaryKeyConstraint("id", name="refs_key"),
        sa.UniqueConstraint("message_id", name="refs_message_id_unique"),
    )
    index("refs_ticket", "refs", ["ticket", "outside", "id"])
