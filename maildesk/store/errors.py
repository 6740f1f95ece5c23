"""What can go wrong with the store, each with what to do about it. No other error of a database ever leaves the store."""


class StoreError(Exception):
    """Something is wrong with the database or the files; `remedy` tells the operator what to do."""

    def __init__(self, what: str, remedy: str = "see the log for the database's own words and run: maildesk check") -> None:
        super().__init__(f"{what}. Remedy: {remedy}")
        self.what = what
        self.remedy = remedy


class Unreachable(StoreError):
    """The database cannot be opened or the connection broke; work is keyed, so doing it again later is safe."""


class Busy(StoreError):
    """Somebody else holds what was needed for too long, or two transactions got in each other's way: do it again."""


class Full(StoreError):
    """No space left; nothing was written, what was there is whole."""


class Broken(StoreError):
    """The database or one of its files is damaged."""


class Conflict(StoreError):
    """A rule of the database (unique key, foreign key, check) refused a row: a fault of the program."""


class Older(StoreError):
    """The database has not got all migrations of this program yet."""


class Newer(StoreError):
    """The database was upgraded by a newer program than this one."""


class Missing(StoreError):
    """There is no such file or row."""


class Stale(StoreError):
    """The ticket was saved by somebody else since it was read: read it again and decide anew."""

    def __init__(self, ticket: int) -> None:
        super().__init__(f"ticket {ticket} was changed by somebody else meanwhile", "read it again and decide anew")


class LeaseLost(StoreError):
    """The letter, mail or call is no longer this claim's: its lease ran out, and it was given back or claimed anew."""

    def __init__(self, id: int, what: str = "letter") -> None:
        super().__init__(f"{what} {id} is no longer in our hands", "leave it to whoever has it now")
