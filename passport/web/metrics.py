"""Counts and times of requests, cheap to take and given to Prometheus when it asks."""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from passport.ports import Queries
from passport.service.log import Standing

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the buckets of request times, seconds."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})


class Metrics(Collector):
    """What this worker process did since it started, by operation: no label is ever taken from a request's values."""

    def __init__(
        self,
        search_lag: Callable[[], int],
        graph_lag: Callable[[], int],
        log: Callable[[], Standing],
        queries: Queries,
    ) -> None:
        """How many log positions the search index and the graph are behind, how the log stands, and who is asked."""
        self._search_lag = search_lag
        self._graph_lag = graph_lag
        self._log = log
        self._asked = queries
        self._times: dict[tuple[str, str, int], list[float]] = {}
        self._queries: dict[str, list[float]] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self._registry)

    def note(self, operation: str, method: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        times = self._times.get((operation, method, status))
        if times is None:
            times = self._times.setdefault(
                (operation, method if method in _METHODS else "other", status), [0.0] * (len(BOUNDS) + 2)
            )
        times[bisect_left(BOUNDS, seconds)] += 1
        times[-1] += seconds

    def note_query(self, outcome: str, seconds: float) -> None:
        """Count one SPARQL query: how it ended, and how long it took until then."""
        times = self._queries.setdefault(outcome, [0.0] * (len(BOUNDS) + 2))
        times[bisect_left(BOUNDS, seconds)] += 1
        times[-1] += seconds

    def collect(self) -> Iterator[Metric]:
        """The families, as Prometheus asks for them."""
        requests = CounterMetricFamily(
            "passport_http_requests", "Finished requests.", labels=("operation", "method", "status")
        )
        by_operation: dict[str, list[float]] = {}
        for (operation, method, status), times in sorted(self._times.items()):
            requests.add_metric((operation, method, str(status)), sum(times[:-1]))
            before = by_operation.get(operation, [0.0] * len(times))
            by_operation[operation] = [old + new for old, new in zip(before, times, strict=True)]
        yield requests
        seconds = HistogramMetricFamily("passport_http_seconds", "Time to answer, seconds.", labels=("operation",))
        for operation, times in by_operation.items():
            seconds.add_metric((operation,), _cumulative(times[:-1]), times[-1])
        yield seconds
        yield from self._of_queries()
        yield GaugeMetricFamily(
            "passport_search_lag_documents", "Documents that the search index does not know yet.", self._search_lag()
        )
        yield GaugeMetricFamily(
            "passport_graph_lag_documents", "Documents that queries to the graph do not see yet.", self._graph_lag()
        )
        log = self._log()
        yield GaugeMetricFamily("passport_log_lag_documents", "Documents that are in no checkpoint yet.", log.lag)
        yield GaugeMetricFamily(
            "passport_log_stopped", "1 when no checkpoints are published: see readyz.", int(log.trouble is not None)
        )

    def _of_queries(self) -> Iterator[Metric]:
        asked = CounterMetricFamily("passport_queries", "SPARQL queries by how they ended.", labels=("outcome",))
        seconds = HistogramMetricFamily(
            "passport_query_seconds", "Time of a SPARQL query until its end, seconds.", labels=("outcome",)
        )
        for outcome, times in sorted(self._queries.items()):
            asked.add_metric((outcome,), sum(times[:-1]))
            seconds.add_metric((outcome,), _cumulative(times[:-1]), times[-1])
        yield asked
        yield seconds
        now = self._asked.stats()
        yield GaugeMetricFamily("passport_queries_running", "SPARQL queries that are worked at now.", now["running"])
        yield GaugeMetricFamily("passport_queries_waiting", "SPARQL queries that wait for their turn.", now["waiting"])
        if "processes" in now:
            yield GaugeMetricFamily(
                "passport_query_processes", "Processes that answer SPARQL queries here.", now["processes"]
            )
            yield GaugeMetricFamily(
                "passport_query_processes_unconfined",
                "Those of them that the system does not keep from files and the network.",
                now["unconfined"],
            )

    def text(self) -> bytes:
        """The exposition in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


def _cumulative(buckets: list[float]) -> list[tuple[str, float]]:
    names = [*(str(bound) for bound in BOUNDS), "+Inf"]
    sums: list[tuple[str, float]] = []
    total = 0.0
    for name, number in zip(names, buckets, strict=True):
        total += number
        sums.append((name, total))
    return sums
