-- $1 town, $2 now, $3 local midnight. Open figures walk the partial index of open incidents; the 30-day ones the index by
-- time of reporting or ending: neither grows with the town's whole past. The count of all is the last key given, to whom all
-- are open; others' are counted, by the indexes of what their scope is made of.
WITH feed AS (SELECT last_seq, last_incident FROM town_feed WHERE town_id = $1),
open_now AS (
    SELECT count(*) AS open, count(*) FILTER (WHERE due_at < $2) AS overdue,
           (extract(epoch FROM $2 - min(due_at) FILTER (WHERE due_at < $2)) / 60)::bigint AS longest_overdue_minutes,
           count(*) FILTER (WHERE reported_at <= $2 - interval '1 day') AS open_before
      FROM incident WHERE town_id = $1 AND ended_at IS NULL
),
mine AS (
    SELECT incident_id FROM incident WHERE town_id = $1 AND village_code = scope_village()
    UNION SELECT incident_id FROM incident WHERE town_id = $1 AND grid_code = ANY (scope_grids())
    UNION SELECT incident_id FROM incident_involved WHERE town_id = $1 AND party = ANY (scope_parties())
),
ended_since AS (
    SELECT count(*) AS ended FROM incident
     WHERE town_id = $1 AND ended_at > $2 - interval '1 day' AND reported_at <= $2 - interval '1 day'
),
recent AS (
    SELECT count(*) FILTER (WHERE reported_at >= $3 AND reported_at <= $2) AS today,
           count(*) FILTER (WHERE reported_at < $3) / 30.0::double precision AS daily_mean,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM accepted_at - reported_at)::double precision / 60)
               FILTER (WHERE accepted_at IS NOT NULL) AS accept_minutes
      FROM incident WHERE town_id = $1 AND reported_at >= $3 - interval '30 days'
),
closed AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - reported_at)::double precision / 60)
               AS close_minutes,
           avg(ended_in_time::int)::double precision AS on_time
      FROM incident
     WHERE town_id = $1 AND ended_at > $2 - interval '30 days' AND ended_at <= $2 AND state <> 'withdrawn'
)
SELECT (SELECT count(*) FROM village WHERE town_id = $1) AS villages,
       (SELECT count(*) FROM grid g JOIN plan p ON p.town_id = g.town_id AND p.plan_id = g.plan_id
         WHERE g.town_id = $1 AND p.state <> 'draft' AND p.valid_from <= $2 AND (p.valid_to IS NULL OR $2 < p.valid_to))
           AS grids,
       (SELECT coalesce(sum(households), 0)::bigint FROM building WHERE town_id = $1) AS households,
       (SELECT coalesce(sum(residents), 0)::bigint FROM building WHERE town_id = $1) AS residents,
       (SELECT count(*) FROM camera WHERE town_id = $1) AS cameras,
       (SELECT area_m2 FROM town WHERE town_id = $1) AS area_m2,
       CASE WHEN scope_reach() <> 'part' THEN feed.last_incident ELSE (SELECT count(*) FROM mine) END AS incidents,
       open_now.open, open_now.open_before + ended_since.ended AS open_yesterday,
       open_now.overdue, open_now.longest_overdue_minutes, recent.today, recent.daily_mean, recent.accept_minutes,
       closed.close_minutes, closed.on_time, feed.last_seq
  FROM feed, open_now, ended_since, recent, closed
