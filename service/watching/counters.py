"""What this process counts itself, since it was started."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Counters:
    """Requests, their duration, and crashes. A registry of its own, so that two services in one process count apart."""

    def __init__(self) -> None:
        disable_created_metrics()  # A third more series, for what `process_start_time_seconds` says already.
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        names = ("route", "method")
        self._requests = Counter("netra_http_requests", "Requests answered.", (*names, "status"), registry=self.registry)
        self._seconds = Histogram(
            "netra_http_request_duration_seconds",
            "Time from the request to the end of its answer.",
            names,
            registry=self.registry,
            buckets=SECONDS,
        )
        self._errors = Counter(
            "netra_http_errors", "Requests that ended in an error of our own code, by its type.", ["type"], registry=self.registry
        )

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def count_error(self, error: Exception) -> None:
        self._errors.labels(type(error).__name__).inc()
