"""The snowball: a hundred invited people become eight hundred, week by week, by codes handed on and nothing else."""

from collections.abc import Sequence

from bot.demo.crowd import Crowd
from bot.demo.stage import Caption, Stage
from bot.sandbox.model import Chat
from storage import waves

SIZES = (100, 200, 400, 800)
GIFTS = (  # to whom, their part of the first size, the door
    ("ahe", "阿禾", 0.5, "user 发布会"),
    ("yutong", "雨桐", 0.5, "employee"),
    ("xiaolu", "小鹿", 0.4, "partner 春季展会"),
)
TRUST_TAKES, MOST_WEEKS = 15, 16  # days before the first proposal that knows whom to trust; weeks of them
_WISHES = ("相册按地点自动整理", "耳机断开时自动暂停", "天气突变时提醒我", "地图离线也能导航", "充电到八成就停下")


async def roll(stage: Stage, public: Chat, seeds: Chat, team: Chat, sizes: Sequence[int] = SIZES) -> None:
    """From the first gifts until so many are in, or the weeks are up; the team looks at each size it reaches."""
    crowd = stage.crowd(seeds)
    came = await _first_hundred(stage, crowd, team, sizes)
    wanted = [size for size in sizes if size > seeds.size]
    await crowd.take_part(came)
    await crowd.some_leave(came)
    await _some_ask(stage, crowd, public)
    for week in range(1, MOST_WEEKS + 1):
        await stage.later(
            TRUST_TAKES if week == 1 else 7, 18, _week(week, seeds.size, came, next(iter(wanted), sizes[-1]))
        )
        came = await _a_week(stage, crowd, team)
        if wanted and seeds.size >= wanted[0]:
            wanted = [size for size in wanted if size > seeds.size]
            await stage.say("tang", team, "/growth")
        if not wanted:
            break
    for command in ("/doors", "/tree"):
        await stage.say("tang", team, command)
    await stage.hand_over(
        (
            f"{seeds.size} are in, each by a code that somebody handed on. As 老唐, look at /growth, /tree, /doors.",
            f"现在有 {seeds.size} 人，个个都是拿着别人给的码进来的。当老唐看看 /growth、/tree 和 /doors。",
            f"現在有 {seeds.size} 人，個個都是拿著別人給的碼加入的。當老唐看看 /growth、/tree 和 /doors。",
        )
    )


async def _first_hundred(stage: Stage, crowd: Crowd, team: Chat, sizes: Sequence[int]) -> int:
    await stage.later(
        2,
        12,
        (
            "The snowball. A plan, and gifts for three doors: the launch, the staff, a partner's fair.",
            "滚雪球。先定计划，再给三个来源发码：发布会、员工、合作伙伴的展会。",
            "滾雪球。先定計畫，再給三個來源發碼：發表會、員工、合作夥伴的展會。",
        ),
    )
    await stage.say("tang", team, "/waves " + " ".join(map(str, sizes)))
    came = 0
    for who, name, part, door in GIFTS:
        await stage.say("tang", team, f"/gift {name} {round(part * sizes[0])} {door}")
        came += await crowd.bring(await crowd.codes_of(await crowd.number_of(stage.person(who))))
    return came


async def _some_ask(stage: Stage, crowd: Crowd, public: Chat) -> None:
    """A few of the newcomers say in the open group what they miss."""
    for person, wish in zip(list(crowd.here.values())[::9], _WISHES, strict=False):
        stage.world.add_member(public, person)
        await stage.say(person.key, public, f"建议 {wish}")


async def _a_week(stage: Stage, crowd: Crowd, team: Chat) -> int:
    """The owner presses one button, codes are passed on, somebody leaves; how many came in."""
    proposal = await stage.proposal(team)
    if proposal is None:
        return 0
    await stage.breathe()  # so that it can be read before it is answered
    number = int((proposal.buttons[0][0].data or "").split(":")[1])
    await stage.press("tang", proposal, "wave:")
    async with crowd.database.reading() as look:
        shares = await waves.list_shares(look, number)
    came = await crowd.hand_on(shares)
    await crowd.take_part(came)
    await crowd.some_leave(came)
    return came


def _week(week: int, here: int, came: int, goal: int) -> Caption:
    return (
        f"Week {week}: {here} are in, {came} of them since last time; the goal is {goal}. One button hands codes out.",
        f"第 {week} 周：已有 {here} 人，其中新来 {came} 人，目标 {goal} 人。点一下按钮，就把码发出去。",
        f"第 {week} 週：已有 {here} 人，其中新來 {came} 人，目標 {goal} 人。按一下按鈕，就把碼發出去。",
    )
