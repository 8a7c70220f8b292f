"""Ports for servers that tests start."""

import socket

_HELD: list[socket.socket] = []


def free_port() -> int:
    """A port of this machine for a server of this process or of its children, and for nobody else.

    A socket that does not listen holds it until the process ends: the system gives it to no other socket that asks for
    any port, while a server, whose address may be used again, listens there as often as it is started.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    return int(held.getsockname()[1])
