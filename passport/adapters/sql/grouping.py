"""Writers in line: one at a time, the first come first, and those that wait share the commit of the one before.

``Line`` orders the threads of one process, ``Turnstile`` the processes: without it the one that just wrote would be the
first to try again, since it knows before the others that the lock is free.
"""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

BLOCKS = 64
"""So many blocks share one commit at most."""

SECONDS = 0.02
"""So long after its beginning a transaction is handed on to no further block."""

_COURTEOUS = 1.0
_STEP = 0.0005


class Group:
    """The blocks of one open transaction. ``wrong`` is why none of them was kept, once ``settled``."""

    __slots__ = ("blocks", "ends", "settled", "wrong")

    def __init__(self) -> None:
        self.blocks = 0
        self.ends = time.monotonic() + SECONDS
        self.settled = threading.Event()
        self.wrong: BaseException | None = None


class _Ticket:
    """A place in the line: ``called`` is released when ``group`` says whose transaction goes on."""

    __slots__ = ("called", "group")

    def __init__(self) -> None:
        self.called = threading.Lock()
        self.called.acquire()
        self.group: Group | None = None


class Line:
    """The threads that want to write, in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._busy = False

    def enter(self, wait: float) -> Group:
        """Wait for one's turn. With ``blocks`` above zero the group's transaction is open, else it is to be begun.

        Raises ``TimeoutError`` after ``wait`` seconds.
        """
        with self._guard:
            if not self._busy:
                self._busy = True
                return Group()
            ticket = _Ticket()
            self._waiting.append(ticket)
        try:
            called = ticket.called.acquire(timeout=wait)
        except BaseException:
            if self._withdraw(ticket):
                raise
        else:
            if not called and self._withdraw(ticket):
                raise TimeoutError
        return ticket.group or Group()

    def leave(self, group: Group) -> bool:
        """A block is done: True when its thread must end the transaction and settle the group.

        Otherwise the open transaction is somebody else's now, who settles the group.
        """
        group.blocks += 1
        with self._guard:
            if not self._waiting or group.blocks >= BLOCKS or time.monotonic() >= group.ends:
                return True
            self._call(group)
        return False

    def settle(self, group: Group, wrong: BaseException | None = None) -> None:
        """The transaction has ended, for good or because of ``wrong``: tell all its blocks, and call the next."""
        group.wrong = wrong
        with self._guard:
            if self._waiting:
                self._call(None)
            else:
                self._busy = False
        group.settled.set()

    def _call(self, group: Group | None) -> None:
        ticket = self._waiting.popleft()
        ticket.group = group
        ticket.called.release()

    def _withdraw(self, ticket: _Ticket) -> bool:
        """Give up a place; False when it was called meanwhile, which must be answered."""
        with self._guard:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            return True


class Turnstile:
    """Which process is the next to try for the database's lock: one holds the folder's lock while it tries.

    It is a courtesy between processes, not what keeps them apart: who waited in vain for a second tries without it.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def enter(self, deadline: float) -> bool:
        """Wait for one's turn to try; False after ``deadline``."""
        courteous = time.monotonic() + _COURTEOUS
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                now = time.monotonic()
                if now >= deadline:
                    return False
                if now >= courteous:
                    return True
                time.sleep(_STEP)
            else:
                return True

    def leave(self) -> None:
        """Let the next one try."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the folder back."""
        os.close(self._handle)
