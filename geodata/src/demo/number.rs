//! Codes: grids numbered west to east, then north to south, within their village.

use super::plane::{P, area, p};

/// The middle of a ring's area.
pub(super) fn centroid(ring: &[P]) -> P {
    let Some(&first) = ring.first() else { return P::default() };
    let mut sum = p(0.0, 0.0);
    for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (a, b) = (a - first, b - first);
        sum = sum + (a + b) * super::plane::cross(a, b);
    }
    first + sum / (6.0 * area(ring))
}

/// The order in which grids are numbered, as indices into `middles`.
///
/// The standard's words (自西向东、由北向南) tell how a page is read: along a row from west to east, and row after row from
/// north to south. Grids are no rows, so rows are made: the village's height is cut into bands of equal height, as many as
/// the square root of the count of its grids, rounded; a grid falls in the band that holds its middle.
pub(super) fn order(middles: &[P]) -> Vec<usize> {
    let count = u32::try_from(middles.len()).unwrap_or(1);
    let bands = f64::from(count).sqrt().round().max(1.0);
    let top = middles.iter().map(|m| m.y).fold(f64::NEG_INFINITY, f64::max);
    let bottom = middles.iter().map(|m| m.y).fold(f64::INFINITY, f64::min);
    let height = ((top - bottom) / bands).max(1e-9);
    let band = |m: P| ((top - m.y) / height).floor().min(bands - 1.0);
    let mut order: Vec<usize> = (0..middles.len()).collect();
    order.sort_by(|&a, &b| band(middles[a]).total_cmp(&band(middles[b])).then(middles[a].x.total_cmp(&middles[b].x)));
    order
}
