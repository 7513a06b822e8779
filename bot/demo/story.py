"""Nine days of a community that makes a phone system: who says what, and what the visitor is told about it."""

from bot.demo.stage import Stage
from bot.sandbox.model import Chat, Message

EXTRAS = {
    "may": ("May", "en"),
    "daxiong": ("大熊", "zh-hans"),
    "xiaolu": ("小鹿", "zh-hant"),
    "azhe": ("阿哲", "zh-hans"),
}

# What people say of the update, by question: a mood from good (1) to bad, then a suggestion or nothing (0).
TAPS = {
    "xiaoman": (1, 1, 0, 5),
    "daxiong": (1, 1, 0, 3),
    "may": (2, 1, 2, 3),
    "xiaolu": (1, 0, 2, 3),
    "azhe": (3, 1, 0, 0),
}


async def tell(stage: Stage) -> tuple[Chat, Chat, Chat]:
    """The week from Monday morning, and what people say of it until Tuesday; then the chats are the visitor's.

    Returns the open, the gated and the team's chat.
    """
    public, seeds, team = await _monday_morning(stage)
    question = await _people_suggest(stage, public)
    await _wishes_meet(stage, public)
    await _a_wish_is_overheard(stage, public)
    await _the_team_looks(stage, public, team, question)
    await _the_askers_hear(stage, public)
    await _a_friend_is_invited(stage, seeds)
    await _friday(stage, public, seeds, team)
    await _saturday(stage, team)
    await _four_taps(stage, public, seeds, team)
    code = await _a_code_for_sam(stage)
    await stage.hand_over(
        (
            f"Now it is yours: suggest as 小满, jump to the next digest, or be Sam, who holds the code {code}.",
            f"现在交给你：当小满提个建议，跳到下一期周报，或者当 Sam，他手里有邀请码 {code}。",
            f"現在交給你：當小滿提個建議，跳到下一期週報，或者當 Sam，他手裡有邀請碼 {code}。",
        )
    )
    return public, seeds, team


async def _monday_morning(stage: Stage) -> tuple[Chat, Chat, Chat]:
    """Three chats of one community, and the bot is brought in."""
    tang = stage.person("tang")
    public = stage.world.add_chat("谷雨 OS", owner=tang, username="guyu_os")
    seeds = stage.world.add_chat("谷雨 OS · 种子群", owner=tang, join_by_request=True)
    team = stage.world.add_chat("谷雨 OS · 团队", owner=tang)
    for key, (name, language) in EXTRAS.items():
        stage.world.add_person(key, name, language)
    for key in ("yutong", "ahe", "xiaoman", *EXTRAS):
        stage.world.add_member(public, stage.person(key))
    for key in ("yutong", "ahe", "xiaolu"):
        stage.world.add_member(seeds, stage.person(key))
    stage.world.add_member(team, stage.person("yutong"))
    for chat in (public, seeds, team):
        stage.world.promote(chat, stage.person("yutong"))
    await stage.scene(
        0,
        9,
        5,
        (
            "Monday. The owner adds Millet to the group: it works at once, and says what it can see.",
            "周一，群主把小米拉进群：不用设置就能用，它先说清楚自己看得到什么。",
            "週一，群主把小米拉進群：不用設定就能用，它先說清楚自己看得到什麼。",
        ),
    )
    for chat, role in ((public, ""), (seeds, "role:1"), (team, "role:2")):
        stage.world.add_bot(chat, tang, admin=True)
        await stage.breathe()
        if role:
            welcome = stage.last(chat)
            await stage.press("tang", welcome, "belongs")
            await stage.press("tang", welcome, role)
    return public, seeds, team


async def _people_suggest(stage: Stage, public: Chat) -> Message:
    """A suggestion and its votes; and a question, which is returned."""
    await stage.scene(
        0,
        12,
        20,
        (
            "小满 is new here and says what is missing. Others vote by the button, or by a reaction.",
            "小满刚进群，提了个建议。大家点按钮投票，点个表情也算。",
            "小滿剛進群，提了個建議。大家用按鈕投票，按個表情也算。",
        ),
    )
    await stage.start("xiaoman")
    said = await stage.say("xiaoman", public, "建议 希望可以屏蔽陌生来电")
    await stage.press("ahe", stage.card(public, 1), "vote")
    await stage.react("azhe", stage.card(public, 1), "❤")
    await stage.react("daxiong", said, "👍")
    return await stage.say("xiaoman", public, "请问怎么关掉开屏广告？")


async def _wishes_meet(stage: Stage, public: Chat) -> None:
    await stage.scene(
        0,
        15,
        30,
        (
            "小鹿 and May want the same in other words and languages. Only they see Millet's question: is it this one?",
            "小鹿写繁体，May 写英文，要的是同一件事。小米悄悄问他们：是不是这一条？",
            "小鹿寫繁體，May 寫英文，要的是同一件事。小米悄悄問他們：是不是這一條？",
        ),
    )
    await stage.say("xiaolu", public, "建議 想要只接通訊錄裡的電話，其他一律擋掉")
    await stage.press("xiaolu", stage.whispered("xiaolu", public), "join")
    await stage.say("may", public, "/suggest Please let me block calls from strangers")
    await stage.press("may", stage.whispered("may", public), "join")
    await stage.say("xiaolu", public, "建議 通話可以自動錄音，開會常常漏掉重點")
    await stage.press("xiaolu", stage.whispered("xiaolu", public), "new")
    await stage.say("may", public, "/suggest Dark mode that follows the sunset, my eyes hurt at night")
    await stage.say("daxiong", public, "#建议 夜里能不能换成暗色界面")
    await stage.press("daxiong", stage.whispered("daxiong", public), "new")


async def _a_wish_is_overheard(stage: Stage, public: Chat) -> None:
    await stage.scene(
        1,
        20,
        10,
        (
            "阿禾 only mentions a wish. Millet asks 阿禾, unseen by the others: shall I note it?",
            "阿禾只是随口一说。小米悄悄问：要记成建议吗？别人看不到这一问。",
            "阿禾只是隨口一說。小米悄悄問：要記成建議嗎？別人看不到這一問。",
        ),
    )
    await stage.say("ahe", public, "要是锁屏能自动显示日程就好了")
    await stage.press("ahe", stage.whispered("ahe", public), "wish_note")
    await stage.press("xiaoman", stage.card(public, 5), "vote")
    await stage.press("xiaolu", stage.card(public, 5), "vote")


async def _the_team_looks(stage: Stage, public: Chat, team: Chat, question: Message) -> None:
    await stage.scene(
        2,
        11,
        0,
        (
            "Wednesday. The team decides by the buttons in its own room; the cards in the group follow.",
            "周三，团队在自己的群里点按钮做决定，大群里的卡片跟着变。",
            "週三，團隊在自己的群組裡用按鈕做決定，大群組裡的卡片跟著變。",
        ),
    )
    await stage.press("yutong", stage.team_card(team, 1), "move")
    await stage.press("yutong", stage.team_card(team, 2), "refuse")
    await stage.say("yutong", team, "各地法律不同，我们不碰通话录音", reply_to=await stage.question(team, 2))
    for step in ("alike", "merge:4:3", "unite"):
        shown = stage.team_card(team, 4) if step == "alike" else stage.whispered("tang", team)
        await stage.press("tang", shown, step)
    await stage.scene(
        2,
        11,
        40,
        (
            "A question nobody has answered for a day: Millet remembers it.",
            "有个问题一天没人答，小米还记着。",
            "有個問題一天沒人答，小米還記著。",
        ),
    )
    await stage.say("tang", team, "/unanswered")
    await stage.say("yutong", public, "抱歉晚了！设置 → 显示 → 开屏推荐，关掉就好", reply_to=question)


async def _the_askers_hear(stage: Stage, public: Chat) -> None:
    await stage.scene(
        2,
        12,
        10,
        (
            "小满 has heard it privately: her wish is planned. She reserves an early try.",
            "小满收到私信：她的建议排上日程了。她点 ✋，要先试。",
            "小滿收到私訊：她的建議排上日程了。她按 ✋，要先試。",
        ),
    )
    await stage.press("xiaoman", stage.card(public, 1), "reserve")
    await stage.say("xiaoman", stage.world.private(stage.person("xiaoman")), "/my")
    await stage.say("xiaoman", public, "小米告诉我，屏蔽来电已经排上日程了 🥹")


async def _a_friend_is_invited(stage: Stage, seeds: Chat) -> None:
    await stage.scene(
        3,
        19,
        0,
        (
            "Thursday. 阿禾 is a seed user with a few codes. One goes to May, who knocks at the gated group.",
            "周四，种子用户阿禾手里有几个邀请码，给了 May 一个，May 来敲种子群的门。",
            "週四，種子使用者阿禾手裡有幾個邀請碼，給了 May 一個，May 來敲種子群的門。",
        ),
    )
    private = await stage.start("ahe")
    await stage.say("ahe", private, "/invite")
    await stage.start("may", stage.code_in(private))
    await stage.knock("may", seeds)
    await stage.say("may", seeds, "Hi all, 阿禾 let me in. Lovely place!")


async def _a_code_for_sam(stage: Stage) -> str:
    """One more code of 阿禾's, so that the visitor has a door to open."""
    private = stage.world.private(stage.person("ahe"))
    await stage.say("ahe", private, "/invite")
    code = stage.code_in(private) or ""
    return "-".join(code[i : i + 4] for i in (0, 4, 8))


async def _friday(stage: Stage, public: Chat, seeds: Chat, team: Chat) -> None:
    await stage.scene(
        4,
        12,
        30,
        (
            "Friday noon. The team ships; the draft of what the group will read is on its way to the team.",
            "周五中午，新版本发布。一会儿团队群里会出现周报草稿。",
            "週五中午，新版本發布。一會兒團隊群裡會出現週報草稿。",
        ),
    )
    await stage.say("tang", team, "/ritual 橙色星期五 fri 17:00")
    await stage.say("yutong", team, "/ship 1 v2.3 来电终于清静了")
    await stage.scene(
        4,
        13,
        1,
        (
            "The draft: 雨桐 looks at one line, and reads the whole as it will be posted.",
            "草稿来了：雨桐点开一行看看，再按发布的样子读一遍。",
            "草稿來了：雨桐點開一行看看，再按發布的樣子讀一遍。",
        ),
    )
    draft = await stage.wait_for(team, "📝")
    await stage.press("yutong", draft, "line:")
    await stage.press("yutong", draft, "draft:")
    await stage.press("yutong", draft, "draftread")
    await stage.scene(
        4,
        17,
        1,
        (
            "Five o'clock: “you asked, we shipped”, posted once in each group, with the names of those who asked.",
            "五点整：“你提的，我们做了”，每个群只发一次，写上是谁提的。",
            "五點整：「你提的，我們做了」，每個群只發一次，寫上是誰提的。",
        ),
    )
    digest = await stage.wait_for(public, "橙色星期五")
    await stage.react("xiaoman", digest, "🎉")
    await stage.react("daxiong", digest, "❤")
    await stage.react("may", await stage.wait_for(seeds, "橙色星期五"), "👍")
    await stage.say("xiaoman", public, "真的做了！！我第一次提建议")


async def _saturday(stage: Stage, team: Chat) -> None:
    await stage.scene(
        5,
        10,
        0,
        (
            "Saturday. Who brought whom, and the circle grows: a call for a hundred seed users.",
            "周六，看看谁带来了谁。圈子要长大了：招募一百名种子用户。",
            "週六，看看誰帶來了誰。圈子要長大了：招募一百名種子使用者。",
        ),
    )
    await stage.say("tang", team, "/tree")
    await stage.say("tang", team, "/seeds open 100")


async def _four_taps(stage: Stage, public: Chat, seeds: Chat, team: Chat) -> None:
    """Two days after the digest its readers are asked, two days later everybody sees what they said."""
    await stage.scene(
        6,
        17,
        1,
        (
            "Sunday. How was it? Four taps that nobody else sees, and a word to the team for who has one.",
            "周日，这次更新怎么样？点四下就好，别人看不到；有话也能只对团队说。",
            "週日，這次更新怎麼樣？按四下就好，別人看不到；有話也能只對團隊說。",
        ),
    )
    asked, elsewhere = await stage.wait_for(public, "🗳"), await stage.wait_for(seeds, "🗳")
    for who, taps in TAPS.items():
        await stage.press(who, asked, "grid:")
        await stage.press_through(
            who, stage.whispered(who, public), [f"gridsay:1:{n}:{tap}" for n, tap in enumerate(taps)]
        )
    private = await stage.start("xiaoman", "gridword-1")
    await stage.say("xiaoman", private, "陌生来电能不能加个白名单？快递电话也被挡了")
    await stage.scene(
        8,
        17,
        1,
        (
            "Tuesday. The four-grid: the best-loved change earns a cup for who asked for it and who made it.",
            "周二，四格报告出炉：最受喜欢的改动，提的人和做的人各得一座 🏆。",
            "週二，四格報告出爐：最受喜歡的改動，提的人和做的人各得一座 🏆。",
        ),
    )
    await stage.wait_for(public, "🗳", after=asked)
    await stage.wait_for(seeds, "🗳", after=elsewhere)
    await stage.say("tang", team, "/stats")
