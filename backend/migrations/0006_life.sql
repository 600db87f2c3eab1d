-- An incident's whole life: who answers for it, whose move it is, its clock, and what the system does by itself and when.

-- The schema's keeper sees all rows while it keeps the schema.
SELECT set_config('fangge.scope', 'upkeep', true);

-- A new way to end: it goes on in another incident.
ALTER TABLE incident DROP CONSTRAINT incident_state_check;
ALTER TABLE incident ADD CONSTRAINT incident_state_check CHECK (state IN (
    'reported', 'verified', 'accepted', 'dispatched', 'in_progress', 'reported_back', 'checked', 'closed', 'archived',
    'referred', 'parked', 'withdrawn', 'merged'));
ALTER TABLE incident DROP CONSTRAINT incident_ended_with_its_state;
ALTER TABLE incident ADD CONSTRAINT incident_ended_with_its_state
    CHECK ((ended_at IS NOT NULL) = (state IN ('closed', 'archived', 'withdrawn', 'merged')));

-- The projection of the log, as far as queries need it in columns; `life` is the whole of it. An incident that was written
-- before has none: it is read from its log when somebody takes the next step.
ALTER TABLE incident
    ADD COLUMN owner       text,
    ADD COLUMN offered     text,
    -- Whose move it is: `offered`, or else `owner`.
    ADD COLUMN turn        text,
    ADD COLUMN life        jsonb,
    -- When the system reminds, or passes it on.
    ADD COLUMN act_at      timestamptz,
    ADD COLUMN reporter_id integer,
    ADD COLUMN merged_into bigint,
    ADD CONSTRAINT incident_goes_on_in FOREIGN KEY (town_id, merged_into) REFERENCES incident,
    ADD CONSTRAINT incident_not_in_itself CHECK (merged_into <> incident_id),
    ADD CONSTRAINT incident_only_open_ones_ring CHECK (act_at IS NULL OR ended_at IS NULL);
CREATE INDEX incident_rings ON incident (town_id, act_at) WHERE act_at IS NOT NULL;
CREATE INDEX incident_turn ON incident (town_id, turn, due_at) WHERE ended_at IS NULL;
CREATE INDEX incident_absorbed ON incident (town_id, merged_into) WHERE merged_into IS NOT NULL;

-- Who did it, where that was somebody with an account, and what came with it.
ALTER TABLE incident_event
    ADD COLUMN staff_id    integer,
    ADD COLUMN particulars jsonb;

-- Limits by severity and level: twelve numbers, severity 1 at grid, village, town, then severity 2 … Where there are none, the
-- three columns hold for every severity.
ALTER TABLE category
    ADD COLUMN limit_min         integer[]
        CONSTRAINT category_limits CHECK (array_length(limit_min, 1) = 12 AND 0 < ALL (limit_min)),
    ADD COLUMN working_time      boolean NOT NULL DEFAULT true,
    ADD COLUMN pauses_referred   boolean NOT NULL DEFAULT true,
    ADD COLUMN pauses_parked     boolean NOT NULL DEFAULT true,
    ADD COLUMN default_unit_code text,
    ADD FOREIGN KEY (town_id, default_unit_code) REFERENCES unit;
-- What can't wait for the morning.
UPDATE category SET working_time = false WHERE group_word IN ('emergency', 'security');
