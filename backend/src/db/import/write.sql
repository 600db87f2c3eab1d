-- A past incident ended when it happened, as far as the file tells: its state is given, its one event a record.
WITH chunk AS (
    SELECT r.*, c.version
      FROM import_row r
      JOIN category c ON c.town_id = $1 AND c.category_code = r.category
       AND c.valid_from <= $10 AND (c.valid_to IS NULL OR $10 < c.valid_to)
     WHERE r.n >= $2 AND r.n < $3
), written AS (
    INSERT INTO incident (town_id, incident_id, number, external_key, title, category_code, category_version, severity,
           state, level, source, position, reported_at, ended_at, last_seq)
    SELECT $1, incident_id, number, key, title, category, version, severity, $4, $5, $6,
           ST_SetSRID(ST_MakePoint(lon, lat), 4326), at, at, seq
      FROM chunk
)
INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, state, level, note)
SELECT $1, seq, incident_id, at, $10, $7, $8, $4, $5, $9 || ':' || line
  FROM chunk
