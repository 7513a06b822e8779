"""The quiet hour: duplicates are looked for among what is new, a few are shown to the team, thresholds follow."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.community import proposals
from bot.community.proposals import SURER, Proposal
from bot.community.similar import Finder, Likeness
from bot.texts import announce
from bot.texts import proposals as texts
from storage import communities, findings, judgements, merges, outbox, suggestions, words
from storage.communities import Community
from storage.database import Database, Session
from storage.suggestions import OPEN, Suggestion

log = logging.getLogger(__name__)

MOST_A_NIGHT = 200  # suggestions looked at in a community; the rest has time until the next night


def looking(finder: Finder) -> Callable[[Database, datetime], Awaitable[None]]:
    """A job that gives each community its quiet hour once a day; one that fails stops no other."""

    async def knock(database: Database, now: datetime) -> None:
        async with database.reading() as look:
            fresh, due = await findings.list_without(look), await findings.list_due(look, now)
        for community in fresh:
            async with database.writing() as session:
                await proposals.begin(session, community, now)
        for community_id in due:
            try:
                await _Night(finder, database, community_id).spend(now)
            except Exception:
                log.exception("The quiet hour of community %s failed.", community_id)

    return knock


class _Night:
    """One community's quiet hour: short looks and short transactions, so that nobody else waits for it."""

    def __init__(self, finder: Finder, database: Database, community_id: int) -> None:
        self._finder = finder
        self._database = database
        self._community_id = community_id

    async def spend(self, now: datetime) -> None:
        """Measure, look, propose."""
        async with self._database.reading() as look:
            community = await communities.get_community(look, self._community_id)
            self._own = await words.list_forms(look, self._community_id)
            has_team = any(chat.is_staff for chat in await communities.list_chats(look, self._community_id))
        await self._measure(community)
        if has_team:
            await self._look(community)
        async with self._database.writing() as session:
            for proposal in await proposals.propose(session, community, self._finder.name, now):
                await self._show(session, community, proposal, now)

    async def _measure(self, community: Community) -> None:
        """How certain the finder would have been of what the team merged or split."""
        async with self._database.reading() as look:
            answers = await judgements.list_unmeasured(look, self._community_id)
        for answer in answers:
            async with self._database.reading() as look:
                ids = [answer.suggestion_id, answer.other_id or 0]
                older, newer = await suggestions.list_suggestions(look, self._community_id, ids)
                stands = await merges.get_root(look, older)
            alike = await self._alike(community, newer)
            unlike = Likeness(stands.id or 0, 0.0, alike[0].vector_by if alike else None)
            found = next((one for one in alike if one.suggestion_id == stands.id), unlike)
            async with self._database.writing() as session:
                await judgements.set_certainty(session, answer.id or 0, found.certainty, found.vector_by)

    async def _look(self, community: Community) -> None:
        """Hold what is new against all that is open."""
        async with self._database.reading() as look:
            finding = await findings.get_finding(look, self._community_id)
            after = finding.looked_to if finding else 0
            newer = await suggestions.list_newer(look, self._community_id, after, MOST_A_NIGHT)
        for suggestion in newer:
            likely = await self._likely(community, suggestion) if suggestion.status == OPEN else None
            async with self._database.writing() as session:
                if likely:
                    await proposals.note_likely(session, suggestion, likely)
                (await findings.lock_finding(session, self._community_id)).looked_to = suggestion.id or 0

    async def _likely(self, community: Community, suggestion: Suggestion) -> Likeness | None:
        """The open suggestion that most likely means the same, each found by the other, and nobody has been asked."""
        alike = await self._alike(community, suggestion)
        async with self._database.reading() as look:
            settled = await judgements.list_settled(look, suggestion.id or 0)
            rows = await suggestions.list_suggestions(look, self._community_id, [one.suggestion_id for one in alike])
            others = {row.id: row for row in rows if row.status == OPEN and row.id not in {*settled, suggestion.id}}
            found = next((one for one in alike if one.suggestion_id in others), None)
            if found is None:
                return None
            least = await self._finder.offered_from(look, community, by_meaning=found.vector_by is not None)
        if found.certainty < least * SURER:
            return None
        back = await self._alike(community, others[found.suggestion_id])
        is_mutual = any(one.suggestion_id == suggestion.id and one.certainty >= least * SURER for one in back)
        return found if is_mutual else None

    async def _alike(self, community: Community, suggestion: Suggestion) -> list[Likeness]:
        reading = await self._finder.read(suggestion.text, self._own)
        async with self._database.reading() as look:
            return await self._finder.list_alike(look, community, suggestion, reading)

    async def _show(self, session: Session, community: Community, proposal: Proposal, now: datetime) -> None:
        key = f"proposal:{proposal.judgement_id}"  # a live message, since it can be overtaken
        rows = await announce.to_team(session, community, lambda t: texts.proposal(t, proposal), now, key=key, slot=key)
        await outbox.add_rows(session, rows)
