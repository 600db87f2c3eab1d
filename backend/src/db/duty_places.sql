-- $1 town, $2 longitude, $3 latitude, $4 time, $5 grids, $6 villages. How far from a place somebody is who is on duty at the town
-- hall, in one of these villages or grids: its label stands for it, as on the map. Grids are of the plan valid then.
SELECT duty.place, ST_Distance(duty.point::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography) AS metres
  FROM (SELECT 'grid:' || g.grid_code AS place, (ST_MaximumInscribedCircle(g.boundary)).center AS point
          FROM plan p JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
         WHERE p.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $4 AND (p.valid_to IS NULL OR $4 < p.valid_to)
           AND g.grid_code = ANY ($5)
        UNION ALL
        SELECT 'village:' || v.village_code, (ST_MaximumInscribedCircle(v.boundary)).center
          FROM village v WHERE v.town_id = $1 AND v.village_code = ANY ($6)
        UNION ALL
        (SELECT 'town', h.position FROM place h WHERE h.town_id = $1 AND h.kind = 'town_hall' ORDER BY h.place_id LIMIT 1)) duty
