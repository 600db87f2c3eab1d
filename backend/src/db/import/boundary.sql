-- A boundary made from the data: the concave hull of all points but outliers, 500 m wider.
-- An outlier is more than 8 median absolute deviations from the median in longitude or latitude (some 5.4 standard
-- deviations of a normal distribution; medians, because a single point on another continent would move a mean), or stands
-- alone: fewer points than one in 8,000 of them all, and itself, lie in its cell and the eight around it. A cell is an
-- eighth of the deviation wide. The floors keep a town whose incidents nearly all share one spot. Simplified by at most
-- 0.001°, some 100 m: well within the 500.
WITH middle AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lon) AS lon,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY lat) AS lat,
           1 + count(*) / 8000 AS company
      FROM import_row
), spread AS (
    SELECT greatest(0.01, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(r.lon - m.lon))) AS lon,
           greatest(0.01, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(r.lat - m.lat))) AS lat
      FROM import_row r, middle m
), near AS (
    SELECT r.lon, r.lat, floor(r.lon / s.lon * 8) AS x, floor(r.lat / s.lat * 8) AS y
      FROM import_row r, middle m, spread s
     WHERE abs(r.lon - m.lon) <= 8 * s.lon AND abs(r.lat - m.lat) <= 8 * s.lat
), cell AS (
    -- Of each cell only its hull: a million points make the great hull no better than their outermost do.
    SELECT x, y, count(*) AS points, ST_ConvexHull(ST_Collect(ST_SetSRID(ST_MakePoint(lon, lat), 4326))) AS shape
      FROM near GROUP BY x, y
), kept AS (
    SELECT c.shape
      FROM cell c, middle m
     WHERE m.company <= (SELECT sum(o.points) FROM cell o
                          WHERE o.x BETWEEN c.x - 1 AND c.x + 1 AND o.y BETWEEN c.y - 1 AND c.y + 1)
), hull AS (
    SELECT ST_ConcaveHull(ST_Points(ST_Collect(shape)), 0.5) AS shape FROM kept
)
SELECT ST_AsGeoJSON(ST_SimplifyPreserveTopology(ST_Buffer(shape::geography, 500)::geometry, 0.001), 6) FROM hull
