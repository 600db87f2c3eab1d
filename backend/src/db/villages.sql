-- $1 town, $2 time, $3 limit. Villages with what their grids of that time add up to.
SELECT v.village_code, v.name_zh, v.name_en, v.area_m2,
       ST_AsGeoJSON(v.boundary, 7) AS boundary,
       ST_X(c.centre) AS label_lon, ST_Y(c.centre) AS label_lat,
       (SELECT count(*) FROM grid g JOIN plan p ON p.town_id = g.town_id AND p.plan_id = g.plan_id
         WHERE g.town_id = v.town_id AND g.village_code = v.village_code AND p.state <> 'draft'
           AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to)) AS grids,
       coalesce(b.households, 0) AS households, coalesce(b.residents, 0) AS residents,
       (SELECT s.name FROM staff s
         WHERE s.town_id = v.town_id AND s.village_code = v.village_code AND s.role = 'village_chief'
         ORDER BY s.staff_id LIMIT 1) AS chief
  FROM village v
 -- Inside even a crescent, where a centroid may not be.
 CROSS JOIN LATERAL (SELECT (ST_MaximumInscribedCircle(v.boundary)).center AS centre) c
  LEFT JOIN LATERAL (
       SELECT sum(x.households)::bigint AS households, sum(x.residents)::bigint AS residents
         FROM building x
        WHERE x.town_id = v.town_id AND x.position && v.boundary AND ST_Covers(v.boundary, x.position)
  ) b ON true
 WHERE v.town_id = $1
 ORDER BY v.village_code
 LIMIT $3
