"""Browser cookies: several people may sit at one browser, and one person has many."""

from privacy_app.matching.base import Rule
from privacy_app.matching.registry import rule


@rule("cookie_id", "cookie", "session_id", "visitor_id")
class CookieId(Rule):
    """As a device: each link to one waits for a person."""

    label = "browser cookie"
