"""What was merged is one for whoever follows, mutes, reserves or hears of it; and what was taken back is not told."""

from sqlmodel import select

from bot.sandbox.model import Message
from storage.suggestions import MERGED, OPEN, Suggestion
from tests.test_merges import a_room, merged
from tests.test_notices import DAY, later, letters
from tests.test_triage import an_english_group, stored, suggested
from tests.town import Town


async def test_who_takes_a_vote_back_mutes_or_unfollows_in_time_hears_nothing(any_town: Town) -> None:
    town = any_town
    group = await an_english_group(town)
    for who in ("ahe", "xiaoman", "tang", "yutong"):
        await town.start(who)
    [first] = await suggested(town, group, "a faster camera")
    [second] = await suggested(town, group, "dark mode at sunset", by="xiaoman")
    for card in (first, second):
        await town.press("tang", card, "👍")
    await town.press("ahe", second, "👍")
    await town.say("yutong", group, "/status 2 planned")
    await town.press("ahe", second, "👍")
    await town.say("tang", group, "/mute 2")
    await later(town)
    assert "#2" in letters(town, "xiaoman")[-1]
    assert not letters(town, "ahe"), "the vote was taken back before anybody was told"
    assert not letters(town, "tang"), "muted before anybody was told"
    await town.say("tang", group, "/unmute 2")
    await town.press("tang", second, "✋")
    await town.press("tang", second, "👍")
    await merged(town, group)
    await later(town, DAY)
    await town.say("xiaoman", group, "/mute 1")
    assert "no more of #1" in town.last(group).content, "who asked for a part of it follows the whole"
    await town.say("xiaoman", group, "/show 1")
    assert "Follow" in town.last(group).buttons[0][-1].label
    await town.say("yutong", group, "/reservations 1")
    assert "老唐" in town.last(group).content
    told = {who: len(letters(town, who)) for who in ("xiaoman", "tang", "ahe")}
    await town.say("yutong", group, "/ship 1 v3")
    await later(town, DAY)
    assert len(letters(town, "xiaoman")) == told["xiaoman"], "muted as a whole"
    assert "you wanted to try it first" in letters(town, "tang")[-1], "reserved before it was merged"
    assert "shipped in v3" in letters(town, "ahe")[-1]


async def test_what_was_told_and_taken_back_is_told_once_and_kindly(town: Town) -> None:
    group = await an_english_group(town)
    for who in ("ahe", "xiaoman"):
        await town.start(who)
    [card] = await suggested(town, group, "a faster camera")
    await suggested(town, group, "dark mode at sunset", by="xiaoman")
    await town.say("yutong", group, "/status 1 planned")
    await town.say("yutong", group, "/undo")
    await later(town)
    assert not letters(town, "ahe"), "a slip that was mended before anybody heard of it"
    await town.say("yutong", group, "/status 1 planned")
    await later(town, DAY)
    await town.say("yutong", group, "/undo")
    await later(town, DAY)
    assert "“planned” was taken back; it is open, as before" in letters(town, "ahe")[-1]
    told = len(letters(town, "ahe"))
    await later(town, DAY)
    assert len(letters(town, "ahe")) == told
    await town.say("yutong", group, "/status 1 planned")
    await later(town, DAY)
    assert "#1 a faster camera — planned" in letters(town, "ahe")[-1], "it is news again"
    await merged(town, group)
    await later(town, DAY)
    for who, label in (("ahe", "Not the same?"), ("xiaoman", "Mine is different")):
        letter = town.last(town.private(who))
        assert letter.buttons[0][0].label == f"#2: {label}"
        assert "team will look" in await town.press(who, letter, label)
    told = len(letters(town, "ahe"))
    await town.say("yutong", group, "/split 2")
    await town.say("yutong", group, "/undo")
    await later(town, DAY)
    assert len(letters(town, "ahe")) == told, "an undone split is not told"
    assert "together with #2" in card.content


async def test_what_its_author_took_back_within_a_merge_can_still_be_parted(town: Town) -> None:
    group = await an_english_group(town)
    room = await a_room(town, group)
    [first] = await suggested(town, group, "a faster camera")
    said = await town.say("xiaoman", group, "dark mode at sunset")
    await town.say("xiaoman", group, "/suggest", reply_to=said)
    second = town.last(group)
    await merged(town, group)
    preview = town.last(group)
    assert "together with #2" in first.content
    await taken_back(town, 2)
    await town.say("yutong", group, "/vote 1")
    assert "together with" not in first.content
    await town.press("yutong", preview, "Split")
    assert "no longer part of #1" in preview.content
    assert (await stored(town, 2)).status == OPEN
    await town.say("yutong", group, "/undo")
    assert "taken back" in town.last(group).content, "it says why not"
    await town.say("ahe", group, "/suggest", reply_to=said)
    assert "#2 was taken back by who asked" in town.last(group).content, "whose words they are has decided"
    await town.say("xiaoman", group, "/suggest", reply_to=said)
    assert second.content.startswith("💡 #2 dark mode at sunset"), "its author may ask for it again"
    assert any(message.content.startswith("💡 #2 dark mode at sunset") for message in town.public(room))
    await merged(town, group)
    assert (await stored(town, 2)).status == MERGED


async def taken_back(town: Town, number: int) -> None:
    """小满 takes back what she asked for."""
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, f"/withdraw {number}")
    await town.press("xiaoman", town.last(private), "Take them back")


async def test_what_is_settled_says_so_once_when_its_message_is_edited(town: Town) -> None:
    group = await an_english_group(town)
    said = await town.say("xiaoman", group, "/suggest dark mode at sunset")
    await town.say("yutong", group, "/ship 1 v3")
    for words in ("/suggest dark mode, at sunset!", "/suggest dark mode at dawn", "/suggest dark mode at noon"):
        await edited(town, said, words)
    assert sum("settled already" in text for text in town.texts(group)) == 1
    async with town.database.reading() as look:
        assert list(await look.exec(select(Suggestion.text))) == ["dark mode at sunset"]


async def edited(town: Town, said: Message, words: str) -> None:
    town.world.edit(town.person("xiaoman"), said, words)
    await town.settle()
