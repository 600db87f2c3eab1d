-- People, how they sign in, and what each of them sees. What a request may read is decided here, in the database: a query that
-- forgets its condition reads no more than the person may.

-- ── Whose transaction this is ────────────────────────────────────────────────────────────────────────────────────────
-- The server tells it at the beginning of each, for that transaction only (set_config(…, true)):
--   fangge.scope    town · village · grids · unit · cases · nothing: a person's; system: a job of the server's own in one town;
--                   sign_in: someone at the door of a town; upkeep: the schema's owner, at work on all towns
--   fangge.town, fangge.village, fangge.grids, fangge.staff, fangge.role, fangge.parties
-- Nothing set means no rows. Policies ask through a scalar subselect, so that each setting is read once a statement.
CREATE FUNCTION scope_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('fangge.' || name, true), '');
CREATE FUNCTION scope_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN scope_setting('scope');
-- The town of whoever has come in, and that of whoever stands at the door: never both.
CREATE FUNCTION scope_town() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() <> 'sign_in' THEN scope_setting('town')::integer END;
CREATE FUNCTION scope_door() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() = 'sign_in' THEN scope_setting('town')::integer END;
-- Either.
CREATE FUNCTION scope_either() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() IS NOT NULL THEN scope_setting('town')::integer END;
-- 'part' where not all of the town's incidents are in it. Policies ask for `<> 'part'`, which the planner takes for nearly
-- always so: its estimates stay those of the town.
CREATE FUNCTION scope_reach() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() IN ('town', 'system') THEN 'whole' ELSE 'part' END;
-- The same as a number, 1 where it is a part: quicker where many rows are asked.
CREATE FUNCTION scope_part() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() IN ('town', 'system') THEN 0 ELSE 1 END;
CREATE FUNCTION scope_village() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() = 'village' THEN scope_setting('village') END;
CREATE FUNCTION scope_grids() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() = 'grids' THEN scope_setting('grids')::text[] END;
CREATE FUNCTION scope_staff() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN scope_setting('staff')::integer;
CREATE FUNCTION scope_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN scope_setting('role');
-- 1 at the door, and for these roles.
CREATE FUNCTION scope_door_or(VARIADIC roles text[]) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() = 'sign_in' OR scope_role() = ANY (roles) THEN 1 ELSE 0 END;
-- As whom an incident may have been given to them: {staff:12,unit:police}.
CREATE FUNCTION scope_parties() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scope_kind() <> 'nothing' THEN scope_setting('parties')::text[] END;

-- ── The role that serves: it owns nothing ────────────────────────────────────────────────────────────────────────────
-- Roles are the server's, not the database's: another database's migration may be making it at this moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fangge_app') THEN
        CREATE ROLE fangge_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;
DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
       -- From PostgreSQL 16 on, who makes a role may give it away and not yet take it on.
       AND NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles o ON o.oid = m.member
                        WHERE r.rolname = 'fangge_app' AND o.rolname = current_user
                          AND coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) THEN
        EXECUTE format('GRANT fangge_app TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO fangge_app', current_schema());
END $$;

-- Puts a table with a town_id under guard. Its owner, who is bound by this too unless a superuser, sees it only when at
-- upkeep; whom else it is open to, its own policies say. Every table with a town_id calls for it: a test looks.
CREATE FUNCTION keep_to_scope(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format($policy$CREATE POLICY upkeep ON %s TO CURRENT_USER
        USING ((SELECT scope_kind()) = 'upkeep') WITH CHECK ((SELECT scope_kind()) = 'upkeep')$policy$, kept);
END $$;
-- Lets an administrator, and the server's own jobs, write to a table; what they may do with it is granted beside. Reading has a
-- policy of its own: of several the database asks each, for every statement.
CREATE FUNCTION keep_up(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who text := $who$town_id = (SELECT scope_town()) AND (SELECT scope_role()) IN ('administrator', 'system')$who$;
BEGIN
    EXECUTE format('CREATE POLICY made ON %s FOR INSERT TO fangge_app WITH CHECK (%s)', kept, who);
    EXECUTE format('CREATE POLICY changed ON %s FOR UPDATE TO fangge_app USING (%s)', kept, who);
    EXECUTE format('CREATE POLICY removed ON %s FOR DELETE TO fangge_app USING (%s)', kept, who);
END $$;
-- Puts a table under guard that everyone in the town may read.
CREATE FUNCTION keep_to_town(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_to_scope(kept);
    EXECUTE format('CREATE POLICY of_town ON %s FOR SELECT TO fangge_app USING (town_id = (SELECT scope_town()))', kept);
    EXECUTE format('GRANT SELECT ON %s TO fangge_app', kept);
END $$;

-- ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Partner units: police station, clinic, power supply …
CREATE TABLE unit (
    town_id   integer NOT NULL REFERENCES town,
    unit_code text    NOT NULL CHECK (unit_code ~ '^[a-z0-9_-]{1,40}$'),
    name_zh   text    NOT NULL,
    name_en   text    NOT NULL,
    PRIMARY KEY (town_id, unit_code)
);

ALTER TABLE staff ADD COLUMN unit_code text;
ALTER TABLE staff ADD FOREIGN KEY (town_id, unit_code) REFERENCES unit;

-- Units that staff have named so far. Those of the demonstration get the codes that it has in this version.
WITH named AS (
    SELECT DISTINCT ON (s.town_id, s.unit_zh) s.town_id, s.unit_zh, coalesce(s.unit_en, s.unit_zh) AS unit_en
      FROM staff s WHERE s.unit_zh IS NOT NULL ORDER BY s.town_id, s.unit_zh
)
INSERT INTO unit (town_id, unit_code, name_zh, name_en)
SELECT n.town_id, coalesce(k.code, 'u-' || left(md5(n.unit_zh), 12)), n.unit_zh, n.unit_en
  FROM named n
  JOIN town t ON t.town_id = n.town_id
  LEFT JOIN (VALUES ('派出所', 'police'), ('司法所', 'justice'), ('卫生院', 'clinic'), ('消防站', 'fire'), ('供电所', 'power'),
                    ('水务站', 'water'), ('环卫站', 'sanitation'), ('村镇建设办', 'construction'), ('自然资源所', 'land'),
                    ('市场监管所', 'market'), ('交警中队', 'traffic'), ('应急管理站', 'rescue'), ('民政办', 'welfare'),
                    ('农业综合服务中心', 'farming'), ('中心学校', 'school')) AS k (name, code)
    ON n.unit_zh = t.name_zh || k.name;
UPDATE staff s SET unit_code = u.unit_code FROM unit u WHERE u.town_id = s.town_id AND u.name_zh = s.unit_zh;

-- How a member of staff signs in. The name is unique in the town, which a name of staff need not be.
CREATE TABLE account (
    town_id              integer NOT NULL,
    staff_id             integer NOT NULL,
    name                 text    NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    -- argon2id, as a PHC string: its parameters come with it.
    password_hash        text    NOT NULL,
    password_changed_at  timestamptz NOT NULL,
    must_change_password boolean NOT NULL DEFAULT false,
    -- The second factor: its secret is sealed, and counts from `totp_enabled_at` on. A step of time is used once.
    totp_secret          bytea,
    totp_enabled_at      timestamptz,
    totp_last_step       bigint,
    created_at           timestamptz NOT NULL,
    last_sign_in_at      timestamptz,
    disabled_at          timestamptz,
    PRIMARY KEY (town_id, staff_id),
    CONSTRAINT account_name UNIQUE (town_id, name),
    CONSTRAINT account_totp_has_secret CHECK (totp_enabled_at IS NULL OR totp_secret IS NOT NULL),
    FOREIGN KEY (town_id, staff_id) REFERENCES staff
);

-- Who is signed in. The token itself is nowhere but in the browser: what is stolen from here opens nothing.
CREATE TABLE account_session (
    town_id    integer NOT NULL,
    session_id uuid    NOT NULL,
    staff_id   integer NOT NULL,
    token_hash bytea   NOT NULL CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz,
    user_agent text    NOT NULL DEFAULT '' CHECK (char_length(user_agent) <= 200),
    address    text    NOT NULL DEFAULT '',
    PRIMARY KEY (town_id, session_id),
    CONSTRAINT account_session_token UNIQUE (town_id, token_hash),
    FOREIGN KEY (town_id, staff_id) REFERENCES account
);
CREATE INDEX account_session_of ON account_session (town_id, staff_id, created_at);

-- Whose standing changes, by whichever statement, is told when that commits: their open streams look whether they may go on.
CREATE FUNCTION tell_of_staff() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('fangge_staff', coalesce(NEW.town_id, OLD.town_id) || ':' || coalesce(NEW.staff_id, OLD.staff_id));
    RETURN NULL;
END $$;
CREATE TRIGGER tell_of_staff AFTER UPDATE OF revoked_at ON account_session
    FOR EACH ROW WHEN (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) EXECUTE FUNCTION tell_of_staff();
CREATE TRIGGER tell_of_staff AFTER UPDATE OF disabled_at, must_change_password ON account
    FOR EACH ROW EXECUTE FUNCTION tell_of_staff();
CREATE TRIGGER tell_of_staff AFTER UPDATE OF role, village_code, unit_code ON staff
    FOR EACH ROW EXECUTE FUNCTION tell_of_staff();
CREATE TRIGGER tell_of_staff AFTER INSERT OR UPDATE OR DELETE ON staff_grid
    FOR EACH ROW EXECUTE FUNCTION tell_of_staff();

-- Devices that an account has been signed in from: strangers who guess its password can't lock these out.
CREATE TABLE account_device (
    town_id     integer NOT NULL,
    staff_id    integer NOT NULL,
    device_hash bytea   NOT NULL CHECK (length(device_hash) = 32),
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (town_id, staff_id, device_hash),
    FOREIGN KEY (town_id, staff_id) REFERENCES account
);

-- Failures to sign in, counted for whoever fails: a known device, or an account's name from an address. `counted` is a hash of
-- that, since what is typed as a name may be a password.
CREATE TABLE sign_in_failure (
    town_id       integer  NOT NULL REFERENCES town,
    counted       bytea    NOT NULL CHECK (length(counted) = 32),
    failures      integer  NOT NULL CHECK (failures > 0),
    failed_at     timestamptz NOT NULL,
    blocked_until timestamptz,
    PRIMARY KEY (town_id, counted)
);
CREATE INDEX sign_in_failure_age ON sign_in_failure (town_id, failed_at);

-- ── Who did what ─────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE audit (
    town_id     integer NOT NULL REFERENCES town,
    at          timestamptz NOT NULL,
    audit_id    uuid    NOT NULL,
    -- Who, as they were called then; absent for someone who never came in.
    staff_id    integer,
    name        text    NOT NULL DEFAULT '' CHECK (char_length(name) <= 80),
    role        text,
    -- From where.
    address     text    NOT NULL DEFAULT '',
    action      text    NOT NULL CHECK (action ~ '^[a-z][a-z_]{1,39}$'),
    -- What it was done to: `account` and `12`, `incident` and `4711`.
    object_kind text,
    object_key  text,
    reason      text    CHECK (char_length(reason) <= 2000),
    details     jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (town_id, at, audit_id)
);
CREATE INDEX audit_by_staff ON audit (town_id, staff_id, at);
CREATE INDEX audit_by_object ON audit (town_id, object_kind, object_key, at);

CREATE FUNCTION audit_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('audit_append_only', 'the audit log is never changed');
    RETURN NULL;
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_history();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_history();

-- ── Incidents given to someone ───────────────────────────────────────────────────────────────────────────────────────
-- Everyone whom an incident was given to by name, and who reported it: they see it wherever it lies, and go on seeing it.
CREATE TABLE incident_involved (
    town_id     integer NOT NULL,
    party       text    NOT NULL CHECK (party ~ '^(staff:[0-9]{1,10}|unit:[a-z0-9_-]{1,40})$'),
    incident_id bigint  NOT NULL,
    PRIMARY KEY (town_id, party, incident_id),
    FOREIGN KEY (town_id, incident_id) REFERENCES incident
);
CREATE INDEX incident_involved_of ON incident_involved (town_id, incident_id);
CREATE INDEX incident_of_village ON incident (town_id, village_code, reported_at DESC, incident_id DESC);
CREATE INDEX incident_of_grid ON incident (town_id, grid_code, reported_at DESC, incident_id DESC);

-- When a simulator last wrote: the page says so to everyone, whichever incidents they see.
ALTER TABLE town_feed ADD COLUMN simulated_at timestamptz;
UPDATE town_feed f SET simulated_at = (SELECT e.recorded_at FROM incident_event e WHERE e.town_id = f.town_id AND e.simulated
                                        ORDER BY e.seq DESC LIMIT 1);

-- Whose key it is: another's answer is not for them.
ALTER TABLE idempotency ADD COLUMN staff_id integer;

-- ── What each may read and write ─────────────────────────────────────────────────────────────────────────────────────
-- The reference table: names and borders of all towns at the door, one's own further in.
SELECT keep_to_scope('town');
CREATE POLICY of_town ON town FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_town()) OR (SELECT scope_town()) IS NULL);
GRANT SELECT ON town TO fangge_app;

SELECT keep_to_town(kept::regclass)
  FROM unnest(ARRAY['town_feed', 'village', 'plan', 'grid', 'building', 'camera', 'road', 'water', 'place', 'category',
                    'unit']) AS kept;
SELECT keep_to_scope(kept::regclass)
  FROM unnest(ARRAY['staff', 'staff_grid', 'account', 'account_session', 'account_device', 'sign_in_failure', 'audit',
                    'incident_involved', 'incident', 'incident_event', 'idempotency']) AS kept;

-- The town's lock and numbers.
CREATE POLICY counted ON town_feed FOR UPDATE TO fangge_app USING (town_id = (SELECT scope_town()));
GRANT UPDATE ON town_feed TO fangge_app;

-- What an administrator keeps up.
SELECT keep_up(kept::regclass) FROM unnest(ARRAY['category', 'unit', 'staff', 'staff_grid']) AS kept;
GRANT INSERT, UPDATE ON category, unit, staff TO fangge_app;
GRANT INSERT, UPDATE, DELETE ON staff_grid TO fangge_app;

-- Names and what they are bound to: for everyone in the town, and at the door.
CREATE POLICY known ON staff FOR SELECT TO fangge_app USING (town_id = (SELECT scope_either()));
CREATE POLICY known ON staff_grid FOR SELECT TO fangge_app USING (town_id = (SELECT scope_either()));
GRANT SELECT ON staff, staff_grid TO fangge_app;

-- Accounts, sessions and devices: one's own; at the door and for administrators, all of the town's.
DO $$
DECLARE
    kept text;
    mine text := $mine$town_id = (SELECT scope_either())
        AND ((SELECT scope_door_or('administrator', 'system')) = 1 OR staff_id = (SELECT scope_staff()))$mine$;
BEGIN
    FOREACH kept IN ARRAY ARRAY['account_session', 'account_device'] LOOP
        EXECUTE format('CREATE POLICY mine ON %I FOR ALL TO fangge_app USING (%s)', kept, mine);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO fangge_app', kept);
    END LOOP;
    EXECUTE format('CREATE POLICY made ON account FOR INSERT TO fangge_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY changed ON account FOR UPDATE TO fangge_app USING (%s)', mine);
END $$;
-- Who has an account, those who answer for the town's people may see as well.
CREATE POLICY known ON account FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_either())
           AND ((SELECT scope_door_or('administrator', 'system', 'commander', 'chief_of_grids')) = 1
                OR staff_id = (SELECT scope_staff())));
GRANT SELECT, INSERT, UPDATE ON account TO fangge_app;

CREATE POLICY counted ON sign_in_failure FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_either()) AND (SELECT scope_door_or('system')) = 1);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failure TO fangge_app;

-- Written by everyone, read by those who look into it, changed by nobody.
CREATE POLICY written ON audit FOR INSERT TO fangge_app WITH CHECK (town_id = (SELECT scope_either()));
CREATE POLICY looked_into ON audit FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_town()) AND (SELECT scope_role()) IN ('auditor', 'commander', 'system'));
GRANT SELECT, INSERT ON audit TO fangge_app;

-- Its policy asks nothing of `incident`, whose policy asks this table: they would go round in a circle.
CREATE POLICY given ON incident_involved FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND ((SELECT scope_part()) <> 1 OR party = ANY ((SELECT scope_parties())::text[])));
CREATE POLICY giving ON incident_involved FOR INSERT TO fangge_app
    WITH CHECK (town_id = (SELECT scope_town()) AND (SELECT scope_kind()) <> 'nothing');
GRANT SELECT, INSERT ON incident_involved TO fangge_app;

-- The incidents that were given to whoever asks. Not written into the policies: there it would be made ready for every statement,
-- also for those whose scope never comes so far; here it is, once, when it is asked for.
CREATE FUNCTION scope_given() RETURNS SETOF bigint LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
DECLARE
    town    integer := scope_town();
    parties text[]  := scope_parties();
BEGIN
    RETURN QUERY SELECT x.incident_id FROM incident_involved x WHERE x.town_id = town AND x.party = ANY (parties);
END $$;
-- Whether an incident is in the scope of whoever asks: for what follows its incident.
CREATE FUNCTION scope_sees(sought bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    town integer := scope_town();
BEGIN
    RETURN EXISTS (SELECT FROM incident i WHERE i.town_id = town AND i.incident_id = sought);
END $$;

CREATE POLICY seen ON incident FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND ((SELECT scope_part()) <> 1
                OR village_code = (SELECT scope_village())
                OR grid_code = ANY ((SELECT scope_grids())::text[])
                OR incident_id IN (SELECT scope_given())))
    WITH CHECK (town_id = (SELECT scope_town()) AND (SELECT scope_kind()) <> 'nothing');
GRANT SELECT, INSERT, UPDATE ON incident TO fangge_app;

CREATE POLICY seen ON incident_event FOR SELECT TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND ((SELECT scope_part()) <> 1 OR scope_sees(incident_id)));
CREATE POLICY told ON incident_event FOR INSERT TO fangge_app
    WITH CHECK (town_id = (SELECT scope_town()) AND (SELECT scope_kind()) <> 'nothing');
GRANT SELECT, INSERT ON incident_event TO fangge_app;

CREATE POLICY mine ON idempotency FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND (staff_id = (SELECT scope_staff()) OR (SELECT scope_role()) = 'system'));
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO fangge_app;
