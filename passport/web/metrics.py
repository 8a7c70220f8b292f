"""Counts and times of requests, cheap to take and given to Prometheus when it asks."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the buckets of request times, seconds."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})


@dataclass(slots=True)
class _Times:
    total: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))


class Metrics(Collector):
    """What this worker process did since it started, by operation: no label is ever taken from a request's values."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._times: dict[str, _Times] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self._registry)

    def note(self, operation: str, method: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        key = (operation, method if method in _METHODS else "other", status)
        self._requests[key] = self._requests.get(key, 0) + 1
        times = self._times.get(operation)
        if times is None:
            times = self._times[operation] = _Times()
        times.total += seconds
        times.buckets[bisect_left(BOUNDS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """The families, as Prometheus asks for them."""
        requests = CounterMetricFamily(
            "passport_http_requests", "Finished requests.", labels=("operation", "method", "status")
        )
        for (operation, method, status), number in sorted(self._requests.items()):
            requests.add_metric((operation, method, str(status)), number)
        yield requests
        seconds = HistogramMetricFamily("passport_http_seconds", "Time to answer, seconds.", labels=("operation",))
        for operation, times in sorted(self._times.items()):
            seconds.add_metric((operation,), _cumulative(times.buckets), times.total)
        yield seconds

    def text(self) -> bytes:
        """The exposition in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


def _cumulative(buckets: list[int]) -> list[tuple[str, float]]:
    names = [*(str(bound) for bound in BOUNDS), "+Inf"]
    sums: list[tuple[str, float]] = []
    total = 0
    for name, number in zip(names, buckets, strict=True):
        total += number
        sums.append((name, total))
    return sums
