"""The colours of the tokens, measured as WCAG 2.2 does (1.4.3 for text, 1.4.11 for lines of controls)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "portal" / "static" / "custody" / "tokens.css"
PAIRS = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", TOKENS.read_text()))
SURFACES = ("paper", "surface", "sunk")
TEXT = ("ink", "muted", "accent", "accent-strong", "seal", "bad")
KINDS = ("ok", "warn", "bad", "wait", "info", "off", "seal")
SCHEMES = (0, 1)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: int) -> float:
    """The contrast of two tokens in the scheme (0 light, 1 dark), from 1 to 21."""
    dark, light = sorted(luminance(PAIRS[name].split(", ")[scheme]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself_gives_21_for_black_on_white() -> None:
    assert round((luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05), 2) == 21


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXT)
def test_text_is_readable_on_every_surface(text: str, scheme: int) -> None:
    assert min(contrast(text, surface, scheme) for surface in SURFACES) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_readable_on_its_own_tint_and_so_is_plain_text(kind: str, scheme: int) -> None:
    assert contrast(kind, f"{kind}-soft", scheme) >= 4.5
    assert contrast("ink", f"{kind}-soft", scheme) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_buttons_are_readable_and_the_edges_of_controls_are_seen(scheme: int) -> None:
    assert contrast("on-accent", "accent", scheme) >= 4.5
    assert min(contrast("edge", surface, scheme) for surface in SURFACES) >= 3
    assert contrast("accent", "paper", scheme) >= 3
