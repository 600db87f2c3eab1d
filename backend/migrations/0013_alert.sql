-- The alert of a grave incident stays until somebody who commands has acknowledged it, and then says who: everyone who sees the
-- incident sees that. In `life` there is when; the name is kept as it was, like an actor's in the log.
ALTER TABLE incident
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by text,
    ADD CONSTRAINT incident_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL));
