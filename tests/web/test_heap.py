"""The web process keeps its own code out of garbage collections."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOK = "import gc, sys, portal.wsgi; print(gc.get_freeze_count() > 100_000, 'portal.urls' in sys.modules)"


def test_the_web_process_freezes_what_it_has_loaded_and_ends_without_a_word():
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
    assert "leaked" not in done.stderr
