"""Why an event was refused, and what was lenient about one that was kept: each with the sentence that mends it.

The keys are what is counted; they come from a fixed set, so that counts stay few whatever a producer sends.
"""

from typing import NamedTuple


class Refusal(NamedTuple):
    """A reason for a 4xx: its name on a page, and what its sender does about it."""

    label: str
    mend: str


REFUSALS = {
    "empty": Refusal("Empty body", "Send the event as JSON in the body of the request."),
    "cut": Refusal("Cut short", "The connection ended before the body did: send the event again."),
    "gzip": Refusal("Broken gzip", "The body says gzip and cannot be unpacked: pack it whole, or send it plain."),
    "encoding": Refusal("Unknown encoding", "Only gzip is unpacked: set the client's compression to gzip or to none."),
    "size": Refusal("Too large", "Leave out large facets such as spark.logicalPlan, or split the batch."),
    "utf8": Refusal("Not UTF-8", "JSON is UTF-8: encode the text so before it is sent."),
    "json": Refusal("Not JSON", "The body ends early or is no JSON: look at how it is made, not at what it says."),
    "field": Refusal("A field of the wrong type", "The sentence names the field: send it as the specification has it."),
    "missing": Refusal("A field is missing", "The sentence names the field: every event needs it."),
    "time": Refusal("No time", "Send eventTime as RFC 3339 with a zone, such as 2026-03-01T10:00:00Z."),
    "shape": Refusal("Neither job nor dataset", "Send run and job, or job alone, or dataset alone."),
    "name": Refusal("Empty or overlong name", "Give each job and dataset a name of at most 4,000 characters."),
    "batch": Refusal("Broken batch", "Send a JSON array, an object with events, or one event a line."),
}
"""Reason -> how it is shown."""

LENIENT = {
    "no producer": "Set producer to the URI of the code that sends the event.",
    "no schemaURL": "Set schemaURL to the version of the specification that the event follows.",
    "no time zone": "It is taken as UTC: end eventTime with Z or with an offset.",
    "nanoseconds": "They are cut to microseconds: nothing to mend unless the order within one matters.",
    "blank in time": "Write a T between day and time.",
    "run id is not a UUID": "It gets a UUID of its own: send a UUID, best of version 7.",
    "eventType in lower case": "Write it in capitals, such as COMPLETE.",
    "unknown eventType": "It counts as OTHER: send START, RUNNING, COMPLETE, ABORT, FAIL or OTHER.",
    "legacy key parentRun": "Rename the run facet parentRun to parent; newer clients do.",
    "_deleted is null": "It removes nothing: leave _deleted out, or send true to remove the facet.",
}
"""Mark -> how to mend it."""
