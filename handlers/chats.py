"""The bot's life in chats: added, promoted, removed; what a chat is for; language; help."""

from collections.abc import Awaitable, Callable

from aiogram.types import ChatMemberAdministrator, ChatMemberUpdated, Message

from bot.community import communities as rules
from bot.community import members
from bot.community.audit import Action, record
from bot.community.errors import GroupOnly, NoCommunity, OwnerOnly, RightsUnknown
from bot.doors import may_invite
from bot.here import Here
from bot.rights import PRESENT
from bot.texts import chats as texts
from bot.texts import help as help_texts
from bot.texts.catalogues import translator
from bot.texts.doors import needs_right
from bot.texts.errors import stale_button
from bot.texts.say import Answers, Rewrite, Say, Toast, Whisper, to_person
from handlers import channels, follows, grids, growth, invitations, notices, seeds, suggestions, tree, waiting
from handlers.commands import Command, Press, Spoken
from handlers.presence import MOST_COMMUNITIES, deciding, list_founded, list_known, look_around
from storage import communities
from storage import members as rows
from storage.communities import Chat, Community

SHORTEST_WISH = 4  # characters: less is a greeting
WANTED_RIGHTS = ("can_invite_users",)


async def standing_changed(event: ChatMemberUpdated, here: Here) -> Answers:
    """The bot itself was added, promoted, removed; in private, started or blocked."""
    status = event.new_chat_member.status
    came = event.old_chat_member.status not in PRESENT and status in PRESENT
    theirs = await _theirs(here) if came and here.chat else []
    if here.chat is None:
        here.person = await here.session.merge(here.person)
        here.person.reachable = status in PRESENT
        return None
    chat = await communities.get_chat(here.session, here.chat.id or 0)
    chat.status = "administrator" if status == "administrator" else "member" if status in PRESENT else "left"
    here.rights.forget(chat.external_id)
    if chat.is_channel:  # its readers cannot answer, so nobody is greeted there
        may_post = bool(getattr(event.new_chat_member, "can_post_messages", False))
        return await channels.brought(here, chat, theirs, may_post=may_post) if came else None
    return _greeting(here, chat, _missing_rights(event), theirs) if came else None


async def _theirs(here: Here) -> list[Community]:
    """What the new chat may belong to; where Telegram does not tell, a channel's page, read privately, offers more."""
    is_channel = here.chat is not None and here.chat.is_channel
    try:
        return await list_founded(here, here.community_id, for_channel=is_channel)
    except RightsUnknown:  # whether they created it is asked again when they press
        known = await list_known(here, here.community_id, for_channel=True) if is_channel else []
        return [community for community, _ in known[:MOST_COMMUNITIES]]


def _greeting(here: Here, chat: Chat, missing: list[str], theirs: list[Community]) -> Answers:
    """The rights I want are said privately to who brought me, where that can be."""
    if not (missing and here.person.reachable):
        return texts.welcome(here.t, chat, missing, theirs)
    privately = to_person(here.person_id, texts.wanted_in(here.mine, chat, missing), here.now)
    return [texts.welcome(here.t, chat, [], theirs), privately]


async def belongs_pressed(here: Here, numbers: list[int]) -> Answers:
    """The chat joins another community; the presser must own this chat and one of that community's."""
    await here.require_owner_here()
    async with here.database.reading() as look:
        chats = await communities.list_chats(look, numbers[0])
    decides = deciding(chats, for_channel=False)
    if here.chat is None or not await here.rights.is_owner(decides, here.person.external_id):
        raise OwnerOnly
    here.ears.doubt()
    if not await rules.adopt(here.session, here.chat, numbers[0]):
        return Toast(texts.too_late_to_join(here.mine), alert=True)
    community = await communities.get_community(here.session, numbers[0])
    action = Action(numbers[0], here.person_id, "belongs", here.chat.title)
    await record(here.session, action, {}, {"community": community.name}, here.now)
    chat = await communities.get_chat(here.session, here.chat.id or 0)
    said = texts.setup(here.t, chat, [], int(here.topic or 0))
    return Rewrite(f"{texts.belongs_now(here.t, community)}\n\n{said.text}", said.keyboard)


def _missing_rights(event: ChatMemberUpdated) -> list[str]:
    member = event.new_chat_member
    if not isinstance(member, ChatMemberAdministrator):
        return ["administrator"]
    return [right for right in WANTED_RIGHTS if not getattr(member, right)]


async def set_up_pressed(here: Here, _: list[int]) -> Answers:
    """The welcome's one button: what the chat is for, for its owner's eyes."""
    await here.require_owner_here()
    return await setup(here)


async def setup(here: Here, _: Spoken | None = None) -> Answers:
    """`/setup`: what this chat is for; in private, what the speaker's channels are for."""
    if here.chat is None:
        return await channels.list_owned(here)
    said = _setup(here, here.chat, await _founded(here), await may_invite(here.rights, here.chat))
    return Whisper(said.text, said.keyboard)


async def post_pressed(here: Here, numbers: list[int]) -> Answers:
    """From now on what nobody asked for is posted in this topic; 0 is outside of topics."""
    await here.require_staff()
    if here.chat is None:
        raise GroupOnly
    await communities.set_topic(here.session, here.chat.id or 0, str(numbers[0]) if numbers[0] else None)
    return Rewrite(texts.posts_here(here.mine))


async def role_pressed(here: Here, numbers: list[int]) -> Answers:
    """Toggle one of the chat's roles; the owner of this very chat decides."""
    if here.chat is None or numbers[0] >= len(texts.ROLES):
        raise GroupOnly
    await here.require_owner_here()
    theirs, may_open = await _founded(here), await may_invite(here.rights, here.chat)
    before = rules.roles_of(here.chat)
    chat = await rules.toggle_role(here.session, here.chat, texts.ROLES[numbers[0]])
    action = Action(here.community_id, here.person_id, "role", chat.title)
    await record(here.session, action, {"roles": before}, {"roles": rules.roles_of(chat)}, here.now)
    said = _setup(here, chat, theirs, may_open)
    return Rewrite(said.text, said.keyboard)


async def digest_pressed(here: Here, _: list[int]) -> Answers:
    """Whether this chat gets the digest; the owner of this very chat decides."""
    await here.require_owner_here()
    assert here.chat is not None  # noqa: S101  # there is no owner of a private chat
    theirs, may_open = await _founded(here), await may_invite(here.rights, here.chat)
    chat = await communities.get_chat(here.session, here.chat.id or 0)
    await rules.switch_digest(here.session, chat, here.person_id, here.now)
    said = _setup(here, chat, theirs, may_open)
    return Rewrite(said.text, said.keyboard)


async def _founded(here: Here) -> list[Community]:
    return await list_founded(here, here.community_id, for_channel=False)


def _setup(here: Here, chat: Chat, theirs: list[Community], may_open: bool) -> Say:
    said = texts.setup(here.mine, chat, theirs, int(here.topic or 0))
    if not chat.is_seed or may_open:
        return said
    return Say(f"{said.text}\n\n{needs_right(here.mine)}", said.keyboard)


async def language(here: Here, _: Spoken) -> Answers:
    """`/language`: in private one's own, in a group the chat's."""
    return texts.languages(here.t, own=here.chat is None)


async def language_pressed(here: Here, numbers: list[int]) -> Answers:
    """Set the language by the button pressed."""
    if numbers[0] >= len(texts.LANGUAGE_NAMES):
        return Toast()
    code, _ = texts.LANGUAGE_NAMES[numbers[0]]
    if here.chat is None:
        person = await here.session.merge(here.person)
        person.language = code
    else:
        await here.require_staff()
        chat = await here.session.merge(here.chat)
        await rules.speak(here.session, chat, code, here.person_id, here.now)
    return Rewrite(texts.language_set(translator(code)))


async def start(here: Here, spoken: Spoken) -> Answers:
    """`/start`, perhaps with what a link carried."""
    if here.chat is not None:
        return help_texts.in_group(here.mine)
    if spoken.words == "my" and here.known_community:
        return await follows.list_mine(here)
    if spoken.words == "notices" and here.known_community:
        return await notices.list_ways(here)
    if (named := grids.named_by_link(spoken.words)) is not None:
        return await grids.in_private(here, *named)
    if spoken.words == "waiting":
        return await waiting.show(here, spoken)
    if asked := await invitations.asked_by_link(here, spoken.words):
        what, there = asked
        return await _BY_LINK[what](there)
    if spoken.words and (answers := await invitations.private_text(here, spoken.words)):
        return answers
    await look_around(here)
    said = texts.hello(here.t, here.known_community.name if here.known_community else None)
    return [said, *await waiting.reached(here)]


async def show_help(here: Here, _: Spoken) -> Answers:
    """`/help`: short in groups, by pages in private and in the team's room."""
    staff = await _reads_all(here)
    if here.chat is not None and not (here.chat.is_staff and staff):
        return help_texts.in_group(here.mine, staff=staff)
    said = help_texts.index(here.mine, staff=staff)
    return Whisper(said.text, said.keyboard)


async def help_pressed(here: Here, numbers: list[int]) -> Answers:
    """One page of help, in place of the one before."""
    if numbers[0] >= len(help_texts.PAGES):
        return Toast(stale_button(here.mine))
    said = help_texts.page(here.mine, help_texts.PAGES[numbers[0]], staff=await _reads_all(here))
    return Rewrite(said.text, said.keyboard)


async def _reads_all(here: Here) -> bool:
    return here.known_community is not None and await here.is_staff()


async def private_talk(message: Message, here: Here) -> Answers:
    """Anything else said in private: a code, words that may be a suggestion, or a hint what to do."""
    words = message.text or message.caption or ""
    if answers := await invitations.private_text(here, words):
        return answers
    is_talk = message.photo or len(words.strip()) >= SHORTEST_WISH
    if here.known_community and is_talk and not words.startswith(("/", "／")):
        return await suggestions.perhaps(here, message)
    said = texts.hello(here.mine, here.known_community.name if here.known_community else None)
    return [said, *await waiting.reached(here)]


async def community(here: Here, _: Spoken) -> Answers:
    """`/community`: which one is meant in private, for those who are in several."""
    if here.chat is not None:
        return help_texts.in_group(here.mine)
    known = await rows.list_memberships(here.session, here.person_id)
    if not known:
        raise NoCommunity
    return texts.communities(here.mine, [await communities.get_community(here.session, m.community_id) for m in known])


async def community_pressed(here: Here, numbers: list[int]) -> Answers:
    """From now on this community is meant in private."""
    if here.chat is not None or not await members.choose(here.session, numbers[0], here.person_id, here.now):
        raise NoCommunity
    chosen = await communities.get_community(here.session, numbers[0])
    return Rewrite(texts.community_chosen(here.mine, chosen))


# What our own buttons in groups lead to in private.
_BY_LINK: dict[str, Callable[[Here], Awaitable[Answers]]] = {
    "invite": invitations.hand_out,
    "tree": tree.in_private,
    "growth": growth.in_private,
    "apply": seeds.begin,
    "sponsor": waiting.begin,
    "donate": waiting.offer,
}

COMMANDS = (
    Command("start", start, takes="text", hidden=True),
    Command("help", show_help, aliases=("帮助", "幫助"), bare=False),
    Command("setup", setup, aliases=("设置", "設置", "設定"), staff=True),
    Command("community", community, aliases=("社区", "社區", "社群"), bare=False),
    Command("language", language, aliases=("语言", "語言"), bare=False),
)
PRESSES = (
    Press("setup", set_up_pressed, 0),
    Press("role", role_pressed, 1),
    Press("digesthere", digest_pressed, 0),
    Press("post", post_pressed, 1),
    Press("belongs", belongs_pressed, 1),
    Press("language", language_pressed, 1),
    Press("help", help_pressed, 1),
    Press("community", community_pressed, 1),
)
PROMPTS = ()
