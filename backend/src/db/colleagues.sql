-- $1 town, $2 village or null, $3 grid or null, $4 staff keys, $5 unit codes. Everyone who may be meant by a party of an
-- incident there; of those whose accounts are closed only who is meant by name.
SELECT s.staff_id, s.name, s.role, s.village_code, s.unit_code, s.left_at IS NOT NULL AS has_left,
       EXISTS (SELECT FROM staff_grid g WHERE g.town_id = s.town_id AND g.staff_id = s.staff_id AND g.grid_code = $3)
           AS of_grid
  FROM staff s
 WHERE s.town_id = $1
   AND (s.staff_id = ANY ($4)
        OR (s.left_at IS NULL
            AND (s.role = 'chief_of_grids'
                 OR (s.role = 'village_chief' AND s.village_code = $2)
                 OR s.staff_id IN (SELECT g.staff_id FROM staff_grid g WHERE g.town_id = $1 AND g.grid_code = $3)
                 OR s.unit_code = ANY ($5))))
 ORDER BY s.staff_id
