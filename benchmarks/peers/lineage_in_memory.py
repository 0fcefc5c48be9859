"""Run in the environment of lineage_graphs.txt: the closure in rustworkx, its graph held in memory.

Standard input is JSON {"edges": path of a file with "src,dst" lines, "starts": [dataset, …]}; standard output is JSON
with the milliseconds of the load, of each start, and how many datasets each start reaches.
"""

import csv
import json
import sys
import time

import rustworkx


def main() -> None:
    """Load, warm up, measure each start on its own."""
    asked = json.load(sys.stdin)
    began = time.perf_counter()
    graph = rustworkx.PyDiGraph()
    places: dict[int, int] = {}
    with open(asked["edges"]) as lines:
        pairs = [(int(src), int(dst)) for src, dst in csv.reader(lines)]
    for pair in pairs:
        for end in pair:
            if end not in places:
                places[end] = graph.add_node(end)
    graph.add_edges_from_no_data([(places[src], places[dst]) for src, dst in pairs])
    loaded = (time.perf_counter() - began) * 1000
    times, sizes = [], []
    for start in asked["starts"]:
        rustworkx.descendants(graph, places[start])
        began = time.perf_counter()
        reached = rustworkx.descendants(graph, places[start])
        times.append((time.perf_counter() - began) * 1000)
        sizes.append(len(reached))
    json.dump({"version": rustworkx.__version__, "load_ms": loaded, "ms": times, "sizes": sizes}, sys.stdout)


if __name__ == "__main__":
    main()
