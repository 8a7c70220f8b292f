"""How often one client may try: failed tokens, writes and misses counted in memory, for each worker process."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from passport.errors import TooMany

_CLIENTS = 20_000


class Window:
    """Counts what each client did within the last ``seconds``, for at most 20,000 clients (the least recent go)."""

    def __init__(self, limit: int, *, seconds: float = 60.0, clock: Callable[[], float] = monotonic) -> None:
        """``limit`` is how many are allowed in a window that starts with a client's first count."""
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, client: str) -> None:
        """Raise ``TooMany`` when the client has used up its window."""
        now = self._clock()
        start, count = self._counts.get(client, (now, 0))
        left = start + self._seconds - now
        if count >= self._limit and left > 0:
            raise TooMany("Too many requests from here: wait before the next one.", ceil(left))

    def count(self, client: str) -> None:
        """Count one."""
        now = self._clock()
        start, count = self._counts.pop(client, (now, 0))
        self._counts[client] = (start, count + 1) if now < start + self._seconds else (now, 1)
        if len(self._counts) > _CLIENTS:
            self._counts.popitem(last=False)


class Misses:
    """Clients that ask again and again for what is not there, as who tries out codes does (T26).

    As long as nobody does, nobody is ``waiting``, and there is nothing to check.
    """

    def __init__(self, limit: int) -> None:
        """``limit`` is how many misses a minute are answered."""
        self._window = Window(limit)
        self.waiting: set[str] = set()
        """Who is told to wait, or was and has not asked since."""

    def check(self, host: str) -> None:
        """Raise ``TooMany`` for a client that has missed too often; also for what is there."""
        client = client_of(host)
        if client in self.waiting:
            self._window.check(client)
            self.waiting.discard(client)

    def count(self, host: str) -> None:
        """Count one miss."""
        client = client_of(host)
        self._window.count(client)
        try:
            self._window.check(client)
        except TooMany:
            self.waiting.add(client)


def client_of(host: str | None) -> str:
    """Whom an address counts as: itself for IPv4, its /64 network for IPv6, one bucket for what is no address."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{int(address) >> 64:x}"
    return str(address)
