-- What can't be, the database refuses. Each rule raises under a name, which the server turns into a sentence.
-- All that a trigger reads carries the row's own town_id, so that it stays on one shard.

CREATE FUNCTION refuse(rule text, detail text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', rule, detail USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- Two polygons overlap when their interiors meet. DE-9IM is exact where neighbours share their vertices, so there is no
-- tolerance to choose.
CREATE FUNCTION grid_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    PERFORM 1 FROM village v
     WHERE v.town_id = NEW.town_id AND v.village_code = NEW.village_code AND ST_Covers(v.boundary, NEW.boundary);
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
CREATE TRIGGER grid_rules AFTER INSERT OR UPDATE ON grid FOR EACH ROW EXECUTE FUNCTION grid_rules();

-- A draft may overlap while it is drawn; publishing proves it.
CREATE FUNCTION plan_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pair record;
BEGIN
    IF NEW.state = 'draft' THEN
        RETURN NULL;
    END IF;
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
CREATE TRIGGER plan_rules AFTER UPDATE OF state ON plan FOR EACH ROW EXECUTE FUNCTION plan_rules();

-- Grid and village are found from the position, by the plan valid when it was reported; nobody is asked for them.
CREATE FUNCTION incident_locate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.plan_id := NULL;
    NEW.grid_code := NULL;
    NEW.village_code := NULL;
    SELECT g.plan_id, g.grid_code, g.village_code INTO NEW.plan_id, NEW.grid_code, NEW.village_code
      FROM plan p
      JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
     WHERE p.town_id = NEW.town_id AND p.state <> 'draft'
       AND p.valid_from <= NEW.reported_at AND (p.valid_to IS NULL OR NEW.reported_at < p.valid_to)
       AND g.level = 'management' AND g.boundary && NEW.position AND ST_Covers(g.boundary, NEW.position)
     -- A point on a shared edge belongs to the lower code, always the same one.
     ORDER BY g.grid_code
     LIMIT 1;
    IF NOT FOUND THEN
        SELECT v.village_code INTO NEW.village_code FROM village v
         WHERE v.town_id = NEW.town_id AND v.boundary && NEW.position AND ST_Covers(v.boundary, NEW.position)
         ORDER BY v.village_code
         LIMIT 1;
    END IF;
    IF NEW.village_code IS NOT NULL OR EXISTS (
        SELECT 1 FROM town t WHERE t.town_id = NEW.town_id AND ST_Covers(t.boundary, NEW.position)
    ) THEN
        NEW.outside := false;
    ELSIF NOT NEW.outside THEN
        PERFORM refuse('incident_inside_town', ST_AsText(NEW.position));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER incident_locate BEFORE INSERT OR UPDATE OF position, reported_at, outside ON incident
    FOR EACH ROW EXECUTE FUNCTION incident_locate();

CREATE FUNCTION event_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('incident_event_append_only', 'the log is never changed');
    RETURN NULL;
END $$;
CREATE TRIGGER incident_event_append_only BEFORE UPDATE OR DELETE ON incident_event
    FOR EACH ROW EXECUTE FUNCTION event_is_history();
