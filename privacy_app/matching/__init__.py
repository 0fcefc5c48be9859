"""How each kind of identifier is written, compared, proved and masked; pure, and one file a kind under `kinds/`."""

from privacy_app.matching.base import NotOfThisKind, Rule
from privacy_app.matching.registry import (
    hint,
    is_well_formed,
    labels,
    normal_form,
    rule_of,
    rules,
    spellings,
)

__all__ = ["NotOfThisKind", "Rule", "hint", "is_well_formed", "labels", "normal_form", "rule_of", "rules", "spellings"]
