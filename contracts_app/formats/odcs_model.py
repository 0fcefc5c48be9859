"""The ODCS documents that we take and give, checked by the standard's own model (package open-data-contract-standard).

The model is pydantic and costs about 150 ms to import, so it is loaded when the first ODCS document comes by.
"""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.notes import FormatError

_MOST_NAMED = 5


def check(odcs: dict[str, Any]) -> None:
    """Raise FormatError with a sentence where the document is not ODCS."""
    from open_data_contract_standard.model import OpenDataContractStandard
    from pydantic import ValidationError

    try:
        OpenDataContractStandard.model_validate(odcs)
    except ValidationError as error:
        found = [_sentence(each) for each in error.errors(include_url=False, include_input=False)[:_MOST_NAMED]]
        more = error.error_count() - len(found)
        tail = [f"And {more} more."] if more > 0 else []
        raise FormatError(" ".join([*found, *tail])) from None
    except RecursionError:
        raise FormatError("The document is nested too deeply to be checked.") from None


def _sentence(error: Any) -> str:
    """One finding of the model: where, and what it wants there."""
    steps = [str(step) for step in error["loc"] if not (isinstance(step, str) and ("[" in step or step[:1].isupper()))]
    path = ".".join(steps)[:120]
    if error["type"] == "extra_forbidden":
        return f"`{path}` is not a key of ODCS 3.2."
    wanted = error["msg"].removeprefix("Input should be ").rstrip(".")
    return f"`{path}` must be {wanted}."
