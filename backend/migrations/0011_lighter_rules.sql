-- The same rules of row-level security, for less. What a policy asks is asked by every statement, and the commonest of these look up
-- one row in some 20 µs. A setting behind a scalar subselect is read once a statement, but each of them is a plan of its own, some
-- 3 µs to set up whether it is needed or not. So the town is compared directly: a statement that names its town, as all do, and a
-- policy that names it too, let the planner ask once whether these are the same, before it reads anything. Subselects are for what
-- a scan would else ask row by row.

CREATE OR REPLACE FUNCTION keep_to_town(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_to_scope(kept);
    EXECUTE format('CREATE POLICY of_town ON %s FOR SELECT TO fangge_app USING (town_id = scope_town())', kept);
    EXECUTE format('GRANT SELECT ON %s TO fangge_app', kept);
END $$;
DO $$
DECLARE
    kept text;
BEGIN
    -- The towns' own names are another matter: they can be read at the door.
    FOR kept IN SELECT tablename FROM pg_policies
                 WHERE schemaname = current_schema() AND policyname = 'of_town' AND tablename <> 'town' LOOP
        EXECUTE format('ALTER POLICY of_town ON %I USING (town_id = scope_town())', kept);
    END LOOP;
    -- Of several policies for reading, the database asks each.
    FOREACH kept IN ARRAY ARRAY['calendar', 'work_hours', 'calendar_year', 'calendar_day'] LOOP
        EXECUTE format('DROP POLICY kept_up ON %I', kept);
        PERFORM keep_up(kept::regclass);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY['account_session', 'account_device'] LOOP
        EXECUTE format($mine$ALTER POLICY mine ON %I USING (town_id = scope_either()
            AND (scope_door_or('administrator', 'system') = 1 OR staff_id = scope_staff()))$mine$, kept);
    END LOOP;
END $$;

ALTER POLICY known ON staff USING (town_id = scope_either());
ALTER POLICY known ON staff_grid USING (town_id = scope_either());
ALTER POLICY known ON account
    USING (town_id = scope_either()
           AND (scope_door_or('administrator', 'system', 'commander', 'chief_of_grids') = 1 OR staff_id = scope_staff()));

-- Whether an incident is in the scope of whoever asks: for what follows its incident. A log is read row by row, and all of it follows
-- the same one, so that the last that was seen is remembered, for this transaction as the scope itself is: who could set the one
-- could set the other.
CREATE OR REPLACE FUNCTION scope_sees(sought bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
DECLARE
    town integer := scope_town();
BEGIN
    IF NOT EXISTS (SELECT FROM incident i WHERE i.town_id = town AND i.incident_id = sought) THEN
        RETURN false;
    END IF;
    PERFORM set_config('fangge.seen', sought::text, true);
    RETURN true;
END $$;
ALTER POLICY seen ON incident_event
    USING (town_id = scope_town()
           AND ((SELECT scope_part()) <> 1
                OR current_setting('fangge.seen', true) = incident_id::text OR scope_sees(incident_id)));
ALTER POLICY seen ON photo
    USING (town_id = scope_town()
           AND ((SELECT scope_part()) <> 1
                OR current_setting('fangge.seen', true) = incident_id::text OR scope_sees(incident_id)));

-- Whether it was given to whoever asks is looked up for a single incident, and hashed for many: a partner unit may have been given
-- tens of thousands.
ALTER POLICY given ON incident_involved
    USING (town_id = scope_town() AND (scope_part() <> 1 OR party = ANY (scope_parties())));
ALTER POLICY seen ON incident
    USING (town_id = scope_town()
           AND ((SELECT scope_part()) <> 1
                OR village_code = (SELECT scope_village())
                OR grid_code = ANY ((SELECT scope_grids())::text[])
                OR EXISTS (SELECT FROM incident_involved x
                            WHERE x.town_id = incident.town_id AND x.incident_id = incident.incident_id
                              AND x.party = ANY (scope_parties()))));
DROP FUNCTION scope_given();
