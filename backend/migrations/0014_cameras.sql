-- What people know of a camera that its facts don't tell: what stands in its way, and when somebody last looked at its picture.

-- A box in degrees that holds all within so many metres of a point: what an index finds by it is then measured on the ellipsoid.
-- Degrees of latitude and longitude are taken a little shorter than they are anywhere, so that nothing falls out.
CREATE FUNCTION box_around(point geometry, metres double precision) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ST_Expand(point, metres / (111300.0 * greatest(cos(radians(ST_Y(point))), 0.01)), metres / 110500.0);

-- A sector in which something stands in the way: azimuths from one clockwise to another, degrees from true north; from so many
-- metres on, or from the camera.
CREATE TABLE camera_obstruction (
    town_id        integer NOT NULL,
    camera_code    text    NOT NULL,
    obstruction_id uuid    NOT NULL,
    from_deg       double precision NOT NULL CHECK (from_deg >= 0 AND from_deg < 360),
    to_deg         double precision NOT NULL CHECK (to_deg BETWEEN 0 AND 360),
    beyond_m       double precision CHECK (beyond_m BETWEEN 0 AND 5000),
    note           text    NOT NULL CHECK (char_length(note) BETWEEN 1 AND 200),
    marked_by      integer NOT NULL,
    marked_at      timestamptz NOT NULL,
    PRIMARY KEY (town_id, camera_code, obstruction_id),
    FOREIGN KEY (town_id, camera_code) REFERENCES camera,
    FOREIGN KEY (town_id, marked_by) REFERENCES staff,
    CONSTRAINT camera_obstruction_has_width CHECK (from_deg <> to_deg)
);

-- Somebody looked at a camera's picture. The last check is the one that counts; the others are its past.
CREATE TABLE camera_check (
    town_id     integer NOT NULL,
    camera_code text    NOT NULL,
    checked_at  timestamptz NOT NULL,
    checked_by  integer NOT NULL,
    verdict     text    NOT NULL CHECK (verdict IN ('clear', 'blurred', 'turned', 'dark')),
    note        text    CHECK (char_length(note) BETWEEN 1 AND 200),
    PRIMARY KEY (town_id, camera_code, checked_at, checked_by),
    FOREIGN KEY (town_id, camera_code) REFERENCES camera,
    FOREIGN KEY (town_id, checked_by) REFERENCES staff
);

-- Whether whoever asks may mark a camera: the town's chiefs any, a village's chief and information officer those that stand in it.
CREATE FUNCTION scope_marks(sought text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN scope_role() IN ('commander', 'chief_of_grids')
        OR (scope_role() IN ('village_chief', 'information_officer')
            AND EXISTS (SELECT FROM camera c
                          JOIN village v ON v.town_id = c.town_id AND v.village_code = scope_village()
                         WHERE c.town_id = scope_town() AND c.camera_code = sought AND ST_Covers(v.boundary, c.position)));

-- Read by everyone in the town.
SELECT keep_to_town(kept::regclass) FROM unnest(ARRAY['camera_obstruction', 'camera_check']) AS kept;
CREATE POLICY marked ON camera_obstruction FOR INSERT TO fangge_app
    WITH CHECK (town_id = scope_town() AND scope_marks(camera_code));
CREATE POLICY unmarked ON camera_obstruction FOR DELETE TO fangge_app
    USING (town_id = scope_town() AND scope_marks(camera_code));
GRANT INSERT, DELETE ON camera_obstruction TO fangge_app;
CREATE POLICY checked ON camera_check FOR INSERT TO fangge_app
    WITH CHECK (town_id = scope_town() AND scope_marks(camera_code));
GRANT INSERT ON camera_check TO fangge_app;
