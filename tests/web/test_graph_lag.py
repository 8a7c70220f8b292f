"""How far the graph is behind, and how much it is asked, are metrics and no trouble of the service."""

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
