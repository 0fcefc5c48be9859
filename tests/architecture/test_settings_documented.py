"""Every environment variable that the code reads is explained in docs/settings.md, and nothing else is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r'env\.(?:text|choice|flag|whole|words|secret)\(\s*"([A-Z_]+)"')
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def test_the_settings_page_lists_exactly_the_variables_that_are_read():
    read = {
        name
        for path in [ROOT / "portal" / "settings.py", ROOT / "portal" / "supervisor.py"]
        for name in READS.findall(path.read_text())
    }
    documented = set(ROW.findall((ROOT / "docs" / "settings.md").read_text()))
    assert documented == read
