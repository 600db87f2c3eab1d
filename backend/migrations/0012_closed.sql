-- What is closed waits to be visited and filed away: it is looked for by the offices that do so, among all that ended.
CREATE INDEX incident_closed ON incident (town_id, ended_at) WHERE state = 'closed';
