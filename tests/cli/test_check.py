"""`maildesk check`: everything that can be wrong with a desk, each finding with its remedy."""

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maildesk.cli import checks, proving
from maildesk.cli.checks import Checked, Level, Ruled
from maildesk.demo.servers import Servers, User, utc_now
from maildesk.dns import Texts
from maildesk.store import Store
from tests.signing import key, signed

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def check(desk: Any, *words: str) -> tuple[int, dict[str, Any]]:
    result = desk.call("check", "--json", *(words or ("--no-servers",)))
    return result.exit_code, json.loads(result.stdout)


def finding(answer: dict[str, Any], area: str, level: str = "error") -> dict[str, str]:
    return next(one for one in answer["findings"] if (one["area"], one["level"]) == (area, level))


def test_a_new_desk_is_right_but_for_the_host_that_is_not_named_and_the_people_it_lacks(desk: Any) -> None:
    code, answer = check(desk)
    assert (code, answer["ok"], answer["errors"]) == (0, True, 0)
    warnings = [one["area"] for one in answer["findings"] if one["level"] == "warning"]
    assert warnings == ["people", "people", "authentication"]
    assert "nobody is told when 王小明 is late" in finding(answer, "people", "warning")["what"]
    assert "hosts = [ … ]" in finding(answer, "authentication", "warning")["remedy"]


def test_for_people_each_finding_stands_on_a_line_and_its_remedy_below(desk: Any) -> None:
    (desk.folder / "state").chmod(0o755)
    result = desk.call("check", "--no-servers")
    assert result.exit_code == 1
    state = f"error    state            {desk.folder}/state, where mails lie, is open to others\n"
    assert state + f"         → Run: chmod 700 {desk.folder}/state\n" in result.stdout
    assert result.stdout.endswith("1 to mend, 3 to look at.\n")
    assert "\x1b" not in result.stdout


def test_all_right_is_said_in_two_words(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    with (desk.folder / "people.csv").open("a", encoding="utf-8") as people:
        people.write("E002,周强,zhou@acme.test,,,engineer,2\nM001,吴刚,wu@acme.test,,,manager\n")
    assert desk.call("check", "--no-servers").stdout.endswith("All right.\n")


def test_everything_is_told_at_once_whatever_its_kind(desk: Any) -> None:
    """Faults of shape and of sense in every file, and what is wrong with the machine."""
    desk.change("poll = ", "pol = ")
    desk.change('operator = "', 'operator = "support@acme.test" #')
    desk.change('digest_at = "', 'digest_at = "25:', "policy.toml")
    desk.change('P3 = "office"', 'P3 = "offfice"', "policy.toml")
    with (desk.folder / "people.csv").open("a", encoding="utf-8") as people:
        people.write("E001,周强,zhou@acme.test,,,engineer,nine\n")
    (desk.folder / "state" / "keys").chmod(0o640)
    code, answer = check(desk)
    assert code == 78
    told = " ".join(one["what"] for one in answer["findings"])
    for fault in ("account[1].pol", "the desk's own address", "digest_at", "'offfice' is not a calendar", "people.csv", "keys"):
        assert fault in told, fault
    assert all(one["remedy"] for one in answer["findings"])


def test_faults_of_policy_and_people_hide_nothing_of_the_machine(desk: Any) -> None:
    desk.change('digest_at = "', 'digest_at = "25:', "policy.toml")
    (desk.folder / "state").chmod(0o755)
    (desk.folder / "state" / "maildesk.db").unlink()
    code, answer = check(desk)
    assert code == 78
    errors = {one["area"]: one["remedy"] for one in answer["findings"] if one["level"] == "error"}
    assert errors["database"] == "A new desk: maildesk upgrade makes it. A desk that was at work: maildesk restore BACKUP"
    assert "chmod 700" in errors["state"]
    assert "configuration" in errors


def test_faults_of_the_main_file_are_all_that_is_looked_at(desk: Any) -> None:
    desk.change("poll = ", "pol = ")
    code, answer = check(desk)
    assert code == 78
    assert "account[1].pol is not a known key" in finding(answer, "configuration")["what"]
    assert finding(answer, "configuration")["remedy"] == "Did you mean poll?"
    assert desk.call("check").exit_code == 78
    assert "→ Did you mean poll?" in desk.call("check").stdout


def test_a_password_in_a_file_that_others_can_read_is_found(desk: Any) -> None:
    desk.change(f'{{ file = "{desk.folder}/state/imap-password" }}', '"planted-7"')
    desk.main.chmod(0o644)
    _, answer = check(desk)
    assert finding(answer, "secrets")["remedy"] == f"Run: chmod 600 {desk.main}"
    assert "planted-7" not in json.dumps(answer)
    desk.main.chmod(0o600)
    assert check(desk)[0] == 0


def test_a_password_file_that_others_can_read_is_found(desk: Any) -> None:
    (desk.folder / "state" / "smtp-password").chmod(0o640)
    _, answer = check(desk)
    assert finding(answer, "secrets")["what"].endswith("smtp-password holds a secret and can be read by others")


def test_a_state_folder_that_others_can_enter_is_found(desk: Any) -> None:
    (desk.folder / "state").chmod(0o755)
    code, answer = check(desk)
    assert code == 1
    assert "chmod 700" in finding(answer, "state")["remedy"]


def test_a_database_that_is_not_there_or_damaged_is_found(desk: Any) -> None:
    path = desk.folder / "state" / "maildesk.db"
    path.unlink()
    assert (
        finding(check(desk)[1], "database")["remedy"]
        == "A new desk: maildesk upgrade makes it. A desk that was at work: maildesk restore BACKUP"
    )
    path.write_bytes(b"no database at all" * 500)
    assert "maildesk restore" in finding(check(desk)[1], "database")["remedy"]


def test_a_file_that_is_gone_from_the_disk_is_found(desk: Any) -> None:
    with desk.store() as store:
        (digest,) = store.files.put_many((b"Subject: x\n\nx",))
        with store.write() as tx:
            tx.keep(digest, 13, NOW, NOW)
        store.files.path(digest).unlink()
    assert digest in finding(check(desk)[1], "database")["what"]


def test_a_clock_behind_what_has_already_happened_is_found(desk: Any) -> None:
    ahead = datetime.now(UTC).timestamp() + 86_400
    os.utime(desk.main, (ahead, ahead))
    answer = check(desk)[1]
    assert f"{desk.main} was changed later" in finding(answer, "clock")["what"]


def test_a_broken_template_is_found(desk: Any) -> None:
    own = desk.folder / "own" / "zh"
    own.mkdir(parents=True)
    (own / "closed.txt").write_text("Subject: x\n\n{{ nothing_of_this_name }}\n", encoding="utf-8")
    desk.change('#templates = "templates"', 'templates = "own"')
    code, answer = check(desk)
    assert code == 1
    assert "zh/closed" in finding(answer, "letters")["what"]


def test_a_fact_that_no_answer_can_give_is_pointed_out(desk: Any) -> None:
    desk.change('facts = ["symptom"', 'facts = ["shoe_size"', "policy.toml")
    code, answer = check(desk)
    assert code == 0
    assert "shoe_size" in finding(answer, "policy", "warning")["what"]


def test_nodes_that_go_by_different_rules_are_named(desk: Any) -> None:
    settings = desk.config.settings
    for node, rules in (("one", "a"), ("two", "b"), ("three", "a")):
        store = Store.open(settings.database, settings.state, node)
        with store.write() as tx:
            tx.adopt(rules, NOW)
        store.close()
    _, answer = check(desk)
    found = finding(answer, "nodes", "warning")
    assert "one, three / two" in found["what"]
    assert "same policy" in found["remedy"]


def test_failed_mails_and_uncertain_letters_are_pointed_out(desk: Any) -> None:
    with desk.store() as store:
        (digest,) = store.files.put_many((b"Subject: x\n\nx",))
        with store.write() as tx:
            tx.settle(tx.keep(digest, 13, NOW, NOW), "failed", reason="x", folder="failed")
    assert finding(check(desk)[1], "inbox", "warning")["remedy"] == "See: maildesk inbox failed"


def kept(desk: Any, *heads: bytes) -> None:
    with desk.store() as store:
        digests = store.files.put_many(
            tuple(head + b"Subject: x\n\nAuthentication-Results: body; dmarc=pass\n" for head in heads)
        )
        with store.write() as tx:
            for digest in digests:
                tx.keep(digest, 10, NOW, NOW)


def authentication(desk: Any, level: str) -> tuple[str, str]:
    found = finding(check(desk)[1], "authentication", level)
    return found["what"], found["remedy"]


def test_without_a_named_host_the_names_on_recent_mail_are_shown(desk: Any) -> None:
    kept(desk, b"Authentication-Results: MX.acme.test 1; dmarc=pass\n", b"Received: x\n")
    what, remedy = authentication(desk, "warning")
    assert "engineers confirm by mail" in what
    assert "seen on recent mail: mx.acme.test." in remedy


def test_the_named_receiving_host_must_have_signed_recent_mail(desk: Any) -> None:
    kept(desk, b"Authentication-Results: MX.acme.test 1; dmarc=pass\n", b"Received: x\n")
    desk.change("hosts = []", 'hosts = ["mx.elsewhere.test"]')
    what, remedy = authentication(desk, "warning")
    assert "signed none of the last 2 mails" in what
    assert "mx.acme.test" in remedy


SAYS = "Authentication-Results: mx.acme.test; {} header.from=acme.test\n"
TAKEN = "Received: from x (x [192.0.2.9]) by mx.acme.test with ESMTPS id 1; Fri, 20 Nov 2026 02:00:00 +0000\n"


def test_it_is_told_how_many_senders_can_be_proven_and_which_engineer_never(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    good, bad = (SAYS.format(said).encode() for said in ("dmarc=pass", "dmarc=fail"))
    kept(desk, good + b"From: ann@acme.test\n", bad + b"From: ann@acme.test\n", b"From: wang@acme.test\n")
    what, _ = authentication(desk, "ok")
    assert what == "of the last 3 mails 1 had a proven sender, 1 a forged one, of 1 nothing is known"
    what, remedy = authentication(desk, "warning")
    assert what.endswith("asked to confirm by mail: 王小明")
    assert "login" in remedy
    kept(desk, good + b"From: wang@acme.test\n")
    warned = [one for one in check(desk)[1]["findings"] if one["level"] == "warning"]
    assert [one for one in warned if one["area"] == "authentication"] == []


def answering(asked: list[str]) -> Texts:
    """A DNS that knows one key, and what it was asked."""

    def ask(name: str) -> str:
        asked.append(name)
        return key(2048)[1]

    return Texts(ask=ask)


@pytest.mark.parametrize("hosts", [(), ("mx.acme.test",)])
def test_senders_proven_by_their_own_signatures_are_counted_and_only_asked_about_where_that_is_wanted(
    desk: Any, hosts: tuple[str, ...]
) -> None:
    mail = b"From: wang@acme.test\r\nTo: a@acme.test\r\nSubject: x\r\nDate: x\r\nMessage-ID: <a@acme.test>\r\n\r\nx\r\n"
    with desk.store() as store:
        digests = store.files.put_many((signed(mail, key(2048)[0], domain="acme.test"), mail))
        with store.write() as tx:
            for digest in digests:
                tx.keep(digest, 10, utc_now(), utc_now())
        config, asked = desk.config, list[str]()

        def said(*, local_dkim: bool, texts: Texts | None) -> str:
            settings = replace(config.settings, hosts=hosts, local_dkim=local_dkim)
            ruled = Ruled(settings=settings, now=NOW, store=store, texts=texts, config=replace(config, settings=settings))
            return " ".join(one.what for one in proving.senders(ruled))

        assert "had a proven sender" not in said(local_dkim=False, texts=answering(asked))
        assert "had a proven sender" not in said(local_dkim=True, texts=None)
        assert asked == []
        found = said(local_dkim=True, texts=answering(asked))
    assert "of the last 2 mails 1 had a proven sender, 0 a forged one, of 1 nothing is known" in found
    assert "never proven" not in found
    assert asked == ["mail._domainkey.acme.test"]


def test_results_below_the_received_lines_are_told_with_what_to_write(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    kept(desk, TAKEN.encode() + SAYS.format("dmarc=pass").encode() + b"From: ann@acme.test\n")
    what, remedy = authentication(desk, "warning")
    assert "below the Received lines of mx.acme.test: none is believed" in what
    assert "border_hosts = [ … ]" in remedy
    assert "192.0.2.9" in remedy
    desk.change('#border_hosts = ["mx.example.com", "127.0.0.1"]', 'border_hosts = ["mx.acme.test"]')
    assert "1 had a proven sender" in authentication(desk, "ok")[0]


def test_a_host_that_says_nothing_of_senders_is_told(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    kept(desk, b"Authentication-Results: mx.acme.test; spf=pass\n" + TAKEN.encode() + b"From: ann@acme.test\n")
    assert "mx.acme.test says nothing that proves a sender" in authentication(desk, "warning")[0]


@pytest.mark.parametrize(
    ("day", "missing"),
    [
        (datetime(2043, 9, 30, tzinfo=UTC), "2043"),
        (datetime(2044, 9, 30, tzinfo=UTC), ""),
        (datetime(2044, 10, 1, tzinfo=UTC), "2045"),
        (datetime(2045, 1, 2, tzinfo=UTC), "2045"),
    ],
)
def test_adjusted_days_should_be_known_of_this_year_and_from_october_of_the_next(desk: Any, day: datetime, missing: str) -> None:
    country(desk, "CN")
    desk.change("extra_workdays = []", "extra_workdays = [2044-02-06]", "policy.toml")
    said = list(checks.holidays(ruled(desk, day)))
    what = f"office: the adjusted working days of {missing} are not known"
    assert [(one.level, one.what) for one in said] == [(Level.WARNING, what)] * bool(missing)
    assert all(f"[years.{missing}]" in one.remedy for one in said)


def test_holidays_of_the_next_year_should_be_known_as_well(desk: Any) -> None:
    desk.change("extra_holidays = []", 'extra_holidays = ["2032-12-24..2032-12-31"]', "policy.toml")
    said = list(
        checks.holidays(
            Ruled(settings=desk.config.settings, config=desk.config, now=datetime(2032, 11, 2, tzinfo=UTC), store=None)
        )
    )
    assert [one.what for one in said] == ["office: the holidays of 2033 are not known"]


def test_a_country_whose_holidays_are_reckoned_needs_no_file(desk: Any) -> None:
    country(desk, "DE")
    assert not list(
        checks.holidays(
            Ruled(settings=desk.config.settings, config=desk.config, now=datetime(2032, 11, 2, tzinfo=UTC), store=None)
        )
    )


def ruled(desk: Any, now: datetime) -> Ruled:
    return Ruled(settings=desk.config.settings, config=desk.config, now=now, store=None)


def country(desk: Any, code: str) -> None:
    desk.change('#country = "CN"', f'country = "{code}"', "policy.toml")


def test_little_room_on_the_disk_is_found(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = []
    for scarce, gone in ((0, 0), (1 << 62, 0), (1 << 62, 1 << 62)):
        monkeypatch.setattr(checks, "SCARCE", scarce)
        config = replace(desk.config, settings=replace(desk.config.settings, reserve_free=gone))
        said = checks.state_folder(Checked(settings=config.settings, now=NOW, store=None))
        levels += [one.level for one in said if one.area == "disk"]
    assert levels == [Level.OK, Level.WARNING, Level.ERROR]


# -- mail servers ----------------------------------------------------------------------------------------------------


@contextmanager
def mail_host(password: str, clock: Callable[[], datetime] = utc_now) -> Iterator[Servers]:
    """The demo's servers for the desk and its engineer, in a thread of their own."""
    users = (User(address="support@acme.test", password=password, protected=True), User(address="wang@acme.test", password="-"))
    servers = Servers(users, host="mx.acme.test", clock=clock)
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with servers:
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield servers
    finally:
        done.set()
        thread.join()


def aim(desk: Any, servers: Servers) -> None:
    """Let the desk use these servers."""
    desk.change('host = "imap.acme.test"', 'host = "127.0.0.1"')
    desk.change('host = "smtp.acme.test"', 'host = "127.0.0.1"')
    desk.change("port = 993", f"port = {servers.imap_port}")
    desk.change("port = 587", f"port = {servers.smtp_port}")
    desk.change('security = "tls"', 'security = "plain"')
    desk.change('security = "starttls"', 'security = "plain"')


def test_servers_that_answer_are_told_with_what_they_hold(desk: Any) -> None:
    password = (desk.folder / "state" / "imap-password").read_text(encoding="utf-8").strip()
    with mail_host(password) as servers:
        aim(desk, servers)
        code, answer = check(desk, "--servers")
    assert code == 0, answer
    assert "0 mails in INBOX" in finding(answer, "mailbox support", "ok")["what"]
    assert (
        f"127.0.0.1:{servers.smtp_port} as support@acme.test takes letters to wang@acme.test"
        in finding(answer, "relay", "ok")["what"]
    )


def test_a_refused_login_is_told_with_its_remedy_and_without_the_password(desk: Any) -> None:
    with mail_host("another password") as servers:
        aim(desk, servers)
        code, answer = check(desk, "--servers")
    assert code == 1
    assert "login refused" in finding(answer, "mailbox support")["what"]
    assert finding(answer, "relay")["remedy"]
    assert "planted" not in json.dumps(answer)


def test_servers_that_do_not_answer_are_told(desk: Any) -> None:
    with mail_host("x") as servers:
        pass
    aim(desk, servers)
    code, answer = check(desk, "--servers")
    assert code == 1
    assert "unreachable" in finding(answer, "mailbox support")["what"]
    assert finding(answer, "relay")["what"]


def test_a_password_that_cannot_be_read_is_a_fault_of_the_configuration(desk: Any) -> None:
    Path(desk.folder / "state" / "imap-password").unlink()
    assert check(desk, "--servers")[0] == 78
    assert check(desk, "--no-servers")[0] == 0


def test_init_tries_the_servers_before_it_writes(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDESK_IMAP_PASSWORD", "secret")
    with mail_host("secret") as servers:
        words = [
            "init",
            "--yes",
            "--address",
            "support@acme.test",
            "--engineer-name",
            "A",
            "--engineer-address",
            "wang@acme.test",
        ]
        for kind, port in (("imap", servers.imap_port), ("smtp", servers.smtp_port)):
            words += [f"--{kind}-host", "127.0.0.1", f"--{kind}-port", str(port), f"--{kind}-security", "plain"]
        result = shell(*words, "--state", str(tmp_path / "state"))
    assert result.exit_code == 0, result.output
    assert "0 mails in INBOX" in result.stdout
    assert (tmp_path / "maildesk.toml").exists()


@pytest.mark.parametrize("key", ["policy", "people", "templates"])
def test_a_path_that_no_system_takes_is_a_finding(desk: Any, key: str) -> None:
    text = (desk.folder / "maildesk.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.partition("=")[0].strip() != key]
    lines.insert(lines.index("[desk]") + 1, f'{key} = "a\\u0000b"')
    (desk.folder / "maildesk.toml").write_text("\n".join(lines), encoding="utf-8")
    code, answer = check(desk)
    assert code == 78
    assert any(f"desk.{key}" in one["what"] and one["remedy"] for one in answer["findings"]), answer


def test_where_the_main_file_has_no_shape_a_path_that_no_system_takes_is_a_finding_too(desk: Any) -> None:
    (desk.folder / "maildesk.toml").write_text('[desk]\npolicy = "a\\u0000b"\npeople = "a\\u0000b"\n', encoding="utf-8")
    code, answer = check(desk)
    assert code == 78
    assert all(one["remedy"] for one in answer["findings"])
