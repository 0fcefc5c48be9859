"""What a write answers where the rules forbid it."""


class Refused(ValueError):
    """The rules forbid it; `reasons` are sentences that say why and what to do."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
