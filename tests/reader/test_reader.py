"""Whatever a mail does to the process that reads it, the desk gets an answer and the next mail is read."""

import errno
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from base64 import encodebytes
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from maildesk import faults
from maildesk.mail import inbound
from maildesk.reader import Limits, Raw, Reader, ReaderFailed, Reading
from maildesk.reader import reader as this_side

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Fault = Callable[[str], None]


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    """What processes that start from now on do, in the words of `faults`."""
    return lambda order: monkeypatch.setenv(faults.VARIABLE, order)


@pytest.fixture
def reader() -> Iterator[Reader]:
    with closing(Reader()) as found:
        yield found


def mail(number: int, *files: bytes) -> bytes:
    head = f"From: person{number}@example.org\r\nSubject: mail {number}\r\nMIME-Version: 1.0\r\n"
    text = f"Content-Type: text/plain\r\n\r\nPrinter {number} does not print.\r\n"
    parts = [
        f"Content-Type: image/png; name={n}.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{encodebytes(file).decode()}\r\n"
        for n, file in enumerate(files)
    ]
    body = "".join(f"--x\r\n{part}" for part in (text, *parts))
    return f"{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n{body}--x--\r\n".encode()


def lying(place: Path, *mails: bytes) -> list[Raw]:
    """The mails as files, to be read."""
    raws = []
    for number, raw in enumerate(mails):
        path = place / f"mail.{number}"
        path.write_bytes(raw)
        raws.append(Raw(path=str(path), size=len(raw), aside=str(place / f"aside.{number}"), received_at=NOON))
    return raws


def subjects(readings: Iterator[Reading]) -> list[str]:
    """The subjects; in place of one that was not read, why."""
    return [reading.message.subject if reading.message else reading.why for reading in readings]


OTHERS: set[psutil.Process] = set()


@pytest.fixture(autouse=True)
def _others() -> None:
    """The processes of other tests, which may stay."""
    OTHERS.clear()
    OTHERS.update(psutil.Process().children())


def children() -> list[psutil.Process]:
    """Those that this test started and that are still there, zombies included."""
    return [child for child in psutil.Process().children() if child not in OTHERS]


def test_the_answers_are_those_of_reading_here_in_the_order_of_the_mails(reader: Reader, tmp_path: Path) -> None:
    mails = [mail(number, b"\x89PNG" + bytes([number]) * 1000) for number in range(60)]
    answers = [reading.message for reading in reader.read(lying(tmp_path, *mails))]
    assert answers == [inbound.read(raw, received_at=NOON) for raw in mails]


def test_the_files_of_a_mail_lie_aside_in_their_order(reader: Reader, tmp_path: Path) -> None:
    files = [b"one", b"two" * 100_000, b"three"]
    (reading,) = reader.read(lying(tmp_path, mail(1, *files)))
    assert reading.message is not None
    assert [file.chunks for file in reading.message.attachments] == [None] * 3
    assert [(tmp_path / f"aside.0.{n}").read_bytes() for n in range(3)] == files
    assert (tmp_path / "aside.0.0").stat().st_mode & 0o077 == 0


def test_an_empty_mail_is_read(reader: Reader, tmp_path: Path) -> None:
    (reading,) = reader.read(lying(tmp_path, b""))
    assert reading.message is not None


def test_a_killed_process_costs_the_mail_it_had_and_no_other(reader: Reader, fault: Fault, tmp_path: Path) -> None:
    fault("reading:kill:2")
    raws = lying(tmp_path, *map(mail, range(4)))
    assert subjects(reader.read(raws)) == ["mail 0", "SIGKILL"]
    assert subjects(reader.read(raws[2:3])) == ["mail 2"]


def test_a_process_that_was_killed_between_two_mails_costs_none(reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(2)))
    assert subjects(reader.read(raws[:1])) == ["mail 0"]
    (child,) = children()
    child.kill()
    child.wait()
    assert subjects(reader.read(raws[1:])) == ["mail 1"]


@pytest.mark.parametrize(
    ("order", "limits", "why"),
    [
        ("reading:hang:2", Limits(wall=1.5), "> 1.5 s"),
        ("reading:spin:2", Limits(processor=0), "> 0 s CPU"),
        ("reading:raise:2", Limits(), "Fault"),
    ],
)
def test_a_mail_beyond_its_limits_is_named_with_the_limit(
    order: str, limits: Limits, why: str, fault: Fault, tmp_path: Path
) -> None:
    fault(order)
    raws = lying(tmp_path, *map(mail, range(3)))
    with closing(Reader(limits)) as reader:
        assert subjects(reader.read(raws))[:2] == ["mail 0", why]
        assert subjects(reader.read(raws[2:])) == ["mail 2"]


def test_a_mail_that_wants_more_memory_than_allowed_holds_up_no_other(reader: Reader, tmp_path: Path) -> None:
    hungry = b"Subject: mail 0\r\nContent-Type: text/html\r\n\r\n" + b"<p>word" * 140_000
    raws = lying(tmp_path, hungry, mail(1))
    assert subjects(reader.read(raws[1:])) == ["mail 1"]
    needed = children()[0].memory_info().vms
    with closing(Reader(Limits(memory=needed + (8 << 20)))) as tight:
        first = next(tight.read(raws))
        assert "MemoryError" in str(first.message and first.message.warnings) or first.why
        assert subjects(tight.read(raws[1:])) == ["mail 1"]


def test_a_full_disk_is_no_mails_fault(reader: Reader, fault: Fault, tmp_path: Path) -> None:
    fault("reading:enospc:2")
    raws = lying(tmp_path, *map(mail, range(3)))
    answers = reader.read(raws)
    assert next(answers).message is not None
    with pytest.raises(OSError) as trouble:
        next(answers)
    assert trouble.value.errno == errno.ENOSPC
    assert children() == [], "nothing goes on to write files for the mails behind"
    assert subjects(reader.read(raws[2:])) == ["mail 2"]


def test_a_mail_whose_bytes_are_gone_holds_up_no_other(reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(2)))
    Path(raws[0].path).unlink()
    assert subjects(reader.read(raws)) == ["ENOENT", "mail 1"]


def test_who_reads_others_drops_what_was_not_asked_for(reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(3)))
    assert next(reader.read(raws)).message is not None
    assert subjects(reader.read(raws[2:])) == ["mail 2"]


def test_one_process_reads_batch_after_batch(reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(4)))
    used = set()
    for start in (0, 2):
        answers = reader.read(raws[start : start + 2])
        assert [next(answers).why for _ in range(2)] == ["", ""]
        used |= {child.pid for child in children()}
    assert len(used) == 1


def test_a_batch_whose_answers_get_long_ends_early_and_its_rest_can_be_asked_for(tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(4)))
    with closing(Reader(Limits(batch=10))) as reader:
        assert subjects(reader.read(raws)) == ["mail 0"]
        (before,) = children()
        assert subjects(reader.read(raws[1:])) == ["mail 1"]
        assert children() == [before]


def test_a_text_that_nobody_would_read_to_its_end_is_cut_and_the_limit_named(tmp_path: Path) -> None:
    (raw,) = lying(tmp_path, mail(1).replace(b"Printer", b"word " * 5000))
    with closing(Reader(Limits(answer=16_000))) as reader:
        (reading,) = reader.read([raw])
    assert reading.message is not None
    assert (len(reading.message.text), reading.message.limits) == (1000, ("text",))


def test_a_process_that_has_grown_is_replaced_between_two_batches(tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(2)))
    with closing(Reader(Limits(grown=1))) as reader:
        assert subjects(reader.read(raws[:1])) == ["mail 0"]
        (before,) = children()
        assert subjects(reader.read(raws[1:])) == ["mail 1"]
        assert before not in children()
        assert len(children()) == 1


def test_a_glance_reads_header_and_text_only(reader: Reader, tmp_path: Path) -> None:
    (raw,) = lying(tmp_path, mail(1, b"\x89PNG"))
    (reading,) = reader.read([replace(raw, glance=True)])
    assert reading.message is not None
    assert (reading.message.subject, reading.message.attachments) == ("mail 1", ())


# -- a program that is not ours any more ------------------------------------------------------------------------------

SAYS = """
import sys
from maildesk.reader import wire
out = sys.stdout.buffer
wire.send(out, wire.READY)
wire.receive(sys.stdin.buffer)
"""


def taken_over(*lines: str) -> Reader:
    """A reader whose process does as it likes once it has the mails."""
    return Reader(Limits(wall=0.2), program=("-P", "-c", "\n".join((SAYS, *lines))))


PICKLE = pickle.dumps(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("import os; os._exit(0)", "exit 0"),
        ("import os; os.abort()", "SIGABRT"),
        ("out.write(b'\\x00\\x00\\x00\\x03abc'); out.flush(); sys.stdin.read()", "the answer is not understood"),
        ("out.write(b'\\xff' * 100); out.flush(); sys.stdin.read()", "the answer is too long"),
        (f"wire.send(out, {PICKLE!r}); sys.stdin.read()", "the answer is not understood"),
        ("import time; time.sleep(60)", "no sign of life"),
    ],
)
def test_a_process_that_answers_nonsense_is_replaced(
    line: str, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(this_side, "GRACE", 0.2)
    raws = lying(tmp_path, *map(mail, range(2)))
    with closing(taken_over(line)) as reader:
        for _ in range(2):
            assert subjects(reader.read(raws)) == [why]
    assert children() == []


def test_a_file_that_is_not_there_is_not_believed(reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, mail(1, b"file"))
    answers = reader.read(raws)
    while not list(tmp_path.glob("aside.*")):
        time.sleep(0.01)
    (tmp_path / "aside.0.0").unlink()
    assert subjects(answers) == ["the answer speaks of a file that is not there"]


@pytest.mark.parametrize("program", [("-c", "raise SystemExit(3)"), ("-c", "print('hello', flush=True); input()")])
def test_a_process_that_never_gets_ready_is_nobodys_mail(program: tuple[str, ...], tmp_path: Path) -> None:
    with closing(Reader(program=program)) as reader, pytest.raises(ReaderFailed, match="does not work") as failed:
        reader.read(lying(tmp_path, mail(0)))
    assert failed.value.remedy
    assert children() == []


# -- what it has and how it ends --------------------------------------------------------------------------------------


def test_the_process_has_no_socket_no_file_and_no_secret_of_ours(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "hunter2")
    with socket.socket() as line, (tmp_path / "database").open("wb") as database:
        for each in (line, database):
            os.set_inheritable(each.fileno(), True)
        assert subjects(reader.read(lying(tmp_path, mail(0)))) == ["mail 0"]
    (child,) = children()
    held = [os.readlink(link) for link in Path(f"/proc/{child.pid}/fd").iterdir()]
    assert not [one for one in held if one.startswith(("socket:", str(tmp_path)))]
    assert b"hunter2" not in Path(f"/proc/{child.pid}/environ").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_for_the_desk_does_not_end_the_process(number: signal.Signals, reader: Reader, tmp_path: Path) -> None:
    raws = lying(tmp_path, *map(mail, range(2)))
    assert subjects(reader.read(raws[:1])) == ["mail 0"]
    (child,) = children()
    child.send_signal(number)
    assert subjects(reader.read(raws[1:])) == ["mail 1"]
    assert children() == [child]


def test_nothing_of_it_is_left_after_the_end(reader: Reader, tmp_path: Path) -> None:
    assert subjects(reader.read(lying(tmp_path, mail(0)))) == ["mail 0"]
    assert reader.resident() > 0
    reader.close()
    assert (children(), reader.resident()) == ([], 0)


@pytest.mark.parametrize("order", ["", "reading:hang"])
def test_it_ends_when_the_desk_is_killed(order: str, tmp_path: Path) -> None:
    (raw,) = lying(tmp_path, mail(0))
    desk = (
        "import sys, time; from datetime import UTC, datetime; from maildesk.reader import Limits, Raw, Reader\n"
        "reader = Reader(Limits(wall=1.0))\n"
        f"reader.read([Raw(path={raw.path!r}, size=9, aside={raw.aside!r}, received_at=datetime.now(UTC))])\n"
        "print('asked', flush=True); time.sleep(60)"
    )
    environment = os.environ | {faults.VARIABLE: order, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", desk], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"asked\n"
        (child,) = psutil.Process(parent.pid).children()
        parent.kill()
    gone, alive = psutil.wait_procs([child], timeout=20)
    assert (gone, alive) == ([child], [])
