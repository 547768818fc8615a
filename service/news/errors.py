"""Why a page gets no stream; it goes on by asking from time to time."""

from service.errors import NetraError


class StreamsOnly(NetraError):
    """Whoever takes no stream would wait for the end of an answer that has none."""

    status = 406
    code = "hanya_aliran"


class TooManyStreams(NetraError):
    status = 429
    code = "aliran_penuh"
    retry_after = 60
