-- $1 town, $2 longitude, $3 latitude, $4 metres, $5 whether open ones, the nearest first, or ended ones, the last first; $6 limit.
-- The box finds candidates through the index; the distance is taken on the ellipsoid.
SELECT {columns}, far.metres
  FROM (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS point) spot
  JOIN incident i ON i.town_id = $1 AND i.position && box_around(spot.point, $4)
 CROSS JOIN LATERAL (SELECT ST_Distance(i.position::geography, spot.point::geography) AS metres) far
 WHERE (i.ended_at IS NULL) = $5 AND i.state NOT IN ('withdrawn', 'merged') AND far.metres <= $4
 ORDER BY CASE WHEN $5 THEN far.metres END, i.ended_at DESC, i.incident_id DESC
 LIMIT $6
