"""One run of a job: started, measured and ended inside a `with` block, told to the portal as OpenLineage events."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from portal.client.lineage import parents
from portal.client.lineage.code import Code, code_of
from portal.client.lineage.datasets import Dataset
from portal.client.lineage.documents import Nominal, Said, event, nominal_times
from portal.client.lineage.identifiers import uuid7
from portal.client.lineage.outputs import Output
from portal.client.lineage.parameters import text_of

if TYPE_CHECKING:
    from portal.client.lineage.emitter import Emitter

_current: ContextVar[Run | None] = ContextVar("custody_run", default=None)


def current_run() -> Run:
    """The run around this line; raises LookupError outside of any."""
    run = _current.get()
    if run is None:
        raise LookupError("No run is under way: call this inside a traced function or a `with emitter.run(…)` block.")
    return run


class Run:
    """A run that tells START on entry and COMPLETE, FAIL or ABORT on exit.

    `parent`: the run around it, else what OPENLINEAGE_PARENT_ID says. `code` says where the job's source lies, found
    out from the working folder where left out. The other options are the fields of `documents.Said`.
    """

    def __init__(
        self,
        emitter: Emitter,
        job: str,
        *,
        inputs: Iterable[Dataset] = (),
        outputs: Iterable[Dataset] = (),
        parameters: Mapping[str, Any] | None = None,
        nominal: Nominal | None = None,
        tags: Mapping[str, str] | None = None,
        parent: Run | None = None,
        code: Code | None = None,
        run_id: str = "",
        tell_errors: bool = False,
        **said: Any,
    ) -> None:
        if not job:
            raise ValueError("A job needs a name.")
        self.emitter, self.job, self.run_id, self.tell_errors = emitter, job, run_id or str(uuid7()), tell_errors
        self._inputs = {(d.namespace, d.name): d for d in inputs}
        self._outputs = {(d.namespace, d.name): d for d in outputs}
        self._handed: list[Output] = []
        self._above = parent or _current.get()
        self._said = Said(code=self._code(code), image=emitter.image, lineage=self._lineage(), **said)
        self._said.nominal = nominal_times(nominal)
        self._said.tags |= tags or {}
        for name, value in (parameters or {}).items():
            self.parameter(name, value)
        self._began, self._tick = datetime.now(UTC), time.monotonic()
        self._token: Token[Run | None] | None = None

    @property
    def identity(self) -> parents.Identity:
        """What a child names as its parent."""
        return parents.Identity(self.emitter.namespace, self.job, self.run_id)

    def _code(self, given: Code | None) -> Code:
        found = code_of(Path.cwd()) if given is None else given
        commit, repository = self.emitter.commit or found.commit, self.emitter.repository or found.repository
        return replace(found, commit=commit, repository=repository)

    def _lineage(self) -> parents.Lineage | None:
        if self._above is None:
            return parents.of_this_process()
        return parents.Lineage(self._above.identity, self._above.root)

    @property
    def root(self) -> parents.Identity:
        """The run at the very top, which may be this one."""
        return self._said.lineage.root if self._said.lineage else self.identity

    def reads(self, *datasets: Dataset) -> None:
        """Say what the run reads; the same name again replaces what was said."""
        self._inputs |= {(d.namespace, d.name): d for d in datasets}

    def writes(self, *datasets: Dataset) -> None:
        """Say what the run writes, with the rows that it wrote; the same name again replaces what was said."""
        self._outputs |= {(d.namespace, d.name): d for d in datasets}

    def output(self) -> Dataset:
        """The only output; raises LookupError where there is none or several."""
        if len(self._outputs) != 1:
            raise LookupError(f"{self.job} has {len(self._outputs)} outputs: say which by `writes`.")
        return next(iter(self._outputs.values()))

    def parameter(self, name: str, value: Any) -> None:
        """Record a parameter of the run."""
        self._said.parameters[name] = text_of(name, value)

    def tag(self, key: str, value: str) -> None:
        """Tag the run."""
        self._said.tags[key] = value

    def nominal(self, start: datetime, end: datetime | None = None) -> None:
        """Say for which time the run was scheduled, as opposed to when it runs; raises ValueError without a zone."""
        self._said.nominal = nominal_times((start, end))

    def hands_out(self, output_id: str, *, product: str = "", digest: str = "") -> None:
        """Say that the run hands out an output of this opaque id; it is registered when the run has ended well."""
        self._handed.append(Output(output_id, product, digest, datetime.now(UTC)))

    def running(self) -> None:
        """Tell what has been read, written and handed out so far; for jobs that never end this proves their edges."""
        self.emitter.send(self.document("RUNNING"))
        self._register()

    def _register(self) -> None:
        if self._handed:
            handed, self._handed = self._handed, []
            self.emitter.register(handed, self.run_id)

    def environment(self) -> dict[str, str]:
        """This process' environment and what makes a child process' runs children of this one: dbt-ol, spark-submit."""
        return dict(os.environ) | {parents.PARENT: str(self.identity), parents.ROOT: str(self.root)}

    def document(self, state: str) -> dict[str, Any]:
        """The event of a state; its time is the start's plus what a steady clock has counted since."""
        passed = 0.0 if state == "START" else time.monotonic() - self._tick
        moment = self._began + timedelta(seconds=passed)
        return event(state, moment, self.identity, self._said, self._inputs.values(), self._outputs.values())

    def __enter__(self) -> Self:
        self.emitter.send(self._start())
        self._token = _current.set(self)
        return self

    async def __aenter__(self) -> Self:
        telling = asyncio.ensure_future(asyncio.to_thread(self.emitter.send, self._start()))
        try:
            await asyncio.shield(telling)
        except asyncio.CancelledError as stopped:
            await asyncio.wait([telling])  # what has begun to travel arrives, so its end has to be told as well
            if telling.exception() is None:
                await asyncio.to_thread(self.emitter.send, self._end(stopped))
            raise
        self._token = _current.set(self)
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        document = self._end(error)
        try:
            self._over(document, error)
        except RuntimeError as failure:
            _untold(error, failure)

    async def __aexit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        document = self._end(error)
        try:
            await asyncio.to_thread(self._over, document, error)
        except RuntimeError as failure:
            _untold(error, failure)

    def _over(self, document: dict[str, Any], error: BaseException | None) -> None:
        """Tell the end, and register what was handed out by a run that ended well."""
        self.emitter.send(document)
        if error is None:
            self._register()

    def _start(self) -> dict[str, Any]:
        self._began, self._tick = datetime.now(UTC), time.monotonic()
        return self.document("START")

    def _end(self, error: BaseException | None) -> dict[str, Any]:
        if self._token is not None:
            _current.reset(self._token)
        if error is None:
            return self.document("COMPLETE")
        self._said.error = f"{type(error).__name__}: {error}" if self.tell_errors else type(error).__name__
        return self.document("FAIL" if isinstance(error, Exception) else "ABORT")


def _untold(error: BaseException | None, failure: RuntimeError) -> None:
    """Raise that an event did not get through, unless the run has an error of its own: that one goes first."""
    if error is None:
        raise failure
    error.add_note(f"And the portal was not told: {failure}")
