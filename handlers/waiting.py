"""The waiting list: joining it at the door, sponsoring somebody from it, donating a code to it."""

from bot import doors
from bot.community import waiting as rules
from bot.community.errors import NoCommunity, NotWaiting
from bot.community.waiting import Turn
from bot.here import Here
from bot.texts import waiting as texts
from bot.texts.announce import language_of_person
from bot.texts.catalogues import Translator
from bot.texts.say import Answers, Rewrite, Say, Whisper, to_person
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.invitations import privately, standing_of
from handlers.named import within
from storage import communities, members, waiting
from storage.communities import Community
from storage.doors import list_join_requests
from storage.invitations import Invitation
from storage.outbox import OutboxRow


async def join_pressed(here: Here, numbers: list[int]) -> Answers:
    """“I have no code”, pressed by somebody who asked to join one of the community's gated chats."""
    username = await doors.username(here.rights)
    if not await _knocked_at(here, numbers[0]):
        raise NoCommunity
    place = await rules.join(here.session, numbers[0], here.person_id, here.now)
    community = await communities.get_community(here.session, numbers[0])
    told = await serve(here, community)  # a donated code may be waiting for somebody
    if here.person.reachable:
        return [Rewrite(texts.place(here.mine, community, place)), *told]
    said = texts.place_of_the_unreachable(here.mine, community, place, username)
    return [Rewrite(said.text, said.keyboard), *told]


async def reached(here: Here) -> list[OutboxRow]:
    """Who waits speaks to us, and can be written to from now on: a code may have been lying there."""
    told: list[OutboxRow] = []
    for community_id in await waiting.list_waited_for(here.session, here.person_id):
        told += await serve(here, await communities.get_community(here.session, community_id))
    return told


async def serve(here: Here, community: Community) -> list[OutboxRow]:
    """Those whose turn has come, as long as there are codes for them."""
    username = await doors.username(here.rights)  # known since the start, so that Telegram is not asked
    told: list[OutboxRow] = []
    while turn := await rules.serve(here.session, community.id or 0, here.now):
        told.append(await _tell(here, community, turn, username))
    return told


async def wait_no_more(here: Here, person_id: int, why: str) -> list[OutboxRow]:
    """Somebody is in, or banned: what was donated for them serves the next."""
    await rules.leave(here.session, here.community_id, person_id, why, here.person_id, here.now)
    return await serve(here, here.community)


async def _knocked_at(here: Here, community_id: int) -> bool:
    requests = await list_join_requests(here.session, here.person_id)
    chats = [await communities.get_chat(here.session, request.chat_id) for request in requests]
    return here.chat is None and any(chat.community_id == community_id and chat.is_seed for chat in chats)


async def show(here: Here, _: Spoken) -> Answers:
    """`/waiting`: one's place in the list, and how fast it moves; in private also the code that is kept for one."""
    if here.chat is not None:
        return await _shown(here)
    told = await reached(here)
    has_it = any(row.person_id == here.person_id for row in told)
    return told if has_it else [await _kept(here) or await _shown(here), *told]


async def _shown(here: Here) -> Whisper:
    if place := await _place(here):
        return place
    return Whisper(texts.not_waiting(here.mine, await waiting.count_waiting(here.session, here.community_id)))


async def _kept(here: Here) -> Say | None:
    username = await doors.username(here.rights)
    kept = await waiting.get_kept(here.session, here.person_id, here.now)
    if kept is None:
        return None
    community = await communities.get_community(here.session, kept.community_id)
    return await _your_turn(here, here.mine, community, kept, username)


async def _place(here: Here) -> Whisper | None:
    """In a group of that one's list, in private of whichever they wait for."""
    waited_for = await waiting.list_waited_for(here.session, here.person_id)
    for community_id in waited_for if here.chat is None else [here.community_id]:
        if place := await rules.find(here.session, community_id, here.person_id, here.now):
            community = await communities.get_community(here.session, community_id)
            return Whisper(texts.place(here.mine, community, place))
    return None


async def sponsor(here: Here, _: Spoken) -> Answers:
    """`/sponsor`, in private: who waits, with a button to give one of one's codes to."""
    if here.chat is not None:
        return await privately(here, "sponsor")
    return await begin(here)


async def begin(here: Here) -> Answers:
    """Those who have waited longest."""
    await here.require_present()
    return texts.who_waits(here.mine, await waiting.list_waiting(here.session, here.community_id, texts.SHOWN))


async def sponsored(here: Here, numbers: list[int]) -> Answers:
    """The member has chosen whom to bring."""
    if here.chat is not None:
        raise NotWaiting
    here = await within(here, numbers[0])
    await here.require_present()
    standing, username = await standing_of(here), await doors.username(here.rights)
    turn = await rules.sponsor(here.session, here.community_id, here.person_id, numbers[1], standing, here.now)
    person = await members.get_person(here.session, turn.person_id)
    return [
        Rewrite(texts.sponsored(here.mine, person, turn.invitation.code or "")),
        await _tell(here, here.community, turn, username),
    ]


async def donate(here: Here, _: Spoken) -> Answers:
    """`/donate`, in private: asked once more, since a code that is given away is gone."""
    return await privately(here, "donate") if here.chat else await offer(here)


async def offer(here: Here) -> Answers:
    """A button that gives one of one's codes away."""
    await here.require_present()
    standing = await standing_of(here)
    await rules.require_code(here.session, here.community_id, here.person_id, standing, here.now)
    return texts.may_donate(here.mine, here.community)


async def donate_pressed(here: Here, numbers: list[int]) -> Answers:
    """One of one's codes to whoever has waited longest."""
    here = await within(here, numbers[0])
    await here.require_present()
    standing, username = await standing_of(here), await doors.username(here.rights)
    code, turn = await rules.donate(here.session, here.community_id, here.person_id, standing, here.now)
    thanks = Rewrite(texts.donated(here.mine, code.code or "", given=turn is not None))
    return [thanks, await _tell(here, here.community, turn, username)] if turn else thanks


async def _tell(here: Here, community: Community, turn: Turn, username: str) -> OutboxRow:
    """Somebody's turn has come."""
    person = await members.get_person(here.session, turn.person_id)
    said = await _your_turn(here, language_of_person(person, community), community, turn.invitation, username)
    return to_person(turn.person_id, said, here.now, key=f"turn:{turn.invitation.id}")


async def _your_turn(here: Here, t: Translator, community: Community, kept: Invitation, username: str) -> Say:
    giver = await members.get_person(here.session, kept.holder_id)
    return texts.your_turn(t, community, giver, kept, username)


COMMANDS = (
    Command("waiting", show, aliases=("排队", "排隊"), bare=False),
    Command("sponsor", sponsor, aliases=("引荐", "引薦"), bare=False),
    Command("donate", donate, aliases=("捐码", "捐碼"), bare=False),
)
PRESSES = (Press("wait", join_pressed, 1), Press("sponsor", sponsored, 2), Press("donate", donate_pressed, 1))
PROMPTS: tuple[Prompt, ...] = ()
