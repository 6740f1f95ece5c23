"""The runs of the proof: what each does, how much of it, and by what it passes.

Each run is cut into units that stand alone, each with a seed of its own, so that a long proof can be broken off and taken up
again, and a unit that fails can be repeated alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.daemon.running import install
from tests.proof import cuts, days, ends, forged, kills, loops, mutated, planted, power, relay, restored, transcripts, workers
from tests.proof.days_places import PLACES
from tests.proof.ledger import WITHOUT_ORDERS, Ledger, fresh
from tests.proof.outcome import Outcome
from tests.proof.servers import Servers


class Extent(StrEnum):
    """How much is done: as much as an evening allows, or all that is promised."""

    USUAL = "usual"
    FULL = "full"


Play = Callable[[Servers, int], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`units` says into how many units the run is cut, and `play` does the one with this seed."""

    title: str
    passes: str
    units: dict[Extent, int]
    play: Play


def _killed_at_points(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = fresh(place, servers.dovecot, sink, seed)
        return kills.at_points(ledger, each=2)


def _killed_at_random(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = fresh(place, servers.dovecot, sink, seed)
        return kills.at_random(ledger, kills=50)


def _power_lost(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = power.fresh(place, servers.dovecot, sink, seed)
        return kills.at_random(ledger, kills=25, then=power.lost)


def _ended_at_points(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = fresh(place, servers.dovecot, sink, seed)
        return ends.by_sigterm(ledger, each=1)


def _restored(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = Ledger(installed=install(place, servers.dovecot, sink.port), sink=sink, seed=seed, often=WITHOUT_ORDERS)
        return restored.drill(ledger, before=100, after=500)


def _full_at_points(servers: Servers, seed: int) -> Outcome:
    with servers.sink() as sink, servers.place() as place:
        ledger = fresh(place, servers.dovecot, sink, seed)
        return ends.by_a_full_disk(ledger, each=1)


def _imap_cuts(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return cuts.imap(servers.dovecot, place, seed=seed, part=seed - 1, parts=IMAP_PARTS)


def _transcripts(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return transcripts.played(servers.authority, place, seed=seed)


def _relay_cells(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return relay.cells(place, seed=seed)


def _relay_cuts(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return relay.cuts(place, seed=seed, part=seed - 1, parts=RELAY_PARTS)


def _mutated(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return mutated.end_to_end(place, seed=seed, mails=1000)


def _forged(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return forged.played(place, seed=seed)


def _shared(mails: int, partitions: int, others: int) -> Play:
    def play(servers: Servers, seed: int) -> Outcome:
        with servers.sink() as sink, servers.place() as place:
            count = 2 if seed % 2 else 4
            given = {"seed": seed, "workers": count, "mails": mails, "partitions": partitions, "others": others}
            return workers.at_work(place, servers.dovecot, sink, servers.postgres, **given)

    return play


def _planted(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return planted.planted(place, seed=seed)


def _day(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return days.day(place, seed=seed)


def _loops(servers: Servers, seed: int) -> Outcome:
    with servers.place() as place:
        return loops.part(place, seed=seed, of=LOOP_PARTS)


LOOP_PARTS = 4
"""Each part has every fourth configuration: all machines, with one disguise each."""

IMAP_PARTS, RELAY_PARTS = 100, 20
"""Each part has every hundredth (twentieth) byte of the session."""

KILLS = -(-1000 // (2 * len(kills.POINTS)))
"""Units in which every point is killed twice, for a thousand kills."""

AFTER_A_KILL = (
    "0 lost, 0 doubled tickets, progress or alarms; at most 1 identical extra copy for each kill, and only of a letter that the "
    "relay may have had without the desk's knowing"
)

RUNS: dict[str, Run] = {
    "kills": Run(
        title="kill -9 at every fault point",
        passes=AFTER_A_KILL,
        units={Extent.USUAL: KILLS, Extent.FULL: KILLS},
        play=_killed_at_points,
    ),
    "random-kills": Run(
        title="kill -9 at any moment",
        passes=AFTER_A_KILL,
        units={Extent.USUAL: 4, Extent.FULL: 10},
        play=_killed_at_random,
    ),
    "power": Run(
        title="the power fails at any moment: what was not synced is gone, or is anything",
        passes=AFTER_A_KILL,
        units={Extent.USUAL: 2, Extent.FULL: 10},
        play=_power_lost,
    ),
    "sigterm": Run(
        title="SIGTERM at every fault point",
        passes="0 lost, 0 doubled, no extra copy; ended within 30 s with nothing half done",
        units={Extent.USUAL: 2, Extent.FULL: 10},
        play=_ended_at_points,
    ),
    "full-disk": Run(
        title="no space left at every fault point before the relay",
        passes="0 lost, 0 doubled, no extra copy; the same process goes on by itself",
        units={Extent.USUAL: 2, Extent.FULL: 10},
        play=_full_at_points,
    ),
    "restore": Run(
        title="backup, 500 mails, everything destroyed, restored, 500 mails more",
        passes="0 lost, 0 numbers given twice, 0 second acknowledgements",
        units={Extent.USUAL: 3, Extent.FULL: 20},
        play=_restored,
    ),
    "imap-cuts": Run(
        title="the road to the mailbox cut after a byte of a three-mail session",
        passes="0 lost, 0 doubled, all filed within 60 s",
        units={Extent.USUAL: 11, Extent.FULL: IMAP_PARTS},
        play=_imap_cuts,
    ),
    "transcripts": Run(
        title="transcripts of a misbehaving mailbox server",
        passes="0 lost, 0 doubled, nothing filed unread, all well within 60 s of the fault's end; the operator is told the "
        "remedy when, and only when, a person must act",
        units={Extent.USUAL: 3, Extent.FULL: 10},
        play=_transcripts,
    ),
    "relay-faults": Run(
        title="every verb of the relay with every misfortune",
        passes="copies as promised: one, none when refused, two alike only when the answer to a whole letter was lost",
        units={Extent.USUAL: 1, Extent.FULL: 1},
        play=_relay_cells,
    ),
    "relay-cuts": Run(
        title="the road to the relay cut after every byte of a session",
        passes="every letter arrives, at most 1 identical extra copy for each cut",
        units={Extent.USUAL: RELAY_PARTS, Extent.FULL: RELAY_PARTS},
        play=_relay_cuts,
    ),
    "mutants": Run(
        title="broken mails end to end",
        passes="0 lost, 0 stuck, no batch longer than 20 s, no letter misshapen",
        units={Extent.USUAL: 10, Extent.FULL: 10},
        play=_mutated,
    ),
    "loops": Run(
        title="a day with machines that answer every letter, and with a second desk, in four disguises each",
        passes="at most 6 letters of the desk's own accord to each in a day, 0 mails lost, no ticket beyond one for each of them",
        units={Extent.USUAL: LOOP_PARTS, Extent.FULL: LOOP_PARTS},
        play=_loops,
    ),
    "forgeries": Run(
        title="forged orders, hijacked tickets, forged heads",
        passes="0 obeyed, 0 leaked, 0 lost; every mail ends where the table of the specification says",
        units={Extent.USUAL: 3, Extent.FULL: 3},
        play=_forged,
    ),
    "days": Run(
        title="simulated days of 2,000 tickets with absences, cases of the policy and an outage, in three zones",
        passes="no alarm lost or doubled, each at its second, to whoever is there; one letter to each person after the outage, "
        "each ticket in it once",
        units={Extent.USUAL: 7 * len(PLACES), Extent.FULL: 30 * len(PLACES)},
        play=_day,
    ),
    "workers": Run(
        title="two and four daemons on one PostgreSQL, cut off from it and from the mailbox, killed, frozen",
        passes="all laws; at most 1 identical extra copy for each kill, freeze or darkness that left a letter in doubt",
        units={Extent.USUAL: 10, Extent.FULL: 10},
        play=_shared(1000, 5, 3),
    ),
    "planted": Run(
        title="bugs planted into a copy of the desk",
        passes="each is caught by its tests, which pass without it, and some by the oracle, too, after a run in the copy",
        units={Extent.USUAL: len(planted.BUGS), Extent.FULL: len(planted.BUGS)},
        play=_planted,
    ),
}
