"""The two ways the sandbox says no: to the bot as Telegram's server does, to a person as Telegram's app does."""

Texts = dict[str, str]


class ApiError(Exception):
    """A Bot API call is refused: HTTP status, Telegram's description and, where it gives them, parameters."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> ApiError:
    """400 with Telegram's wording after "Bad Request: "."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """403 with Telegram's wording after "Forbidden: "."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """429 that tells how many seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class Refused(Exception):  # noqa: N818 - a person being refused is an answer of the app, not an error of ours
    """Telegram's app does not let the person do this; `texts` says why in each language of the page."""

    def __init__(self, en: str, zh_hans: str, zh_hant: str) -> None:
        super().__init__(en)
        self.texts: Texts = {"en": en, "zh-hans": zh_hans, "zh-hant": zh_hant}


def not_a_member() -> Refused:
    return Refused("You are not in this chat.", "你不在这个群里。", "你不在這個群組裡。")


def not_allowed() -> Refused:
    return Refused("You may not do that here.", "你没有权限这么做。", "你沒有權限這麼做。")


def not_found() -> Refused:
    return Refused("There is no such thing any more.", "找不到了，可能已被删除。", "找不到了，可能已被刪除。")
