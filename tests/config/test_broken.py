"""Every way in which a configuration is commonly wrong, one change at a time, and the one finding that it must give."""

from typing import Any

import pytest

# file · what stands there · what is written instead · key of the finding · part of its problem · part of its remedy
BROKEN: list[tuple[str, str, str, str, str, str]] = [
    # the main file
    ("main", "operator = ", "operatr = ", "desk.operatr", "not a known key", "Did you mean operator?"),
    ("main", "[retry]", "[retries]", "retries", "not a known key", "Did you mean retry?"),
    ("main", "\n[[account]]", "\n[[acount]]", "acount", "not a known key", "Did you mean account?"),
    ("main", "poll = ", "pol = ", "account[1].pol", "not a known key", "Did you mean poll?"),
    ("main", 'name = "IT 服务台"', "name = 5", "desk.name", "must be text, not a number", "in quotes"),
    ("main", 'name = "IT 服务台"', 'name = ""', "desk.name", "is empty", "leave the key out"),
    ("main", '"support@example.com"', '"support at example.com"', "desk.address", "not a mail address", "name@example.com"),
    ("main", '"it-admin@example.com"', '"Support+alarms@example.com"', "desk.operator", "the desk's own address", "a person"),
    ("main", '"it-admin@example.com"', '"support@example.com"', "desk.operator", "the desk's own address", "a person"),
    ("main", '"Asia/Shanghai"', '"Asia/Shangai"', "desk.zone", "not a time zone", "Did you mean Asia/Shanghai?"),
    ("main", '#templates = "templates"', 'templates = "~nobody-at-all/x"', "desk.templates", "no folder", "Correct"),
    (
        "main",
        '#templates = "templates"',
        f'templates = "{"a" * 300}"',
        "desk.templates",
        "there is no folder",
        "Correct the path",
    ),
    ("main", 'policy = "', 'policy = "\\u0000', "desk.policy", "a character that no text has", "Remove"),
    ("main", 'keys = "keys"', 'keys = "a\\u0000b"', "state.keys", "a character that no text has", "Remove"),
    ("main", "#database = ", 'database = "sqlite:////a\\u0000b" #', "state.database", "no text has", "Remove"),
    ("main", '{ env = "TEST_IMAP_PASSWORD" }', '{ file = "/a\\u0000b" }', "account[1].password", "no text has", "Remove"),
    ("policy", "#holiday_files = [", 'holiday_files = ["\\u0000", ', "calendars.office.holiday_files", "no text has", "Remove"),
    ("main", 'language = "zh"', 'language = "xx"', "desk.language", "no letters in 'xx'", "en or zh"),
    ("main", 'language = "zh"', 'language = "?"', "desk.language", "not a language", '"zh"'),
    ("main", '["mx.example.com"]', '"mx.example.com"', "desk.hosts", "must be a list", "[ … ]"),
    ("main", '["mx.example.com"]', '["mx. example.com"]', "desk.hosts", "not the name of a host", "first word"),
    ("main", '["mx.example.com"]', '["*.com"]', "desk.hosts", "not a pattern", "*.example.com"),
    ("main", '#border_hosts = ["mx', 'border_hosts = ["mx*', "desk.border_hosts", "not a pattern", "*.example.com"),
    ("main", '#border_hosts = ["mx', 'border_hosts = ["m x', "desk.border_hosts", "not a domain", "example.com"),
    (
        "main",
        '#border_hosts = ["mx.example.com"',
        'border_hosts = ["0.0.0.0/0"',
        "desk.border_hosts",
        "half the world",
        "your own",
    ),
    ("main", '#border_hosts = ["mx.example.com"', 'border_hosts = ["10.0.0.1/8"', "desk.border_hosts", "not a network", "/24"),
    (
        "main",
        'hosts = ["mx.example.com"]',
        'border_hosts = ["mx.example.com"]',
        "desk.border_hosts",
        "nobody to believe",
        "hosts",
    ),
    ("main", '"25 MB"', '"25 parsecs"', "desk.size_limit", "not a size", "25 MB"),
    ("main", '#templates = "templates"', 'templates = "nowhere"', "desk.templates", "there is no folder", "path"),
    ("main", '#host = "example.com"', 'host = "exa mple"', "desk.host", "not a domain", "example.com"),
    ("main", 'host = "imap.example.com"', "", "account[1].host", "is missing", "Add this key"),
    ("main", "#port = 993", 'port = "993"', "account[1].port", "whole number", "without quotes"),
    ("main", "#port = 993", "port = 70000", "account[1].port", "65535", "range"),
    ("main", 'security = "tls"', 'security = "ssl"', "account[1].security", "'tls', 'starttls' or 'plain'", "one of these"),
    ("main", 'security = "tls"', 'security = "plain"', "account[1].security", "unencrypted", "insecure = true"),
    ("main", 'security = "starttls"', 'security = "plain"', "relay.security", "unencrypted", "insecure = true"),
    ("main", "#insecure = false", 'insecure = "no"', "account[1].insecure", "true or false", "without quotes"),
    ("main", 'poll = "60s"', "poll = 60", "account[1].poll", "not a span of time", '"10m"'),
    ("main", 'poll = "60s"', 'poll = "0s"', "account[1].poll", "longer than nothing", "10m"),
    ("main", 'processed = "Processed"', 'processed = "INBOX"', "account[1].folder", "one folder twice", "of its own"),
    ("main", "#import_since = 2026", 'import_since = "soon" # 2026', "account[1].import_since", "not a moment", "2026-10-01"),
    ("main", '#ca_file = "/etc/ssl/company-ca.pem"', 'ca_file = "no.pem"', "account[1].ca_file", "there is no file", "path"),
    ("main", '{ env = "TEST_IMAP_PASSWORD" }', '{ env = "NOT_SET" }', "account[1].password", "NOT_SET is not set", "Set it"),
    ("main", '{ env = "TEST_IMAP_PASSWORD" }', '{ envy = "X" }', "account[1].password", "where the secret is", "env"),
    ("main", '{ env = "TEST_IMAP_PASSWORD" }', '{ file = "/no" }', "account[1].password", "cannot be read", "Create it"),
    ("main", '{ env = "TEST_IMAP_PASSWORD" }', '{ command = "exit 3" }', "account[1].password", "exit code 3", "by hand"),
    ("main", '{ env = "TEST_SMTP_PASSWORD" }', '{ credential = "x" }', "relay.password", "no credentials", "LoadCredential"),
    ("main", 'password = { env = "TEST_SMTP_PASSWORD" }', "", "relay.user", "half of a login", "or neither"),
    ("main", "#database = ", 'database = "mysql://x/y" #', "state.database", "database that maildesk knows", "postgresql://"),
    ("main", "#database = ", 'database = "sqlite:///x.db" #', "state.database", "where the file is", "four slashes"),
    ("main", "#database = ", 'database = "postgresql://me:a@b@host/x" #', "state.database", "more than one @", "%40"),
    ("main", "rate_per_minute = 120", "rate_per_minute = 0", "relay.rate_per_minute", "greater than or equal to 1", "range"),
    ("main", 'steps = ["1m", ', 'steps = ["soon", ', "retry.steps", "'soon' is not a span", "10m"),
    ("main", "[on_call]", "[oncall]", "oncall", "not a known key", "Did you mean on_call?"),
    ("main", '#command = ["/usr/local/bin/page"', 'command = ["page"', "on_call.command", "where the program is", "whole path"),
    ("main", '#command = ["/usr/local/bin/page"', 'command = [""', "on_call.command", "an empty text", "Remove"),
    ("main", "#command = [", 'url = "https://x.test/"\ncommand = [', "on_call.command", "beside url", "one of the two"),
    ("main", "#secret = { credential", "secret = { env", "on_call.secret", "there is no url", "Add the url"),
    ("main", '#url = "https', 'url = "http', "on_call.url", "without encryption", "https"),
    ("main", '#url = "https', 'url = "ftp', "on_call.url", "not the address of a web hook", "https://"),
    ("main", '#url = "https://pager', 'url = "https://pa ger', "on_call.url", "not the address of a web hook", "https://"),
    ("main", '#url = "https://pager.example.com', 'url = "https://x:99999', "on_call.url", "not the address", "https://"),
    ("main", '#url = "https://', 'url = "https://me:planted@', "on_call.url", "has a login in it", "secret"),
    ("main", "#url = ", 'secret = "a b"\nurl = ', "on_call.secret", "no header can carry", "without spaces"),
    ("main", 'timeout = "20s"', 'timeout = "6m"', "on_call.timeout", "too long", "at most 5m"),
    ("main", "tries = 4", "tries = 0", "on_call.tries", "greater than or equal to 1", "range"),
    ("main", "[state]", "[state", "", "not valid TOML", "key = value"),
    # the policy
    ("policy", "[line2]", "[line_2]", "line_2", "not a known key", "Did you mean line2?"),
    ("policy", 'warn = "45m"', 'warm = "45m"', "line2.warm", "not a known key", "Did you mean warn?"),
    ("policy", 'warn = "45m"', 'warn = "61m"', "line2.warn", "before due", "shorter"),
    ("policy", 'never = ["P4"]', 'never = ["P5"]', "line2.never", "not a priority", "P4"),
    ("policy", 'calendar = "office"', 'calendar = "offfice"', "calendar", "not a calendar", "Did you mean office?"),
    ("policy", 'calendar = "office"', 'calendar = ""', "calendar", "names no calendar", "office or always"),
    ("policy", 'lead = ["10m"]', 'lead = ["99999999999d"]', "first_answer.lead", "longer than ten years", "shorter"),
    ("policy", 'lead = ["10m"]', 'lead = ["9999999d"]', "first_answer.lead", "longer than ten years", "shorter"),
    ("policy", "close = 6", "close = 60000", "chasers.close", "less than or equal to 1000", "range"),
    ("policy", "after = [2, 4]", "after = [2, 60000]", "chasers.after", "working days that ascend", "beyond 1000"),
    ("policy", 'P1 = "always"', 'P1 = "nights"', "priority_calendars.P1", "not a calendar", "office or always"),
    ("policy", "mon-fri 09:00-12:00", "mon-fry 09:00-12:00", "calendars.office.hours", "'mon-fry' is not a day", "mon-fri"),
    ("policy", "09:00-12:00 13:00-18:00", "24:00-24:00", "calendars.office.hours", "where the next has its 00:00", "mon-fri"),
    ("policy", "13:00-18:00", "11:00-18:00", "calendars.office.hours", "overlap", "before the next"),
    ("policy", "09:00-12:00 13:00-18:00", "09:00-09:00", "calendars.office.hours", "ends when it starts", "mon-fri"),
    (
        "policy",
        'adjusted = "09:00-12:00 13:00-18:00"',
        'adjusted = "18:00-09:00"',
        "calendars.office.adjusted",
        "within one day",
        "24:00",
    ),
    ("policy", 'adjusted = "09:00-12:00', 'adjusted = "09:00-14:00', "calendars.office.adjusted", "overlap", "before the next"),
    ("policy", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"', "calendars.office.zone", "not a time zone", "Asia/Shanghai?"),
    ("policy", '"mon-fri 09:00-12:00 13:00-18:00"', "", "calendars.office.hours", "names no hours", "mon-fri"),
    (
        "policy",
        "extra_workdays = []\nextra_holidays = []",
        'extra_workdays = ["2027-02-20"]\nextra_holidays = ["2027-02-15..2027-02-21"]',
        "calendars.office.extra_workdays",
        "2027-02-20 is also in extra_holidays",
        "Remove it",
    ),
    (
        "policy",
        "extra_holidays = []",
        'extra_holidays = ["2028-01-01..2038-12-31"]',
        "calendars.office.extra_holidays",
        "no working hour in the whole year 2028",
        "Take some of these days out",
    ),
    (
        "policy",
        "#holiday_files = [",
        "holiday_files = [",
        "calendars.office.holiday_files",
        "is not there or cannot be read",
        "Correct the path",
    ),
    ("policy", "13:00-18:00", "13:00-25:00", "calendars.office.hours", "25:00", "mon-fri"),
    ("policy", 'country = "CN"', 'country = "XQ"', "calendars.office.country", "holidays are known", ""),
    (
        "policy",
        '#subdivision = "BY"',
        'subdivision = "BY"',
        "calendars.office.subdivision",
        "not a subdivision",
        "there are none",
    ),
    ("policy", "extra_workdays = []", 'extra_workdays = ["2027-02-30"]', "calendars.office.extra_workdays", "not a date", "2027"),
    ("policy", 'ask = "1h 45m"', 'ask = "1h 45min"', "progress.ask", "not a span of time", "1d 4h"),
    ("policy", 'lead = "2h 30m"', 'lead = "2h"', "progress.due", "before lead", "shorter"),
    ("policy", 'remind = ["5m", "8m"]', 'remind = ["8m", "5m"]', "first_answer.remind", "ascend", "earlier"),
    ("policy", "after = [2, 4]", "after = [4, 2]", "chasers.after", "ascend", "[2, 4]"),
    ("policy", "close = 6", "close = 4", "chasers.close", "after the last chaser", "more than 4"),
    ("policy", "tell = 0.1", "tell = 0.2", "promises.tell", "not less than remind", "smaller than remind"),
    ("policy", "remind = 0.2", "remind = 1.5", "promises.remind", "less than 1", "range"),
    ("policy", "least = 20", "least = 0", "promises.least", "greater than or equal to 1", "in that range"),
    ("policy", "low = 2", "low = 6", "survey.low", "less than or equal to 5", "range"),
    ("policy", 'after = "4h"', 'after = "4h"\ncalendar = "nights"', "held.calendar", "not a calendar", "office or always"),
    ("policy", 'outage = "5m"', 'outage = "1m"', "peace.outage", "too short", "2m"),
    ("policy", 'window = "10m"', "window = 10", "peace.window", "not a span of time", "10m"),
    ("policy", "all_hour = 1000", "all_hour = 0", "limits.all_hour", "greater than or equal to 1", "in that range"),
    ("policy", 'gather = "15m"', 'gather = "2d"', "limits.gather", "longer than a day", '"1d" or less'),
    ("policy", 'mute = "1d"', 'mute = "25h"', "limits.mute", "longer than a day", '"1d" or less'),
    ("policy", "pace = 30", "pace = 0", "peace.pace", "greater than or equal to 1", "in that range"),
    ("policy", 'start = "21:00"', 'start = "9 pm"', "quiet.start", "not a time of day", "09:00"),
    ("policy", 'start = "21:00"', 'start = "08:00"', "quiet.start", "begins when it ends", "on = false"),
    (
        "policy",
        'start = "21:00"',
        'start = "08:30"',
        "quiet.start",
        "cover all hours of the calendar office",
        "give the people a shift",
    ),
    ("policy", 'digest_at = "09:00"', 'digest_at = "29:00"', "digest_at", "not a time of day", "09:00"),
    ("policy", 'P4 = "40h"', "", "targets.P4", "is missing", "Add this key"),
    ("policy", 'vendor = ["line2"]', 'vendor = ["line3"]', "pauses.vendor", "not a rule", "Did you mean line2?"),
    ("policy", 'low = "P3" }\nmiddle', 'low = "P9" }\nmiddle', "matrix.high.low", "not a priority", "P1"),
    ("policy", '["symptom", ', '["", ', "facts", "empty text", "Remove"),
    ("policy", 'internal_domains = ["example.com"]', 'internal_domains = ["@x"]', "internal_domains", "not a domain", "example"),
    ("policy", 'name = "硬件故障-打印机"', 'name = "硬件故障-电脑"', "categories[2].name", "is there twice", "one category"),
    ("policy", 'name = "硬件故障-打印机"', 'name = "a-b-c"', "categories[2].name", "one or two levels", "系统故障-登录异常"),
    ("policy", 'skill = "hardware"', 'skill = "hardwear"', "categories[1].skill", "no engineer has the skill", "hardware"),
    ("policy", 'engineer = ""', 'engineer = "U002"', "categories[1].engineer", "is no engineer", "Did you mean E002?"),
    ("policy", "on = true", "on = 1", "first_answer.on", "true or false", "without quotes"),
    ("policy", "[phone]", "[phone]\nphone = 1", "phone.phone", "not a known key", "lead, never, on, remind"),
    # people
    ("people", "E002,刘洋", "E001,刘洋", "staff_id", "E001 is already 王小明", "id of his own"),
    ("people", "liu.yang@example.com", "XM.wang@example.com", "addresses", "already belongs to 王小明", "one person"),
    ("people", "liu.yang@example.com", "liu.yang", "addresses", "not a mail address", "name@example.com"),
    ("people", "liu.yang@example.com", "Support+ly@example.com", "addresses", "the desk's own mailbox", "own address"),
    ("people", "liu.yang@example.com", "Support@example.com", "addresses", "the desk's own mailbox", "own address"),
    ("people", "liu.yang@example.com", "", "addresses", "is empty", "staff_id, a name and an address"),
    ("people", "13800000301,manager", "13800000301,manger", "roles", "'manger' is not a role", "Did you mean manager?"),
    ("people", "13800000002,engineer,1", "13800000002,engineer,3", "line", "not a line", "1 or 2"),
    ("people", "staff_id,name", "staff_id,nickname", "name", "no such column", "姓名"),
    ("people", ",phone,", ",fone,", "fone", "not a known column", "Did you mean phone?"),
    ("people", ",Europe/Berlin,,mon", ",Europe/Berln,,mon", "timezone", "not a time zone", "Did you mean Europe/Berlin?"),
    ("people", ",Europe/Berlin,,mon", ",Europe/Berlin,berlin,mon", "calendar", "not a calendar of the policy", "office"),
    ("people", "mon-fri 09:00-17:00", "mon-fri nine to five", "shift", "not weekly hours", "mon-fri"),
    ("people", "engineer,2,network;system,zh", "engineer,2,network;system,fr", "language", "no letters in 'fr'", "en or zh"),
    ("people", ",,,,E102", ",,,,E999", "delegate", "nobody's staff_id", "of somebody in this file"),
    ("people", ",,,,E002", ",,,,E001", "delegate", "in a circle: E001 → E001", "no delegate"),
    ("people", ",,,,E102", ",,,,C001", "delegate", "C001 may not act on tickets", "an engineer, a lead or a manager"),
    ("people", "13:00-18:00,,L001", "13:00-18:00,,E001", "delegate", "circle: E001 → E002 → E001", "another"),
    ("people", ",,,mon-fri 09:00-12:00", ",,,mon-fri 09:00-12:00 \u2026", "shift", "not weekly hours", "mon-fri"),
    ("people", "zh,,,,,E002", "zh,,,,next week,E002", "absent_until", "not a date", "2026-10-08"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "problem", "remedy"), BROKEN, ids=[f"{b[0]}: {b[3]} {b[4]}" for b in BROKEN]
)
def test_a_broken_line_gives_its_finding(files: Any, file: str, old: str, new: str, key: str, problem: str, remedy: str) -> None:
    files.change(file, old, new)
    findings = files.findings()
    found = [f for f in findings if f.key == key and problem in f.problem]
    assert found, f"not among: {[str(f) for f in findings]}"
    assert remedy in found[0].remedy
    assert found[0].file == getattr(files, file)
    assert str(found[0]).startswith(f"{found[0].file}:")
    assert found[0].line is not None


def test_the_line_of_a_finding_is_the_line_of_its_key(files: Any) -> None:
    main = files.change("main", "poll = ", "pol = ")
    policy = files.change("policy", 'skill = "network"', "skill = 7")
    people = files.change("people", "manager,,", "manger,,")
    assert [(f.file.name, f.line) for f in files.findings()] == [
        ("maildesk.toml", main),
        ("people.csv", people),
        ("policy.toml", policy),
    ]


def test_checking_signatures_needs_packages_and_says_how_they_are_installed(files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = files.main.read_text("utf-8")
    files.main.write_text(text.replace("#local_dkim", "local_dkim"), "utf-8")
    assert files.load().settings.local_dkim
    monkeypatch.setattr("maildesk.config.desk_file.find_spec", lambda _: None)
    (finding,) = files.findings()
    assert (finding.key, "pip install 'maildesk[dkim]'" in finding.remedy) == ("desk.local_dkim", True)


def test_all_faults_of_all_files_are_told_at_once(files: Any) -> None:
    files.change("main", "poll = ", "pol = ")
    files.change("main", "rate_per_minute = 120", 'rate_per_minute = "many"')
    files.change("policy", 'calendar = "office"', 'calendar = "home"')
    files.change("people", "E002,刘洋", "E001,刘洋")
    keys = {finding.key for finding in files.findings()}
    assert {"account[1].pol", "relay.rate_per_minute", "calendar", "staff_id"} <= keys


def test_a_desk_without_anybody_to_escalate_to_does_not_start(files: Any) -> None:
    text = files.people.read_text(encoding="utf-8").replace("lead;engineer", "engineer").replace("manager", "requester")
    text = text.replace(",M001\n", ",\n")
    files.people.write_text(text, encoding="utf-8")
    (finding,) = files.findings()
    assert finding.problem == "name nobody to escalate to"
    assert "主管" in finding.remedy


def test_a_desk_without_an_engineer_does_not_start(files: Any) -> None:
    files.people.write_text(files.people.read_text(encoding="utf-8").replace("engineer", "requester"), encoding="utf-8")
    assert "nobody is an engineer" in [finding.problem for finding in files.findings()]


@pytest.mark.parametrize("file", ["main", "policy", "people"])
def test_a_missing_file_is_named(files: Any, file: str) -> None:
    getattr(files, file).unlink()
    assert (getattr(files, file), "cannot be read (No such file or directory)") in [(f.file, f.problem) for f in files.findings()]


def test_a_file_that_is_not_utf8_is_named_with_its_line(files: Any) -> None:
    files.main.write_bytes("# first\n# second\n[desk]\nname = '服务台'\n".encode("gb18030"))
    finding = next(f for f in files.findings() if f.file == files.main)
    assert (finding.problem, finding.line) == ("is not UTF-8 text", 4)


def test_missing_keys_are_told_with_the_command_that_makes_them(files: Any) -> None:
    (files.folder / "state" / "keys").unlink()
    (finding,) = files.findings()
    assert "maildesk init --new-key" in finding.remedy
    assert "kept elsewhere" in finding.remedy


def test_of_keys_that_are_there_and_closed_the_right_to_read_them_is_told(files: Any) -> None:
    """A new key would not help who may not read the old ones."""
    path = files.folder / "state" / "keys"
    path.unlink()
    path.mkdir()
    (finding,) = files.findings()
    assert "let the desk's user read it" in finding.remedy
    assert "--new-key" not in finding.remedy


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"00" * 32, 0o644, "can be read by others"),
        (b"not a key\n", 0o600, "this line is not a key"),
        (b"# nothing\n", 0o600, "holds no key"),
        (b"\xff\xfe", 0o600, "is not a file of signing keys"),
        (b"abcd\n", 0o600, "this line is not a key"),
    ],
)
def test_a_bad_key_file_is_refused(files: Any, content: bytes, mode: int, problem: str) -> None:
    path = files.folder / "state" / "keys"
    path.write_bytes(content)
    path.chmod(mode)
    assert any(problem in finding.problem for finding in files.findings())


def test_two_accounts_may_share_neither_name_nor_mailbox(files: Any) -> None:
    text = files.main.read_text(encoding="utf-8")
    account = text[text.index("\n[[account]]") : text.index("# The server that takes")]
    files.main.write_text(text + account + account.replace('name = "support"', 'name = "second"'), encoding="utf-8")
    assert [(f.key, f.problem.split(" ", 1)[1]) for f in files.findings()] == [
        ("account[2].name", "names two accounts"),
        ("account[3]", "a mailbox that another account reads already"),
    ]


def test_a_machine_must_be_told_apart_by_something(files: Any) -> None:
    files.change("policy", "#[[accept_machines]]", '[[accept_machines]]\nheader = "X-Alert"')
    (finding,) = files.findings()
    assert (finding.key, finding.problem) == ("accept_machines[1].contains", "is missing")


def test_a_calendar_with_a_fault_is_still_a_calendar_by_its_name(files: Any) -> None:
    """What follows from a fault is not told beside it."""
    files.change("policy", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"')
    files.change("main", "#border_hosts = ", "border_hosts = ")
    files.change("main", "hosts = [", "hotss = [")
    assert [finding.key for finding in files.findings()] == ["desk.hotss", "calendars.office.zone"]
