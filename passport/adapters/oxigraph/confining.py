"""What the process that answers strangers gives up for good before it reads the first of their questions.

Nothing here needs a privilege. What a platform lacks is left out, and said so: the guard before the parser and the
parent's clock stand everywhere.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

MEBIBYTE: Final = 1024 * 1024
_OWN: Final = 256
"""MiB of addresses that a process needs before any query: libraries, threads, the files' indexes."""
_POLITE: Final = 5
_GROUP: Final = Path("/proc/self/autogroup")
"""Where Linux shares time among sessions first, being polite within one's own session is not enough."""
_TURN, _TURNS = 0.12, 25
"""Of all who are not privileged, Linux takes one such wish in a tenth of a second: seconds to wait, times to try."""
_FIRST_TO_DIE: Final = Path("/proc/self/oom_score_adj")
_STACK: Final = 64 * MEBIBYTE
_NO_NEW_PRIVS, _PARENT_DEATH, _SECCOMP, _FILTER = 38, 1, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_FILE_RIGHTS: Final = 16
_READ: Final = 1 << 2 | 1 << 3
_EPERM: Final = 0x00050000 | 1
_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 101, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 221, 117, 281, 425)),
}
"""Audit architecture; socket, connect, socketpair, execve, ptrace, execveat, io_uring_setup."""
_FOREIGN_NUMBERS: Final = 0x40000000


def confine(folder: Path, *, memory: int) -> tuple[str, ...]:
    """Give up the network, other programs, all files but those in ``folder`` to read, and memory.

    ``memory`` is what queries may take, in MiB, beside what the process needs for itself.
    Gives the names of what took hold: ``memory``, and on Linux ``network`` and ``files``. Threads that begin later are
    confined too, so nothing may have begun one before.
    """
    os.nice(_POLITE)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    stack = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(
        resource.RLIMIT_STACK, (_STACK if stack == resource.RLIM_INFINITY else min(_STACK, stack), stack)
    )
    held = []
    if _limit(resource.RLIMIT_AS, (_OWN + memory) * MEBIBYTE):
        held.append("memory")
    if sys.platform == "linux":
        held.extend(_confine_linux(folder))
    return tuple(held)


def _limit(which: int, most: int) -> bool:
    try:
        resource.setrlimit(which, (most, most))
    except (ValueError, OSError):
        return False
    return True


def _confine_linux(folder: Path) -> list[str]:
    with suppress(OSError):
        _FIRST_TO_DIE.write_text("1000")
    with suppress(OSError):
        _let_sessions_go_first()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    held = []
    if _only_files_in(libc, folder):
        held.append("files")
    if _no_network(libc):
        held.append("network")
    return held


def _let_sessions_go_first() -> None:
    for _ in range(_TURNS):
        try:
            _GROUP.write_text(str(_POLITE))
            return
        except BlockingIOError:
            time.sleep(_TURN)


def _only_files_in(libc: Any, folder: Path) -> bool:
    """Landlock: files can be opened for reading below ``folder`` and nowhere else, and nothing can be written."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, _NEWEST_FILE_RIGHTS)) - 1
    handled = struct.pack("=QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    ruleset = libc.syscall(_CREATE_RULESET, handled, 24 if version >= 6 else 16 if version >= 4 else 8, 0)
    if ruleset < 0:
        return False
    below = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        added = libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", _READ, below), 0)
        return bool(added == 0 and libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(below)
        os.close(ruleset)


def _no_network(libc: Any) -> bool:
    """A seccomp filter: no socket is made or connected, no program started; "not permitted" is the answer."""
    if platform.machine() not in _MACHINES or struct.calcsize("P") != 8:
        return False
    architecture, refused = _MACHINES[platform.machine()]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    lines = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, _KILL), (load, 0, 0, 0)]
    lines.append((at_least, len(refused) + 1, 0, _FOREIGN_NUMBERS))
    lines.extend((equal, len(refused) - at, 0, number) for at, number in enumerate(refused))
    lines.extend([(give, 0, 0, _ALLOW), (give, 0, 0, _EPERM)])
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    told = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(program)))
    return bool(libc.prctl(_SECCOMP, _FILTER, told, 0, 0) == 0)
