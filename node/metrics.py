"""What a process counts about itself, for Prometheus. No label holds a name, an address or a text.

Every label has a handful of values that stand in this program, so that nobody can make a node
count without end by asking for things that are not there.
"""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


@dataclass(frozen=True)
class Figure:
    """One number of this moment, with its labels."""

    name: str
    meaning: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class Pulse:
    """How one worker fares: since when it is busy, and how often in a row it failed."""

    busy_since_ms: int | None = None
    defects: int = 0


class Meter:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.workers: dict[str, Pulse] = {}
        ProcessCollector(namespace="schoolgate", registry=self.registry)
        self._requests = Counter(
            "schoolgate_requests",
            "Requests answered.",
            ["method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "schoolgate_request_seconds",
            "Seconds until a request was answered.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._rounds = Counter(
            "schoolgate_worker_rounds",
            "Rounds that a worker has finished.",
            ["worker", "outcome"],
            registry=self.registry,
        )

    def answered(self, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, f"{status // 100}xx").inc()
        self._seconds.observe(seconds)

    def began(self, worker: str, now_ms: int) -> None:
        """A worker begins a round."""
        self.workers.setdefault(worker, Pulse()).busy_since_ms = now_ms

    def ended(self, worker: str, *, well: bool) -> None:
        """A worker has finished a round, or a defect has ended it."""
        pulse = self.workers.setdefault(worker, Pulse())
        pulse.busy_since_ms = None
        pulse.defects = 0 if well else pulse.defects + 1
        self._rounds.labels(worker, "done" if well else "defect").inc()

    def text(self, figures: list[Figure]) -> bytes:
        """All counters and `figures` in Prometheus' text format."""
        now = CollectorRegistry()
        now.register(_Now(figures))
        return generate_latest(self.registry) + generate_latest(now)


class _Now(Collector):
    """Figures as one family for each name."""

    def __init__(self, figures: list[Figure]) -> None:
        self._figures = figures

    def collect(self) -> list[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._figures:
            family = families.setdefault(
                one.name, GaugeMetricFamily(one.name, one.meaning, labels=list(one.labels))
            )
            family.add_metric(list(one.labels.values()), one.value)
        return list(families.values())
