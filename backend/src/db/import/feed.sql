-- The town's numbers go on after the imported ones. The day is moved only forward: live reports count on from it.
WITH last AS (
    SELECT max(seq) AS seq, max(incident_id) AS incident, max((at AT TIME ZONE $2)::date) AS day FROM import_row
), last_day AS (
    SELECT max(substr(r.number, 10)::int) AS count
      FROM import_row r, last WHERE (r.at AT TIME ZONE $2)::date = last.day
)
UPDATE town_feed f
   SET last_seq = last.seq, last_incident = last.incident,
       day_count = CASE WHEN last.day > f.day THEN last_day.count
                        WHEN last.day = f.day THEN greatest(f.day_count, last_day.count)
                        ELSE f.day_count END,
       day = greatest(f.day, last.day)
  FROM last, last_day
 WHERE f.town_id = $1
