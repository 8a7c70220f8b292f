import socket

import pytest

from tests.ports import free_port


def test_a_port_is_given_once_and_servers_may_take_it_in_turn() -> None:
    port = free_port()
    assert port not in {free_port() for _ in range(20)}
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    for _ in range(2):
        with socket.socket() as asking:
            assert asking.connect_ex(("127.0.0.1", port)) != 0
        with socket.create_server(("127.0.0.1", port)), socket.socket() as asking:
            assert asking.connect_ex(("127.0.0.1", port)) == 0
