"""A scripted month ends in exactly the state, and with the messages, that the rules predict; and is quiet."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

import pytest
from sqlmodel import col, select

from bot.sandbox.model import Message
from storage.communities import Chat
from storage.database import Session
from storage.follows import Follow
from storage.inbox import InboxRow
from storage.members import Member, Person
from storage.reservations import Reservation
from storage.suggestions import MERGED, Suggestion
from storage.votes import Vote
from tests.month import DAYS_IN_ALL, OUTSIDER, Month, is_digest, number_on
from tests.month_model import HOME, UNDECIDED, Wish, is_quiet
from tests.town import Town

SEEDS = range(1, 1 + int(os.environ.get("MONTHS", "1")))
UNCHANGED = "message is not modified"
LETTER, QUESTION = "📬", "Does it work for you?"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_month_is_what_the_rules_make_of_it(town: Town, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    month = Month(town, seed)
    await month.found()
    await month.live()
    with capsys.disabled():
        print(report(month, seed))  # the figure is there to be read
    async with town.database.reading() as look:
        await check_suggestions(month, look)
        await check_people(month, look)
        await check_nothing_is_left(month, look)
    check_cards(month)
    check_letters(month)
    check_digests(month)
    check_quiet(month)


def report(month: Month, seed: int) -> str:
    """What a group sees beside cards and digests that nobody asked for."""
    lines = [f"\nA month (seed {seed}), {sum(month.events.values())} events. Unasked messages a day, mean and most:"]
    for name in month.rooms:
        counts = [count for (room, _), count in month.unasked.items() if room == name]
        lines.append(f"  {name}: {sum(counts) / DAYS_IN_ALL:.2f}, {max(counts, default=0)}")
    return "\n".join(lines)


async def names(look: Session, month: Month) -> dict[int, str]:
    """The cast's keys by the ids of their rows."""
    keys = {str(person.id): person.key for person in month.world.people}
    return {row.id or 0: keys.get(row.external_id, row.external_id) for row in await look.exec(select(Person))}


async def check_suggestions(month: Month, look: Session) -> None:
    keys = await names(look, month)
    rows = list(await look.exec(select(Suggestion).order_by(col(Suggestion.number))))
    numbers = {row.id: row.number for row in rows}
    stored = [
        (row.number, keys[row.author_id], row.text, row.status, numbers.get(row.merged_into_id), bool(row.withdrawn_at))
        for row in rows
    ]
    assert stored == [
        (wish.number, wish.author, wish.text, wish.status, wish.into and wish.into.number, wish.gone)
        for wish in month.rules.wishes
    ]
    votes: dict[int, set[tuple[str, bool]]] = defaultdict(set)
    for vote in await look.exec(select(Vote)):
        votes[numbers[vote.suggestion_id]].add((keys[vote.person_id], vote.held_until is not None))
    follows: dict[int, dict[str, bool]] = defaultdict(dict)
    for follow in await look.exec(select(Follow)):
        follows[numbers[follow.suggestion_id]][keys[follow.person_id]] = follow.muted
    reserved: dict[int, set[str]] = defaultdict(set)
    for reservation in await look.exec(select(Reservation)):
        reserved[numbers[reservation.suggestion_id]].add(keys[reservation.person_id])
    for wish in month.rules.wishes:
        assert votes[wish.number] == {(who, who in wish.held) for who in wish.doors if wish.doors[who]}, wish
        assert follows[wish.number] == wish.muted, wish
        assert reserved[wish.number] == wish.reserved, wish


async def check_people(month: Month, look: Session) -> None:
    keys = await names(look, month)
    present = {keys[member.person_id]: member.present for member in await look.exec(select(Member))}
    assert {who: present.get(who) for who in month.rules.present} == month.rules.present
    assert OUTSIDER not in present


async def check_nothing_is_left(month: Month, look: Session) -> None:
    assert not list(await look.exec(select(InboxRow).where(InboxRow.state == "parked")))
    assert len(list(await look.exec(select(Chat)))) == 3
    # A card may be brought up to what it says already; nothing else is ever refused.
    refused = [(c.method, c.error) for c in month.town.sandbox.calls if not c.ok and UNCHANGED not in (c.error or "")]
    assert not refused, Counter(refused)


def check_cards(month: Month) -> None:
    """One card for each where it was asked, and one more at most after the group has moved; it says how things are."""
    posted: dict[int, list[Message]] = defaultdict(list)
    for name, chat in month.rooms.items():
        for message in month.town.public(chat):
            if name != "staff" and (number := number_on(message)):
                posted[number].append(message)
    assert set(posted) == {wish.number for wish in month.rules.wishes}
    for wish in month.rules.wishes:
        cards = posted[wish.number]
        assert len({card.chat.id for card in cards}) == len(cards)
        assert len(cards) == 1 or month.old in {card.chat for card in cards}
        newest = next((card for card in cards if card.chat is not month.old), cards[0])
        check_card(month, wish, newest)


def check_card(month: Month, wish: Wish, card: Message) -> None:
    if wish.gone:
        assert "was taken back" in card.content
        return
    first = card.content.partition("\n")[0]
    assert first.endswith(f"#{wish.number} {wish.text}"), (wish, first)
    if wish.status == MERGED:
        assert f"see #{wish.root.number}" in card.content
    elif wish.status in UNDECIDED:
        assert card.buttons[0][0].label == f"👍 {len(month.rules.voters(wish))}", wish
    if wish.status not in ("open", MERGED):
        assert f"\n{wish.status}" in card.content, wish


def check_letters(month: Month) -> None:
    """Who was written to, on which days, about what: one message a day at most, and none at night."""
    for who in month.rules.present:
        written = [message for message in month.town.said(month.town.private(who)) if is_unasked(message)]
        found = [(message.date, numbers_in(message)) for message in written]
        assert found == month.rules.letters[who], who
        days = [moment.astimezone(HOME).date() for moment, _ in found]
        assert all(earlier < later for earlier, later in pairwise(days)), who
        assert not any(is_quiet(moment) for moment, _ in found)


def is_unasked(message: Message) -> bool:
    return LETTER in message.content or QUESTION in message.content


def numbers_in(letter: Message) -> frozenset[int]:
    """What a letter tells of; a question tells nothing."""
    lines = letter.content.splitlines() if LETTER in letter.content else []
    return frozenset(int(found[1]) for line in lines if (found := re.match(r"\S+ #(\d+) .* — ", line)))


def check_digests(month: Month) -> None:
    """One a week in each chat that members read, naming whom nobody could write to."""
    keys = {person.name: person.key for person in month.world.people}
    for name in ("open", "seeds"):
        issues = [m for chat in month.rooms if chat.startswith(name) for m in month.town.public(month.rooms[chat])]
        issues = sorted((m for m in issues if is_digest(m)), key=lambda message: message.date)
        weeks = Counter(message.date.isocalendar()[:2] for message in issues)
        assert len(weeks) >= 5
        assert set(weeks.values()) == {1}
        wanted = month.rules.digests
        assert len(issues) == len(wanted)
        assert [named_in(message, keys, told) for message, told in zip(issues, wanted, strict=True)] == wanted, name


def named_in(issue: Message, keys: dict[str, str], wanted: Mapping[int, set[str]]) -> dict[int, set[str]]:
    """Whom it names by suggestion; of those whom it should, also in the line that says that theirs has shipped."""
    lines = re.findall(r"📬 (.+): #(\d+) is ", issue.content)
    named = {int(number): {keys[name] for name in re.split(r", | and ", who)} for who, number in lines}
    for number, line in re.findall(r"✅ #(\d+) (.+)", issue.content):
        credited = {key for name, key in keys.items() if f" — {name}" in line} & wanted.get(int(number), set())
        named |= {int(number): named.get(int(number), set()) | credited} if credited else {}
    return named


def check_quiet(month: Month) -> None:
    assert all(count <= 1 for count in month.unasked.values()), month.unasked_texts
