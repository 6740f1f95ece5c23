"""The people file: a table saved by a spreadsheet (CSV) or TOML with one [[person]] each, headings in English or Chinese.

A CSV file may be UTF-8 with or without a byte order mark, UTF-16, or GB18030 as a Chinese Excel saves it; its columns may be
separated by commas, semicolons or tabs. A field with several values separates them by semicolons, commas or spaces.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from maildesk.config import toml, values
from maildesk.config.findings import Report, Wrong, listed, nearest
from maildesk.config.hours import plain, week
from maildesk.core.absence import EVER, Absence, together
from maildesk.core.message import Address
from maildesk.core.people import Person, Role, StaffId

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("姓名", "名字"),
        "staff_id": ("工号", "员工号", "staff id", "id"),
        "addresses": ("邮箱", "邮件地址", "电子邮件", "email", "e-mail", "address", "mail"),
        "department": ("部门", "所属部门"),
        "phone": ("电话", "手机", "联系方式", "联系电话", "telephone", "mobile"),
        "roles": ("角色", "role", "岗位"),
        "line": ("线", "支持线", "级别"),
        "skills": ("技能", "skill", "专长"),
        "language": ("语言",),
        "timezone": ("时区", "time zone"),
        "calendar": ("日历",),
        "shift": ("班次", "工作时间", "working hours"),
        "absent_from": ("请假自", "休假自", "absent from"),
        "absent_until": ("请假至", "休假至", "absent until"),
        "absences": ("请假", "休假", "请假安排", "休假安排"),
        "delegate": ("代理人", "代理"),
    }
)
"""The columns and what else they may be called."""

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        **{role.value: role for role in Role},
        "提交人": Role.REQUESTER,
        "用户": Role.REQUESTER,
        "处理人": Role.ENGINEER,
        "工程师": Role.ENGINEER,
        "主管": Role.LEAD,
        "supervisor": Role.LEAD,
        "经理": Role.MANAGER,
        "接口人": Role.CONTACT,
        "运维": Role.OPERATOR,
        "管理员": Role.OPERATOR,
    }
)

_LINES = {"1": 1, "2": 2, "一线": 1, "二线": 2, "一": 1, "二": 2}
_MOMENT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::00)?)?")
_SPANS = re.compile(r"\s*[;；\n]\s*")
_TO = re.compile(r"\s*(?:\.\.|至|到|~|～)\s*")
_NEEDED = ("staff_id", "name", "addresses")
_SEVERAL = re.compile(r"[;；,，、|\s]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One person as written: the line he stands on and his fields by column."""

    line: int | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person together with the line he stands on, for what only shows when all are seen together."""

    person: Person
    line: int | None


def people(path: Path, report: Report, zone: ZoneInfo) -> tuple[tuple[Listed, ...], frozenset[str]]:
    """Everyone whose fields can be read, in the order of the file, and the staff ids of all; faults go into the report."""
    rows = tuple(_toml_rows(path, report) if path.suffix.lower() == ".toml" else _csv_rows(path, report))
    found = [Listed(person, row.line) for row in rows if (person := _Reader(path, report, row, zone).person()) is not None]
    return tuple(found), frozenset(str(row.fields.get("staff_id", "")).strip() for row in rows)


# -- the two forms ---------------------------------------------------------------------------------------------------


def _toml_rows(path: Path, report: Report) -> Iterator[Row]:
    file = toml.read(path, report)
    if file is None:
        return
    everyone = file.values.get("person")
    if not isinstance(everyone, list) or not all(isinstance(one, dict) for one in everyone) or len(file.values) > 1:
        report.add(path, "", "is not a list of people", "Write [[person]] above the keys of each, and nothing else.")
        return
    for index, fields in enumerate(everyone):
        known = {_column(key): value for key, value in fields.items()}
        for key in fields:
            if _column(key) not in COLUMNS:
                report.add(path, f"person[{index + 1}].{key}", *_unknown(key), file.line(("person", index, key)))
        yield Row(file.line(("person", index)), known)


def _csv_rows(path: Path, report: Report) -> Iterator[Row]:
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        report.unreadable(path, error)
        return
    except UnicodeDecodeError:
        report.add(path, "", "is neither UTF-8 nor GB18030 text", "Save it as CSV UTF-8.")
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from _table(path, report, reader)
    except csv.Error as error:
        report.add(path, "", f"is not a CSV table: {error}", "Save it again as CSV UTF-8.", reader.line_num)


def _table(path: Path, report: Report, reader: Any) -> Iterator[Row]:
    columns: list[str] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if not columns:
            columns = _heading(path, report, cells, reader.line_num)
            if not set(_NEEDED) <= set(columns):
                return
            continue
        if any(cell.strip() for cell in cells[len(columns) :]):
            report.add(path, "", "has more fields than the heading", "Put fields with commas in them in quotes.", reader.line_num)
        yield Row(reader.line_num, dict(zip(columns, cells, strict=False)))
    if not columns:
        report.add(path, "", "is empty", f"Begin with the line: {','.join(COLUMNS)}")


def _heading(path: Path, report: Report, cells: list[str], line: int) -> list[str]:
    columns = [_column(cell) for cell in cells]
    for needed in _NEEDED:
        if needed not in columns:
            report.add(
                path, needed, "there is no such column", f"Add it to the heading, as {listed((needed, *COLUMNS[needed]))}.", line
            )
    for cell, column in zip(cells, columns, strict=True):
        if column not in COLUMNS:
            report.add(path, cell.strip(), *_unknown(cell.strip()), line)
        elif columns.count(column) > 1:
            report.add(
                path, cell.strip(), f"there are two columns {column}", "Put both values into one column, separated by ;", line
            )
    return columns


def _column(heading: str) -> str:
    written = heading.strip().casefold()
    return next((name for name, others in COLUMNS.items() if written == name or written in others), written)


def _unknown(key: str) -> tuple[str, str]:
    return "is not a known column", nearest(key, COLUMNS, f"Known columns: {', '.join(COLUMNS)}.")


def _decoded(raw: bytes) -> str:
    """Byte order marks first; then UTF-8, which GB18030 text almost never is."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _delimiter(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return max(",;\t", key=heading.count)


# -- one person ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    """The fields of one row, each read in its own way; a fault is reported and the row then gives nobody."""

    path: Path
    report: Report
    row: Row
    zone: ZoneInfo

    def person(self) -> Person | None:
        before = len(self.report.findings)
        timezone = self._read("timezone", lambda value: values.zone(value).key)
        roles = frozenset(self._read("roles", _roles) or {Role.REQUESTER})
        line = self._read("line", _line)
        fields: dict[str, Any] = {
            "staff_id": StaffId(self._needed("staff_id", str) or ""),
            "name": self._needed("name", values.text) or "",
            "addresses": self._needed("addresses", _addresses) or (),
            "roles": roles,
            "department": self._read("department", values.text) or "",
            "phone": self._read("phone", str) or "",
            "line": line or (1 if Role.ENGINEER in roles else None),
            "skills": frozenset(self._read("skills", _several) or ()),
            "language": self._read("language", values.language),
            "timezone": timezone,
            "calendar": self._read("calendar", values.text),
            "shift": self._read("shift", _shift) or "",
            "absences": together(*self._absences(ZoneInfo(timezone) if timezone else self.zone)),
            "delegate": self._read("delegate", lambda value: StaffId(str(value))),
        }
        return Person(**fields) if len(self.report.findings) == before else None

    def _absences(self, zone: ZoneInfo) -> Iterator[Absence]:
        """The one between absent_from and absent_until, and all that are listed."""
        since = self._read("absent_from", lambda value: _moment(value, zone))
        until = self._read("absent_until", lambda value: _moment(value, zone, ends=True))
        if since and not until and not self._faulty("absent_until"):
            self.report.add(self.path, "absent_from", "has no end", "Write his last day away as absent_until.", self.row.line)
        elif until:
            yield from self._read("absent_until", lambda _: (_absence(since or EVER, until),)) or ()
        yield from self._read("absences", lambda value: _listed_absences(value, zone)) or ()

    def _faulty(self, column: str) -> bool:
        return any((one.key, one.line) == (column, self.row.line) for one in self.report.findings)

    def _read(self, column: str, read: Callable[[Any], Any]) -> Any:
        """The field as `read` gives it; None when it is empty or wrong."""
        value = self.row.fields.get(column)
        value = value.strip() if isinstance(value, str) else value
        if value in (None, "", []):
            return None
        try:
            return read(value)
        except Wrong as wrong:
            self.report.add(self.path, column, wrong.problem, wrong.remedy, self.row.line)
            return None

    def _needed(self, column: str, read: Callable[[Any], Any]) -> Any:
        if self.row.fields.get(column) in (None, "", []) or not str(self.row.fields[column]).strip():
            self.report.add(self.path, column, "is empty", "Everyone has a staff_id, a name and an address.", self.row.line)
            return None
        return self._read(column, read)


def _several(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else _SEVERAL.split(str(value))
    return tuple(values.text(part) for part in parts if str(part).strip())


def _addresses(value: Any) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(values.address(one) for one in _several(value)))


def _roles(value: Any) -> frozenset[Role]:
    return frozenset(_role(word) for word in _several(value))


def _role(word: str) -> Role:
    known = ROLES.get(word.casefold())
    if known is None:
        raise Wrong(f"{word!r} is not a role", nearest(word, ROLES, f"Write {listed(Role)}."))
    return known


def _line(value: Any) -> int:
    known = _LINES.get(str(value).casefold().removeprefix("l"))
    if known is None:
        raise Wrong(f"{value!r} is not a line of support", "Write 1 or 2.")
    return known


def _shift(value: Any) -> str:
    """The hours in the core's form, once they are known to be readable."""
    week(value)
    return plain(value)


def _listed_absences(value: Any, zone: ZoneInfo) -> tuple[Absence, ...]:
    """`2026-12-20..2026-12-28; 2027-01-05; 2026-11-23 14:00..2026-11-23 16:00`: days include their last one."""
    parts = value if isinstance(value, list) else filter(None, _SPANS.split(str(value)))
    return tuple(_between(*_TO.split(str(part), maxsplit=1), zone=zone) for part in parts)


def _between(first: str, last: str | None = None, *, zone: ZoneInfo) -> Absence:
    return _absence(_moment(first, zone), _moment(last or first, zone, ends=True))


def _absence(since: datetime, until: datetime) -> Absence:
    if until <= since:
        raise Wrong("an absence ends before it begins", "Write the earlier day or moment first.")
    return Absence(since=since, until=until)


def _moment(value: Any, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """A moment in the person's zone; a date is its first moment, or the one that ends it."""
    match = _MOMENT.fullmatch(value if isinstance(value, str) else str(value))
    try:
        year, month, day, hour, minute = (int(part) if part else 0 for part in match.groups()) if match else (0, 0, 0, 0, 0)
        moment = datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        raise Wrong(f"{value!r} is not a date", "Write it like 2026-10-08 or 2026-10-08 13:00.") from None
    if not EVER.year <= moment.year < MAXYEAR:
        raise Wrong(f"{value!r} is too far away", "Write a day of this century; who is gone for good is taken out of the file.")
    whole_day = match is not None and not match[4]
    return datetime.combine(moment.date() + timedelta(days=1), time(), zone) if whole_day and ends else moment
