-- Photos of incidents. The pictures lie outside, in a folder or a bucket, under their town and the hash of their bytes; here stands
-- which incident they belong to, who added them, and who took them away and why.

CREATE TABLE photo (
    town_id     integer  NOT NULL,
    incident_id bigint   NOT NULL,
    photo_id    uuid     NOT NULL,
    sha256      bytea    NOT NULL CHECK (length(sha256) = 32),
    -- Of the picture that is kept, not of the file that was sent.
    width       integer  NOT NULL CHECK (width > 0),
    height      integer  NOT NULL CHECK (height > 0),
    bytes       integer  NOT NULL CHECK (bytes > 0),
    -- What it shows: the place as it was found, as it is after handling, or as a check on the spot found it.
    kind        text     NOT NULL CHECK (kind IN ('scene', 'result', 'check')),
    added_by    integer  NOT NULL,
    added_at    timestamptz NOT NULL,
    removed_by  integer,
    removed_at  timestamptz,
    reason      text     CHECK (char_length(reason) BETWEEN 1 AND 2000),
    PRIMARY KEY (town_id, incident_id, photo_id),
    CONSTRAINT photo_id_once UNIQUE (town_id, photo_id),
    CONSTRAINT photo_removed_by_someone_for_a_reason
        CHECK ((removed_at IS NULL) = (removed_by IS NULL) AND (removed_at IS NULL) = (reason IS NULL)),
    FOREIGN KEY (town_id, incident_id) REFERENCES incident,
    FOREIGN KEY (town_id, added_by) REFERENCES staff,
    FOREIGN KEY (town_id, removed_by) REFERENCES staff
);
-- The same picture stands once on an incident. One that was taken away may be added again.
CREATE UNIQUE INDEX photo_once ON photo (town_id, incident_id, sha256) WHERE removed_at IS NULL;
CREATE INDEX photo_content ON photo (town_id, sha256) WHERE removed_at IS NULL;

-- Why a picture may lie in the store without a photo that shows it: someone is about to add it, or it was taken away not long ago.
-- Written before the picture is, so that no picture is without either; who finds a row whose time is over, and no photo, removes
-- the picture. Nothing that we did not write is ever touched.
CREATE TABLE photo_hold (
    town_id integer NOT NULL REFERENCES town,
    sha256  bytea   NOT NULL CHECK (length(sha256) = 32),
    hold_id uuid    NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (town_id, sha256, hold_id)
);
CREATE INDEX photo_hold_over ON photo_hold (town_id, until);

-- A photo is seen by who sees its incident.
SELECT keep_to_scope(kept::regclass) FROM unnest(ARRAY['photo', 'photo_hold']) AS kept;

CREATE POLICY seen ON photo FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND ((SELECT scope_reach()) <> 'part'
                OR EXISTS (SELECT FROM incident i
                            WHERE i.town_id = photo.town_id AND i.incident_id = photo.incident_id)));
CREATE POLICY added ON photo FOR INSERT TO fangge_app
    WITH CHECK (town_id = (SELECT scope_town())
                AND EXISTS (SELECT FROM incident i
                             WHERE i.town_id = photo.town_id AND i.incident_id = photo.incident_id));
-- Which rows an UPDATE finds, the policy for reading says as well.
CREATE POLICY removed ON photo FOR UPDATE TO fangge_app
    USING (town_id = (SELECT scope_town()) AND (SELECT scope_kind()) <> 'nothing')
    WITH CHECK (town_id = (SELECT scope_town()) AND (SELECT scope_kind()) <> 'nothing');
GRANT SELECT, INSERT ON photo TO fangge_app;
-- What a photo shows, and who added it, is never changed.
GRANT UPDATE (removed_by, removed_at, reason) ON photo TO fangge_app;

-- Hashes only; whether another's photo uses a picture must be known before it is removed, so that this is a job of the server's.
CREATE POLICY held ON photo_hold FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_town()) AND (SELECT scope_role()) = 'system');
GRANT SELECT, INSERT, DELETE ON photo_hold TO fangge_app;
