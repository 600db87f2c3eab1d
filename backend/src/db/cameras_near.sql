-- $1 town, $2 longitude, $3 latitude, $4 the farthest range of any camera, metres, $5 limit. Cameras in whose range a place lies,
-- wherever they look, the nearest first. The box finds candidates through the index; the distance is taken on the ellipsoid.
SELECT c.camera_code, c.name_zh, c.name_en, c.bearing_deg, c.fov_deg, c.range_m, c.status,
       ST_X(c.position) AS lon, ST_Y(c.position) AS lat
  FROM (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS point) spot
  JOIN camera c ON c.town_id = $1 AND c.position && box_around(spot.point, $4)
 WHERE ST_DWithin(c.position::geography, spot.point::geography, c.range_m + 1)
 ORDER BY ST_Distance(c.position::geography, spot.point::geography), c.camera_code
 LIMIT $5
