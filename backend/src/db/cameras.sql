-- $1 town, $2 time, $3 limit.
SELECT c.camera_code AS id, c.name_zh, c.name_en, c.bearing_deg, c.fov_deg, c.range_m, c.status, c.owner,
       g.village_code, g.grid_code, ST_AsGeoJSON(c.position, 7) AS shape
  FROM camera c
  LEFT JOIN LATERAL (
       SELECT x.village_code, x.grid_code
         FROM plan p JOIN grid x ON x.town_id = p.town_id AND x.plan_id = p.plan_id
        WHERE p.town_id = c.town_id AND p.state <> 'draft'
          AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to)
          AND x.boundary && c.position AND ST_Covers(x.boundary, c.position)
        ORDER BY x.grid_code LIMIT 1
  ) g ON true
 WHERE c.town_id = $1
 ORDER BY c.camera_code
 LIMIT $3
