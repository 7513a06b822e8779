"""Which messages a reaction may mean something at: a busy group's other reactions cost a microsecond each."""

SIZE = 1 << 24  # bits, two megabytes


class Marks:
    """A bitmap over chats and messages, by the network's ids.

    It never misses a message it was given; now and then it takes another for one (at a million messages every
    seventeenth), and whoever asked then looks it up in vain. So it needs no bound and forgets nothing.
    """

    def __init__(self) -> None:
        self._bits = bytearray(SIZE // 8)

    def add(self, chat: object, message: object) -> None:
        byte, bit = self._place(chat, message)
        self._bits[byte] |= bit

    def may_hold(self, chat: object, message: object) -> bool:
        byte, bit = self._place(chat, message)
        return bool(self._bits[byte] & bit)

    @staticmethod
    def _place(chat: object, message: object) -> tuple[int, int]:
        place = hash((str(chat), str(message))) % SIZE
        return place >> 3, 1 << (place & 7)
