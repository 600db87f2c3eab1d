//! Whether two reports may be of the same thing: near in space, near in time, of one kind.

/// How far apart reports are looked at, metres.
pub const NEAR_M: f64 = 500.0;
/// How far apart in time, hours.
pub const NEAR_HOURS: i64 = 72;

/// How like another report is, 0…1: half of it by distance, three tenths by time, two by category. Both fall off
/// exponentially, by 100 m and by a day, as near-repeat studies of reported incidents let expect; it orders a list for a
/// person to judge, and decides nothing.
///
/// ```
/// use geodata::incident::likeness;
/// assert_eq!(likeness(0.0, 0, true), 1.0);
/// assert!(likeness(20.0, 30, true) > likeness(20.0, 30, false));
/// assert!(likeness(20.0, 30, true) > likeness(200.0, 30, true));
/// assert!(likeness(20.0, -30, true) == likeness(20.0, 30, true), "earlier and later are the same");
/// ```
pub fn likeness(metres: f64, minutes: i64, same_category: bool) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "days in minutes")]
    let days = minutes.abs() as f64 / 1_440.0;
    0.5 * (-metres.max(0.0) / 100.0).exp() + 0.3 * (-days).exp() + if same_category { 0.2 } else { 0.0 }
}
