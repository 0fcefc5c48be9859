"""Each kind of identifier has its rule, its page and its data: what is the same, what is not, and what is none."""

import json
from pathlib import Path

import pytest

from privacy_app import matching
from privacy_app.domain.pseudonym import token
from privacy_app.matching import kinds as folder

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(path.stem for path in Path(next(iter(folder.__path__))).glob("*.py") if path.stem != "__init__")
CASES = {name: json.loads((Path(__file__).parent / "matching" / f"{name}.json").read_text()) for name in FILES}
KINDS = {name: next(each for each in matching.rules().values() if name in (each.kind, *each.also)) for name in FILES}


def cases(what):
    return [
        pytest.param(KINDS[name].kind, one, id=f"{name}-{n}")
        for name in FILES
        for n, one in enumerate(CASES[name][what])
    ]


def test_every_file_registers_one_rule_that_bears_its_name():
    assert sorted(rule.kind for rule in KINDS.values()) == sorted(matching.rules())
    assert all(rule.label for rule in KINDS.values())


@pytest.mark.parametrize(("kind", "pair"), cases("same"))
def test_two_spellings_of_one_identifier_have_one_form_and_one_token(kind, pair):
    one, two = pair
    assert matching.normal_form(kind, one) == matching.normal_form(kind, two)
    assert token(bytes(32), kind, one) == token(bytes(32), kind, two)


@pytest.mark.parametrize(("kind", "pair"), cases("different"))
def test_what_only_looks_alike_is_another_identifier(kind, pair):
    one, two = pair
    assert matching.normal_form(kind, one) != matching.normal_form(kind, two)


@pytest.mark.parametrize(("kind", "text"), cases("refused"))
def test_what_is_not_of_the_kind_is_refused_without_being_repeated_and_never_raises_when_it_is_compared(kind, text):
    assert not matching.is_well_formed(kind, text)
    matching.normal_form(kind, text)
    with pytest.raises(matching.NotOfThisKind) as refused:
        matching.rule_of(kind).normalise(text.strip())
    assert not text.strip() or text not in str(refused.value)


@pytest.mark.parametrize(("kind", "pair"), cases("hints"))
def test_a_hint_shows_little(kind, pair):
    value, shown = pair
    assert matching.hint(kind, value) == shown


@pytest.mark.parametrize("kind", sorted(matching.rules()))
def test_a_normal_form_is_its_own_normal_form_and_so_is_each_spelling_of_it(kind):
    for value in [pair[0] for pair in CASES[next(name for name in FILES if KINDS[name].kind == kind)]["same"]]:
        form = matching.normal_form(kind, value)
        assert matching.normal_form(kind, form) == form
        folded = {matching.normal_form(kind, each) for each in matching.spellings(kind, value)}
        assert form in folded


def test_a_page_says_what_the_rule_says():
    for name, rule in KINDS.items():
        page = (ROOT / "docs" / "kinds" / f"{name}.md").read_text()
        missing = [kind for kind in (rule.kind, *rule.also) if f"`{kind}`" not in page]
        assert not missing, name
        assert f"| may it be proved | {'yes' if rule.may_be_proved else 'no'}" in page
        assert rule.one_person == ("one person's by its nature | yes" in page)


def test_only_an_address_to_which_a_code_goes_may_be_proved():
    assert [kind for kind, rule in matching.rules().items() if rule.may_be_proved] == ["email"]


def test_a_kind_without_a_rule_is_never_followed_by_itself():
    unknown = matching.rule_of("loyalty_card")
    assert not unknown.may_be_proved
    assert not unknown.one_person
    assert matching.normal_form("loyalty_card", " AB 1 ") == "AB 1"
