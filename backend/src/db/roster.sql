-- $1 town, $2 first day, $3 last day, $4 null, or a time of the town's own clock: then only who is on duty at that time, and not
-- those whose accounts are closed.
SELECT r.day, r.staff_id, s.name AS staff_name, s.role, r.note,
       to_char(make_time(r.from_min / 60, r.from_min % 60, 0), 'HH24:MI') || '-'
           || to_char(make_time(r.to_min / 60 % 24, r.to_min % 60, 0), 'HH24:MI') AS shift,
       concat_ws(':', r.place, coalesce(r.grid_code, r.village_code, r.unit_code)) AS place,
       CASE r.place WHEN 'grid' THEN g.name_zh WHEN 'village' THEN v.name_zh WHEN 'unit' THEN u.name_zh END AS name_zh,
       CASE r.place WHEN 'grid' THEN g.name_en WHEN 'village' THEN v.name_en WHEN 'unit' THEN u.name_en END AS name_en
  FROM roster r
  JOIN staff s ON s.town_id = r.town_id AND s.staff_id = r.staff_id
  LEFT JOIN unit u ON u.town_id = r.town_id AND u.unit_code = r.unit_code
  LEFT JOIN village v ON v.town_id = r.town_id AND v.village_code = r.village_code
  LEFT JOIN LATERAL (SELECT g.name_zh, g.name_en FROM grid g
                      WHERE g.town_id = r.town_id AND g.grid_code = r.grid_code ORDER BY g.plan_id DESC LIMIT 1) g ON true
 WHERE r.town_id = $1 AND r.day BETWEEN $2 AND $3
   AND ($4::timestamp IS NULL
        OR (s.left_at IS NULL
            AND r.day + r.from_min * interval '1 minute' <= $4 AND $4 < r.day + r.to_min * interval '1 minute'))
 ORDER BY CASE WHEN $4::timestamp IS NULL THEN r.day END, CASE WHEN $4::timestamp IS NULL THEN r.from_min END,
          array_position(ARRAY['town', 'unit', 'village', 'grid'], r.place),
          coalesce(r.grid_code, r.village_code, r.unit_code), r.day, r.from_min, r.staff_id
