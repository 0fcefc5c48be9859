"""The made-up shop's help pages, which its assistant answers from; no person is in them."""

from dataclasses import dataclass

TOPICS = (
    ("returns", "Returns", "return an item"),
    ("refunds", "Refunds", "get money back"),
    ("shipping", "Shipping", "follow a parcel"),
    ("payment", "Payment", "pay by invoice"),
    ("account", "Account", "change a password"),
    ("gifts", "Gifts", "wrap a gift"),
    ("sizes", "Sizes", "find the right size"),
    ("warranty", "Warranty", "claim a warranty"),
    ("vouchers", "Vouchers", "redeem a voucher"),
    ("stores", "Stores", "collect from a store"),
)
REGIONS = (("us", "the United States", 30), ("eu", "Europe", 14), ("uk", "the United Kingdom", 21))


@dataclass(frozen=True)
class HelpPage:
    """One document; `question` is what people ask about it, `fact` a sentence that an answer may quote."""

    document_id: str
    title: str
    question: str
    fact: str

    @property
    def body(self) -> str:
        """The whole text."""
        return f"{self.title}. {self.fact} Ask us before the last day; we answer within one working day."


PAGES = tuple(
    HelpPage(
        f"help-{topic}-{region}",
        f"{title} in {where}",
        f"How do I {deed} in {where}?",
        f"To {deed} in {where} you have {days} days from delivery.",
    )
    for topic, title, deed in TOPICS
    for region, where, days in REGIONS
)
