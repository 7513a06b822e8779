"""A month of a community, played through the bot and told to a model of the rules at the same time."""

import random
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import date, datetime, timedelta
from typing import Any

from bot.sandbox.model import Chat, Message
from bot.texts.chats import ROLES
from tests.month_model import HELD_FOR, HOME, SETTLED, UNDECIDED, Rules, Wish
from tests.town import Town

EXTRAS = "lin wei mei jun bo"
TEAM, SEEDS, NEWCOMER, OUTSIDER = ("tang", "yutong"), ("tang", "yutong", "ahe", "lin", "wei"), "bo", "sam"
CIRCLE = ("tang", "yutong", "ahe", "xiaoman", "lin", "wei", "mei", "jun")
STARTED = ("ahe", "lin", "xiaoman", "yutong", "wei", "bo")  # mei, jun and tang never press Start
LEAVERS = ("xiaoman", "mei", "jun")  # in the open chat only
DAYS, MOVES_ON, NEWCOMER_ON = 30, 15, 9
DAYS_IN_ALL = DAYS + 9
SLOTS = ((9, 20), (12, 10), (15, 0), (19, 0), (22, 30))
LAST_SLOT_MOST = 1  # few people write at night

KINDS = ("faster", "quieter", "smaller", "brighter", "cheaper")
THINGS = (
    "camera", "keyboard", "lock screen", "torch", "weather widget", "calculator", "alarm clock", "photo album",
    "music player", "file manager", "battery saver", "notebook", "calendar", "compass", "voice recorder", "wallpaper",
)  # fmt: skip
CHATTER = ("good morning all", "haha", "the weather is lovely here", "I had noodles for lunch", "see you tomorrow")
CARD = re.compile(r"(?:💡|🗓|🔨|✅|🚫|🔗) #(\d+) .*\n— |#(\d+) was taken back", re.DOTALL)

Act = Callable[[], Coroutine[Any, Any, bool]]


def number_on(message: Message) -> int | None:
    """The suggestion whose card a message is."""
    found = CARD.match(message.content)
    return int(found[1] or found[2]) if found else None


def is_digest(message: Message) -> bool:
    """The weekly issue itself, not the report on it."""
    return "· issue " in message.content.partition("\n")[0] and not message.content.startswith("🗳")


def goes_with_digest(message: Message) -> bool:
    """The issue, its draft for the team, its picture, the report on it."""
    return is_digest(message) or message.content.startswith(("📝 Draft of", "🖼", "🗳"))


class Month:
    """The people, their chats, what they do, and what the group sees of it."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.world, self.rules = town, town.world, Rules()
        self.chance = random.Random(seed)  # noqa: S311  # a repeatable test, no secret
        self.texts = [f"a {kind} {thing}" for thing in THINGS for kind in KINDS]
        self.chance.shuffle(self.texts)
        self.sources: dict[int, tuple[str, Message]] = {}
        self.said_by: dict[tuple[int, str], Message] = {}
        self.events: Counter[str] = Counter()
        self.unasked: Counter[tuple[str, date]] = Counter()
        self.unasked_texts: list[str] = []

    # -- the stage -----------------------------------------------------------------------------------------------

    async def found(self) -> None:
        for key in EXTRAS.split():
            self.world.add_person(key, key.capitalize())
        for person in self.world.people:
            person.language_code = "en"
        self.open = await self._open_group()
        self.gated = await self._room("Grain seeds", SEEDS, "seed")
        self.staff = await self._room("Grain staff", TEAM, "staff")
        self.old: Chat | None = None
        for who in CIRCLE:
            await self.town.say(who, self.open, "/top")
            self.rules.present[who] = True
        for who in STARTED:
            if who != NEWCOMER:
                await self.start(who)

    async def start(self, who: str) -> None:
        await self.town.start(who)
        self.rules.started.add(who)

    async def _open_group(self) -> Chat:
        chat = self.world.add_chat("Grain OS", kind="group", owner=self.town.person("tang"))
        return await self._furnish(chat, CIRCLE)

    async def _room(self, title: str, people: tuple[str, ...], role: str) -> Chat:
        chat = await self._furnish(self.world.add_chat(title, owner=self.town.person("tang")), people)
        welcome = next(message for message in self.town.public(chat) if message.buttons)
        await self.town.press("tang", welcome, "Grain OS")
        self.world.press_data(self.town.person("tang"), welcome, f"role:{ROLES.index(role)}")
        await self.town.settle()
        self.world.press_data(self.town.person("tang"), welcome, f"role:{ROLES.index('open')}")
        await self.town.settle()
        return chat

    async def _furnish(self, chat: Chat, people: tuple[str, ...]) -> Chat:
        for who in people:
            if who != "tang":
                self.world.join(self.town.person(who), chat)
        self.world.promote(chat, self.town.person("yutong"))
        self.world.add_bot(chat, self.town.person("tang"), admin=True)
        await self.town.settle()
        await self.town.say("tang", chat, "/language")
        await self.town.press("tang", self.town.last(chat), "English")
        return chat

    @property
    def rooms(self) -> dict[str, Chat]:
        """The chats by what they are for, the one that the open group was before it moved too."""
        before = {"open, before": self.old} if self.old else {}
        return {"open": self.open, "seeds": self.gated, "staff": self.staff, **before}

    # -- time ----------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Thirty days of events, then nine without, in which the last news is told."""
        begin = self.town.clock.now().astimezone(HOME).replace(hour=0, minute=0)
        for day in range(DAYS_IN_ALL):
            for slot, (hour, minute) in enumerate(SLOTS if day < DAYS else SLOTS[:4:3]):
                self.town.clock.leap(to=begin + timedelta(days=day, hours=hour, minutes=minute))
                if day < DAYS:
                    await self._pass(day, slot)
                self.town.clock.leap(1200)
                await self._knock()
        self.town.clock.leap(600)
        await self._knock()

    async def _pass(self, day: int, slot: int) -> None:
        if (day, slot) == (MOVES_ON, 2):
            await self._event(self.migrate)
        if (day, slot) == (NEWCOMER_ON, 1):
            await self._event(self.newcomer)
        most = LAST_SLOT_MOST if slot == len(SLOTS) - 1 else 4
        for _ in range(most):
            while not await self._event(self._choose()):
                pass

    async def _event(self, act: Act) -> bool:
        """One thing somebody does. What the bot says where nobody has just spoken to it is unasked."""
        self.town.clock.leap(self.chance.randint(60, 150))
        before, self.asked_in = self._seen(), set[int]()
        done = await act()
        self._note_unasked(before)
        if done:
            self.events[act.__name__] += 1
        return done

    async def _knock(self) -> None:
        before, self.asked_in = self._seen(), set[int]()
        issued = self._count_issues()
        await self.town.knock()
        self._note_unasked(before)
        self.rules.knock(self.now, digest=self._count_issues() > issued)

    @property
    def now(self) -> datetime:
        return self.town.clock.now()

    def _count_issues(self) -> int:
        return sum(map(is_digest, self.town.public(self.gated)))

    def _seen(self) -> dict[int, set[int]]:
        return {chat.id: {message.id for message in self.town.public(chat)} for chat in self.rooms.values()}

    def _note_unasked(self, before: dict[int, set[int]]) -> None:
        for name, chat in self.rooms.items():
            for message in self.town.public(chat):
                is_new = message.id not in before.get(chat.id, set())
                is_expected = number_on(message) is not None or goes_with_digest(message)
                if is_new and chat.id not in self.asked_in and not is_expected:
                    self.unasked[name, self.now.astimezone(HOME).date()] += 1
                    self.unasked_texts.append(f"{name}: {message.content}")

    # -- what people do ------------------------------------------------------------------------------------------

    def _choose(self) -> Act:
        acts: dict[Act, int] = {
            self.suggest: 5, self.press: 8, self.react_to_card: 5, self.react_to_source: 5, self.vote: 5,
            self.edit: 3, self.withdraw: 1, self.mute: 2, self.plan: 4, self.ship: 2, self.decline: 1,
            self.merge: 2, self.split: 1, self.reserve: 3, self.leave: 1, self.rejoin: 1, self.chat: 5,
            self.outsider: 1, self.channel: 1,
        }  # fmt: skip
        return self.chance.choices(list(acts), list(acts.values()))[0]

    def anybody(self) -> str:
        return self.chance.choice([who for who, present in self.rules.present.items() if present])

    def somewhere(self, who: str) -> Chat:
        return self.chance.choice([self.open, self.gated] if who in SEEDS else [self.open])

    def any_wish(self, *statuses: str) -> Wish | None:
        fitting = [wish for wish in self.rules.wishes if wish.status in statuses and not wish.gone]
        return self.chance.choice(fitting) if fitting else None

    async def say(self, who: str, chat: Chat, text: str) -> Message:
        self.asked_in.add(chat.id)
        return await self.town.say(who, chat, text)

    async def push(self, who: str, message: Message, data: str) -> None:
        self.asked_in.add(message.chat.id)
        self.world.press_data(self.town.person(who), message, data)
        await self.town.settle()

    def whisper(self, who: str, chat: Chat, data: str) -> Message | None:
        """The newest words for one person with such a button."""
        to_them = [message for message in self.town.said(chat) if message.receiver in (None, self.town.person(who))]
        newest = to_them[-1]
        return newest if any((b.data or "").startswith(data) for row in newest.buttons for b in row) else None

    def card(self, wish: Wish) -> Message | None:
        """The card that people can press."""
        cards = [m for chat in (self.open, self.gated) for m in self.town.public(chat) if number_on(m) == wish.number]
        return cards[-1] if cards else None

    async def suggest(self) -> bool:
        who, text = self.anybody(), self.texts.pop()
        chat = self.somewhere(who)
        message = await self.say(who, chat, f"/suggest {text}")
        if offer := self.whisper(who, chat, "new:"):
            return await self._answer(who, offer, text, message)
        self._add(who, text, message)
        return True

    def _add(self, who: str, text: str, message: Message) -> None:
        wish = self.rules.suggest(who, text)
        self.sources[wish.number] = who, message
        self.said_by[wish.number, who] = message

    async def _answer(self, who: str, offer: Message, text: str, message: Message) -> bool:
        """ "+1" or "mine is different": the model takes what was offered as given."""
        ones = [b.data for row in offer.buttons for b in row if b.data and b.data.startswith("join:")]
        shown = {int(data.rsplit(":", 1)[1]): data for data in ones}
        others = [n for n in shown if self.rules.wishes[n - 1].root.author != who]
        if others and self.chance.random() < 0.4:
            wish = self.rules.wishes[others[0] - 1].root
            await self.push(who, offer, shown[others[0]])
            if who not in wish.words:
                self.said_by[wish.number, who] = message
            self.rules.join(who, wish, text, self.now)
            self.events["join"] += 1
        else:
            await self.push(who, offer, offer.buttons[-1][0].data or "")
            self._add(who, text, message)
        return True

    async def press(self) -> bool:
        wish, who = self.any_wish(*UNDECIDED, "merged", *SETTLED), self.anybody()
        card = self.card(wish) if wish else None
        if wish is None or card is None or wish.root.gone:
            return False
        await self.push(who, card, f"vote:{wish.number}")
        self.rules.press(who, wish.root, self.now)
        return True

    async def vote(self) -> bool:
        wish, who = self.any_wish(*UNDECIDED, "merged", "declined"), self.anybody()
        if wish is None or wish.root.gone:
            return False
        await self.say(who, self.somewhere(who), self.chance.choice((f"/vote {wish.number}", f"顶 {wish.number}")))
        self.rules.vote(who, wish.root, self.now)
        return True

    async def react_to_card(self) -> bool:
        wish = self.any_wish(*UNDECIDED, "merged", *SETTLED)
        card = self.card(wish) if wish else None
        return bool(wish and card) and await self._react(wish, card, "card")  # type: ignore[arg-type]  # both are there

    async def react_to_source(self) -> bool:
        wish = self.any_wish(*UNDECIDED, "merged", *SETTLED)
        if wish is None or wish.number not in self.sources:
            return False
        asker, message = self.sources[wish.number]
        if message.chat is self.old or asker != wish.author:  # a source that counts no more
            return False
        return await self._react(wish, message, "source")

    async def _react(self, wish: Wish, message: Message, door: str) -> bool:
        who = self.anybody()
        person = self.town.person(who)
        if not message.chat.member(person):
            return False
        emoji = None if person.id in message.reactions else self.chance.choice("👍❤🔥🎉")
        self.world.react(person, message, emoji)
        await self.town.settle()
        if emoji in (None, "🎉"):
            self.rules.unreact(who, wish, door)
        else:
            self.rules.vote(who, wish, self.now, door)
        return True

    async def edit(self) -> bool:
        kept = [(key, m) for key, m in self.said_by.items() if m.chat is not self.old and self._may_edit(*key)]
        if not kept:
            return False
        (number, who), message = self.chance.choice(kept)
        text = f"{self.rules.wishes[number - 1].words[who].removesuffix(', please')}, please"
        self.world.edit(self.town.person(who), message, f"/suggest {text}")
        await self.town.settle()
        self.rules.reword(who, self.rules.wishes[number - 1], text)
        return True

    def _may_edit(self, number: int, who: str) -> bool:
        wish = self.rules.wishes[number - 1]
        return who in wish.words and not wish.gone and wish.status not in SETTLED and self.rules.present[who]

    async def withdraw(self) -> bool:
        wish = self.any_wish(*UNDECIDED, "merged", *SETTLED)
        if wish is None:
            return False
        who = self.chance.choice(list(wish.words))
        if not self.rules.present[who]:
            return False
        chat = self.somewhere(who)
        await self.say(who, chat, f"/withdraw {wish.number}")
        if question := self.whisper(who, chat, "takeback:"):
            await self.push(who, question, f"takeback:{wish.number}")
        self.rules.withdraw(who, wish)
        return True

    async def mute(self) -> bool:
        wish, who = self.any_wish(*UNDECIDED, "merged", *SETTLED), self.anybody()
        if wish is None:
            return False
        await self.say(who, self.somewhere(who), f"/mute {wish.number}")
        self.rules.mute(who, wish)
        return True

    async def reserve(self) -> bool:
        wish, who = self.any_wish("planned", "started"), self.anybody()
        if wish is None:
            return False
        await self.say(who, self.somewhere(who), f"/reserve {wish.number}")
        self.rules.reserve(who, wish)
        return True

    # -- what the team does --------------------------------------------------------------------------------------

    async def _decide(self, wish: Wish | None, status: str, words: str) -> bool:
        if wish is None:
            return False
        by = self.chance.choice(TEAM)
        await self.say(by, self.staff, words.format(n=wish.number, k=self.rules.decisions + 1))
        self.rules.decide(by, wish, status, self.now)
        return True

    async def plan(self) -> bool:
        """The next status; what was declined is sometimes taken up again."""
        wish = self.any_wish("open", "open", "planned", "declined")
        following = {"open": "planned", "planned": "started", "declined": "open"}
        status = following[wish.status] if wish else ""
        return await self._decide(wish, status, f"/status {{n}} {status} in round {{k}}")

    async def ship(self) -> bool:
        return await self._decide(self.any_wish("planned", "started"), "shipped", "/ship {n} v1.{k}")

    async def decline(self) -> bool:
        return await self._decide(self.any_wish("open", "planned"), "declined", "/decline {n} too dear in round {k}")

    async def merge(self) -> bool:
        wish, into = self.any_wish(*UNDECIDED), self.any_wish(*UNDECIDED)
        if not wish or not into or wish is into:
            return False
        by = self.chance.choice(TEAM)
        await self.say(by, self.staff, f"/merge {wish.number} {into.number}")
        preview = self.whisper(by, self.staff, "unite:")
        assert preview is not None, f"#{wish.number} into #{into.number} was not offered"
        await self.push(by, preview, preview.buttons[0][0].data or "")
        self.rules.merge(by, wish, into, self.now)
        return True

    async def split(self) -> bool:
        wish = self.any_wish("merged")
        if wish is None:
            return False
        by = self.chance.choice(TEAM)
        await self.say(by, self.staff, f"/split {wish.number}")
        self.rules.split(by, wish, self.now)
        return True

    # -- coming, going, and noise --------------------------------------------------------------------------------

    async def leave(self) -> bool:
        who = self.chance.choice(LEAVERS)
        if not self.rules.present[who]:
            return False
        self.world.leave(self.town.person(who), self.open)
        await self.town.settle()
        self.rules.present[who] = False
        return True

    async def rejoin(self) -> bool:
        gone = [who for who, present in self.rules.present.items() if not present]
        if not gone:
            return False
        await self._come(self.chance.choice(gone))
        return True

    async def _come(self, who: str) -> None:
        self.world.join(self.town.person(who), self.open)
        await self.town.settle()
        self.rules.present[who] = True

    async def newcomer(self) -> bool:
        """Somebody new; they vote at once, and it counts a day later."""
        await self._come(NEWCOMER)
        self.rules.came[NEWCOMER] = self.now
        await self.start(NEWCOMER)
        for wish in [wish for wish in self.rules.wishes if wish.status == "open" and not wish.gone][:5]:
            await self.say(NEWCOMER, self.open, f"/vote {wish.number}")
            self.rules.vote(NEWCOMER, wish, self.now)
            assert NEWCOMER not in self.rules.voters(wish), HELD_FOR
        return True

    async def migrate(self) -> bool:
        """The open group becomes a supergroup: what was said before is out of reach, what was asked stands."""
        self.old, self.open = self.open, self.world.migrate_to_supergroup(self.open)
        await self.town.settle()
        return True

    async def chat(self) -> bool:
        who = self.anybody()
        await self.town.say(who, self.somewhere(who), self.chance.choice(CHATTER))
        return True

    async def outsider(self) -> bool:
        """Who is in none of the chats presses a card's button that they were shown."""
        wish = self.any_wish(*UNDECIDED)
        card = self.card(wish) if wish else None
        if wish is None or card is None:
            return False
        await self.push(OUTSIDER, card, self.chance.choice((f"vote:{wish.number}", f"reserve:{wish.number}")))
        return True

    async def channel(self) -> bool:
        """Somebody writes under a channel's name: nobody is behind it who could ask or vote."""
        wish = self.any_wish(*UNDECIDED)
        if wish is None or self.open.kind == "group":
            return False
        mask = self.world.chats.get(-1) or self.world.add_chat("A channel", "channel", self.town.person("mei"))
        self.asked_in.add(self.open.id)
        self.world.say_as_channel(mask, self.open, self.chance.choice((f"/vote {wish.number}", "/suggest gold")))
        await self.town.settle()
        return True
