-- $1 town, $2 longitude, $3 latitude, $4 time. The grid by the plan valid then, as the trigger incident_locate finds it; the
-- village of that grid, or else the one around; and whether the town holds the place at all.
WITH spot AS (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS point),
grid AS (
    SELECT g.grid_code, g.village_code
      FROM spot
      JOIN plan p ON p.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $4 AND (p.valid_to IS NULL OR $4 < p.valid_to)
      JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
     WHERE g.level = 'management' AND g.boundary && spot.point AND ST_Covers(g.boundary, spot.point)
     ORDER BY g.grid_code
     LIMIT 1
),
village AS (
    SELECT v.village_code
      FROM spot
      JOIN village v ON v.town_id = $1 AND v.boundary && spot.point AND ST_Covers(v.boundary, spot.point)
     ORDER BY v.village_code
     LIMIT 1
)
SELECT (SELECT grid_code FROM grid) AS grid_code,
       coalesce((SELECT village_code FROM grid), (SELECT village_code FROM village)) AS village_code,
       EXISTS (SELECT 1 FROM village)
       OR EXISTS (SELECT 1 FROM town t, spot WHERE t.town_id = $1 AND ST_Covers(t.boundary, spot.point)) AS inside
