CREATE TEMPORARY TABLE import_row (
    line     bigint           NOT NULL,
    key      text             NOT NULL,
    at       timestamptz      NOT NULL,
    title    text             NOT NULL,
    category text             NOT NULL,
    severity smallint         NOT NULL,
    lon      double precision NOT NULL,
    lat      double precision NOT NULL,
    -- The place in the order of time, from 0, and what follows from it.
    n           bigint,
    number      text,
    incident_id bigint,
    seq         bigint
) ON COMMIT DROP
