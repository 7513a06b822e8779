"""The draft of the coming issue in the team's hands: change its lines, skip it, approve it, post it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from markupsafe import Markup

from bot.community import digests, drafts, issues
from bot.community.audit import Action, record
from bot.community.drafts import Changes, changes_of
from bot.community.errors import BeforeMembers, DraftSettled
from bot.community.issues import SECTIONS, Issue
from bot.here import Here
from bot.texts import digests as texts
from bot.texts import drafts as pages
from bot.texts import posting
from bot.texts.say import Answers, Picture, Rewrite, Say, Whisper
from handlers import prompts
from handlers.commands import Press, Prompt, Spoken
from handlers.named import about
from handlers.people import require_team_alone
from storage import communities
from storage import drafts as rows
from storage.database import Session
from storage.drafts import Draft

Act = Callable[[Here, list[int]], Awaitable[Answers]]


async def draft_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Change, skip or post it", "Back to the draft": the draft as it stands."""
    here = await _staff_about(here, numbers[0])
    return await _page(here, await _access(here, numbers[0], *_ANY))


async def more_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "… +9": the lines of a section further down."""
    draft_id, section, start = numbers
    here = await _staff_about(here, draft_id)
    draft = await _access(here, draft_id)
    told, _, _ = await _of(here, draft)
    said = pages.more(here.t, told, draft, section, start)
    return Rewrite(said.text, said.keyboard)


async def line_pressed(here: Here, numbers: list[int]) -> Answers:
    """A line's number: what can be done with it."""
    here, draft, key = await _line(here, numbers)
    return await _shown(here, draft, key)


async def up_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Up": a place higher in its section."""
    return await _move(here, numbers, -1)


async def down_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Down": a place lower in its section."""
    return await _move(here, numbers, 1)


async def drop_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Leave out": neither this issue nor a later one tells it."""
    here, draft, key = await _line(here, numbers)
    async with _audited(here, draft, "draft line dropped"):
        await drafts.drop(here.session, draft, key)
    return await _page(here, draft)


async def words_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Other words": asks for them, where no member reads the question and its answer. Raises BeforeMembers."""
    require_team_alone(here)
    here, draft, key = await _line(here, numbers)
    return await prompts.ask(here, "linesay", tuple(numbers), pages.ask_words(here.t, await _words(here, draft, key)))


async def words_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The line's new words."""
    here, draft, key = await _line(here, numbers)
    async with _audited(here, draft, "draft line reworded"):
        await drafts.reword(here.session, draft, key, spoken.words.strip())
    return unseen_by_members(here, [pages.page(here.t, *await _of(here, draft))])


async def post_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Post now": the issue goes out before its hour, or after it has waited for approval."""
    here = await _staff_about(here, numbers[0])
    draft = await _access(here, numbers[0])
    return await _post(here, draft)


async def approve_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Approve": the issue goes out at its hour, or at once where that has passed."""
    here = await _staff_about(here, numbers[0])
    draft = await _access(here, numbers[0])
    told, _, community = await _of(here, draft)
    async with _audited(here, draft, "draft approved"):
        await drafts.approve(here.session, draft, told.keys())
    return await (_post(here, draft) if community.digest_due_at <= here.now else _page(here, draft))


async def skip_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Skip this week"."""
    return await _change(here, numbers, "draft skipped", drafts.skip)


async def open_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Do not skip it"."""
    return await _change(here, numbers, "draft reopened", drafts.reopen, *_ANY)


async def undo_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Undo my changes": the draft as it was first drawn."""

    async def undo(session: Session, draft: Draft) -> None:
        await drafts.change(session, draft, Changes())

    return await _change(here, numbers, "draft changes undone", undo)


async def read_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Read it as posted": the whole issue, without its links and mentions."""
    here = await _staff_about(here, numbers[0])
    draft = await _access(here, numbers[0])
    told, _, community = await _of(here, draft)
    return unseen_by_members(here, pages.preview(here.t, told, draft, community))


_ANY = (rows.OPEN, rows.APPROVED, rows.SKIPPED)


def unseen_by_members(here: Here, said: Sequence[Say]) -> list[Say | Whisper]:
    """What only the team may read yet: among members a whisper, without its picture. Raises BeforeMembers."""
    if here.chat is None or here.chat.is_staff:
        return [*said]
    if not here.can_whisper:
        raise BeforeMembers
    return [Whisper(one.text, one.keyboard) for one in said if not isinstance(one, Picture)]


async def _staff_about(here: Here, draft_id: int) -> Here:
    """The draft's community. Raises StaffOnly, before any transaction."""
    here = await about(here, Draft, draft_id)
    await here.require_staff()
    return here


async def _access(here: Here, draft_id: int, *states: str) -> Draft:
    return await digests.access_draft(here.session, here.community_id, draft_id, here.now, *states)


async def _line(here: Here, numbers: list[int]) -> tuple[Here, Draft, str]:
    """The draft and the key of one of its lines; raises DraftSettled for what no draft has."""
    draft_id, section, number = numbers
    here = await _staff_about(here, draft_id)
    if section >= len(SECTIONS):
        raise DraftSettled
    return here, await _access(here, draft_id), f"{SECTIONS[section]}:{number}"


async def _of(here: Here, draft: Draft) -> tuple[Issue, Draft, communities.Community]:
    community = await communities.get_community(here.session, here.community_id)
    return await issues.draft(here.session, community, digests.due_of(community, here.now)), draft, community


async def _page(here: Here, draft: Draft) -> Rewrite:
    said = pages.page(here.t, *await _of(here, draft))
    return Rewrite(said.text, said.keyboard)


async def _words(here: Here, draft: Draft, key: str) -> Markup:
    told, _, _ = await _of(here, draft)
    lines = {found: words for _, _, lines in texts.drawn(here.t, told) for found, words in lines}
    if key not in lines:
        raise DraftSettled
    return lines[key]


async def _shown(here: Here, draft: Draft, key: str) -> Rewrite:
    section, _, number = key.partition(":")
    said = pages.line(here.t, draft, SECTIONS.index(section), int(number), await _words(here, draft, key))
    return Rewrite(said.text, said.keyboard)


async def _move(here: Here, numbers: list[int], by: int) -> Answers:
    here, draft, key = await _line(here, numbers)
    told, _, _ = await _of(here, draft)
    section = key.partition(":")[0]
    keys = [one for one, _ in told.lines(section)]
    async with _audited(here, draft, "draft line moved"):
        await drafts.change(here.session, draft, changes_of(draft).moved(section, keys, key, by))
    return await _shown(here, draft, key)


async def _change(
    here: Here, numbers: list[int], name: str, act: Callable[[Session, Draft], Awaitable[None]], *states: str
) -> Answers:
    here = await _staff_about(here, numbers[0])
    draft = await _access(here, numbers[0], *states)
    async with _audited(here, draft, name):
        await act(here.session, draft)
    return await _page(here, draft)


@asynccontextmanager
async def _audited(here: Here, draft: Draft, name: str) -> AsyncIterator[None]:
    """What is done to the draft within stands in the audit log."""
    before = {"state": draft.state, "changes": draft.changes}
    yield
    after = {"state": draft.state, "changes": draft.changes}
    await record(here.session, Action(here.community_id, here.person_id, name, draft.period), before, after, here.now)


async def _post(here: Here, draft: Draft) -> Answers:
    told, _, community = await _of(here, draft)
    async with _audited(here, draft, "draft posted"):
        published = await digests.publish(here.session, here.community_id, here.now, at_once=True)
    if published is None or not published.chats:
        raise DraftSettled
    posts = await posting.issue(here.session, published, here.now)
    said = pages.page(here.t, told, draft, community)
    return [Rewrite(said.text, said.keyboard), *posts]


PRESSES = (
    Press("draft", draft_pressed, 1),
    Press("draftmore", more_pressed, 3),
    Press("line", line_pressed, 3),
    Press("lineup", up_pressed, 3),
    Press("linedown", down_pressed, 3),
    Press("linedrop", drop_pressed, 3),
    Press("linesay", words_pressed, 3),
    Press("draftpost", post_pressed, 1),
    Press("draftok", approve_pressed, 1),
    Press("draftskip", skip_pressed, 1),
    Press("draftopen", open_pressed, 1),
    Press("draftundo", undo_pressed, 1),
    Press("draftread", read_pressed, 1),
)
COMMANDS = ()
PROMPTS = (Prompt("linesay", words_given),)
