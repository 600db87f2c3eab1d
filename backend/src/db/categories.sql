-- $1 town, $2 versions of categories as JSON. The three limits of old are those of an ordinary thing, severity 4; the names of the
-- unit stand beside its code for readers of old.
INSERT INTO category (town_id, category_code, version, group_word, name_zh, name_en, filing_standard_zh, filing_standard_en,
       closing_standard_zh, closing_standard_en, limit_min, limit_grid_min, limit_village_min, limit_town_min, working_time,
       pauses_referred, pauses_parked, default_unit_code, default_unit_zh, default_unit_en, valid_from, valid_to)
SELECT $1, x.code, x.version, x."group", x.name ->> 'zh', x.name ->> 'en', x.filing ->> 'zh', x.filing ->> 'en',
       x.closing ->> 'zh', x.closing ->> 'en', x.limits, x.limits[10], x.limits[11], x.limits[12], x.working_time,
       x.pauses_referred, x.pauses_parked, x.unit, coalesce(u.name_zh, ''), coalesce(u.name_en, ''), x.valid_from, x.valid_to
  FROM jsonb_to_recordset($2) AS x (code text, version integer, "group" text, name jsonb, filing jsonb, closing jsonb,
           limits integer[], working_time boolean, pauses_referred boolean, pauses_parked boolean, unit text,
           valid_from timestamptz, valid_to timestamptz)
  LEFT JOIN unit u ON u.town_id = $1 AND u.unit_code = x.unit
