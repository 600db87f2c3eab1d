//! Lines of sight: what a camera's field of view covers, and what stands in its way. Plan only: no heights, no terrain; what
//! hides a place a person has seen and marked. Azimuths are degrees clockwise from true north on the ellipsoid, ranges metres.

use crate::Invalid;
use crate::place::Position;
use geo::{Bearing as _, Distance as _, Geodesic};

/// The farthest range of a camera, metres; the database keeps the same.
pub const RANGE_MAX_M: f64 = 5_000.0;
/// What rounding may do to an azimuth on an edge, degrees: a tenth of a millimetre at the farthest range.
const EDGE_DEG: f64 = 1e-6;
/// The same of a distance, metres.
const EDGE_M: f64 = 1e-4;
const WHOLE_TURN: f64 = 360.0;

/// Degrees clockwise from one azimuth to another, from 0 to just below 360.
///
/// ```
/// use geodata::sight::clockwise;
/// assert_eq!((clockwise(350.0, 10.0), clockwise(10.0, 350.0), clockwise(90.0, 90.0)), (20.0, 340.0, 0.0));
/// ```
pub fn clockwise(from_deg: f64, to_deg: f64) -> f64 {
    let turn = (to_deg - from_deg).rem_euclid(WHOLE_TURN);
    // What remains of a tiny negative number rounds up to the whole.
    if turn < WHOLE_TURN { turn } else { 0.0 }
}

/// The geodesic from one point to another on WGS 84 (EPSG:4326): Karney's solution of the inverse problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineOfSight {
    /// The forward azimuth where it begins, degrees clockwise from true north, 0 to below 360. Of no length it is 0.
    pub azimuth_deg: f64,
    /// Its length, metres.
    pub metres: f64,
}

impl LineOfSight {
    /// From an eye to what it looks at.
    ///
    /// ```
    /// use geodata::place::Position;
    /// use geodata::sight::LineOfSight;
    /// let at = |lon, lat| Position::new(lon, lat).unwrap();
    /// let north = LineOfSight::between(at(107.0, 34.0), at(107.0, 34.001));
    /// assert!(north.azimuth_deg < 1e-9 && (north.metres - 110.92).abs() < 0.01);
    /// ```
    pub fn between(eye: Position, spot: Position) -> Self {
        let (eye, spot) = (eye.point(), spot.point());
        let metres = Geodesic.distance(eye, spot);
        let azimuth_deg = if metres > 0.0 { clockwise(0.0, Geodesic.bearing(eye, spot)) } else { 0.0 };
        Self { azimuth_deg, metres }
    }
}

/// A circular sector's angles: azimuths from one clockwise to another, both edges included.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Angles {
    from_deg: f64,
    sweep_deg: f64,
}

impl Angles {
    fn holds(self, azimuth_deg: f64) -> bool {
        let off = clockwise(self.from_deg, azimuth_deg);
        off <= self.sweep_deg + EDGE_DEG || off >= WHOLE_TURN - EDGE_DEG
    }
}

/// A camera's horizontal field of view: a circular sector about it, or the whole circle of one that turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldOfView {
    /// Where its optical axis points, degrees clockwise from true north; absent for one that turns (PTZ).
    pub bearing_deg: Option<f64>,
    /// The angle between its edges, degrees; 360 is all round.
    pub fov_deg: f64,
    /// How far it tells what it sees, metres.
    pub range_m: f64,
}

impl FieldOfView {
    /// Whether what a line of sight leads to lies in the field, edges included. The camera's own place does.
    ///
    /// ```
    /// use geodata::sight::{FieldOfView, LineOfSight};
    /// let north = FieldOfView { bearing_deg: Some(0.0), fov_deg: 20.0, range_m: 50.0 };
    /// let at = |azimuth_deg, metres| LineOfSight { azimuth_deg, metres };
    /// assert!(north.covers(&at(350.0, 50.0)) && north.covers(&at(10.0, 1.0)));
    /// assert!(!north.covers(&at(11.0, 1.0)) && !north.covers(&at(0.0, 51.0)));
    /// let turns = FieldOfView { bearing_deg: None, ..north };
    /// assert!(turns.covers(&at(180.0, 50.0)));
    /// ```
    pub fn covers(&self, line: &LineOfSight) -> bool {
        let ahead =
            self.bearing_deg.filter(|_| self.fov_deg < WHOLE_TURN && line.metres > EDGE_M).is_none_or(|bearing| {
                Angles { from_deg: bearing - self.fov_deg / 2.0, sweep_deg: self.fov_deg }.holds(line.azimuth_deg)
            });
        ahead && line.metres <= self.range_m + EDGE_M
    }
}

/// A sector of a camera's field in which something stands in the way: azimuths from one clockwise to another, from some
/// distance on. A tree hides what is behind it and not what is before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Obstruction {
    angles: Angles,
    beyond_m: f64,
}

impl Obstruction {
    /// Refuses azimuths that are none, a sector without width, and a distance beyond any camera's range.
    ///
    /// ```
    /// use geodata::sight::{LineOfSight, Obstruction};
    /// let tree = Obstruction::new(350.0, 10.0, Some(20.0)).unwrap();
    /// let at = |azimuth_deg, metres| LineOfSight { azimuth_deg, metres };
    /// assert!(tree.hides(&at(0.0, 20.0)) && tree.hides(&at(350.0, 90.0)));
    /// assert!(!tree.hides(&at(0.0, 19.0)) && !tree.hides(&at(11.0, 90.0)));
    /// assert!(Obstruction::new(0.0, 360.0, None).unwrap().hides(&at(123.0, 1.0)));
    /// assert_eq!(Obstruction::new(90.0, 90.0, None).unwrap_err().field, "to_deg");
    /// ```
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn new(from_deg: f64, to_deg: f64, beyond_m: Option<f64>) -> Result<Self, Invalid> {
        if !(0.0..WHOLE_TURN).contains(&from_deg) {
            return Err(Invalid::new(
                "from_deg",
                "方位角须在 0 到 360 度之间，不含 360",
                "an azimuth from 0 to below 360 degrees",
            ));
        }
        if !(0.0..=WHOLE_TURN).contains(&to_deg) || (to_deg - from_deg).abs() < EDGE_DEG {
            let zh = "方位角须在 0 到 360 度之间，且与起始角不同";
            return Err(Invalid::new("to_deg", zh, "an azimuth from 0 to 360 degrees, another than where it begins"));
        }
        let beyond_m = beyond_m.unwrap_or_default();
        if !(0.0..=RANGE_MAX_M).contains(&beyond_m) {
            return Err(Invalid::new("beyond_m", "距离须在 0 到 5000 米之间", "a distance from 0 to 5,000 metres"));
        }
        let sweep_deg = if to_deg > from_deg { to_deg - from_deg } else { to_deg - from_deg + WHOLE_TURN };
        Ok(Self { angles: Angles { from_deg, sweep_deg }, beyond_m })
    }

    /// Whether it hides what a line of sight leads to, edges included. The camera's own place nothing hides.
    pub fn hides(&self, line: &LineOfSight) -> bool {
        line.metres > EDGE_M && line.metres >= self.beyond_m - EDGE_M && self.angles.holds(line.azimuth_deg)
    }
}

/// How a camera stands to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The place lies outside its field of view.
    OutOfView,
    /// It lies in it, and nothing marked is in the way.
    Clear,
    /// It lies in it, and the obstruction of this place in the list is in the way.
    Obstructed(usize),
}

/// Whether a camera sees a place, by its field of view and the obstructions that people have marked.
///
/// ```
/// use geodata::place::Position;
/// use geodata::sight::{FieldOfView, LineOfSight, Obstruction, Sight, sees};
/// let at = |lon, lat| Position::new(lon, lat).unwrap();
/// let east = FieldOfView { bearing_deg: Some(90.0), fov_deg: 60.0, range_m: 100.0 };
/// let line = LineOfSight::between(at(107.0, 34.0), at(107.0005, 34.0));
/// assert_eq!(sees(&east, &[], &line), Sight::Clear);
/// let wall = Obstruction::new(80.0, 100.0, Some(30.0)).unwrap();
/// assert_eq!(sees(&east, &[wall], &line), Sight::Obstructed(0));
/// let behind = LineOfSight::between(at(107.0, 34.0), at(106.9995, 34.0));
/// assert_eq!(sees(&east, &[wall], &behind), Sight::OutOfView);
/// ```
pub fn sees(field: &FieldOfView, obstructions: &[Obstruction], line: &LineOfSight) -> Sight {
    if !field.covers(line) {
        return Sight::OutOfView;
    }
    obstructions.iter().position(|obstruction| obstruction.hides(line)).map_or(Sight::Clear, Sight::Obstructed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Destination as _, Point};
    use proptest::prelude::*;

    fn position(point: Point) -> Position {
        Position::new(point.x(), point.y()).unwrap()
    }

    #[test]
    fn both_edges_and_the_last_metre_belong_to_the_field() {
        let at = |azimuth_deg, metres| LineOfSight { azimuth_deg, metres };
        // Along the equator an azimuth is exactly 90°, along a meridian exactly 0°.
        let east = LineOfSight::between(Position::new(107.0, 0.0).unwrap(), Position::new(107.001, 0.0).unwrap());
        for bearing in [60.0, 120.0] {
            let field = FieldOfView { bearing_deg: Some(bearing), fov_deg: 60.0, range_m: east.metres };
            assert!(field.covers(&east), "{bearing}");
            assert!(!FieldOfView { range_m: east.metres - 0.01, ..field }.covers(&east), "{bearing}");
            assert!(!FieldOfView { fov_deg: 59.99, ..field }.covers(&east), "{bearing}");
        }
        for (bearing, seen, unseen) in [(0.0, [355.0, 5.0], [354.9, 5.1]), (357.5, [352.5, 2.5], [352.4, 2.6])] {
            let field = FieldOfView { bearing_deg: Some(bearing), fov_deg: 10.0, range_m: 100.0 };
            assert!(seen.iter().all(|azimuth| field.covers(&at(*azimuth, 100.0))), "{bearing}");
            assert!(!unseen.iter().any(|azimuth| field.covers(&at(*azimuth, 100.0))), "{bearing}");
        }
    }

    #[test]
    fn the_place_of_the_camera_itself_is_seen_and_nothing_hides_it() {
        let here = Position::new(107.0, 34.0).unwrap();
        let line = LineOfSight::between(here, here);
        let field = FieldOfView { bearing_deg: Some(180.0), fov_deg: 30.0, range_m: 10.0 };
        let all = Obstruction::new(0.0, 360.0, None).unwrap();
        assert_eq!(sees(&field, &[all], &line), Sight::Clear);
    }

    #[test]
    fn the_first_that_hides_is_told_and_bad_sectors_are_refused_by_name() {
        let field = FieldOfView { bearing_deg: None, fov_deg: 60.0, range_m: 100.0 };
        let [near, far] = [(80.0, 100.0, Some(60.0)), (270.0, 0.0, None)]
            .map(|(from, to, beyond)| Obstruction::new(from, to, beyond).unwrap());
        let at = |azimuth_deg, metres| sees(&field, &[near, far], &LineOfSight { azimuth_deg, metres });
        assert_eq!(
            [at(90.0, 59.0), at(90.0, 60.0), at(300.0, 1.0), at(180.0, 90.0)],
            [Sight::Clear, Sight::Obstructed(0), Sight::Obstructed(1), Sight::Clear]
        );
        for (from, to, beyond, named) in [
            (-1.0, 10.0, None, "from_deg"),
            (360.0, 10.0, None, "from_deg"),
            (f64::NAN, 10.0, None, "from_deg"),
            (0.0, 361.0, None, "to_deg"),
            (0.0, 0.0, None, "to_deg"),
            (0.0, f64::INFINITY, None, "to_deg"),
            (0.0, 10.0, Some(-0.1), "beyond_m"),
            (0.0, 10.0, Some(5_000.1), "beyond_m"),
            (0.0, 10.0, Some(f64::NAN), "beyond_m"),
        ] {
            assert_eq!(Obstruction::new(from, to, beyond).unwrap_err().field, named, "{from} {to} {beyond:?}");
        }
    }

    proptest! {
        /// A point that lies so far off in such a direction is seen just when both are within the field, wherever the
        /// camera stands and looks; and it is hidden just when both are within the sector.
        #[test]
        fn what_is_seen_is_what_was_put_into_the_field(
            lon in -180.0_f64..180.0, lat in -80.0_f64..80.0, bearing in 0.0_f64..360.0, fov in 1.0_f64..359.0,
            range in 10.0_f64..5_000.0, off in -179.9_f64..179.9, part in 0.001_f64..2.0, begins in 0.0_f64..0.9,
            before in 0.0_f64..2.0,
        ) {
            let away = range * part;
            prop_assume!((off.abs() - fov / 2.0).abs() > 1e-3 && (away - range).abs() > 1e-2);
            let eye = Point::new(lon, lat);
            let line = LineOfSight::between(position(eye), position(Geodesic.destination(eye, bearing + off, away)));
            prop_assert!((line.metres - away).abs() < 1e-3);
            let field = FieldOfView { bearing_deg: Some(bearing), fov_deg: fov, range_m: range };
            let inside = off.abs() <= fov / 2.0 && part <= 1.0;
            prop_assert_eq!(field.covers(&line), inside);

            // From a part of the field's left half to its right edge.
            let from = clockwise(0.0, bearing - fov / 2.0 * begins);
            let to = clockwise(0.0, bearing + fov / 2.0);
            let beyond = (range * before).min(RANGE_MAX_M);
            prop_assume!((off + fov / 2.0 * begins).abs() > 1e-3 && (away - beyond).abs() > 1e-2);
            let obstruction = Obstruction::new(from, to, Some(beyond)).unwrap();
            let hidden = inside && off >= -fov / 2.0 * begins && away >= beyond;
            let sight = sees(&field, &[obstruction], &line);
            prop_assert_eq!(sight == Sight::Obstructed(0), hidden);
            prop_assert_eq!(sight == Sight::OutOfView, !inside);
        }

        #[test]
        fn two_turns_make_a_whole_one(a in 0.0_f64..360.0, b in 0.0_f64..360.0) {
            let both = clockwise(a, b) + clockwise(b, a);
            prop_assert!((both - 360.0).abs() < 1e-9 || both < 1e-9);
        }
    }
}
