"""The emoji Telegram takes as reactions (Bot API, ReactionTypeEmoji)."""

_LIST = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 "
    "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
REACTIONS = frozenset(_LIST.split())
_VARIATION = "\ufe0f"


def known_reaction(emoji: str) -> str | None:
    """The emoji as Telegram writes it (without variation selectors), or None if it is not on the list."""
    plain = emoji.replace(_VARIATION, "")
    return plain if plain in REACTIONS else None
