"""A whole portal's part in the search of every byte, run as a process of its own: `python -m … life PHASE FOLDER`.

What people do goes through the real views, what workers do through the real tasks, while a real worker takes messages
from the real queue. It prints one JSON object. Phases: `prepare` (people, systems, the subject), `delete` (from the
public form to the proof), `later` (the appeal window is over).
"""

import base64
import json
import os
import re
import sys
import time
from datetime import timedelta
from pathlib import Path

SECRETS = {"OLTP": "pg", "VECTORS": "pg", "FEATURES": "valkey", "CLICKS": "valkey"}
ANSWERS = {"law": "gdpr", "idempotency_key": "7f9c24e8-3b12-4fef-91e0-000000000077"}
PDF = b"%PDF-1.7\n% a screenshot of the console after the deletion\n"


def main(phase: str, folder: Path) -> dict[str, object]:
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS.append("testserver")
    return {"prepare": prepare, "delete": delete, "later": later}[phase](folder)


def prepare(_folder: Path) -> dict[str, object]:
    """Everybody, every system, and the person in each of them."""
    from django.conf import settings

    from portal.embedded import plan as plans
    from tests.people import build_world
    from tests.privacy_app.every_byte.estate import EverySystem

    class Environment:
        """Secrets are in the environment of every process already; here they are only looked at."""

        def setenv(self, name: str, value: str) -> None:
            assert os.environ[name] == value, f"{name} is not what the estate uses"

    estate = EverySystem(plans.load_or_make(Path(settings.VAR_DIR)), Path(settings.VAR_DIR) / "files")
    estate.team = build_world().platform
    estate.plant()
    planted = estate.planted()
    estate.register(settings, Environment())
    coded = {what: _coded(value) for what, value in planted.items()}
    return {"planted": coded, "email": estate.email, "customer": estate.customer}


def _coded(value: str | bytes) -> dict[str, str]:
    return {"text": value} if isinstance(value, str) else {"bytes": base64.b64encode(value).decode()}


def delete(folder: Path) -> dict[str, object]:
    """Asked in public, planned by Pia, approved by Petra, deleted by workers and by Ana, proved."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from portal.core.evidence.selectors import read_artifact
    from privacy_app.models import ByHandTask, Request

    given = json.loads((folder / "given.json").read_text())
    world = _world()
    public, pia, petra, ana = (world.client(name) for name in ("nobody", "pia", "petra", "ana"))
    asked = {"step": "3", "email": given["email"], "customer_id": given["customer"], **ANSWERS}
    page = public.post(reverse("privacy:intake"), asked).content.decode()
    reference = re.search(r"DEL-\d{4}-\d{2}-\d{2}-\d{4,}", page)[0]
    request = Request.objects.get(req_id=reference)
    letter = _until(lambda: _letter(given["email"]), "the letter with the code")
    link = re.search(r"http://[^/]+(/privacy/status/\S+)", letter)[1]
    code = re.findall(r"^[2-9A-Z]{8}$", letter, re.MULTILINE)[-1]
    assert public.post(link, {"code": code}).status_code == 302
    _until(lambda: _fresh(request).state == "planning", "the frozen scope")
    pia.post(reverse("privacy:make-plan", args=[reference]))
    plan = _until(lambda: _ready(request), "the plan")
    for finding in plan.findings.filter(decision="open"):
        pia.post(reverse("privacy:exclude", args=[reference, finding.pk]), {"reason": "no data lies there"})
    pia.post(reverse("privacy:submit-plan", args=[reference]))
    assert _fresh(request).state == "awaiting_approval", _blocked(plan)
    address = reverse("privacy:approve", args=[reference])
    apart = re.findall(r'name="(apart-[^"]+)"', petra.get(address).content.decode())
    petra.post(reverse("privacy:decide-apart", args=[reference]), dict.fromkeys(apart, "allow"))
    challenge = re.search(r'name="challenge" value="([^"]+)"', petra.get(address).content.decode())[1]
    signed = {"challenge": challenge, "password": world.password, "code": world.code("petra"), "exclusive": "on"}
    answer = petra.post(address, signed)
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:3000]
    task = _until(lambda: ByHandTask.objects.filter(step__request=request, attested_at=None).first(), "the task")
    shown = ana.post(reverse("privacy:by-hand-look", args=[task.pk])).content.decode()
    assert given["email"] in shown
    said = {
        "outcome": "deleted",
        "rows": "1",
        "sure": "on",
        "statement": f"removed {given['email']}",
        "document": SimpleUploadedFile(f"{given['email']}.pdf", PDF + given["email"].encode()),
    }
    assert ana.post(reverse("privacy:by-hand-attest", args=[task.pk]), said).status_code == 302
    _until(lambda: _fresh(request).bundle_digest, "the proof", lambda: _told(request))
    for name in ("privacy:request", "privacy:plan", "privacy:proof"):
        assert pia.get(reverse(name, args=[reference])).status_code == 200
    done = _fresh(request)
    return {"req_id": reference, "proof": json.loads(read_artifact(done.artifact_digest)), "state": done.state}


def later(folder: Path) -> dict[str, object]:
    """Ninety-two days later: windows are over, letters were read and thrown away, nightly jobs have run."""
    from django.db import connection

    from portal.core.clock import services as clock
    from portal.demo.models import Mail
    from privacy_app import tasks
    from privacy_app.models import Purge, Request

    given = json.loads((folder / "given.json").read_text())
    clock.move(clock.offset() + timedelta(days=92))
    Mail.objects.filter(to=given["email"]).delete()  # the subject's own mailbox: theirs to keep or to empty
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL demo_mail")
    tasks.shred_keys()
    tasks.rewrite_tables()
    request = Request.objects.get(req_id=given["req_id"])
    return {"shredded": request.shredded_at is not None, "rewritten": Purge.objects.get().rewritten_at is not None}


def _world():
    from portal.core.identity.models import Team, User
    from tests.people import CAST, TEAMS, World

    people = {key: User.objects.get(email=f"{key}@example.org") for key in CAST}
    return World(people=people, teams={slug: Team.objects.get(slug=slug) for slug in TEAMS})


def _fresh(request):
    from privacy_app.models import Request

    return Request.objects.get(pk=request.pk)


def _letter(address):
    from portal.demo.models import Mail

    letter = Mail.objects.filter(to=address).order_by("-received_at").first()
    return letter.body if letter and "/privacy/status/" in letter.body else None


def _ready(request):
    plan = request.plans.exclude(state="superseded").order_by("-number").first()
    return plan if plan and plan.state == "draft" and plan.steps.exists() else None


def _blocked(plan):
    from privacy_app.services import planning

    return planning.what_blocks(plan)


def _told(request):
    rows = request.steps.values_list("system_name", "state", "phase", "verdict", "error", "verdict_text")
    return [_fresh(request).state, _fresh(request).trouble, *rows]


def _until(wanted, what, told=lambda: "", patience=120):
    """Do what the clock would have workers do, until something is there."""
    from portal.core.evidence.services import sequence_all
    from portal.core.notify.services import deliver_waiting
    from privacy_app import tasks

    end = time.monotonic() + patience
    while not (found := wanted()):
        assert time.monotonic() < end, f"{what} did not come: {told()}"
        for name in ("send_codes", "resolve_waiting", "look_at_systems", "propagate", "prove"):
            getattr(tasks, name)()
        sequence_all()
        deliver_waiting()
        time.sleep(0.2)
    return found


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], Path(sys.argv[2])), default=str))
