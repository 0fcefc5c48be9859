"""The promises of an erasable kind, as functions that raise AssertionError: seeded leaks have to break one of them."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from portal.core.connectors.base import Erasable, FencedOff, Found, Subject
from tests.conformance.estate import Estate

RUNS = 3  # of a kind that says what it may have to wait for; every other has one
CLEAN = {"logical": 0, "decoded": 0, "raw": 0}


def mine() -> bool:
    """Still the holder of the step."""
    return True


def lost() -> bool:
    """No longer."""
    return False


def where(estate: Estate) -> tuple[Any, Any, Subject]:
    """The arguments that every call begins with."""
    return estate.config, estate.target, estate.subject


def probes(kind: Erasable, estate: Estate, found: Found) -> dict[str, int | None]:
    """Hits by probe; all three have to run."""
    answers = [
        kind.verify_logical(*where(estate)),
        kind.verify_decoded(*where(estate), found),
        kind.verify_raw(*where(estate), found),
    ]
    assert all(answer.ran for answer in answers), answers
    return {answer.name: answer.hits for answer in answers}


def erase(kind: Erasable, estate: Estate) -> Found:
    """What a step does; what the plan says is approved apart, is approved.

    One run has to be enough. Where the kind says what may hold its bytes back (`waits_for`), a step that still finds
    something runs again, as the portal runs it.
    """
    found = kind.discover(*where(estate))
    plan = kind.plan(estate.config, estate.target, found)
    for _ in range(RUNS if kind.waits_for else 1):
        kind.delete(*where(estate), still_mine=mine)
        kind.purge(*where(estate), found, allow_exclusive=plan.approved_apart, still_mine=mine)
        if probes(kind, estate, found) == CLEAN:
            break
    return found


@contextmanager
def writing(estate: Estate) -> Iterator[list[int]]:
    """An application that goes on adding people, from 1000 on, until the block ends."""
    stop, written = threading.Event(), []

    def work() -> None:
        number = 1000
        while not stop.wait(0.01):
            estate.write(number)
            written.append(number)
            number += 1

    writer = threading.Thread(target=work)  # an exception in it fails the test (warnings are errors)
    writer.start()
    try:
        yield written
    finally:
        stop.set()
        writer.join()


def is_seen_before(kind: Erasable, estate: Estate) -> None:
    """A probe that sees nothing beforehand proves nothing afterwards."""
    assert estate.occurrences() > 0, "the test's own eye is blind"
    found = kind.discover(*where(estate))
    assert found.count >= 1
    seen = probes(kind, estate, found)
    assert seen["logical"] == found.count, "the logical probe counts otherwise than the look before the plan"
    assert seen["decoded"] + seen["raw"] > 0, "neither storage probe can see a planted subject"


def goes_to_the_last_byte(kind: Erasable, estate: Estate) -> None:
    """Erased while others write: clean by the probes and by what the test reads itself, and nobody else is touched."""
    before = estate.controls()
    with writing(estate) as written:
        found = erase(kind, estate)
    seen = probes(kind, estate, found)
    assert seen == CLEAN, f"a probe still finds the subject: {seen}"
    assert estate.occurrences() == 0, "the probes are clean, and yet the bytes are there"
    later = {tuple(estate.control(number).values()) for number in written}
    assert estate.controls() == before | later, "somebody else's data is not as it was"
    assert written, "the writer never got a turn"


def minds_the_fence(kind: Erasable, estate: Estate) -> None:
    """A worker that lost its lease changes nothing."""
    before, found = estate.controls(), kind.discover(*where(estate))
    with _refused():
        kind.delete(*where(estate), still_mine=lost)
    with _refused():
        kind.purge(*where(estate), found, allow_exclusive=True, still_mine=lost)
    assert kind.discover(*where(estate)) == found
    assert estate.controls() == before


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except FencedOff:
        return
    raise AssertionError("The fence was not asked, or not minded.")


def keeps_every_promise(kind: Erasable, estate: Estate) -> None:
    """All of them, in an order in which each can still be judged."""
    is_seen_before(kind, estate)
    minds_the_fence(kind, estate)
    goes_to_the_last_byte(kind, estate)


def breaks_a_promise(kind: Erasable, estate: Estate, said: str) -> None:
    """For a seeded leak: the suite has to notice, and to say what is wrong."""
    with pytest.raises(AssertionError, match=re.escape(said)):
        keeps_every_promise(kind, estate)
