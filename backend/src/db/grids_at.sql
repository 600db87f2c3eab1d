-- $1 town, $2 time, $3 longitudes, $4 latitudes. The grid of the plan valid then that holds each of these points.
SELECT spot.n, g.village_code, g.grid_code
  FROM unnest($3::float8[], $4::float8[]) WITH ORDINALITY AS spot (lon, lat, n)
 CROSS JOIN LATERAL (
       SELECT x.village_code, x.grid_code
         FROM plan p JOIN grid x ON x.town_id = p.town_id AND x.plan_id = p.plan_id
        WHERE p.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to)
          AND x.level = 'management' AND x.boundary && ST_SetSRID(ST_MakePoint(spot.lon, spot.lat), 4326)
          AND ST_Covers(x.boundary, ST_SetSRID(ST_MakePoint(spot.lon, spot.lat), 4326))
        ORDER BY x.grid_code LIMIT 1
  ) g
