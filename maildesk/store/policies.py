"""By which policy each node works, so that a desk that begins by another than before can tell.

A policy is in force while a node works by it. A node that was silent for an hour while others were at work is dead, and its name
is forgotten; when all were silent, the desk was down, and what was in force then still is.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from maildesk.store.part import Part
from maildesk.store.schema import policies
from maildesk.store.statements import put
from maildesk.store.values import Adopted

SILENCE = timedelta(hours=1)

ADOPT = put(policies, "node")


class Policies(Part):
    def adopt(self, digest: str, now: datetime) -> Adopted:
        """This node works by the policy of that digest from now on.

        A policy that is in force, with this node or another, goes on as it did: it holds since the first node had it. Any other
        holds from now on; only a desk that never had one does not know since when. So nodes that disagree change nothing by
        being started again.
        """
        self._run(sa.delete(policies).where(policies.c.node.in_(self._dead())))
        known = self._run(sa.select(policies).order_by(policies.c.node).with_for_update()).all()
        same = [row.since for row in known if row.digest == digest]
        since = max((one for one in same if one), default=None) if same or not known else now
        anew = (bool(known) and not same) or any(row.node == self._node and row.digest != digest for row in known)
        self._run(ADOPT, node=self._node, digest=digest, since=since, alive_at=now)
        return Adopted(since=since, anew=anew)

    def at_work(self, now: datetime) -> None:
        """This node gives a sign of life."""
        mine = policies.c.node == self._node
        self._run(sa.update(policies).where(mine).values(alive_at=now))

    def disagreeing(self) -> tuple[tuple[str, ...], ...]:
        """The names of the nodes at work, in groups that work by the same rules of time; empty when all do."""
        dead = self._dead()
        groups: dict[str, list[str]] = {}
        for row in self._policies():
            if row.node not in dead:
                groups.setdefault(row.digest, []).append(row.node)
        return tuple(map(tuple, groups.values())) if len(groups) > 1 else ()

    def _dead(self) -> tuple[str, ...]:
        signs = [(row.node, row.alive_at) for row in self._policies()]
        last = max((at for _, at in signs if at), default=None)
        return tuple(node for node, at in signs if last and (at is None or last - at > SILENCE))

    def _policies(self) -> Any:
        return self._run(sa.select(policies).order_by(policies.c.node)).all()
