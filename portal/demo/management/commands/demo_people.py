"""Prints how the demo's people sign in."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.demo.build import people


class Command(BaseCommand):
    help = "Print each demo person's sign-in; `manage.py demo_code EMAIL` prints the one-time code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("The demo's people (one-time code: .venv/bin/python manage.py demo_code EMAIL):")
        for each in people.kept()["people"]:
            roles = ", ".join(each["roles"])
            self.stdout.write(f"  {each['email']:<24} {each['password']:<18} {roles}")
