-- In the order of time, as the town's log would have had them. People's numbers count on from the day's last: under the
-- town's lock nobody else gives any.
WITH day_last AS (
    SELECT left(number, 8) AS day, max(substr(number, 10)::int) AS last
      FROM incident WHERE town_id = $1 GROUP BY 1
), ordered AS (
    SELECT ctid AS row, to_char(at AT TIME ZONE $2, 'YYYYMMDD') AS day,
           row_number() OVER (ORDER BY at, line) AS n,
           row_number() OVER (PARTITION BY to_char(at AT TIME ZONE $2, 'YYYYMMDD') ORDER BY at, line) AS of_day
      FROM import_row
), numbered AS (
    SELECT o.row, o.n, o.day, (coalesce(d.last, 0) + o.of_day)::text AS count
      FROM ordered o LEFT JOIN day_last d USING (day)
)
UPDATE import_row r
   SET n = x.n - 1, incident_id = $3 + x.n, seq = $4 + x.n,
       number = x.day || '-' || lpad(x.count, greatest(4, length(x.count)), '0')
  FROM numbered x
 WHERE r.ctid = x.row
