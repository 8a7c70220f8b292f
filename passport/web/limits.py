"""How often one client may try: failed tokens and writes counted in memory, for each worker process."""

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
