-- Categories as an administrator edits them, and who is on duty.

-- The schema's keeper sees all rows while it keeps the schema.
SELECT set_config('fangge.scope', 'upkeep', true);

-- One version of a category at a time: whatever is reported finds one, always the same. A version may be planned ahead, and the
-- one before it then has an end that is still to come.
ALTER TABLE category
    ADD CONSTRAINT category_one_at_a_time EXCLUDE USING gist
        (town_id WITH =, category_code WITH =, tstzrange(valid_from, valid_to) WITH &&);
-- Only what was planned and never used can be taken back: incidents keep their versions by a foreign key.
GRANT DELETE ON category TO fangge_app;

-- Who is on duty: a row a person and shift, on the local day that the shift begins. Minutes count from that day's midnight by the
-- clock on the wall; past 1,440 they are the next day's.
CREATE TABLE roster (
    town_id      integer  NOT NULL REFERENCES town,
    day          date     NOT NULL,
    staff_id     integer  NOT NULL,
    from_min     smallint NOT NULL CHECK (from_min BETWEEN 0 AND 1439),
    to_min       smallint NOT NULL CHECK (to_min > from_min AND to_min - from_min <= 1440),
    -- Where: at the town, with a unit, in a village or in one of its grids.
    place        text     NOT NULL CHECK (place IN ('town', 'unit', 'village', 'grid')),
    unit_code    text,
    village_code text,
    grid_code    text     CHECK (grid_code ~ '^[0-9]{15}$'),
    note         text     CHECK (char_length(note) BETWEEN 1 AND 200),
    PRIMARY KEY (town_id, day, staff_id, from_min),
    FOREIGN KEY (town_id, staff_id) REFERENCES staff,
    FOREIGN KEY (town_id, unit_code) REFERENCES unit,
    FOREIGN KEY (town_id, village_code) REFERENCES village,
    CONSTRAINT roster_place CHECK (
        (unit_code IS NOT NULL) = (place = 'unit')
        AND (village_code IS NOT NULL) = (place IN ('village', 'grid'))
        AND (grid_code IS NOT NULL) = (place = 'grid')
        AND (grid_code IS NULL OR left(grid_code, 12) = village_code)),
    -- Nobody is in two places at once, whoever planned them.
    CONSTRAINT roster_one_place_at_a_time EXCLUDE USING gist
        (town_id WITH =, staff_id WITH =,
         tsrange(day + from_min * interval '1 minute', day + to_min * interval '1 minute') WITH &&)
);

SELECT keep_to_town('roster');
-- Planned by the town for everyone, and by a village's chief for the village.
CREATE POLICY planned ON roster FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND ((SELECT scope_role()) IN ('administrator', 'commander', 'chief_of_grids')
                OR ((SELECT scope_role()) = 'village_chief' AND village_code = (SELECT scope_village()))));
GRANT INSERT, DELETE ON roster TO fangge_app;
