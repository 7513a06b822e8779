"""The frames of wishes and questions: what people wrap around the thing itself, the same for every wish."""

import re

# What opens a wish or a question, wherever in a clause it stands.
_OPENERS = """
希望 建议 期待 盼望 盼着 强烈 真心 跪求 恳求 恳请 请求 申请 呼吁 提议 催更 许愿 求个 求一个 求增加 求添加 求支持 求开放 求出
能不能 可不可以 可以不可以 能否 可否 是否可以 是否能 是否支持 会不会 有没有 有没可能 什么时候能 什么时候可以 什么时候会 什么时候才能 什么时候
何时能 何时 为什么不能 为什么没有 为什么不 怎么不能 怎么没有 怎么不 请问 想问一下 想问下 问一下 问下 求问 弱弱的问 话说 小建议 个人建议 功能建议
反馈一下 反馈个 我觉得 我认为 我感觉 个人觉得 觉得 我想要 我想 想要 很想 好想 真想 我需要 最好能 最好是 最好可以 最好 要是能 要是可以 要是
如果能 如果可以 如果有 如果 假如能 假如 若能 不如 何不 麻烦 拜托 劳烦 烦请 各位 大佬 开发者 官方 产品经理 你们 你好 您好 哈喽
""".split()
# What follows an opener, or begins a clause: adding, granting, and the politeness between.
_FOLLOWERS = """
尽快 赶紧 赶快 早日 快点 后续 以后 未来 将来 下个版本 下一版 新版本 新版 尽早 早点 真的 能够 可以 可能 打算 计划 办法 一天 有一天
增加一个 增加个 增加一下 增加 添加一个 添加个 添加 新增一个 新增 加入 加一个 加个 加上 加一下 支持一下 支持 提供一个 提供 推出 上线
出个 出一个 做个 做一个 做成 搞个 搞一个 整个 整一个 弄个 弄一个 来个 来一个 有个 有一个 设个 给个 给一个 开放 实现 引入 带上
我们 大家 用户 人家 一个 一种 一下 一些 这个 那个
""".split()
# Too short to begin a clause with, since longer words begin with them as well; harmless after an opener.
_LINKS = "能 让 给 把 也 都 就 再 还 又 我 咱 你 请 个".split()
_CLOSERS = """
吗 呢 吧 啊 呀 哦 噢 嘛 么 啦 喔 哇 咯 诶 呗 了吗 谢谢 谢谢大家 谢谢大佬 感谢 多谢 谢啦 谢了 十分感谢 非常感谢 拜托 拜托了 求求了 求加 求支持
求安排 求更新 求实现 求解决 安排一下 安排上 可以吗 可不可以 可以不 行吗 行不行 行不 好吗 好不好 成不成 成吗 得不得 能实现吗 能不能
就好了 就太好了 就更好了 就完美了 就好 该多好 多好 那就好了 那就太好了 会更好 就更好 最好了 就方便了 就方便多了 不行吗
的功能 这个功能 这功能 功能 的选项 选项 有计划吗 有打算吗 有可能吗 怎么样 如何 的话 一下 辛苦了 麻烦了
""".split()
_LATIN_OPENERS = set(
    """
hi hello hey dear team devs dev guys folks please pls plz kindly maybe perhaps also just really so can could would will may should
you u we i id it its there be is are am any if only when why how what about wish want hope need suggest suggestion suggestions think
love like feature request requests idea feedback nice great cool awesome good helpful useful handy lovely to have has add adding
added support supporting allow allows enable let lets provide implement introduce bring make possible able option options ability
possibility way ways plan plans chance for of that this a an the some me us users people user someone cant cannot dont doesnt isnt
yet my our with
""".split()
)
_LATIN_CLOSERS = set(
    """
please pls plz thanks thank thx ty you feature features function option options support supported possible too tho though lol haha
someday soon asap guys devs team nice great cool would be is it that if the a to
""".split()
)


def _either(words: list[str]) -> str:
    return "|".join(sorted(set(words), key=len, reverse=True))


# Alternations of literals under one bounded repeat: time grows with the length of the text, whatever it says.
_OPENING = re.compile(f"(?:{_either(_OPENERS)})(?:{_either([*_OPENERS, *_FOLLOWERS, *_LINKS])}){{0,8}}")
_BEGINNING = re.compile(f"(?:{_either(_FOLLOWERS)}){{1,4}}")
_ENDINGS = tuple(sorted(_CLOSERS, key=len, reverse=True))


def unframe(clause: str) -> str:
    """What is left of a clause in normal form when its frame is gone; empty when it was nothing else."""
    clause = _OPENING.sub(" ", clause).strip()
    clause = _BEGINNING.sub("", clause, count=1) if _BEGINNING.match(clause) else clause
    while clause.endswith(_ENDINGS):
        clause = next(clause.removesuffix(end) for end in _ENDINGS if clause.endswith(end)).rstrip()
    return _unframe_latin(clause)


def _unframe_latin(clause: str) -> str:
    words = clause.split()
    first, last = 0, len(words)
    while first < last and words[first] in _LATIN_OPENERS:
        first += 1
    while first < last and words[last - 1] in _LATIN_CLOSERS:
        last -= 1
    return " ".join(words[first:last])
