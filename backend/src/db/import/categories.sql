-- $1 town, $2 group, $3 to $5 limits at grid, village and town, $6 the beginning of all records, $7 codes, $8 their names, $9 now.
-- One that is not in force now begins: where it was retired, as a new version from when the old one ended, and like it; where the
-- next one is planned, until that begins.
INSERT INTO category (town_id, category_code, version, group_word, name_zh, name_en, filing_standard_zh, filing_standard_en,
       closing_standard_zh, closing_standard_en, limit_grid_min, limit_village_min, limit_town_min, limit_min, working_time,
       pauses_referred, pauses_parked, default_unit_code, default_unit_zh, default_unit_en, valid_from, valid_to)
SELECT $1, c.code,
       coalesce((SELECT max(x.version) FROM category x WHERE x.town_id = $1 AND x.category_code = c.code), 0) + 1,
       coalesce(o.group_word, $2), coalesce(o.name_zh, c.name), coalesce(o.name_en, c.name),
       coalesce(o.filing_standard_zh, ''), coalesce(o.filing_standard_en, ''),
       coalesce(o.closing_standard_zh, ''), coalesce(o.closing_standard_en, ''),
       coalesce(o.limit_grid_min, $3), coalesce(o.limit_village_min, $4), coalesce(o.limit_town_min, $5), o.limit_min,
       coalesce(o.working_time, true), coalesce(o.pauses_referred, true), coalesce(o.pauses_parked, true),
       o.default_unit_code, coalesce(o.default_unit_zh, ''), coalesce(o.default_unit_en, ''),
       coalesce(o.valid_to, $6::timestamptz), n.valid_from
  FROM unnest($7::text[], $8::text[]) AS c (code, name)
  LEFT JOIN LATERAL (SELECT * FROM category x
                      WHERE x.town_id = $1 AND x.category_code = c.code AND x.valid_from <= $9
                      ORDER BY x.valid_from DESC LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT min(x.valid_from) AS valid_from FROM category x
                      WHERE x.town_id = $1 AND x.category_code = c.code AND x.valid_from > $9) n ON true
 WHERE o.version IS NULL OR o.valid_to <= $9
    ON CONFLICT DO NOTHING
