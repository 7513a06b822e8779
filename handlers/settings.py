"""`/settings`: what a community has set, and changing it."""

from bot.community import settings
from bot.community.audit import Action, record
from bot.community.errors import PhoneSecretMissing, WebAddressMissing, WordTaken
from bot.community.settings import Settings
from bot.here import Here
from bot.texts import settings as texts
from bot.texts.say import Answers, Whisper
from handlers.commands import Command, Spoken


async def show_or_change(here: Here, spoken: Spoken) -> Answers:
    """`/settings` lists them; `/settings name value` changes one."""
    name, _, value = spoken.words.partition(" ")
    before = await settings.load(here.session, here.community_id)
    if not value.strip():
        return Whisper(texts.listed(here.mine, before).text)
    if name.lower() == "suggest_words" and (taken := here.ears.list_taken(settings.heard_words(value))):
        raise WordTaken(taken[0])
    here.ears.doubt()
    await settings.change(here.session, here.community_id, name.lower(), value)
    after = await settings.load(here.session, here.community_id)
    _require_what_it_takes(here, name.lower(), after)
    action = Action(here.community_id, here.person_id, "settings", name.lower())
    was, is_now = (settings.shown(getattr(one, name.lower())) for one in (before, after))
    await record(here.session, action, {"value": was}, {"value": is_now}, here.now)
    if name.lower() == "digest_public" and after.digest_public:
        address = f"{here.web_url}/communities/{here.community_id}/digests.atom"
        return Whisper(texts.feed_opened(here.mine, after, address))
    return Whisper(texts.changed(here.mine, name.lower(), after))


def _require_what_it_takes(here: Here, name: str, after: Settings) -> None:
    """Some is switched on only where the operator has set something too; off it goes anywhere."""
    if name == "phone_proof" and after.phone_proof and not here.phone_secret:
        raise PhoneSecretMissing
    if name == "digest_public" and after.digest_public and not here.web_url:
        raise WebAddressMissing


COMMANDS = (Command("settings", show_or_change, takes="text", staff=True),)
PRESSES = ()
PROMPTS = ()
