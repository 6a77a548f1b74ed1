"""What the errors of librdkafka mean, and its log."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

_LIBRARY_WORDS = re.compile(r"^\S+/(?:bootstrap|\d+): | \(after .*\)$")

# The names of the library's errors.
REFUSALS = frozenset({"_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"})
NO_TOPIC = frozenset({"UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC"})
TOO_LARGE = "MSG_SIZE_TOO_LARGE"
PURGED = frozenset({"_PURGE_QUEUE", "_PURGE_INFLIGHT"})
AWAY = frozenset(
    {
        "_ALL_BROKERS_DOWN",
        "_TRANSPORT",
        "_RESOLVE",
        "_TIMED_OUT",
        "_MSG_TIMED_OUT",
        "_SSL",
        *PURGED,
        # The next producer starts again from the last event that was acknowledged.
        "_FATAL",
        "_GAPLESS_GUARANTEE",
        "OUT_OF_ORDER_SEQUENCE_NUMBER",
        "UNKNOWN_PRODUCER_ID",
        "INVALID_PRODUCER_ID_MAPPING",
        "INVALID_PRODUCER_EPOCH",
        "LEADER_NOT_AVAILABLE",
        "NOT_ENOUGH_REPLICAS",
    }
)


def text_of(error: KafkaError) -> str:
    """Return the text of an error for people."""
    # Without the library's words around it: "host:port/bootstrap: … (after 0ms in state CONNECT)".
    return _LIBRARY_WORDS.sub("", str(error.str())).rstrip(".")


def silent_logger() -> logging.Logger:
    """Return a logger that shows nothing: errors come by callbacks, too."""
    logger = logging.getLogger("dbtrack.stream.kafka")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
