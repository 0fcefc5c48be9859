"""`data_contracts/*.yaml`: the exact bytes that people wrote and signed, one file a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from contracts_app.selectors.programme import standing_files, standing_versions, version_with_bytes
from contracts_app.services import Refused
from contracts_app.services.drafts import import_yaml
from portal.pages.programme.registry import Document, File, Outcome, Scene, Word, document

if TYPE_CHECKING:
    from portal.core.identity.models import User

_LINE = re.compile(r"Line (\d+): (.*)", re.DOTALL)


@document("data_contracts")
class DataContracts(Document):
    """The version that stands for each contract: the one in force, else the proposal, else the draft."""

    path = r"data_contracts/[A-Za-z][A-Za-z0-9_.-]{0,99}\.yaml"
    label = "data_contracts/*.yaml"
    about = "The bytes that were signed, one file a contract. Imported, they are drafts: a signature is never imported."
    order = 10

    def count(self) -> int:
        """One a contract."""
        return standing_versions().count()

    def files(self, scene: Scene) -> Iterator[File]:
        """The authored bytes; a contract whose name is no file name has none, and README.md says so."""
        del scene
        for path, content in standing_files():
            if self.owns(path):
                yield File(path, iter([content]))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Bytes that the contract has already are kept in the state that they are in; others become its draft."""
        name = PurePosixPath(path).name.removesuffix(".yaml")
        known = version_with_bytes(name, content)
        if known is not None:
            yield Outcome(path, 0, Word.KEPT, f"{known.contract.name} {known.number} is {known.state} here.")
            return
        try:
            made = import_yaml(user=user, content=content)
        except Refused as refused:
            yield from (_refusal(path, reason) for reason in refused.reasons)
            return
        if made.contract.name != name:
            raise ValueError(f"The file names the contract {made.contract.name}: call it {made.contract.name}.yaml.")
        said = f"{name} {made.number} is a draft now. Propose it, and ask for its signatures, in the portal."
        faults = [found for found in made.loaded.findings if found.is_error]
        if faults:
            said = f"{name} is a draft now. The check finds {len(faults)} faults, the first here: {faults[0].message}"
        yield Outcome(path, faults[0].line if faults else 0, Word.CREATED, said)


def _refusal(path: str, reason: str) -> Outcome:
    found = _LINE.fullmatch(reason)
    line, sentence = (int(found[1]), found[2]) if found else (0, reason)
    return Outcome(path, line, Word.REFUSED, sentence)
