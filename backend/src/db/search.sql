-- $1 town, $2 time. What has a name and stays where it is: villages, the grids of the plan valid at that time, places, cameras; each
-- with a point inside it. Some hundreds of rows: which of them answer is told in Rust, which knows pinyin.
SELECT 'village' AS kind, v.village_code AS key, v.name_zh, v.name_en, v.village_code, NULL AS grid_code, ST_PointOnSurface(v.boundary) AS spot
  FROM village v
 WHERE v.town_id = $1
UNION ALL
SELECT 'grid', g.grid_code, g.name_zh, g.name_en, g.village_code, g.grid_code, ST_PointOnSurface(g.boundary)
  FROM plan p
  JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
 WHERE p.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to)
UNION ALL
SELECT 'place', x.place_id::text, x.name_zh, x.name_en, NULL, NULL, x.position
  FROM place x
 WHERE x.town_id = $1
UNION ALL
SELECT 'camera', c.camera_code, c.name_zh, c.name_en, NULL, NULL, c.position
  FROM camera c
 WHERE c.town_id = $1
 LIMIT $3
