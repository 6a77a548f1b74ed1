"""Read events from the record by a cursor that cannot skip any."""

from dbtrack.events.cloud_events import event_source, to_cloud_event
from dbtrack.events.cursor import EventCursor
from dbtrack.events.delivered_memory import DeliveredMemory, memory_path
from dbtrack.events.event import Event

__all__ = [
    "DeliveredMemory",
    "Event",
    "EventCursor",
    "event_source",
    "memory_path",
    "to_cloud_event",
]
