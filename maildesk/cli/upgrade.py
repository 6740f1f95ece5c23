"""`maildesk upgrade`: give the database what this version needs."""

from maildesk.cli import console
from maildesk.cli.opening import ConfigPath, configured, made


def upgrade(config: ConfigPath = None) -> None:
    """Make or upgrade the database, in one transaction: all of it or nothing. Stop the desk first."""
    before = made(configured(config).settings)
    told = {"empty": "The database was made.", "current": "The database needed nothing.", "old": "The database was upgraded."}
    console.say(told.get(before, ""))
