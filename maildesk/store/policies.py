"""By which policy each node works, so that a desk that begins by another than before can tell."""

from datetime import UTC, datetime

import sqlalchemy as sa

from maildesk.store.part import Part
from maildesk.store.prepared import Prepared
from maildesk.store.schema import policies
from maildesk.store.statements import put
from maildesk.store.values import Adopted

EARLIEST = datetime.min.replace(tzinfo=UTC)

ADOPTED = Prepared(sa.select(policies.c.node, policies.c.digest, policies.c.since).with_for_update())
ADOPT = put(policies, "node")


class Policies(Part):
    def adopt(self, digest: str, now: datetime) -> Adopted:
        """This node works by the policy of that digest from now on.

        The nodes of one desk change one after the other, and the policy that came last holds: the first node with a policy
        sets since when, and those that follow take that over. A desk that never had another does not know since when.
        """
        known = self._run(ADOPTED).all()
        latest = max(known, key=lambda row: row[2] or EARLIEST, default=(self._node, digest, None))
        since = latest[2] if latest[1] == digest else now
        anew = latest[1] != digest or any(node == self._node and before != digest for node, before, _ in known)
        self._run(ADOPT, node=self._node, digest=digest, since=since)
        return Adopted(since=since, anew=anew)
