"""The demo's first words, once the portal can be used: data moves, and the people can sign in."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.demo.build import models, people, slos, watch
from portal.demo.build.cast import PEOPLE
from portal.demo.pipelines import gating, schedule


class Command(BaseCommand):
    help = "Run the demo's pipelines once and print each demo person's sign-in."

    def handle(self, *args: Any, **options: Any) -> None:
        while not schedule.run_all():
            time.sleep(1)  # the worker's tick was first: what it tells has to be there before anybody asks
        watch.build()
        models.build_on_data()
        slos.build()  # after the data have moved: else the index would look a month behind
        gating.ask_all()
        call_command("scoreboard_examples", stdout=self.stdout)
        self.stdout.write("The demo's people (a one-time code: make code WHO=EMAIL):")
        named = {each.email: each for each in PEOPLE}
        for each in people.kept()["people"]:
            duties = named[each["email"]].duties if each["email"] in named else ", ".join(each["roles"])
            self.stdout.write(f"  {each['email']:<24} {each['password']:<18} {duties}")
        self.stdout.write(f"Letters and codes that the demo mails: {settings.BASE_URL}/demo/mailbox/")
