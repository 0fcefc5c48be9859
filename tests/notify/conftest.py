"""The servers that write down what a channel sends."""

from tests.recording import letter_of, recorder, smtp  # noqa: F401
