"""Packs: the bundles of a period in one ZIP, made by a worker, with an index that reads offline."""
