"""`make interop`: heavy third parties against the portal, with a count and a committed minimum, as `make test` has."""

import sys
from pathlib import Path

from tests.tiers import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).with_name("tiers.json")))
