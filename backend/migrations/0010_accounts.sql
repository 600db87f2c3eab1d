-- Who has left, and the parties to disputes.

-- A member of staff whose account is closed is not given work any more. On the row that everybody in the town may read: accounts are
-- for those who look after them.
ALTER TABLE staff ADD COLUMN left_at timestamptz;

-- The parties to a dispute: sealed by the server (backend/src/secrets.rs), whose key is not in the database. Nothing but their number
-- and who wrote them down can be read here.
CREATE TABLE case_party (
    town_id     integer  NOT NULL,
    incident_id bigint   NOT NULL,
    party_no    smallint NOT NULL CHECK (party_no BETWEEN 1 AND 50),
    sealed      bytea    NOT NULL CHECK (length(sealed) BETWEEN 41 AND 4096),
    added_by    integer  NOT NULL,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (town_id, incident_id, party_no),
    FOREIGN KEY (town_id, incident_id) REFERENCES incident,
    FOREIGN KEY (town_id, added_by) REFERENCES staff
);
SELECT keep_to_scope('case_party');
-- Through its incident alone: who does not see that one sees no party to it. Those who only look on in the town are refused here too.
CREATE POLICY of_its_incident ON case_party FOR ALL TO fangge_app
    USING (town_id = (SELECT scope_town())
           AND (SELECT scope_role()) NOT IN ('administrator', 'planner')
           AND EXISTS (SELECT FROM incident i WHERE i.town_id = case_party.town_id AND i.incident_id = case_party.incident_id));
GRANT SELECT, INSERT, DELETE ON case_party TO fangge_app;

-- The log of deeds is searched by action.
CREATE INDEX audit_by_action ON audit (town_id, action, at);
