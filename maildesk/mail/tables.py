"""Tables of words, one language a line: regular expressions, matched in any letter case.

To teach the desk another language, add its line to each table.
"""


def one_of(table: str) -> str:
    """The entries of a table as the alternatives of one regular expression."""
    return "|".join(line.strip() for line in table.strip().splitlines())
