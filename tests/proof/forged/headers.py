"""What a mail's head can say of its sender, and what follows from it by RFC 8601 and a careful reader: worked out by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from maildesk.demo.world import HOST


class State(StrEnum):
    """What is proven of the sender."""

    PASS = "pass"
    NONE = "none"
    FAIL = "fail"


class Knows(StrEnum):
    """Whom the desk may believe: nobody, the host above its own line, the host directly below it as well, or that below the
    lines by which its neighbours in a network hand mail on to it."""

    NOBODY = "nobody"
    HOST = "host"
    BORDER = "border"
    NETWORK = "network"


WORLD = f"Received: from evil.test (evil.test [203.0.113.9]) by {HOST} with ESMTP; Mon, 23 Nov 2026 03:00:00 +0000"
OTHERS = "Received: from pc.evil.test (pc [198.51.100.7]) by mx.evil.test with ESMTP; Mon, 23 Nov 2026 02:59:00 +0000"


NEIGHBOURS = "10.0.0.0/8"
NEIGHBOUR = WORLD.replace("evil.test (evil.test [203.0.113.9])", "mx (mx [10.0.0.2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A head: what stands `above` the line of the host that took the mail, that `line`, and what came with the mail, `below`."""

    state: State
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    line: str = WORLD
    knows: Knows = Knows.HOST

    def lines(self, address: str) -> tuple[str, ...]:
        said = {"a": address, "d": address.rpartition("@")[2].encode("idna").decode(), "h": HOST}
        return tuple(line.format(**said) for line in (*self.above, *(filter(None, (self.line,))), *self.below))


AR = "Authentication-Results: "
GOOD = AR + "{h}; dmarc=pass header.from={d}"
BAD = AR + "{h}; dmarc=fail header.from={d}"
LOGIN = f"Received: from pc ([192.0.2.9]) (Authenticated sender: %s) by {HOST} with ESMTPSA; Mon, 23 Nov 2026 03:00:00 +0000"


FORGED = {"below": (GOOD, OTHERS), "knows": Knows.BORDER}
"""Directly below the border's own line, where its word may stand."""


def _from(peer: str) -> dict[str, object]:
    """A client that is written so, with the line of a neighbour and a word of the host forged below."""
    line = WORLD.replace("evil.test (evil.test [203.0.113.9])", peer)
    return {"line": line, "below": (NEIGHBOUR, GOOD, OTHERS), "knows": Knows.NETWORK}


def _passes(*above: str, **more: object) -> Form:
    return Form(state=State.PASS, above=above, **more)  # type: ignore[arg-type]


def _says_nothing(*above: str, **more: object) -> Form:
    return Form(state=State.NONE, above=above, **more)  # type: ignore[arg-type]


def _fails(*above: str, **more: object) -> Form:
    return Form(state=State.FAIL, above=above, **more)  # type: ignore[arg-type]


FORMS: Mapping[str, Form] = {
    "dmarc=pass": _passes(GOOD),
    "dmarc=pass in capitals": _passes("AUTHENTICATION-RESULTS: MAIL.Demo.Test; DMARC=Pass header.from={d}"),
    "dmarc=pass with comments, folded": _passes(AR + "{h} (v=1; x) 1;\r\n\tspf=fail;\r\n dmarc=pass (p=none) header.from={d}"),
    "dmarc=pass, spf=fail": _passes(AR + "{h}; spf=fail smtp.mailfrom=x.test; dmarc=pass header.from={d}"),
    "dkim=pass without dmarc": _passes(AR + "{h}; dkim=pass header.d={d}"),
    "dkim=pass by its identity": _passes(AR + "{h}; dkim=pass header.i=@{d}"),
    "login": _passes(AR + "{h}; auth=pass smtp.auth={a}"),
    "submission with login": _passes(line=LOGIN % "{a}"),
    "above the border": _passes(GOOD, knows=Knows.BORDER),
    "below the border": _passes(below=(GOOD, OTHERS), knows=Knows.BORDER),
    "below the border, above another's": _passes(below=(GOOD, AR + "mx.evil.test; none", OTHERS), knows=Knows.BORDER),
    "below a neighbour's line": _passes(line=NEIGHBOUR, below=(WORLD, GOOD, OTHERS), knows=Knows.NETWORK),
    "pass above, others' pass below": _passes(GOOD, below=(OTHERS, AR + "mx.evil.test; dmarc=pass header.from={d}")),
    "nothing": _says_nothing(),
    "nobody to believe": _says_nothing(GOOD, knows=Knows.NOBODY),
    "fail, nobody to believe": _says_nothing(BAD, knows=Knows.NOBODY),
    "foreign host": _says_nothing(AR + "mx.evil.test; dmarc=pass header.from={d}"),
    "host as a beginning": _says_nothing(AR + "{h}.evil.test; dmarc=pass header.from={d}"),
    "host as an end": _says_nothing(AR + "evil{h}; dmarc=pass header.from={d}"),
    "host below": _says_nothing(AR + "x.{h}; dmarc=pass header.from={d}"),
    "host in a comment": _says_nothing(AR + "({h}) mx.evil.test; dmarc=pass header.from={d}"),
    "host in a quoted string": _says_nothing(AR + '"{h}; dmarc=pass" ; dmarc=pass header.from={d}'),
    "forged below the host's line": _says_nothing(below=(GOOD,)),
    "forged below another's line": _says_nothing(below=(OTHERS, GOOD)),
    "forged below the border": _says_nothing(below=(OTHERS, GOOD), knows=Knows.BORDER),
    "none above the border, forged below": _says_nothing(AR + "{h}; none", **FORGED),
    "spf above the border, forged below": _says_nothing(AR + "{h}; spf=fail smtp.mailfrom=evil.test", **FORGED),
    "dkim=fail above the border, forged below": _says_nothing(AR + "{h}; dkim=fail header.d={d}", **FORGED),
    "unreadable above the border, forged below": _says_nothing(AR + "{h}; dkim=none (unclosed", **FORGED),
    "login forged below the border's word": _says_nothing(
        AR + "{h}; none", below=(AR + "{h}; auth=pass smtp.auth={a}",), knows=Knows.BORDER
    ),
    "none below the border, forged below it": _says_nothing(below=(AR + "{h}; none", GOOD), knows=Knows.BORDER),
    "spf below the border, forged below it": _says_nothing(below=(AR + "{h}; spf=none", GOOD), knows=Knows.BORDER),
    "unreadable below the border, forged below it": _says_nothing(below=(AR + "{h}; spf=none (", GOOD), knows=Knows.BORDER),
    "forged below another's login": _says_nothing(line=LOGIN % "mallory", **FORGED),
    "forged behind a neighbour's name": _says_nothing(**_from("10.0.0.1 (evil.test [203.0.113.9])")),
    "forged behind an ident": _says_nothing(**_from("unknown (HELO 10.0.0.1) (ident@203.0.113.9)")),
    "forged behind a port": _says_nothing(**_from("[10.0.0.1] (evil [203.0.113.9:4711])")),
    "forged behind a port of IPv6": _says_nothing(**_from("[10.0.0.1] (evil [2001:db8::9]:4711)")),
    "forged behind a slash": _says_nothing(**_from("[10.0.0.1] (evil/203.0.113.9)")),
    "forged behind no address": _says_nothing(**_from("[10.0.0.1] (evil [203.0.113.009])")),
    "forged between forged lines": _says_nothing(below=(WORLD, GOOD, OTHERS)),
    "spf only": _says_nothing(AR + "{h}; spf=pass smtp.mailfrom={a}"),
    "received-spf": _says_nothing("Received-SPF: pass ({h}: domain of {a}) client-ip=192.0.2.1"),
    "dkim of another domain": _says_nothing(AR + "{h}; dkim=pass header.d=evil.test"),
    "dkim of a longer domain": _says_nothing(AR + "{h}; dkim=pass header.d={d}.evil.test"),
    "dkim of a top domain": _says_nothing(AR + "{h}; dkim=pass header.d=test"),
    "dkim=pass and another's identity": _says_nothing(AR + "{h}; dkim=pass header.d=evil.test; dkim=fail header.d={d}"),
    "dmarc=pass of another domain": _says_nothing(AR + "{h}; dmarc=pass header.from=evil.test"),
    "dmarc=pass of nobody": _says_nothing(AR + "{h}; dmarc=pass"),
    "dmarc=pass twice": _says_nothing(AR + "{h}; dmarc=pass header.from={d}; dmarc=pass header.from=evil.test"),
    "dmarc=pass in a comment": _says_nothing(AR + "{h}; none (dmarc=pass header.from={d})"),
    "dmarc=pass in a reason": _says_nothing(AR + '{h}; spf=none reason="; dmarc=pass header.from={d}" smtp.mailfrom=x.test'),
    "dmarc=temperror": _says_nothing(AR + "{h}; dmarc=temperror header.from={d}"),
    "cut off": _says_nothing(AR + '{h}; dmarc=pass (unclosed header.from={d}'),
    "garbage": _says_nothing(AR + "{h} dmarc=pass header.from={d} ;;; =="),
    "empty": _says_nothing(AR),
    "arc only": _says_nothing("ARC-Authentication-Results: i=1; {h}; dmarc=pass header.from={d}", "ARC-Seal: i=1; cv=pass"),
    "x- fields only": _says_nothing("X-Authentication-Results: {h}; dmarc=pass header.from={d}", "X-Maildesk-Proof: pass"),
    "old fields": _says_nothing("Old-Authentication-Results: {h}; dmarc=pass header.from={d}", "X-MS-Exchange-AuthAs: Internal"),
    "another's login": _says_nothing(AR + "{h}; auth=pass smtp.auth=mallory@{d}"),
    "submission with another's login": _says_nothing(line=LOGIN % "mallory@demo.test"),
    "submission without a login": _says_nothing(line=WORLD.replace("ESMTP", "ESMTPSA")),
    "login that the client says": _says_nothing(line=WORLD.replace("from evil.test", "from (Authenticated sender: {a})")),
    "submission to another host": _says_nothing(line=(LOGIN % "{a}").replace(HOST, "mx.evil.test")),
    "dmarc=fail": _fails(BAD),
    "dmarc=fail, dkim=pass": _fails(AR + "{h}; dkim=pass header.d={d}; dmarc=fail header.from={d}"),
    "pass and fail in one": _fails(AR + "{h}; dmarc=pass header.from={d}; dmarc=fail header.from={d}"),
    "pass and fail in two": _fails(GOOD, BAD),
    "fail and pass in two": _fails(BAD, GOOD),
    "fail above the border, pass forged below": _fails(BAD, below=(GOOD, OTHERS, GOOD), knows=Knows.BORDER),
    "fail below the border, pass forged below it": _fails(below=(BAD, GOOD), knows=Knows.BORDER),
    "fail above, pass forged below": _fails(BAD, below=(GOOD,)),
    "fail, and X- says pass": _fails(BAD, "X-Authentication-Results: {h}; dmarc=pass header.from={d}"),
}  # fmt: skip
"""Every head by its name. What is meant to deceive stands among what says nothing or fails."""
