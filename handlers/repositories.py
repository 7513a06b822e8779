"""Binding a code repository, and the team's word on a release whose author is not known."""

from dataclasses import replace

from bot.community import repositories
from bot.community.audit import Action, record
from bot.community.errors import ReleaseSettled, StartFirst, WebAddressMissing
from bot.here import Here
from bot.texts import announce
from bot.texts import repositories as texts
from bot.texts.say import Answers, Rewrite, Say, Whisper, to_person
from handlers.commands import Command, Press, Spoken
from storage import communities
from storage import repositories as rows


async def repository(here: Here, spoken: Spoken) -> Answers:
    """`/repository owner/name` binds it and tells its secret privately, once; alone it lists what is bound."""
    if not spoken.words:
        return Whisper(texts.listed(here.mine, await rows.list_repositories(here.session, here.community_id)))
    if not here.web_url:
        raise WebAddressMissing
    if not here.person.reachable:
        raise StartFirst
    bound = await repositories.bind(here.session, here.community_id, spoken.words, here.person_id, here.now)
    action = Action(here.community_id, here.person_id, "repository bound", bound.name)
    await record(here.session, action, {}, {}, here.now)
    said = Say(texts.bound(here.mine, bound, f"{here.web_url}/repositories/{bound.id}"))
    secretly = to_person(here.person_id, said, here.now)
    return secretly if here.chat is None else [secretly, Whisper(texts.sent_privately(here.mine))]


async def released_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "It has shipped": this release of somebody unknown is good."""
    return await _confirm(here, numbers[0], trust=False)


async def trusted_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Yes, and trust this author from now on"."""
    return await _confirm(here, numbers[0], trust=True)


async def unreleased_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "It has not": nothing is shipped."""
    here = await _staff_about(here, numbers[0])
    await repositories.dismiss(here.session, here.community_id, numbers[0])
    await _audit(here, "release dismissed", numbers[0])
    return Rewrite(texts.dismissed(here.t))


async def _confirm(here: Here, publication_id: int, *, trust: bool) -> Answers:
    here = await _staff_about(here, publication_id)
    shipment = await repositories.confirm(here.session, here.community_id, publication_id, here.now, trust=trust)
    await _audit(here, "release confirmed", publication_id)
    said = texts.shipment(here.t, shipment)
    cards = [await announce.card(here.session, one, here.now) for one in shipment.shipped]
    return [Rewrite(said.text, said.keyboard), *cards]


async def _audit(here: Here, name: str, publication_id: int) -> None:
    await record(here.session, Action(here.community_id, here.person_id, name, str(publication_id)), {}, {}, here.now)


async def _staff_about(here: Here, publication_id: int) -> Here:
    """In private a button means the community whose release it names. Raises StaffOnly, before any transaction."""
    if here.chat is None:
        async with here.database.reading() as look:
            community_id = await rows.get_community_id_of(look, publication_id)
            if community_id is None:
                raise ReleaseSettled
            here = replace(here, known_community=await communities.get_community(look, community_id))
    await here.require_staff()
    return here


COMMANDS = (Command("repository", repository, takes="text", aliases=("仓库", "倉庫"), staff=True),)
PRESSES = (
    Press("released", released_pressed, 1),
    Press("trusted", trusted_pressed, 1),
    Press("unreleased", unreleased_pressed, 1),
)
PROMPTS = ()
