"""How far the graph is behind, and how much it is asked, are metrics and no trouble of the service."""

import sys

import pytest

from passport.service.following import Follower
from tests.web.conftest import Client, World


def test_the_lag_of_the_graph_is_a_metric_and_the_service_is_ready_with_any(client: Client, world: World) -> None:
    assert "passport_graph_lag_documents 0.0" not in client.get("/metrics").text
    assert client.get("/readyz").status == 200
    follower = Follower(world.system)
    follower.step()
    follower.publish()
    assert "passport_graph_lag_documents 0.0" in client.get("/metrics").text


def test_how_many_queries_run_and_wait_now_are_metrics(client: Client, world: World) -> None:
    told = client.get("/metrics").text
    assert "passport_queries_running 0.0" in told
    assert "passport_queries_waiting 0.0" in told


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes keep files and network, and this is told")
def test_how_many_processes_answer_and_that_all_are_confined_are_metrics(client: Client, world: World) -> None:
    follower = Follower(world.system)
    follower.step()
    follower.publish()
    assert "passport_query_processes 0.0" in client.get("/metrics").text
    assert client.get("/sparql?query=ASK%20{}").status == 200
    told = client.get("/metrics").text
    assert int(told.partition("\npassport_query_processes ")[2].partition(".")[0]) >= 1
    assert "\npassport_query_processes_unconfined 0.0" in told
