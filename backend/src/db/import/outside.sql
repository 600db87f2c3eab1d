DELETE FROM import_row r
 USING town t
 WHERE t.town_id = $1 AND NOT ST_Covers(t.boundary, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326))
RETURNING r.line
