-- $1 town, $2 staff keys. How many open incidents each of them has whose move is theirs: by name, or as who answers for a grid, a
-- village, the town or a unit; of those that the person who asks sees.
SELECT s.staff_id, count(i.incident_id) AS load
  FROM staff s
  LEFT JOIN incident i ON i.town_id = s.town_id AND i.ended_at IS NULL
   AND (i.turn = 'staff:' || s.staff_id
        OR (s.role = 'grid_member' AND i.turn = 'grid'
            AND EXISTS (SELECT FROM staff_grid g
                         WHERE g.town_id = s.town_id AND g.staff_id = s.staff_id AND g.grid_code = i.grid_code))
        OR (s.role = 'village_chief' AND i.turn = 'village' AND i.village_code = s.village_code)
        OR (s.role = 'chief_of_grids' AND i.turn = 'town')
        OR (s.role = 'partner_unit' AND i.turn = 'unit:' || s.unit_code))
 WHERE s.town_id = $1 AND s.staff_id = ANY ($2)
 GROUP BY s.staff_id
