"""What a vote, a suggestion and a digest cost: statements that hold the one writer, counted where they are sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from sqlalchemy import event

from tests.test_digests import FRIDAY
from tests.test_merges import a_room
from tests.test_triage import an_english_group, suggested
from tests.town import Town

MOST_A_VOTE, MOST_A_SUGGESTION, MOST_AN_ISSUE = 23, 24, 36


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """Those of the writer, in order."""
    sent: list[str] = []
    engine = town.database._writer.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def of_the_update(sent: list[str]) -> list[str]:
    """Its own transaction: the one that ends its row of the inbox."""
    end = next(n for n, statement in enumerate(sent) if statement.startswith("UPDATE inbox"))
    began = max(n for n, statement in enumerate(sent[:end]) if statement.startswith("BEGIN"))
    return sent[began : end + 1]


async def test_a_vote_and_a_suggestion_hold_the_writer_for_few_statements(town: Town) -> None:
    group = await an_english_group(town)
    await a_room(town, group)
    await suggested(town, group, "a faster camera", "a louder alarm")
    card = town.public(group)[-1]
    with statements(town) as sent:
        await town.press("xiaoman", card, "👍")
        voted = of_the_update(sent)
        sent.clear()
        await town.say("ahe", group, "/suggest dark mode at sunset")
        asked = of_the_update(sent)
    print(f"a vote {len(voted)} statements, a suggestion {len(asked)}, with the team's card each")
    assert len(voted) <= MOST_A_VOTE, "\n".join(voted)
    assert len(asked) <= MOST_A_SUGGESTION, "\n".join(asked)
    assert not any("wording.vector" in statement for statement in voted), "no card needs the vectors"


async def test_an_issue_holds_the_writer_for_few_statements(town: Town) -> None:
    group = await an_english_group(town)
    await a_room(town, group)
    await suggested(town, group, "a faster camera", "a louder alarm", "dark mode at sunset")
    await town.say("yutong", group, "/ship 1 v2.3")
    town.clock.leap(to=FRIDAY)
    with statements(town) as sent:
        await town.knock()
    begins = [n for n, statement in enumerate(sent) if statement.startswith("BEGIN")]
    units = [sent[first:after] for first, after in pairwise([*begins, len(sent)])]
    published = max((unit for unit in units if any(one.startswith("INSERT INTO digest ") for one in unit)), key=len)
    print(f"an issue {len(published)} statements")
    assert len(published) <= MOST_AN_ISSUE, "\n".join(published)
