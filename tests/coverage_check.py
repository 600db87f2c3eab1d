#!/usr/bin/env python3
"""An independent check of a town's borders, by shapely (GEOS) instead of our own code.

    cargo run -p geodata --features demo --example demo_geojson -- 1 > town.geojson
    python3 tests/coverage_check.py town.geojson

FILE is a GeoJSON feature collection whose features have a `layer` property: `town`, `village` or `grid`, the latter two
with a `code`. Needs shapely 2.1 or newer. Exit status 0 when all holds, 1 when not, 2 when it can't be checked.
"""

import json
import sys

try:
    import shapely
    from shapely.geometry import shape

    if tuple(int(n) for n in shapely.__version__.split(".")[:2]) < (2, 1):
        raise ImportError(f"shapely {shapely.__version__} is too old")
except ImportError as missing:
    sys.exit(print(f"needs shapely >= 2.1 (pip install shapely): {missing}", file=sys.stderr) or 2)


def layers(path):
    with open(path, encoding="utf-8") as file:
        features = json.load(file)["features"]
    found = {"town": {}, "village": {}, "grid": {}}
    for feature in features:
        layer = feature["properties"].get("layer")
        if layer in found:
            found[layer][feature["properties"]["code"]] = shape(feature["geometry"])
    return found


def faults(found):
    """What is wrong, in sentences."""
    town, villages, grids = (found[layer] for layer in ("town", "village", "grid"))
    if len(town) != 1 or not villages or not grids:
        yield f"expected one town, villages and grids: {len(town)}, {len(villages)}, {len(grids)}"
        return
    (whole,) = town.values()
    for layer, shapes in found.items():
        for code, polygon in shapes.items():
            if polygon.geom_type != "Polygon" or not polygon.is_valid:
                yield f"{layer} {code}: {shapely.is_valid_reason(polygon)}"
            elif polygon.interiors:
                yield f"{layer} {code} has a hole"
    for layer, shapes in (("village", villages), ("grid", grids)):
        if not shapely.coverage_is_valid(list(shapes.values())):
            bad = shapely.coverage_invalid_edges(list(shapes.values()))
            codes = [code for code, edge in zip(shapes, bad) if not edge.is_empty]
            yield f"the {layer}s are no coverage: gaps, overlaps or unmatched vertices at {codes}"
        elif not same(shapely.coverage_union_all(list(shapes.values())), whole):
            yield f"the {layer}s do not make up the town"
    for code, village in villages.items():
        its = [polygon for grid, polygon in grids.items() if grid.startswith(code)]
        if not its or not same(shapely.coverage_union_all(its), village):
            yield f"the grids of village {code} do not make it up"
    for code, grid in grids.items():
        if code[:12] not in villages:
            yield f"grid {code} belongs to no village"
        elif not villages[code[:12]].covers(grid):
            yield f"grid {code} reaches over the edge of its village"


def same(one, other):
    """Whether two polygons have the same vertices."""
    return one.normalize().equals_exact(other.normalize(), 0)


def main():
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    found = layers(sys.argv[1])
    wrong = list(faults(found))
    for fault in wrong:
        print(fault)
    if not wrong:
        print(f"{len(found['grid'])} grids in {len(found['village'])} villages: a valid coverage of the town")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
