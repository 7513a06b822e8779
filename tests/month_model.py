"""What a community is after whatever people did: the product's rules, stated simply."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")
UNDECIDED, SETTLED = ("open", "planned", "started"), ("shipped", "declined")
HELD_FOR = timedelta(hours=24)
SLIPS_MENDED = timedelta(minutes=10)
WEEK = timedelta(days=7)
MOST_QUESTIONS = 3


@dataclass(eq=False)
class Wish:
    """A suggestion: everyone's words for it, what holds each vote up, who follows it (and has muted it)."""

    number: int
    author: str
    words: dict[str, str]
    status: str = "open"
    news: int = 0  # which decision made it so
    into: "Wish | None" = None
    before: tuple[str, int] = ("open", 0)
    doors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    held: dict[str, datetime] = field(default_factory=dict)
    muted: dict[str, bool] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)
    gone: bool = False

    @property
    def text(self) -> str:
        return "…" if self.gone else self.words[self.author]

    @property
    def root(self) -> "Wish":
        return self.into.root if self.into else self


@dataclass(eq=False)
class News:
    """What one person is to hear of a wish; of a decision, which one."""

    who: str
    wish: Wish
    at: datetime
    due: datetime
    kind: str
    decision: int = 0
    collected: bool = False

    @property
    def is_overtaken(self) -> bool:
        return self.kind == "decided" and (self.wish.into is not None or self.decision != self.wish.news)


@dataclass(eq=False)
class Question:
    """Whether what shipped works for who asked for it."""

    who: str
    wish: Wish
    decision: int
    shipped: datetime
    due: datetime


class Rules:
    """The community."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.present: dict[str, bool] = {}
        self.started: set[str] = set()
        self.came: dict[str, datetime] = {}
        self.waiting: list[News] = []
        self.questions: list[Question] = []
        self.letters: dict[str, list[tuple[datetime, frozenset[int]]]] = defaultdict(list)  # nothing: questions
        self.digests: list[dict[int, set[str]]] = []
        self.heard: set[tuple[str, int, int]] = set()  # who, wish, decision
        self.decisions = 0

    # -- asking and voting ---------------------------------------------------------------------------------------

    def suggest(self, who: str, text: str) -> Wish:
        wish = Wish(len(self.wishes) + 1, who, {who: text})
        wish.muted[who] = False
        self.wishes.append(wish)
        return wish

    def join(self, who: str, wish: Wish, text: str, now: datetime) -> None:
        """ "+1 this one": a vote, and words that stay with it."""
        self.vote(who, wish, now)
        wish.words.setdefault(who, text)

    def may_vote(self, who: str, wish: Wish) -> bool:
        return self.present.get(who, False) and who != wish.author and wish.status not in SETTLED and not wish.gone

    def vote(self, who: str, wish: Wish, now: datetime, door: str = "word") -> None:
        if not self.may_vote(who, wish):
            return
        is_new = not wish.doors[who]
        wish.doors[who].add(door)
        if is_new and who in self.came and self.came[who] + HELD_FOR > now:
            wish.held[who] = self.came[who] + HELD_FOR
        if is_new or door == "word":
            wish.muted.setdefault(who, False)

    def press(self, who: str, wish: Wish, now: datetime) -> None:
        """The card's button: a vote is given, or taken back from all that is merged there."""
        if not self.may_vote(who, wish):
            return
        voted = [one for one in self.family(wish) if one.doors[who]]
        for one in voted:
            self._take_back(who, one)
        if not voted:
            self.vote(who, wish, now)

    def unreact(self, who: str, wish: Wish, door: str) -> None:
        if self.may_vote(who, wish) and door in wish.doors[who]:
            wish.doors[who].discard(door)
            if not wish.doors[who]:
                self._take_back(who, wish)

    def _take_back(self, who: str, wish: Wish) -> None:
        wish.doors[who].clear()
        wish.held.pop(who, None)
        self._let_go(who, wish)

    def reserve(self, who: str, wish: Wish) -> None:
        if wish.status not in ("planned", "started") or not self.present.get(who):
            return
        if held := [one for one in self.family(wish) if who in one.reserved]:
            for one in held:
                one.reserved.discard(who)
            self._let_go(who, wish)
        else:
            wish.reserved.add(who)
            wish.muted.setdefault(who, False)

    def _let_go(self, who: str, wish: Wish) -> None:
        """If nothing ties them to any of what was merged they hear no more; who muted it stays muted."""
        whole = self.family(wish.root)
        if not any(self._is_tied(who, one) for one in whole) and not self.has_muted(who, wish):
            self._leave(who, wish)

    def _is_tied(self, who: str, wish: Wish) -> bool:
        asked = not wish.gone and (who == wish.author or who in wish.words)
        return bool(asked or wish.doors[who] or who in wish.reserved)

    def _leave(self, who: str, wish: Wish) -> None:
        for one in self.family(wish.root):
            one.muted.pop(who, None)

    def mute(self, who: str, wish: Wish) -> None:
        for one in self.family(wish.root):
            if who in one.muted:
                one.muted[who] = True

    def reword(self, who: str, wish: Wish, text: str) -> None:
        if who in wish.words and wish.status not in SETTLED:
            wish.words[who] = text

    def withdraw(self, who: str, wish: Wish) -> None:
        """What others joined stays for them: their words, or these for which they voted."""
        if who not in wish.words or wish.status in SETTLED:
            return
        others = [one for one in wish.words if one != who]
        if who != wish.author:
            del wish.words[who]
            wish.doors[who].clear()
            wish.held.pop(who, None)
        elif others:
            del wish.words[who]
            wish.author = others[0]
            wish.doors[others[0]].clear()
            wish.held.pop(others[0], None)
        elif not self.voters(wish) and len(self.family(wish)) == 1:
            wish.gone = True
        else:
            self._leave(who, wish)
        self._let_go(who, wish)

    # -- the team ------------------------------------------------------------------------------------------------

    def decide(self, by: str, wish: Wish, status: str, now: datetime) -> None:
        self.decisions += 1
        wish.status, wish.news = status, self.decisions
        audience = [who for who in self.followers(wish) if who != by]
        if status == "shipped":
            audience += [who for who in self.early(wish) if who not in (by, *audience)]
            due = now + WEEK
            self.questions += [Question(who, wish, wish.news, now, due) for who in self.askers(wish) if who != by]
        self._tell(audience, wish, "decided", now, wish.news)

    def merge(self, by: str, wish: Wish, into: Wish, now: datetime) -> None:
        wish.before, wish.status, wish.into = (wish.status, wish.news), "merged", into
        self._tell({wish.author, into.author} - {by}, wish, "merged", now)

    def split(self, by: str, wish: Wish, now: datetime) -> None:
        """As before; who has not heard of the merge hears of neither."""
        both = {wish.author, wish.root.author}
        unheard = {news.who for news in self.waiting if news.wish is wish and news.kind == "merged"}
        self.waiting = [news for news in self.waiting if news.wish is not wish or news.kind != "merged"]
        (wish.status, wish.news), wish.into = wish.before, None
        self._tell(both - {by} - unheard, wish, "split", now)

    def _tell(self, people: Iterable[str], wish: Wish, kind: str, now: datetime, decision: int = 0) -> None:
        self.waiting += [News(who, wish, now, now + SLIPS_MENDED, kind, decision) for who in people]

    # -- looking -------------------------------------------------------------------------------------------------

    def family(self, wish: Wish) -> list[Wish]:
        """It, and all that was merged into it."""
        merged = [one for one in self.wishes if one.into is wish]
        return [wish, *(member for one in merged for member in self.family(one))]

    def voters(self, wish: Wish) -> set[str]:
        """One person, one vote; not one's own, and newcomers' not yet."""
        cast = {who for one in self.family(wish) for who in one.doors if one.doors[who] and who not in one.held}
        return cast - {wish.author}

    def askers(self, wish: Wish) -> set[str]:
        return {wish.author} | {who for one in self.family(wish) for who in one.words}

    def followers(self, wish: Wish) -> list[str]:
        follow = dict.fromkeys(who for one in self.family(wish) for who in one.muted)
        return [who for who in follow if not self.has_muted(who, wish)]

    def early(self, wish: Wish) -> set[str]:
        """Who wanted to try it first."""
        return {who for one in self.family(wish) for who in one.reserved}

    def has_muted(self, who: str, wish: Wish) -> bool:
        return any(one.muted.get(who) for one in self.family(wish.root))

    def wants(self, news: News) -> bool:
        """What became of it is for who follows it still, and for who tries it first."""
        if news.kind != "decided":
            return not self.has_muted(news.who, news.wish)
        is_early = news.wish.status == "shipped" and news.who in self.early(news.wish)
        return news.who in self.followers(news.wish.root) or (is_early and not self.has_muted(news.who, news.wish))

    # -- time ----------------------------------------------------------------------------------------------------

    def knock(self, now: datetime, *, digest: bool) -> None:
        """What is due: the digest names whom nobody could write to, then newcomers' votes, questions, news."""
        if digest:
            self._issue()
        for wish in self.wishes:
            due = {who for who, until in wish.held.items() if until <= now and self.present.get(who)}
            wish.held = {who: until for who, until in wish.held.items() if who not in due}
        for who in sorted({question.who for question in self.questions if question.due <= now}):
            self._ask(who, now)
        for who in sorted({news.who for news in self.waiting if news.due <= now}):
            self._bring(who, now)

    def _issue(self) -> None:
        told: dict[int, set[str]] = defaultdict(set)
        for news in [one for one in self.waiting if one.collected]:
            if not news.is_overtaken and self.wants(news) and self.present[news.who]:
                told[news.wish.number].add(news.who)
                self._note_heard(news)
        self.digests.append(dict(told))

    def _ask(self, who: str, now: datetime) -> None:
        due = [one for one in self.questions if one.who == who and one.due <= now]
        gone = [one for one in due if not self._is_worth_asking(one, now)]
        asked = [one for one in due if one not in gone]
        self.questions = [one for one in self.questions if one not in gone]
        if asked and self._take_day(who, now, frozenset()):
            self.questions = [one for one in self.questions if one not in asked[:MOST_QUESTIONS]]
        else:
            for one in asked:
                one.due = next_morning(now)

    def _is_worth_asking(self, one: Question, now: datetime) -> bool:
        stands = one.wish.news == one.decision and now - one.shipped <= 2 * WEEK
        return stands and not self.has_muted(one.who, one.wish) and one.who in self.started

    def _bring(self, who: str, now: datetime) -> None:
        """Privately to who pressed Start, one message a day and none at night; the others wait for the digest."""
        theirs = [one for one in self.waiting if one.who == who]
        dropped = [one for one in theirs if self._is_unwanted(one, now)]
        self.waiting = [one for one in self.waiting if one not in dropped]
        private = [one for one in theirs if one not in dropped and not one.collected and who in self.started]
        for one in theirs:
            if one not in dropped and one not in private:
                one.collected, one.due = True, one.at + timedelta(days=8)
        if private and self._take_day(who, now, frozenset(one.wish.number for one in private)):
            for one in private:
                self._note_heard(one)
        for one in private:
            one.due = next_morning(now)

    def _is_unwanted(self, one: News, now: datetime) -> bool:
        unreachable = one.who not in self.started and not self.present.get(one.who)
        is_old = now - one.at > (timedelta(days=8) if one.collected else WEEK)
        return one.is_overtaken or not self.wants(one) or unreachable or is_old

    def _take_day(self, who: str, now: datetime, numbers: frozenset[int]) -> bool:
        wrote_today = any(at.astimezone(HOME).date() == now.astimezone(HOME).date() for at, _ in self.letters[who])
        if wrote_today or is_quiet(now):
            return False
        self.letters[who].append((now, numbers))
        return True

    def _note_heard(self, news: News) -> None:
        self.waiting.remove(news)
        if news.kind == "decided":
            self.heard.add((news.who, news.wish.number, news.decision))


def is_quiet(moment: datetime) -> bool:
    """Whether it is night where the community lives."""
    return not 9 <= moment.astimezone(HOME).hour < 22


def next_morning(now: datetime) -> datetime:
    """When the community's next quiet hours end."""
    local = now.astimezone(HOME)
    day = local if local.hour < 9 else local + timedelta(days=1)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)
