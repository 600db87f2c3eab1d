-- Incidents: an append-only log of events, numbered town by town, and the current state as its projection, written in
-- the same transaction.

-- Web Mercator of a point, clamped at its pole: ST_Transform fails at ±90°, and this needs no PROJ.
CREATE FUNCTION web_mercator(point geometry) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_MakePoint(
        radians(ST_X(point)) * 6378137.0,
        ln(tan(pi() / 4 + radians(greatest(-85.0511287798066, least(85.0511287798066, ST_Y(point)))) / 2)) * 6378137.0
    ), 3857)
$$;

CREATE TABLE incident (
    town_id          integer  NOT NULL REFERENCES town,
    incident_id      bigint   NOT NULL,
    number           text     NOT NULL,
    -- An imported row's fingerprint: a second import of the same file adds nothing.
    external_key     text,
    title            text     NOT NULL CHECK (char_length(title) BETWEEN 1 AND 80),
    description      text     CHECK (char_length(description) <= 2000),
    category_code    text     NOT NULL,
    category_version integer  NOT NULL,
    severity         smallint NOT NULL CHECK (severity BETWEEN 1 AND 4),
    state            text     NOT NULL CHECK (state IN ('reported', 'verified', 'accepted', 'dispatched', 'in_progress',
                                  'reported_back', 'checked', 'closed', 'archived', 'referred', 'parked', 'withdrawn')),
    level            text     NOT NULL CHECK (level IN ('grid', 'village', 'town', 'county')),
    source           text     NOT NULL,
    position         geometry(Point, 4326) NOT NULL
        CONSTRAINT incident_position_on_earth
            CHECK (ST_X(position) BETWEEN -180 AND 180 AND ST_Y(position) BETWEEN -90 AND 90),
    mercator         geometry(Point, 3857) GENERATED ALWAYS AS (web_mercator(position)) STORED,
    outside          boolean  NOT NULL DEFAULT false,
    village_code     text,
    plan_id          integer,
    grid_code        text,
    reported_at      timestamptz NOT NULL,
    due_at           timestamptz,
    accepted_at      timestamptz,
    ended_at         timestamptz,
    -- Whether it ended within its limit; null while open, and where no limit ran.
    ended_in_time    boolean,
    last_seq         bigint   NOT NULL,
    simulated        boolean  NOT NULL DEFAULT false,
    PRIMARY KEY (town_id, incident_id),
    UNIQUE (town_id, number),
    UNIQUE (town_id, external_key),
    FOREIGN KEY (town_id, category_code, category_version) REFERENCES category,
    FOREIGN KEY (town_id, village_code) REFERENCES village,
    FOREIGN KEY (town_id, plan_id, grid_code) REFERENCES grid,
    CONSTRAINT incident_ended_with_its_state
        CHECK ((ended_at IS NOT NULL) = (state IN ('closed', 'archived', 'withdrawn')))
);
CREATE INDEX incident_position ON incident USING gist (town_id, position);
CREATE INDEX incident_newest ON incident (town_id, reported_at DESC, incident_id DESC);
CREATE INDEX incident_open ON incident (town_id, reported_at DESC, incident_id DESC) WHERE ended_at IS NULL;
CREATE INDEX incident_ended ON incident (town_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE incident_event (
    town_id     integer NOT NULL,
    seq         bigint  NOT NULL CHECK (seq > 0),
    incident_id bigint  NOT NULL,
    -- When it happened, and when it was written down.
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    action      text    NOT NULL,
    role        text    NOT NULL,
    actor       text,
    state       text    NOT NULL,
    level       text    NOT NULL,
    note        text    CHECK (char_length(note) <= 2000),
    simulated   boolean NOT NULL DEFAULT false,
    CONSTRAINT incident_event_number PRIMARY KEY (town_id, seq),
    FOREIGN KEY (town_id, incident_id) REFERENCES incident
);
CREATE INDEX incident_event_log ON incident_event (town_id, incident_id, seq);
CREATE INDEX incident_event_simulated ON incident_event (town_id, seq) WHERE simulated;

-- The first answer to each key, kept in the transaction of the write that it answers for.
CREATE TABLE idempotency (
    town_id     integer NOT NULL REFERENCES town,
    key         text    NOT NULL CHECK (char_length(key) BETWEEN 1 AND 200),
    fingerprint bytea   NOT NULL,
    answer      jsonb,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (town_id, key)
);
