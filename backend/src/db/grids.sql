-- $1 town, $2 time, $3 limit. Grids of the plan valid at that time.
SELECT g.grid_code, g.village_code, g.plan_id, g.name_zh, g.name_en, g.land_use_zh, g.land_use_en, g.area_m2,
       p.valid_from, p.valid_to,
       ST_AsGeoJSON(g.boundary, 7) AS boundary,
       ST_X(c.centre) AS label_lon, ST_Y(c.centre) AS label_lat,
       coalesce(b.households, 0) AS households, coalesce(b.residents, 0) AS residents,
       (SELECT s.name FROM staff_grid sg JOIN staff s ON s.town_id = sg.town_id AND s.staff_id = sg.staff_id
         WHERE sg.town_id = g.town_id AND sg.grid_code = g.grid_code AND s.role = 'grid_member'
         ORDER BY s.staff_id LIMIT 1) AS member
  FROM plan p
  JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
 CROSS JOIN LATERAL (SELECT (ST_MaximumInscribedCircle(g.boundary)).center AS centre) c
  LEFT JOIN LATERAL (
       SELECT sum(x.households)::bigint AS households, sum(x.residents)::bigint AS residents
         FROM building x
        WHERE x.town_id = g.town_id AND x.position && g.boundary AND ST_Covers(g.boundary, x.position)
  ) b ON true
 WHERE p.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to)
 ORDER BY g.grid_code
 LIMIT $3
