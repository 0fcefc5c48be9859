"""`traced`: a function's calls become runs, with commit, repository, image, parameters, rows and duration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, overload

from portal.client.lineage.code import code_of, path_of
from portal.client.lineage.datasets import Dataset
from portal.client.lineage.emitter import Emitter, emitter_from_environment
from portal.client.lineage.outputs import outputs_of
from portal.client.lineage.parameters import check_names, recorded
from portal.client.lineage.runs import Run

Function = TypeVar("Function", bound=Callable[..., Any])
_default: list[Emitter] = []


@overload
def traced(emitter: Function) -> Function: ...
@overload
def traced(
    emitter: Emitter | None = None,
    *,
    job: str = "",
    inputs: Iterable[Dataset] = (),
    outputs: Iterable[Dataset] = (),
    record: Sequence[str] = (),
    rows: Callable[[Any], int] | None = None,
    output_ids: Callable[[Any], Any] | None = None,
    product: str = "",
    nominal: Callable[..., Any] | None = None,
    processing: str = "BATCH",
    owners: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    tell_errors: bool = False,
) -> Callable[[Function], Function]: ...


def traced(emitter: Any = None, **options: Any) -> Any:
    """Wrap a function that moves data: START before it, COMPLETE after, FAIL when it raises, ABORT when it is stopped.

    `job`: by default the module's and function's name. `record`: names of the parameters whose values are told; none
    by default, since they may hold secrets or personal data. Datasets that the function returns replace the outputs of
    the same name or are added; `rows` counts the result for the only output (`rows=len`). `output_ids` gets the result
    and returns the opaque ids (or Outputs) of what `product` hands out, which are registered. `nominal` gets the call's
    arguments and returns the scheduled time or (start, end). Inside, `current_run()` is the run. An error is told by
    its type, with `tell_errors` also its message. Raises TypeError for a generator function, ValueError for `record`
    or `rows` that cannot be.
    """
    if callable(emitter):
        return _Traced(emitter, None).wrapper()
    return lambda function: _Traced(function, emitter, **options).wrapper()


class _Traced:
    """One decorated function and what is known of it before any call."""

    def __init__(
        self,
        function: FunctionType,
        emitter: Emitter | None,
        *,
        job: str = "",
        inputs: Iterable[Dataset] = (),
        outputs: Iterable[Dataset] = (),
        record: Sequence[str] = (),
        rows: Callable[[Any], int] | None = None,
        output_ids: Callable[[Any], Any] | None = None,
        product: str = "",
        nominal: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"{function.__qualname__} is a generator: its run would end before its rows are written. "
                "Trace the function that writes them."
            )
        if not inspect.isfunction(function):
            raise TypeError(f"{function!r} is no plain function; trace the function or method itself.")
        if isinstance(record, str):
            raise TypeError(f"`record` is a list of names: record=[{record!r}].")
        self.function, self._emitter = function, emitter
        self.job = job or _name_of(function)
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        if rows and len(self.outputs) != 1:
            raise ValueError(f"`rows` counts for the only output; {self.job} has {len(self.outputs)}.")
        self.output_ids, self.product = output_ids, product
        self.record, self.rows, self.nominal, self.options = check_names(function, record), rows, nominal, options

    @property
    def emitter(self) -> Emitter:
        """The emitter given, else the environment's, read at the first call of any traced function."""
        if self._emitter is not None:
            return self._emitter
        if not _default:
            _default.append(emitter_from_environment())
        return _default[0]

    @cached_property
    def _source(self) -> dict[str, Any]:
        file = Path(self.function.__code__.co_filename)
        installed = {"site-packages", "dist-packages"} & set(file.parts)
        code = code_of(None if installed else file.parent)  # an environment may lie inside another repository
        return {"code": code, "path": path_of(self.function, code.root)}

    def run_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Run:
        """The run of one call."""
        return self.emitter.run(
            self.job,
            inputs=self.inputs,
            outputs=self.outputs,
            parameters=recorded(self.function, self.record, args, kwargs),
            nominal=self.nominal(*args, **kwargs) if self.nominal else None,
            description=(inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " "),
            kind="FUNCTION",
            **self._source,
            **self.options,
        )

    def told(self, run: Run, result: Any) -> Any:
        """Lay what the function returned over what was known of its outputs."""
        returned = result if isinstance(result, (list, tuple)) else [result]
        run.writes(*(each for each in returned if isinstance(each, Dataset)))
        if self.rows:
            run.writes(run.output().measured(rows=self.rows(result)))
        for each in outputs_of(self.output_ids(result), self.product) if self.output_ids else ():
            run.hands_out(each.output_id, product=each.product or self.product, digest=each.digest)
        return result

    def wrapper(self) -> Callable[..., Any]:
        """The function to put in the place of the other."""

        @wraps(self.function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.run_of(args, kwargs) as run:
                return self.told(run, self.function(*args, **kwargs))

        @wraps(self.function)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            async with self.run_of(args, kwargs) as run:
                return self.told(run, await self.function(*args, **kwargs))

        return waiting if inspect.iscoroutinefunction(self.function) else call


def _name_of(function: FunctionType) -> str:
    """`module.function`, and of a script its file's name instead of `__main__`."""
    module = function.__module__
    return f"{Path(function.__code__.co_filename).stem if module == '__main__' else module}.{function.__qualname__}"
