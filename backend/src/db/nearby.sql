-- $1 town, $2 longitude, $3 latitude, $4 time, $5 metres, $6 hours, $7 an incident to leave out or null, $8 limit. The box finds
-- candidates through the index; the distance is taken on the ellipsoid.
SELECT {columns}, ST_Distance(i.position::geography, spot.point::geography) AS metres
  FROM (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS point) spot
  JOIN incident i ON i.town_id = $1
   AND i.position && ST_Expand(spot.point, $5 / (111320.0 * greatest(cos(radians($3)), 0.01)), $5 / 110540.0)
 WHERE i.reported_at BETWEEN $4 - make_interval(hours => $6) AND $4 + make_interval(hours => $6)
   AND i.incident_id IS DISTINCT FROM $7 AND i.state <> 'withdrawn'
   AND ST_DWithin(i.position::geography, spot.point::geography, $5)
 ORDER BY metres, i.incident_id
 LIMIT $8
