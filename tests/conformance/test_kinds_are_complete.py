"""One more kind is one file, with a page for its user and test data for this suite: nothing is forgotten."""

from pathlib import Path

import pytest

from portal.core.connectors import kinds as folder
from portal.core.connectors import registry
from portal.core.connectors.base import Erasable

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.stem for path in Path(next(iter(folder.__path__))).glob("*.py") if path.stem != "__init__")


def test_every_file_in_the_folder_registers_the_kind_of_its_name_and_nothing_else_is_registered():
    assert list(registry.kinds()) == FILES


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_has_a_page_that_explains_each_of_its_settings(kind):
    page = (ROOT / "docs" / "kinds" / f"{kind}.md").read_text()
    if kind == "pgvector":
        page += (ROOT / "docs" / "kinds" / "postgresql.md").read_text()  # it says that the rest is as there
    connector = registry.get(kind)
    missing = [s.name for s in (*connector.settings, *connector.target_settings) if f"`{s.name}`" not in page]
    assert not missing


@pytest.mark.parametrize("kind", [name for name in FILES if isinstance(registry.get(name), Erasable)])
def test_an_erasable_kind_has_test_data(kind):
    assert (ROOT / "tests" / "conformance" / "kinds" / f"{kind}.py").exists()


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_says_what_people_call_it(kind):
    assert registry.get(kind).label
