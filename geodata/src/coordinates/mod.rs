//! A position as people write it down: read in any usual form, told in one.
//!
//! Whatever comes is taken for WGS 84: what was copied from a shifted Chinese map says nothing of its shift.

mod tokens;

use crate::Invalid;
use crate::line::plain;
use crate::place::{BBox, Position};
use tokens::{Axis, Number, Side, Token, tokens};

/// How far around a town a place is still taken to be meant there, degrees.
const NEAR: f64 = 1.0;
/// Degrees, minutes, seconds.
const PARTS: usize = 3;

/// Reads a position; nothing where the text is none. Decimal degrees, degrees with minutes and seconds, with or without signs,
/// letters or words for the four directions, in either order, full-width or not, and `geo:` addresses. Where neither directions nor
/// ranges tell longitude from latitude, the order that lies in or near `near` is meant, and otherwise latitude comes first.
///
/// ```
/// use geodata::coordinates::read;
/// use geodata::place::BBox;
/// let town = BBox { west: 107.3, south: 34.3, east: 107.5, north: 34.5 };
/// let of = |text: &str| read(text, Some(town)).map(|read| read.map(|at| (at.lon(), at.lat())));
/// for text in ["34.41, 107.35", "107.35，34.41", "北纬34.41 东经107.35", "34°24′36″N 107°21′E", "geo:34.41,107.35;u=30"] {
///     assert_eq!(of(text), Some(Ok((107.35, 34.41))), "{text}");
/// }
/// assert_eq!(of("34.41, 207.35").unwrap().unwrap_err().field, "lon");
/// assert_eq!((of("20261123-0007"), of("慕仪村 004"), of("2026 1123")), (None, None, None));
/// ```
pub fn read(text: &str, near: Option<BBox>) -> Option<Result<Position, Invalid>> {
    let text: String = text.chars().map(plain).collect();
    let text = text.trim().trim_matches(['(', ')', '[', ']']).trim();
    if let Some(address) = text.strip_prefix("geo:") {
        return Some(geo(address));
    }
    let tokens = tokens(text)?;
    let (first, second) = halves(&tokens)?;
    let (first, second) = (angle(first)?, angle(second)?);
    let (lat, lon) = order(first, second, near)?;
    let at = at(&lat, &lon);
    // Two whole numbers that are no place are two numbers.
    (at.is_ok() || lat.surely || lon.surely).then_some(at)
}

/// A position in one form: decimal degrees to a metre, latitude first.
///
/// ```
/// use geodata::coordinates::{read, told};
/// let at = read("107°21′E, 34°24′36″N", None).unwrap().unwrap();
/// assert_eq!(told(at), "34.41000, 107.35000");
/// ```
pub fn told(at: Position) -> String {
    format!("{:.5}, {:.5}", at.lat(), at.lon())
}

/// One of the two angles.
#[derive(Debug, Clone, Copy)]
struct Angle {
    degrees: f64,
    side: Option<Side>,
    /// Whether it can be nothing but an angle: it has a point, a sign for degrees, or a direction.
    surely: bool,
    /// Whether its minutes and seconds are less than sixty.
    whole: bool,
}

/// `34.41,107.35`, a height perhaps, and parameters (RFC 5870).
fn geo(address: &str) -> Result<Position, Invalid> {
    let rule = || Invalid::new("geo", "geo: 之后须为“纬度,经度”", "after geo: come latitude and longitude in degrees");
    let (place, parameters) = address.split_once([';', '?']).unwrap_or((address, ""));
    if parameters.split([';', '&']).any(|pair| pair.strip_prefix("crs=").is_some_and(|crs| crs != "wgs84")) {
        return Err(Invalid::new("crs", "只认 WGS 84 坐标", "only WGS 84 is read"));
    }
    let numbers: Vec<f64> = place.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| rule())?;
    match numbers[..] {
        [lat, lon] | [lat, lon, _] => Position::new(lon, lat),
        _ => Err(rule()),
    }
}

/// The two angles' tokens: parted by a comma, by their directions, by their signs for degrees, or into as many numbers each.
fn halves(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let all = |wanted: fn(&Token) -> bool| -> Vec<usize> {
        tokens.iter().enumerate().filter(|(_, token)| wanted(token)).map(|(at, _)| at).collect()
    };
    let commas = all(|token| matches!(token, Token::Comma));
    let sides = all(|token| matches!(token, Token::Side(_)));
    let degrees = all(|token| matches!(token, Token::Unit(0)));
    match (&commas[..], &sides[..], &degrees[..]) {
        ([comma], ..) => Some((&tokens[..*comma], &tokens[comma + 1..])),
        ([], [0, second], _) => tokens.split_at_checked(*second),
        ([], [first, _], _) => tokens.split_at_checked(first + 1),
        ([], [], [_, second]) => tokens.split_at_checked(second.checked_sub(1)?),
        ([], [], []) => {
            let point = |token: &Token| matches!(token, Token::Number(number) if !number.whole);
            (tokens.len().is_multiple_of(2) && tokens.iter().any(point)).then(|| tokens.split_at(tokens.len() / 2))
        }
        _ => None,
    }
}

/// Up to three numbers, each perhaps with its sign, and a direction before or after them.
fn angle(tokens: &[Token]) -> Option<Angle> {
    let (side, mut rest) = match tokens {
        [Token::Side(side), rest @ ..] | [rest @ .., Token::Side(side)] => (Some(*side), rest),
        rest => (None, rest),
    };
    let mut numbers: Vec<Number> = Vec::with_capacity(PARTS);
    let mut signs = false;
    while let [Token::Number(number), after @ ..] = rest {
        rest = after;
        // Only the last may have a point, and only the first be negative.
        if numbers.len() == PARTS || numbers.last().is_some_and(|n| !n.whole) || number.signed && !numbers.is_empty() {
            return None;
        }
        if let [Token::Unit(unit), after @ ..] = rest {
            if *unit != numbers.len() {
                return None;
            }
            (rest, signs) = (after, true);
        }
        numbers.push(*number);
    }
    let first = numbers.first().filter(|_| rest.is_empty())?;
    // South and west say by themselves what a minus says.
    if side.is_some_and(|side| side.directed) && first.signed {
        return None;
    }
    let scaled = numbers.iter().zip([1.0, 60.0, 3_600.0]).map(|(n, scale)| n.value / scale).sum::<f64>();
    let negative = first.negative != side.is_some_and(|side| side.negative);
    Some(Angle {
        degrees: if negative { -scaled } else { scaled },
        side,
        surely: signs || side.is_some() || numbers.iter().any(|n| !n.whole),
        whole: numbers[1..].iter().all(|n| n.value < 60.0),
    })
}

/// Latitude and longitude: by their directions, by what they can be, by where the town lies.
fn order(first: Angle, second: Angle, near: Option<BBox>) -> Option<(Angle, Angle)> {
    let axis = |angle: &Angle| angle.side.map(|side| side.axis);
    let straight = match (axis(&first), axis(&second)) {
        (None, None) => {
            let fits = |lat: Angle, lon: Angle| lat.degrees.abs() <= 90.0 && lon.degrees.abs() <= 180.0;
            match (fits(first, second), fits(second, first)) {
                (true, true) => {
                    let there = |lat: Angle, lon: Angle| near.is_some_and(|near| close(near, lon.degrees, lat.degrees));
                    there(first, second) || !there(second, first)
                }
                (false, false) => first.degrees.abs() <= second.degrees.abs(),
                (straight, _) => straight,
            }
        }
        (Some(a), Some(b)) if a == b => return None,
        (Some(axis), _) => axis == Axis::Lat,
        (_, Some(axis)) => axis == Axis::Lon,
    };
    Some(if straight { (first, second) } else { (second, first) })
}

fn close(town: BBox, lon: f64, lat: f64) -> bool {
    let BBox { west, south, east, north } = town;
    BBox { west: west - NEAR, south: south - NEAR, east: east + NEAR, north: north + NEAR }.contains(lon, lat)
}

fn at(lat: &Angle, lon: &Angle) -> Result<Position, Invalid> {
    for (field, angle) in [("lat", lat), ("lon", lon)] {
        if !angle.whole {
            return Err(Invalid::new(field, "分和秒须小于 60", "minutes and seconds are less than 60"));
        }
    }
    Position::new(lon.degrees, lat.degrees)
}

#[cfg(test)]
mod tests;
