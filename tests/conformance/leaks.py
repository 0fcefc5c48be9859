"""Connectors with a seeded fault: for each of them, and in every kind, the conformance suite has to fail."""

from collections.abc import Callable
from typing import Any

from portal.core.connectors.base import Deleted, Erasable, Fence, Found, Purged, Subject, check_fence

Leak = Callable[[Erasable, Any], Erasable]
"""Makes a faulty connector out of a kind's own and its estate."""


def _but(kind: Erasable, **methods: Any) -> Erasable:
    """The kind with some methods replaced."""
    return type(f"Faulty{type(kind).__name__}", (type(kind),), methods)()


def deletes_nothing(kind: Erasable, estate: Any) -> Erasable:
    """Says that it deleted, and did not."""
    del estate

    def delete(self: Any, config: Any, target: Any, subject: Subject, *, still_mine: Fence) -> Deleted:
        check_fence(still_mine)
        return Deleted(1)

    return _but(kind, delete=delete)


def skips_the_purge(kind: Erasable, estate: Any) -> Erasable:
    """Leaves the bytes where a purge would have found them: in a copy, where a plain delete leaves none."""
    return _but(kind, purge=_purge_that_leaves_a_copy(estate))


def keeps_what_its_probes_do_not_see(kind: Erasable, estate: Any) -> Erasable:
    """The same, with probes that see well until the purge and look for somebody else from then on."""
    purged: list[bool] = []
    leaving = _purge_that_leaves_a_copy(estate)

    def purge(self: Any, *arguments: Any, still_mine: Fence, **options: Any) -> Purged:
        done = leaving(self, *arguments, still_mine=still_mine, **options)
        purged.append(True)
        return done

    return _but(kind, purge=purge, **_looking_elsewhere(kind, purged))


def looks_elsewhere(kind: Erasable, estate: Any) -> Erasable:
    """All of its probes look for somebody else."""
    del estate
    return _but(kind, **_looking_elsewhere(kind, [True]))


def takes_another_along(kind: Erasable, estate: Any) -> Erasable:
    """Deletes one of the controls too."""
    other = estate.control(3)

    def delete(self: Any, config: Any, target: Any, subject: Subject, *, still_mine: Fence) -> Deleted:
        both = {
            name: values | {other[name]} if name in other else values for name, values in subject.identifiers.items()
        }
        return type(kind).delete(self, config, target, Subject(both), still_mine=still_mine)

    return _but(kind, delete=delete)


def ignores_the_fence(kind: Erasable, estate: Any) -> Erasable:
    """Goes on although another worker holds the step."""
    del estate

    def delete(self: Any, config: Any, target: Any, subject: Subject, *, still_mine: Fence) -> Deleted:
        return type(kind).delete(self, config, target, subject, still_mine=lambda: True)

    return _but(kind, delete=delete)


def _purge_that_leaves_a_copy(estate: Any) -> Callable[..., Purged]:
    def purge(self: Any, *arguments: Any, still_mine: Fence, **options: Any) -> Purged:
        check_fence(still_mine)
        estate.leak()
        return Purged(("nothing, in truth",))

    return purge


def _looking_elsewhere(kind: Erasable, now: list[bool]) -> dict[str, Any]:
    """The three probes, asked for a person who was never there from when `now` holds anything."""
    nobody = Subject({"email": frozenset({"nobody.at.all@example.com"})})

    def probe(name: str) -> Callable[..., Any]:
        def ask(self: Any, config: Any, target: Any, subject: Subject, *found: Found) -> Any:
            whom, what = (nobody, [Found(0) for _ in found]) if now else (subject, found)
            return getattr(type(kind), name)(self, config, target, whom, *what)

        return ask

    return {name: probe(name) for name in ("verify_logical", "verify_decoded", "verify_raw")}


EVERYWHERE: dict[Leak, str] = {
    deletes_nothing: "a probe still finds the subject",
    skips_the_purge: "a probe still finds the subject",
    keeps_what_its_probes_do_not_see: "and yet the bytes are there",
    looks_elsewhere: "the logical probe counts",
    takes_another_along: "somebody else's data",
    ignores_the_fence: "fence was not asked",
}
"""What the suite says of each: it has to fail, and for the right reason."""
