"""Reading webhooks of Alertmanager: whatever is sent, the answer is alerts within their bounds or a sentence."""

import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.oncall.domain.alertmanager import WebhookRefused, read

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=8), SCALARS, max_size=4)
KEYS = st.sampled_from(["status", "labels", "annotations", "fingerprint", "generatorURL", "startsAt", "x"])
ALERTS = st.dictionaries(KEYS, JSON | st.sampled_from(["firing", "resolved"]), max_size=7)
KNOWN = st.sampled_from(["version", "alerts", "truncatedAlerts", "commonLabels"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KNOWN, JSON, max_size=4), st.lists(ALERTS, max_size=4))
def test_whatever_is_sent_is_read_within_its_bounds_or_refused(document, alerts):
    for content in (document, document | {"version": "4", "alerts": alerts}):
        with suppress(WebhookRefused):
            found = read(json.dumps(content).encode())
            assert all(len(each.summary) <= 1000 and len(each.labels) <= 64 for each in found.alerts)
            assert all(each.severity in ("page", "ticket") and each.fingerprint for each in found.alerts)


def test_bytes_that_are_no_text_are_refused():
    for body in (b"\xff\xfe", b"", b"{", b'"' * 9):
        refused = ""
        try:
            read(body)
        except WebhookRefused as error:
            refused = str(error)
        assert refused == "The body is not JSON."
