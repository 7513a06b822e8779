"""`/my`, muting and letting go: a person's own view of what they asked, voted for and follow."""

from sqlmodel import select

from storage import members, votes
from storage.follows import Follow
from tests.town import Town


async def follow(town: Town, who: str, suggestion: int = 1) -> Follow | None:
    async with town.database.reading() as look:
        person = await members.get_person_by_external_id(look, str(town.person(who).id))
        assert person is not None
        theirs = (Follow.suggestion_id == suggestion, Follow.person_id == person.id)
        return (await look.exec(select(Follow).where(*theirs))).first()


async def test_a_vote_follows_and_taking_it_back_lets_go_unless_asked_or_muted(any_town: Town) -> None:
    town, group = any_town, any_town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    card = town.public(group)[-1]
    first = await town.press("ahe", card, "👍")
    assert "/mute 1" in first
    assert await follow(town, "ahe")
    await town.press("ahe", card, "👍")
    assert await follow(town, "ahe") is None
    again = await town.press("ahe", card, "👍")
    assert "/mute" not in again, "said once in a community"
    await town.say("ahe", group, "静音 1")
    await town.press("ahe", card, "👍")
    await town.press("ahe", card, "👍")
    muted = await follow(town, "ahe")
    assert muted
    assert muted.muted, "who muted it stays muted"
    await town.say("xiaoman", group, "/mute 1")
    own = await follow(town, "xiaoman")
    assert own
    assert own.muted
    await town.say("xiaoman", group, "取消靜音 1")
    own = await follow(town, "xiaoman")
    assert own
    assert not own.muted


async def test_muting_disturbs_nobody_and_what_is_not_followed_is_said_so(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    public = len(town.public(group))
    await town.say("ahe", group, "/mute 1")
    assert "没有关注" in town.last(group).content
    await town.say("xiaoman", group, "/mute 1")
    assert "/unmute 1" in town.last(group).content
    assert len(town.public(group)) == public


async def test_my_list_its_pages_and_what_each_opens(any_town: Town) -> None:
    town, group = any_town, any_town.group()
    for wish in ("夜间模式", "车载蓝牙歌词", "键盘换肤", "指纹解锁动画", "天气卡片"):
        await town.say("xiaoman", group, f"/suggest {wish}")
    for wish in ("通话录音", "屏蔽陌生来电", "锁屏日程", "离线地图", "耳机自动暂停"):
        await town.say("ahe", group, f"/suggest {wish}")
    for number in range(1, 6):
        await town.say("ahe", group, f"/vote {number}")
    await town.say("yutong", group, "/status 2 planned 下个月")
    private = await town.start("ahe")
    public = len(town.public(group))
    await town.say("ahe", group, "/my")
    assert len(town.public(group)) == public, "in a group only the way to it, and only for who asked"
    await town.say("ahe", private, "我的")
    listed = town.last(private)
    assert "#10 " in listed.content
    assert "#2 " not in listed.content
    await town.press("ahe", listed, "›")
    assert "#2 " in listed.content
    assert "#10 " not in listed.content
    await town.press("ahe", listed, "#2")
    assert "下个月" in listed.content
    for label in ("静音", "取消静音", "我先试", "让别人先试", "取消关注", "🔔 关注"):
        await town.press("ahe", listed, label)
    await town.press("ahe", listed, "收回我的票")
    assert "👍 0" in listed.content
    async with town.database.reading() as look:
        assert await votes.count_voters(look, [2]) == 0
    assert await follow(town, "ahe", 2) is None
    await town.press("ahe", listed, "投票")
    await town.press("ahe", listed, "返回")
    assert "#1 " in listed.content
    card = next(message for message in town.public(group) if message.button("vote:2"))
    assert card.buttons[0][0].label == "👍 1"


async def test_buttons_of_an_old_list_do_nothing_in_a_group_or_with_a_strangers_id(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    card = town.public(group)[-1]
    for data in ("my:0", "mine:1:0", "myvote:1:0", "myfirst:1:0", "myfollow:1:0", "mymute:1:0"):
        pressed = town.world.press_data(town.person("ahe"), card, data)
        await town.settle()
        assert pressed.answer is not None, data
    private = await town.start("ahe")
    await town.say("ahe", private, "/my")
    for data in ("mine:99:0", "myvote:99:999999", "my:99999999"):
        pressed = town.world.press_data(town.person("ahe"), town.last(private), data)
        await town.settle()
        assert pressed.answer is not None, data
    async with town.database.reading() as look:
        assert await votes.count_voters(look, [1]) == 0
    assert await follow(town, "ahe") is None
