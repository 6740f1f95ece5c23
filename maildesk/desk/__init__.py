"""The waist: every change of a ticket goes through here, in steps that each end in one commit.

    keep      mails from a server, or standard input: files and rows, one commit, before the server is told anything
    take_in   kept mails: strikes counted (commit), read ahead in a process of their own, decided, saved (commit)
    wake      tickets whose time has come
    order     an engineer's orders from the shell
    post      letters out: rendered, attempted, settled (in `desk.posting`)
    call      whoever is on call is rung by another road than mail (in `desk.calling`)
    file      what is settled is moved on the server (in `desk.collecting`): a separate step, retried until done

The desk gathers what a rule must know, lets the core decide and applies the decision; it has no rule of its own.
"""

from maildesk.desk.desk import Desk

__all__ = ["Desk"]
