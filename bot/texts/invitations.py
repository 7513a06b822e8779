"""What is said about invitations: codes in hand, one that opens nothing, one that got out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from markupsafe import Markup

from bot.community.codes import written
from bot.community.invitations import Hand
from bot.community.quota import (
    ACTIVE_WEEKS,
    FRIEND_STAYED,
    MOST_IN_HAND,
    PER_FRIEND,
    PER_SHIPPED,
    SETTLED_AFTER,
    Quota,
)
from bot.texts.catalogues import Translator
from bot.texts.days import day
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, visible
from bot.texts.say import Button, Picture, Say, Whisper
from bot.texts.triage import and_more
from storage.communities import Chat, Community
from storage.invitations import CLAIMED, ISSUED, USED, Invitation
from storage.members import Person

CARDS_A_ROW = 4
MOST_SHOWN = 12  # codes at once: who was given many hands on some first


def start_link(username: str, payload: str) -> str:
    """The link that opens the bot with a payload (A-Z a-z 0-9 _ -, at most 64)."""
    return f"https://t.me/{username}?start={payload}"


def privately(t: Translator, username: str, payload: str) -> Whisper:
    """In a group: the answer is for one person only, and the button leads to it."""
    return Whisper(t("I will tell you privately."), [[Button(t("Open our chat"), url=start_link(username, payload))]])


# -- codes in hand ---------------------------------------------------------------------------------------------------


def hand(t: Translator, community: Community, held: Hand, username: str, now: datetime) -> Say:
    """The codes a member can give away, how many more, and why."""
    title = t("<b>Invitations to %(community)s</b>", community=name(community.name))
    shown_ones = held.invitations[:MOST_SHOWN]
    shown = [_held(t, invitation, username, now) for invitation in shown_ones]
    more = [and_more(t, len(held.invitations) - MOST_SHOWN)] if len(held.invitations) > MOST_SHOWN else []
    lines = [title, *shown, *more, _left(t, held)]
    if held.quota.total:
        lines.append(_why(t, held.quota))
    if held.invitations:
        lines.append(t("Each lets in one person. One that nobody uses comes back to you."))
    return Say("\n\n".join(lines), _cards(t, shown_ones))


def _held(t: Translator, invitation: Invitation, username: str, now: datetime) -> Markup:
    days = max(ceil((invitation.expires_at - now) / timedelta(days=1)), 1)
    good = t.count("good for %(n)s more day", "good for %(n)s more days", days)
    code = invitation.code or ""
    gift = Markup(" · {}").format(t("🎁 from the team")) if invitation.is_gift else ""
    return Markup("{} · {}{}\n{}").format(_written(code), good, gift, start_link(username, code))


def _cards(t: Translator, held: Sequence[Invitation]) -> list[list[Button]]:
    """A button for each code that makes a picture of it; among several, each shows how its code begins."""
    if len(held) == 1:
        return [[Button(t("A card to share"), data=f"card:{held[0].id}")]]
    buttons = [Button(f"🖼 {(one.code or '')[:4]}", data=f"card:{one.id}") for one in held]
    return [buttons[place : place + CARDS_A_ROW] for place in range(0, len(buttons), CARDS_A_ROW)]


def card(t: Translator, community: Community, holder: Person, held: Invitation, username: str) -> Picture:
    """A picture for the holder's own feed: a square to scan, the code and the link, who invites and to what."""
    link = start_link(username, held.code or "")
    until = day(t, held.expires_at, community.zone)
    ingredients = {
        "language": t.language,
        "title": name(community.name),
        "subtitle": visible(t("%(name)s invites you", name=name(holder.name))),
        "code": written(held.code or ""),
        "link": link,
        "note": visible(t("One code lets in one person · good until %(day)s", day=until)),
    }
    said = t("For your own feed: whoever scans it first comes in. Then, or after %(day)s, it opens nothing.", day=until)
    lines = [said, Markup("{}\n{}").format(_written(held.code or ""), excerpt(link, 200))]
    return Picture("\n\n".join(lines), painting="card", ingredients=ingredients)


def no_card(t: Translator) -> Markup:
    """The code has been used, or its time has passed."""
    return t("This code cannot be given away any more. /invite shows those that can.")


def card_sent(t: Translator) -> Markup:
    """The picture of today is in the private chat already."""
    return t("I have sent you this card today already: look a little further up.")


def _written(code: str) -> Markup:
    return Markup("<code>{}</code>").format(excerpt(written(code), 20))


def _left(t: Translator, held: Hand) -> Markup:
    quota = held.quota
    if quota.left and quota.is_full:
        return t("You hold %(most)s unused ones. Give some away, then ask for more: /invite", most=MOST_IN_HAND)
    if quota.left:
        return t.count("%(n)s more is yours: /invite", "%(n)s more are yours: /invite", quota.left)
    has_had = quota.total or held.invitations
    none = t("That is all for now.") if has_had else t("You have none to give away yet.")
    return t("%(first)s %(then)s", first=none, then=_when_settled(t, quota) if quota.to_come else _how_to_earn(t))


def _when_settled(t: Translator, quota: Quota) -> Markup:
    """To who has only just come in by a code."""
    return t(
        "The first %(n)s of your own are yours once you have been here for %(days)s days and have asked or voted for "
        "something.",
        n=quota.to_come,
        days=SETTLED_AFTER.days,
    )


def _how_to_earn(t: Translator) -> Markup:
    return t(
        "You get one when something you suggested is shipped, for every %(weeks)s weeks in which you ask or vote, "
        "and for every friend who is still here after %(days)s days and takes part.",
        weeks=ACTIVE_WEEKS,
        days=FRIEND_STAYED.days,
    )


def _why(t: Translator, quota: Quota) -> Markup:
    """The sum in the member's words; what is nothing is not said."""
    said = (
        (quota.start, t("%(n)s to begin with", n=quota.start)),
        (quota.shipped, t("%(n)s for what you suggested and was shipped", n=PER_SHIPPED * quota.shipped)),
        (quota.for_weeks, t("%(n)s for taking part week after week", n=quota.for_weeks)),
        (quota.friends, t("%(n)s for friends who stayed", n=PER_FRIEND * quota.friends)),
        (quota.granted, t("%(n)s from rounds", n=quota.granted)),
        (True, t("%(n)s in your hand", n=quota.in_hand)),
        (quota.spent, t("%(n)s taken", n=quota.spent)),
    )
    return Markup("<i>{}</i>").format(Markup(" · ").join(words for counts, words in said if counts))


def barred(t: Translator, reason: str) -> Markup:
    """To who may hand out no codes for now."""
    if reason:
        return t("The team has paused your invitations: %(reason)s", reason=excerpt(reason, 300))
    return t("Invitations are paused in your branch for now. Your codes come back when the pause ends.")


# -- a code that was sent --------------------------------------------------------------------------------------------


def opens_nothing(t: Translator) -> Say:
    """One answer for unknown, used and expired codes, so that nothing can be learnt by guessing."""
    return Say(
        t(
            "This code opens nothing: it may be mistyped, used or expired. Compare it with the one you were given, "
            "or ask your friend for another."
        )
    )


def misspelt(t: Translator) -> Say:
    return Say(
        t(
            "One character of this code is wrong, or two have changed places. Compare it and send it once more; "
            "nothing is lost."
        )
    )


def paused(t: Translator, until: datetime, now: datetime) -> Say:
    minutes = max(ceil((until - now) / timedelta(minutes=1)), 1)
    return Say(
        t.count(
            "Those were too many codes that open nothing. Please try again in %(n)s minute; a good code stays good.",
            "Those were too many codes that open nothing. Please try again in %(n)s minutes; a good code stays good.",
            minutes,
        )
    )


def own(t: Translator, invitation: Invitation) -> Say:
    """The holder opened a code of their own."""
    if invitation.state == ISSUED and (invitation.is_pooled or invitation.kept_for_id):
        return Say(t("You gave this code to the waiting list: it opens for nobody else. /invite shows your others."))
    said = {
        ISSUED: t("This is your own code, still unused. Send it to a friend: it lets in one person."),
        CLAIMED: t("This is your own code, and somebody is on the way in with it."),
        USED: t("This is your own code, and somebody came in with it. /invite shows what you can still give away."),
    }
    return Say(
        said.get(invitation.state) or t("This is your own code, and its time has passed. /invite gives you another.")
    )


def came_in(t: Translator, community: Community, person: Person) -> Say:
    """To the holder of the code somebody came in with."""
    said = t(
        "🎉 %(name)s came into <b>%(community)s</b> with your code. /tree shows whom you have brought.",
        name=name(person.name),
        community=name(community.name),
    )
    return Say(said)


# -- a code that got out ---------------------------------------------------------------------------------------------


def leaked(t: Translator, chat: Chat, poster: Person | None, old: str, new: str, username: str) -> Say:
    """To the holder of a code that was posted where everybody could take it, by nobody who has a name in a channel."""
    where = {"code": _written(old), "chat": name(chat.title)}
    if poster is not None:
        said = t("%(name)s posted your code %(code)s in <b>%(chat)s</b>.", name=name(poster.name), **where)
    else:
        said = t("Your code %(code)s was posted in <b>%(chat)s</b>.", **where)
    lines = [
        said,
        t("Anybody could have taken it there, so I have withdrawn it. Here is another instead:"),
        Markup("{}\n{}").format(_written(new), excerpt(start_link(username, new), 200)),
        t("Send it to one person privately."),
    ]
    return Say("\n".join(lines), silent=False)


HELP = (
    Entry(
        "invite",
        "invite",
        ("members",),
        lambda t: t("bring a friend"),
        lambda t: t("<code>/invite</code>: your invitation codes."),
    ),
)
