"""Facts that are looked up when they are first read, and no sooner."""

from maildesk.desk.later import Lines, Table


def test_nothing_is_looked_up_before_it_is_read() -> None:
    facts = ["a"]
    lines, table = Lines(lambda: tuple(facts)), Table(lambda: dict(enumerate(facts)))
    facts.append("b")
    assert (lines[1], table[1]) == ("b", "b")


def test_what_was_read_once_stays_as_it_was() -> None:
    facts = {"a": 1}
    table: Table[str, int] = Table(lambda: dict(facts))
    assert table.get("b") is None
    facts["b"] = 2
    assert dict(table) == {"a": 1}


def test_lines_are_read_like_a_tuple() -> None:
    lines: Lines[str] = Lines(lambda: ("a", "b", "c"))
    assert (list(lines), list(reversed(lines)), lines[-2:], len(lines)) == (["a", "b", "c"], ["c", "b", "a"], ("b", "c"), 3)
    assert not Lines(lambda: ())
