"""The built-in texts of the letters, and the values that a preview shows. Pure."""

from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import Notice, Text, remedies

BUILT_IN: dict[Notice, Text] = {
    Notice.VERIFY: Text(
        "Confirm your deletion request {reference}",
        "On {received} we received a request to delete the data of the owner of this address. "
        "Its reference is {reference}.\n\n"
        "If you made it, open\n{link}\nand enter this code within {minutes} minutes:\n\n{code}\n\n"
        "Is the code too old? The page sends a new one, until {until}.\n\n"
        "If you did not make it, ignore this message: nothing is looked up or deleted without the code.\n"
        "You will have our answer by {due} at the latest.\n",
    ),
    Notice.RECEIPT: Text(
        "Your deletion request {reference} is with us",
        "We have your request {reference}, received on {received}.\n\n"
        "What happens next: we find out where your data is, a second person reads the plan, then we delete it in every "
        "system, check each of them, and send you the proof. We aim at 72 hours from the receipt; the law's deadline "
        "is {due}.\n\nWhere it stands: {link}\n",
    ),
    Notice.REMINDER: Text(
        "Your deletion request {reference} waits for you",
        "Your request {reference} of {received} waits until you show that it is you.\n\n"
        "Open\n{link}\nuntil {until}, ask for a new code there, and enter it. After that day we end the request "
        "without deleting anything. This is the only reminder.\n\n"
        "If you did not make this request, ignore this message.\n",
    ),
    Notice.QUESTION: Text(
        "We have a question about your deletion request {reference}",
        "To go on with your request {reference} we need something from you:\n\n{question}\n\n"
        "We wait until {until}. Our answer is due by {due}; that date does not move while we wait.\n{link}\n",
    ),
    Notice.EXTENSION: Text(
        "Your deletion request {reference} takes longer",
        "We cannot finish your request {reference} of {received} within the first period that the law gives us.\n\n"
        "The reason: {reason}\n\nThe new deadline is {due}.\n\n{remedies}\n\nWhere it stands: {link}\n",
    ),
    Notice.DENIED: Text(
        "Your deletion request {reference}",
        "We cannot delete the data that your request {reference} is about.\n\n"
        "The basis: {basis}\nThe reason: {reason}\n\n{remedies}\n{link}\n",
    ),
    Notice.CANCELLED: Text(
        "Your deletion request {reference} was cancelled",
        "Your request {reference} was cancelled before anything was deleted. You may ask again at any time.\n{link}\n",
    ),
    Notice.DUPLICATE: Text(
        "Your deletion request {reference} is part of an older one",
        "You asked before: your request {older} is still open, and it is about the same data. Your new request "
        "{reference} is therefore part of it, and the older one's earlier deadline counts for both.\n\n"
        "Where it stands: {link}\n",
    ),
    Notice.EXPIRED: Text(
        "Your deletion request {reference} ended",
        "Your request {reference} of {received} ended, because nobody showed us by {until} that it came from the owner "
        "of this address. Nothing was looked up and nothing was deleted. If it was yours, you may ask again at any "
        "time.\n\n{remedies}\n",
    ),
    Notice.DONE: Text(
        "Your data was deleted: {reference}",
        "{headline}\n\n{systems}\n\n"
        "Backups are beyond use until they expire: nobody reads them, no decision is made with them, and a restored "
        "one is cleaned before it is used. The last copy is gone on {residual_until}.\n\n"
        "So that your data does not come back by a restore or a late copy, we keep a one-way token of each identifier "
        "until {suppressed_until} ({basis}); it cannot be turned back into your data, and it does not stop you from "
        "becoming a customer again.\n\n"
        "This key shows that the proof is about you. We destroy our copy on {appeal_until}:\n{key}\n\n"
        "The proof: {link}\n",
    ),
}
SAMPLE: dict[str, str] = {
    "reference": "DEL-2027-01-15-0042",
    "link": "https://privacy.example/status/DEL-2027-01-15-0042/secret/",
    "received": "2027-01-15",
    "due": "2027-02-15",
    "code": "K7QX42MP",
    "minutes": "30",
    "until": "2027-01-29",
    "question": "Which of the two customer numbers on your letter is yours?",
    "reason": "Your data lies in a system that is being moved to another supplier.",
    "remedies": remedies(Law.GDPR),
    "basis": "GDPR Art. 17(3)(b): tax law obliges us to keep invoices",
    "older": "DEL-2027-01-10-0007",
    "headline": "Erased in every system; one backup expires later.",
    "systems": "shop/orders: erased\nbackups/nightly: expires on 2027-02-20",
    "key": "9f2c6b1e" * 8,
    "appeal_until": "2027-04-18",
    "residual_until": "2027-02-20",
    "suppressed_until": "2027-03-22",
}
SUPPRESSION_BASIS = "GDPR Art. 6(1)(c) with Art. 17(1) and Art. 5(1)(d)"
