DELETE FROM import_row r
 USING incident i
 WHERE i.town_id = $1 AND i.external_key = r.key
