"""Keeping what main holds: a pipeline that asks the gate from main shows each contract file that it deploys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts_app.models import Contract, MainFile


def note_on_main(*, commit: str, files: Iterable[tuple[str, str, str]], at: datetime) -> int:
    """Keep (contract's name, hash, file) as main has them at `commit`; names that no contract has are passed over.

    Call it in the transaction of the gate's verdict. A look of an earlier time never replaces a later one.
    """
    seen = {name: (digest, file) for name, digest, file in files if name and digest}
    contracts = Contract.objects.filter(name__in=seen)
    for contract in contracts:
        digest, file = seen[contract.name]
        facts = {"digest": digest[:71], "commit": commit, "file": file, "seen_at": at}
        row, created = MainFile.objects.select_for_update().get_or_create(contract=contract, defaults=facts)
        if not created and row.seen_at <= at:
            MainFile.objects.filter(pk=row.pk).update(**facts)
    return len(contracts)
