-- The same rules, also against two who write at once, and against whole statements.

-- As in 0003, but under a lock of the plan: without it two transactions would each look, see nothing of the other, and leave
-- an overlap. The village is held as it is until the grid is written.
CREATE OR REPLACE FUNCTION grid_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    PERFORM pg_advisory_xact_lock(NEW.town_id, NEW.plan_id);
    PERFORM 1 FROM village v
     WHERE v.town_id = NEW.town_id AND v.village_code = NEW.village_code AND ST_Covers(v.boundary, NEW.boundary)
       FOR SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('grid_inside_village', NEW.grid_code || ' reaches over the edge of ' || NEW.village_code);
    END IF;
    IF (SELECT p.state FROM plan p WHERE p.town_id = NEW.town_id AND p.plan_id = NEW.plan_id) <> 'draft' THEN
        SELECT g.grid_code INTO other FROM grid g
         WHERE g.town_id = NEW.town_id AND g.plan_id = NEW.plan_id AND g.level = NEW.level
           AND g.grid_code <> NEW.grid_code
           AND g.boundary && NEW.boundary AND ST_Relate(g.boundary, NEW.boundary, 'T********')
         LIMIT 1;
        IF FOUND THEN
            PERFORM refuse('grid_no_overlap', NEW.grid_code || ' overlaps ' || other);
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION plan_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pair record;
BEGIN
    IF NEW.state = 'draft' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(NEW.town_id, NEW.plan_id);
    SELECT a.grid_code AS one, b.grid_code AS other INTO pair
      FROM grid a
      JOIN grid b ON b.town_id = a.town_id AND b.plan_id = a.plan_id AND b.level = a.level AND b.grid_code > a.grid_code
       AND a.boundary && b.boundary AND ST_Relate(a.boundary, b.boundary, 'T********')
     WHERE a.town_id = NEW.town_id AND a.plan_id = NEW.plan_id
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('grid_no_overlap', pair.one || ' overlaps ' || pair.other);
    END IF;
    RETURN NULL;
END $$;

-- A village that shrinks must not leave a grid outside, nor one that moves to another code.
CREATE FUNCTION village_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost text;
BEGIN
    SELECT g.grid_code INTO lost FROM grid g
     WHERE g.town_id = NEW.town_id AND g.village_code = NEW.village_code AND NOT ST_Covers(NEW.boundary, g.boundary)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('grid_inside_village', lost || ' would reach over the edge of ' || NEW.village_code);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER village_rules AFTER UPDATE OF boundary ON village FOR EACH ROW EXECUTE FUNCTION village_rules();

CREATE TRIGGER incident_event_never_emptied BEFORE TRUNCATE ON incident_event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_history();

-- Keys that had their time are found by it.
CREATE INDEX idempotency_age ON idempotency (town_id, created_at);
