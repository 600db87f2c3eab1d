-- Working time: a town's hours, its holidays and make-up workdays. Limits are counted in it.

-- Which edition of the calendar is in force. Servers keep what they have read, and look here whether it still holds; who
-- changes anything below gives a new number in the same transaction. No row: nothing was changed yet.
CREATE TABLE calendar (
    town_id    integer PRIMARY KEY REFERENCES town,
    version    bigint  NOT NULL CHECK (version > 0),
    changed_at timestamptz NOT NULL
);

-- Working hours, each set in force from a local date on, the first one before it too: what was due by the old hours stays so.
CREATE TABLE work_hours (
    town_id    integer NOT NULL REFERENCES town,
    valid_from date    NOT NULL,
    hours      jsonb   NOT NULL CHECK (jsonb_typeof(hours) = 'object'),
    PRIMARY KEY (town_id, valid_from)
);

-- A year that is not here is as the program knows it: announced, or reckoned from weekends and statutory days.
CREATE TABLE calendar_year (
    town_id integer NOT NULL REFERENCES town,
    year    integer NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    state   text    NOT NULL CHECK (state IN ('announced', 'provisional', 'edited')),
    PRIMARY KEY (town_id, year)
);

-- The days that are not what their day of the week would be, or have a name.
CREATE TABLE calendar_day (
    town_id integer NOT NULL,
    year    integer NOT NULL,
    day     date    NOT NULL,
    kind    text    NOT NULL,
    name_zh text,
    name_en text,
    PRIMARY KEY (town_id, year, day),
    FOREIGN KEY (town_id, year) REFERENCES calendar_year,
    CONSTRAINT calendar_day_of_year CHECK (extract(year FROM day) = year),
    CONSTRAINT calendar_day_kind CHECK (CASE WHEN extract(isodow FROM day) < 6 THEN kind IN ('workday', 'holiday')
                                             ELSE kind IN ('weekend', 'holiday', 'make_up') END),
    CONSTRAINT calendar_day_name CHECK ((name_zh IS NULL) = (name_en IS NULL))
);

SELECT keep_to_town(kept::regclass)
  FROM unnest(ARRAY['calendar', 'work_hours', 'calendar_year', 'calendar_day']) AS kept;

-- What an administrator keeps up; the server itself adds years, and announcements that came with a new version of it.
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['calendar', 'work_hours', 'calendar_year', 'calendar_day'] LOOP
        EXECUTE format($policy$CREATE POLICY kept_up ON %I FOR ALL TO fangge_app
            USING (town_id = (SELECT scope_town()) AND (SELECT scope_role()) IN ('administrator', 'system'))$policy$, kept);
    END LOOP;
END $$;
GRANT INSERT, UPDATE ON calendar, work_hours, calendar_year TO fangge_app;
GRANT INSERT, DELETE ON calendar_day TO fangge_app;
