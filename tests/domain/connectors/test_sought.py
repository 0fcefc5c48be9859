"""Neighbours are asked for only where something is found, and then a search answers as one that knew them before."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.connectors import scan
from portal.core.connectors.base import Found, Subject
from portal.core.connectors.sought import Sought

ANA = Subject({"email": frozenset({"ana@example.com"})})
NEIGHBOURS = ["joana@example.com"]
texts = st.lists(st.sampled_from(["ana@example.com", "joana@example.com", "Ana@Example.com", "otto", "."]), max_size=6)


class Asked:
    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return NEIGHBOURS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(written=st.lists(texts, min_size=1, max_size=4), limit=st.integers(1, 4))
def test_it_finds_what_a_search_finds_that_knows_the_neighbours(tmp_path, written, limit):
    files = [tmp_path / str(number) for number in range(len(written))]
    for file, parts in zip(files, written, strict=True):
        file.write_text("-".join(parts))
    asked, known = Asked(), scan.needles_of(ANA, Found(0), NEIGHBOURS)
    sought = Sought(ANA, Found(0), asked)
    assert sought.search([tmp_path / "gone", *files], limit) == scan.search(files, known, limit)
    assert [sought.count(file.read_bytes()) for file in files] == [scan.count(f.read_bytes(), known) for f in files]
    assert asked.times <= 1


def test_nobody_is_asked_where_nothing_lies(tmp_path):
    (tmp_path / "a").write_text("otto@example.com")
    asked = Asked()
    sought = Sought(ANA, Found(0), asked)
    assert (sought.search([tmp_path / "a"]), sought.count(b"otto"), asked.times) == ([], 0, 0)
