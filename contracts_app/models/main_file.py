"""What the main branch holds of each contract, as the gate saw it there last."""

from __future__ import annotations

from django.db import models

from contracts_app.models.contract import Contract


class MainFile(models.Model):
    """The hash of a contract's file at the newest commit of the main branch that a pipeline asked the gate from."""

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, related_name="on_main")
    digest = models.CharField(max_length=71)
    commit = models.CharField(max_length=64)
    file = models.CharField(max_length=1600, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["contract__name"]

    def __str__(self) -> str:
        return f"{self.contract} on main"
