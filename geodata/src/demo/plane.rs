//! The drawing board: a local plane in metres about the town's centre, and lines on it.
//!
//! x runs east and y north from 107.475° E, 34.415° N. Over the town's 9 km the plane and the ellipsoid differ by less
//! than one part in a thousand, and the town is scaled to its exact area on the ellipsoid at the end.

use geo::Coord;

/// A point or a vector on the plane, metres.
pub(super) type P = Coord<f64>;

/// Shorthand for a point.
pub(super) fn p(x: f64, y: f64) -> P {
    P { x, y }
}

/// The town's approximate centre, degrees.
const CENTRE: P = P { x: 107.475, y: 34.415 };
/// WGS 84: equatorial radius in metres, and first eccentricity squared.
const EQUATOR_M: f64 = 6_378_137.0;
const ECCENTRICITY_2: f64 = 0.006_694_379_990_14;
/// Coordinates are kept on a lattice of 1e-7 degree, about a centimetre, so that equal points are equal bit for bit.
const LATTICE: f64 = 1e7;

/// Metres in a degree of longitude and of latitude at the centre.
fn metres_per_degree() -> P {
    let sin = CENTRE.y.to_radians().sin();
    let w = (1.0 - ECCENTRICITY_2 * sin * sin).sqrt();
    let prime = EQUATOR_M / w;
    let meridian = EQUATOR_M * (1.0 - ECCENTRICITY_2) / (w * w * w);
    p(prime * CENTRE.y.to_radians().cos() * 1f64.to_radians(), meridian * 1f64.to_radians())
}

/// Longitude and latitude of a point on the plane in whole steps of the lattice.
pub(super) fn lattice(at: P) -> P {
    let m = metres_per_degree();
    p(((CENTRE.x + at.x / m.x) * LATTICE).round(), ((CENTRE.y + at.y / m.y) * LATTICE).round())
}

/// Longitude and latitude of a point on the plane, degrees, on the lattice.
pub(super) fn degrees(at: P) -> P {
    lattice(at) / LATTICE
}

/// The point on the plane that has this longitude and latitude.
pub(super) fn metres(at: P) -> P {
    let m = metres_per_degree();
    p((at.x - CENTRE.x) * m.x, (at.y - CENTRE.y) * m.y)
}

pub(super) fn dot(a: P, b: P) -> f64 {
    a.x * b.x + a.y * b.y
}

pub(super) fn cross(a: P, b: P) -> f64 {
    a.x * b.y - a.y * b.x
}

pub(super) fn norm(a: P) -> f64 {
    a.x.hypot(a.y)
}

pub(super) fn dist(a: P, b: P) -> f64 {
    norm(a - b)
}

/// The vector a quarter turn to the left.
pub(super) fn left(a: P) -> P {
    p(-a.y, a.x)
}

pub(super) fn unit(a: P) -> P {
    let n = norm(a);
    if n > 0.0 { a / n } else { p(1.0, 0.0) }
}

/// The vector turned left by an angle in radians.
pub(super) fn turn(a: P, angle: f64) -> P {
    let (s, c) = angle.sin_cos();
    p(a.x * c - a.y * s, a.x * s + a.y * c)
}

pub(super) fn lerp(a: P, b: P, t: f64) -> P {
    a + (b - a) * t
}

/// Degrees clockwise from north, 0 to 360.
pub(super) fn bearing(direction: P) -> f64 {
    direction.x.atan2(direction.y).to_degrees().rem_euclid(360.0)
}

/// The nearest point of segment `a`–`b`, and how far along it lies, 0 to 1.
pub(super) fn on_segment(a: P, b: P, at: P) -> (P, f64) {
    let d = b - a;
    let len2 = dot(d, d);
    let t = if len2 > 0.0 { (dot(at - a, d) / len2).clamp(0.0, 1.0) } else { 0.0 };
    (lerp(a, b, t), t)
}

/// Where segments `a`–`b` and `c`–`d` cross properly or touch, if they do.
#[expect(clippy::many_single_char_names, reason = "the ends and the vectors of a textbook's formula")]
pub(super) fn crossing(a: P, b: P, c: P, d: P) -> Option<P> {
    let (r, s) = (b - a, d - c);
    let denominator = cross(r, s);
    if denominator.abs() < 1e-12 {
        return None;
    }
    let t = cross(c - a, s) / denominator;
    let u = cross(c - a, r) / denominator;
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then(|| a + r * t)
}

/// Whether a ring (its last point need not repeat the first) holds the point; even-odd rule.
pub(super) fn inside(ring: &[P], at: P) -> bool {
    let mut odd = false;
    let Some(&(mut before)) = ring.last() else { return false };
    for &here in ring {
        if (here.y > at.y) != (before.y > at.y) {
            let x = here.x + (at.y - here.y) / (before.y - here.y) * (before.x - here.x);
            odd ^= at.x < x;
        }
        before = here;
    }
    odd
}

/// Twice the signed area is halved here: positive for counter-clockwise rings.
pub(super) fn area(ring: &[P]) -> f64 {
    let Some(&first) = ring.first() else { return 0.0 };
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(&a, &b)| cross(a - first, b - first)).sum::<f64>() / 2.0
}

/// The distance from a ring's or a path's segments; infinite without any.
pub(super) fn distance_to(path: &[P], at: P) -> f64 {
    path.windows(2).map(|s| dist(on_segment(s[0], s[1], at).0, at)).fold(f64::INFINITY, f64::min)
}

/// Where a path passes nearest to a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearest {
    pub(super) point: P,
    /// Unit vector along the path there.
    pub(super) direction: P,
    pub(super) distance: f64,
    /// Metres from the path's start.
    pub(super) along: f64,
}

pub(super) fn nearest(path: &[P], at: P) -> Option<Nearest> {
    let mut best: Option<Nearest> = None;
    let mut start = 0.0;
    for s in path.windows(2) {
        let (point, t) = on_segment(s[0], s[1], at);
        let distance = dist(point, at);
        let length = dist(s[0], s[1]);
        if best.is_none_or(|b| distance < b.distance) {
            best = Some(Nearest { point, direction: unit(s[1] - s[0]), distance, along: start + t * length });
        }
        start += length;
    }
    best
}

pub(super) fn length(path: &[P]) -> f64 {
    path.windows(2).map(|s| dist(s[0], s[1])).sum()
}

/// The point and the unit direction `along` metres from the start, held at the ends.
pub(super) fn along(path: &[P], along: f64) -> (P, P) {
    let mut left = along.max(0.0);
    let mut last = (path.first().copied().unwrap_or_default(), p(1.0, 0.0));
    for s in path.windows(2) {
        let len = dist(s[0], s[1]);
        let direction = unit(s[1] - s[0]);
        if left <= len {
            return (s[0] + direction * left, direction);
        }
        left -= len;
        last = (s[1], direction);
    }
    last
}

/// The same path with a point every `step` metres or a little less.
pub(super) fn resample(path: &[P], step: f64) -> Vec<P> {
    let total = length(path);
    let n = (total / step).ceil().max(1.0);
    let mut out = Vec::new();
    let mut i = 0.0;
    while i <= n {
        out.push(along(path, total * i / n).0);
        i += 1.0;
    }
    out
}

/// A centripetal-looking smooth curve through the control points: uniform Catmull–Rom, `parts` pieces a span.
#[expect(clippy::many_single_char_names, reason = "the four controls and the powers of a textbook's formula")]
pub(super) fn spline(controls: &[P], parts: u32, closed: bool) -> Vec<P> {
    let n = controls.len();
    if n < 3 {
        return controls.to_vec();
    }
    let get = |i: isize| -> P {
        let m = isize::try_from(n).unwrap_or(isize::MAX);
        let j = if closed { i.rem_euclid(m) } else { i.clamp(0, m - 1) };
        controls[usize::try_from(j).unwrap_or(0)]
    };
    let spans = if closed { n } else { n - 1 };
    let mut out = Vec::new();
    for span in 0..spans {
        let i = isize::try_from(span).unwrap_or(0);
        let (a, b, c, d) = (get(i - 1), get(i), get(i + 1), get(i + 2));
        for part in 0..parts {
            let t = f64::from(part) / f64::from(parts);
            let (t2, t3) = (t * t, t * t * t);
            out.push(
                (b * 2.0 + (c - a) * t + (a * 2.0 - b * 5.0 + c * 4.0 - d) * t2 + (b * 3.0 - a - c * 3.0 + d) * t3)
                    / 2.0,
            );
        }
    }
    if !closed {
        out.push(controls[n - 1]);
    }
    out
}

/// Visvalingam's simplification: drops, smallest first, the inner points whose triangle with their neighbours is smaller
/// than `least` m². The ends stay.
///
/// Source: Visvalingam and Whyatt (1993), *The Cartographic Journal* 30(1).
pub(super) fn simplify(path: &[P], least: f64) -> Vec<P> {
    let mut points = path.to_vec();
    while points.len() > 2 {
        let smallest = points
            .windows(3)
            .enumerate()
            .map(|(i, w)| (i + 1, (cross(w[1] - w[0], w[2] - w[0]) / 2.0).abs()))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        match smallest {
            Some((i, size)) if size < least => {
                points.remove(i);
            }
            _ => break,
        }
    }
    points
}

/// Douglas and Peucker's simplification: the fewest of the path's points from which it strays nowhere by more than
/// `most` metres. The ends stay.
///
/// Source: Douglas and Peucker (1973), *Cartographica* 10(2).
pub(super) fn straighten(path: &[P], most: f64) -> Vec<P> {
    let (Some(&first), Some(&last)) = (path.first(), path.last()) else { return Vec::new() };
    let farthest = path
        .iter()
        .enumerate()
        .map(|(i, &at)| (i, dist(on_segment(first, last, at).0, at)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    match farthest {
        Some((i, stray)) if stray > most && i > 0 && i + 1 < path.len() => {
            let mut points = straighten(&path[..=i], most);
            points.pop();
            points.extend(straighten(&path[i..], most));
            points
        }
        _ => vec![first, last],
    }
}

/// Chaikin's corner cutting, `rounds` times, cutting `ratio` of each side; the ends stay.
///
/// Source: Chaikin (1974), *Computer Graphics and Image Processing* 3(4).
pub(super) fn chaikin(path: &[P], ratio: f64, rounds: u32) -> Vec<P> {
    let mut points = path.to_vec();
    for _ in 0..rounds {
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return points };
        if points.len() < 3 {
            return points;
        }
        let mut cut = vec![first];
        for (i, s) in points.windows(2).enumerate() {
            if i > 0 {
                cut.push(lerp(s[0], s[1], ratio));
            }
            if i + 2 < points.len() {
                cut.push(lerp(s[1], s[0], ratio));
            }
        }
        cut.push(last);
        points = cut;
    }
    points
}
