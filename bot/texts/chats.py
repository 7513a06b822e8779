"""What the bot says of itself: on being added, when asked for help, when a chat is set up."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import name, safe
from bot.texts.say import Button, Say
from storage.communities import Chat, Community

LANGUAGE_NAMES = (("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English"))
MOST_LISTED = 10
ROLES = ("open", "seed", "staff")
_MARKS = {True: "✓ ", False: ""}


def welcome(t: Translator, chat: Chat, missing: Sequence[str], theirs: Sequence[Community]) -> Say:
    """The first words in a group: what I do, what I see, which rights I want and why."""
    lines = [
        t(
            "Hello, I am Millet. Suggest something with <code>/suggest …</code>, press 👍 on what you want too, "
            "and once a week I tell you what was shipped and who asked for it."
        ),
        _sight(t, chat),
    ]
    if missing:
        lines.append(wanted(t, missing))
    set_up = [[Button(t("Set up (for the owner)"), data="setup")]]
    return Say("\n\n".join(lines), [*_belongs_buttons(t, theirs), *set_up], reply=False)


def wanted(t: Translator, missing: Sequence[str]) -> Markup:
    """The rights that I would like, and what each is for."""
    return t("I would like these rights: %(rights)s.", rights=_rights(t, missing))


def wanted_in(t: Translator, chat: Chat, missing: Sequence[str]) -> Say:
    """The same for the owner's ears alone."""
    return Say(t("<b>%(title)s</b>: thank you for taking me in.", title=name(chat.title)) + " " + wanted(t, missing))


def _belongs_buttons(t: Translator, theirs: Sequence[Community]) -> list[list[Button]]:
    return [[Button(belongs_to(t, one), data=f"belongs:{one.id}")] for one in theirs]


def belongs_to(t: Translator, community: Community) -> Markup:
    """On a button: that a chat is one of this community's."""
    return t("Belongs to %(community)s", community=name(community.name))


def gets_digest(t: Translator, chat: Chat) -> str:
    """On a button: whether the chat gets the digest."""
    label = t("Digest")
    return f"{_MARKS[chat.gets_digest]}{label}"


def belongs_now(t: Translator, community: Community) -> Markup:
    return t("This chat belongs to <b>%(community)s</b> now.", community=name(community.name))


def too_late_to_join(t: Translator) -> Markup:
    return t("This chat has suggestions or partner chats of its own already, so it stays as it is.")


def _sight(t: Translator, chat: Chat) -> Markup:
    if chat.status == "administrator":
        return t(
            "As an administrator I see all messages here, but I keep only what is addressed to me. If something sounds "
            "like a wish, I ask its author quietly; a question I remember until it is answered."
        )
    return t("I see only commands and replies to me. To react to 建议 and #idea too, I need to be an administrator.")


def _rights(t: Translator, missing: Sequence[str]) -> Markup:
    names = {
        "administrator": t("administrator (to notice who joins, and words like 建议)"),
        "can_invite_users": t("invite users (to open the door of a gated chat for those with a code)"),
    }
    return t(", ").join(names[right] for right in missing)


def role_buttons(t: Translator, chat: Chat) -> list[list[Button]]:
    """One toggle for each role a chat may play."""
    names = {"open": t("Open to all"), "seed": t("Gated by code"), "staff": t("Staff")}
    plays = {"open": chat.is_open, "seed": chat.is_seed, "staff": chat.is_staff}
    return [[Button(f"{_MARKS[plays[role]]}{names[role]}", data=f"role:{n}") for n, role in enumerate(ROLES)]]


def setup(t: Translator, chat: Chat, theirs: Sequence[Community], topic: int = 0) -> Say:
    """What the chat is for, with buttons to change it, to make it one of their other community's, and to post here."""
    lines = [t("<b>%(title)s</b>: what is this chat for?", title=name(chat.title))]
    if chat.is_seed:
        lines.append(t("Gated: I answer requests to join and let in who has an invitation code."))
    if chat.is_staff:
        lines.append(t("Staff: the team's room."))
    if chat.is_open:
        lines.append(t("Open: members suggest and vote."))
    has_readers = chat.is_open or chat.is_seed
    lines.append(t("The digest is posted here.") if chat.is_told else t("The digest is not posted here."))
    is_here = (chat.topic or "0") == str(topic)
    elsewhere = [] if is_here else [[Button(t("Post here in this topic"), data=f"post:{topic}")]]
    if topic and is_here:
        lines.append(t("What nobody asked for, such as the digest, is posted in this topic."))
    digest = [[Button(gets_digest(t, chat), data="digesthere")]] if has_readers else []
    return Say("\n".join(lines), [*role_buttons(t, chat), *digest, *_belongs_buttons(t, theirs), *elsewhere])


def posts_here(t: Translator) -> Markup:
    return t("From now on I post here what nobody asked for, such as the digest.")


def about(community: Community) -> Markup:
    """The line over a list that one person reads privately, of several communities."""
    return Markup("<b>{}</b>").format(safe(name(community.name)))


def topic_lost(t: Translator, title: str) -> Say:
    """The topic chosen for posts is closed or gone."""
    return Say(
        t(
            "The topic I posted to in <b>%(title)s</b> is closed, so I post outside of topics there. "
            "To choose another, send <code>/setup</code> in it.",
            title=name(title),
        )
    )


def communities(t: Translator, known: Sequence[Community]) -> Say:
    """Which community is meant in private?"""
    buttons = [[Button(name(one.name), data=f"community:{one.id}")] for one in known[:MOST_LISTED]]
    return Say(t("Which community shall we talk about here?"), buttons)


def community_chosen(t: Translator, chosen: Community) -> Markup:
    return t("From now on we talk about <b>%(community)s</b> here.", community=name(chosen.name))


def languages(t: Translator, own: bool) -> Say:
    """Which language shall I speak?"""
    asked = t("Which language shall I speak with you?") if own else t("Which language shall I speak in this chat?")
    buttons = [Button(label, data=f"language:{n}") for n, (_, label) in enumerate(LANGUAGE_NAMES)]
    return Say(asked, [buttons])


def language_set(t: Translator) -> Markup:
    return t("Done. I speak English now.")


def hello(t: Translator, community: str | None) -> Say:
    """The answer to Start in private."""
    if community:
        return Say(
            t(
                "Hello! Here you can suggest privately for %(community)s, see your codes with /invite and your list "
                "with /my. /help shows everything.",
                community=name(community),
            )
        )
    return Say(
        t(
            "Hello, I am Millet. I live in the group chats of products: members suggest, the team ships. "
            "If somebody gave you an invitation code, send it to me here. To use me for your own product, "
            "add me to a group."
        )
    )


HELP = (
    Entry(
        "setup",
        "settings",
        ("team",),
        lambda t: t("what this chat is for"),
        lambda t: t(
            "<code>/setup</code> in a group: what that chat is for, and in which topic I post; in private: your "
            "channels."
        ),
    ),
    Entry(
        "community",
        "settings",
        ("private",),
        lambda t: t("which community is meant here"),
        lambda t: t("<code>/community</code>: which community we talk about here."),
    ),
    Entry(
        "language",
        "settings",
        (
            "private",
            "team",
        ),
        lambda t: t("choose my language"),
        lambda t: t("<code>/language</code>: 简体中文, 繁體中文, English."),
    ),
    Entry(
        "help",
        "settings",
        ("members",),
        lambda t: t("what I can do here"),
        lambda t: t("<code>/help</code>: these pages."),
    ),
)
