//! Web Mercator (EPSG:3857) as unit coordinates, and how they fall on a sheet of pixels.
//!
//! Everything on the map is projected once, when it arrives; a redraw is then a scale and an offset. Pixels are CSS
//! pixels, y grows downwards, and a zoom level is Leaflet's: the world is 256·2^zoom pixels wide.

use std::f64::consts::PI;

/// The latitude at which the square world of Web Mercator ends, degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;
/// Semi-major axis of WGS 84, metres.
const SEMI_MAJOR: f64 = 6_378_137.0;
/// First eccentricity of WGS 84, squared.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_141_317;
/// Pixels across the world at zoom 0.
const TILE: f64 = 256.0;

/// A point in unit Web Mercator: the world is the square 0…1, x to the east, y to the south.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Unit {
    /// 0 at 180° W, 1 at 180° E.
    pub x: f64,
    /// 0 at [`MAX_LATITUDE`] north, 1 at the same south.
    pub y: f64,
}

impl Unit {
    /// Projects a longitude and latitude in degrees, WGS 84. Latitudes past [`MAX_LATITUDE`] are held at it.
    ///
    /// ```
    /// use geodata::mercator::Unit;
    /// assert_eq!(Unit::of(0.0, 0.0), Unit { x: 0.5, y: 0.5 });
    /// let muyi = Unit::of(107.47, 34.41);
    /// assert!((muyi.lon() - 107.47).abs() < 1e-12 && (muyi.lat() - 34.41).abs() < 1e-12);
    /// ```
    pub fn of(lon: f64, lat: f64) -> Self {
        let phi = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        Self { x: lon / 360.0 + 0.5, y: 0.5 - phi.sin().atanh() / (2.0 * PI) }
    }

    /// Its longitude, degrees.
    pub fn lon(self) -> f64 {
        (self.x - 0.5) * 360.0
    }

    /// Its latitude, degrees.
    pub fn lat(self) -> f64 {
        ((0.5 - self.y) * 2.0 * PI).sinh().atan().to_degrees()
    }

    /// Metres on the ellipsoid that one unit spans here, to the east and to the north.
    ///
    /// ```
    /// use geodata::mercator::Unit;
    /// let (east, north) = Unit::of(0.0, 0.0).metres();
    /// assert!((east - 40_075_016.686).abs() < 0.001);
    /// // The meridian is more curved at the equator.
    /// assert!(north < east);
    /// ```
    pub fn metres(self) -> (f64, f64) {
        let phi = self.lat().to_radians();
        let w2 = 1.0 - ECCENTRICITY_2 * phi.sin().powi(2);
        let prime_vertical = SEMI_MAJOR / w2.sqrt();
        let meridian = SEMI_MAJOR * (1.0 - ECCENTRICITY_2) / (w2 * w2.sqrt());
        (2.0 * PI * prime_vertical * phi.cos(), 2.0 * PI * meridian * phi.cos())
    }

    /// The point `east` and `north` metres from here; meant for the reach of a camera, not for a journey.
    ///
    /// ```
    /// use geodata::mercator::Unit;
    /// let here = Unit::of(107.47, 34.41);
    /// let there = here.moved(100.0, 0.0);
    /// assert!(there.x > here.x && there.y == here.y);
    /// ```
    #[must_use]
    pub fn moved(self, east: f64, north: f64) -> Self {
        let (per_x, per_y) = self.metres();
        Self { x: self.x + east / per_x, y: self.y - north / per_y }
    }
}

/// Pixels that one unit spans at this zoom.
///
/// ```
/// assert_eq!(geodata::mercator::pixels_per_unit(0.0), 256.0);
/// assert_eq!(geodata::mercator::pixels_per_unit(3.0), 2048.0);
/// ```
pub fn pixels_per_unit(zoom: f64) -> f64 {
    TILE * zoom.exp2()
}

/// A box in unit coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Its north-western corner.
    pub min: Unit,
    /// Its south-eastern corner.
    pub max: Unit,
}

impl Bounds {
    /// A box that holds nothing yet: it meets no other.
    pub const EMPTY: Self = Self {
        min: Unit { x: f64::INFINITY, y: f64::INFINITY },
        max: Unit { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    /// The smallest box around these points; [`Self::EMPTY`] around none.
    ///
    /// ```
    /// use geodata::mercator::{Bounds, Unit};
    /// let b = Bounds::around([Unit { x: 0.2, y: 0.3 }, Unit { x: 0.1, y: 0.4 }]);
    /// assert_eq!((b.min.x, b.max.y), (0.1, 0.4));
    /// assert!(!Bounds::EMPTY.meets(&b));
    /// ```
    pub fn around(points: impl IntoIterator<Item = Unit>) -> Self {
        points.into_iter().fold(Self::EMPTY, |mut b, p| {
            b.take_in(p);
            b
        })
    }

    /// Grows to hold this point.
    pub fn take_in(&mut self, p: Unit) {
        self.min = Unit { x: self.min.x.min(p.x), y: self.min.y.min(p.y) };
        self.max = Unit { x: self.max.x.max(p.x), y: self.max.y.max(p.y) };
    }

    /// Whether the two share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    /// Whether the point lies inside or on the edge.
    pub fn holds(&self, p: Unit) -> bool {
        p.x >= self.min.x && p.x <= self.max.x && p.y >= self.min.y && p.y <= self.max.y
    }
}

/// A sheet of pixels laid over the world: what a canvas shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sheet {
    /// Pixels per unit.
    pub scale: f64,
    /// World pixels from the world's western edge to the sheet's left edge.
    pub left: f64,
    /// World pixels from the world's northern edge to the sheet's top edge.
    pub top: f64,
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

impl Sheet {
    /// Where the point falls, in pixels from the sheet's top left corner.
    ///
    /// ```
    /// use geodata::mercator::{Sheet, Unit, pixels_per_unit};
    /// let sheet = Sheet { scale: pixels_per_unit(2.0), left: 500.0, top: 500.0, width: 24.0, height: 24.0 };
    /// assert_eq!(sheet.place(Unit { x: 0.5, y: 0.5 }), (12.0, 12.0));
    /// assert_eq!(sheet.unplace(12.0, 12.0), Unit { x: 0.5, y: 0.5 });
    /// ```
    #[inline]
    pub fn place(&self, p: Unit) -> (f64, f64) {
        (p.x * self.scale - self.left, p.y * self.scale - self.top)
    }

    /// What lies under a pixel.
    pub fn unplace(&self, x: f64, y: f64) -> Unit {
        Unit { x: (x + self.left) / self.scale, y: (y + self.top) / self.scale }
    }

    /// The zoom that its scale belongs to.
    pub fn zoom(&self) -> f64 {
        (self.scale / TILE).log2()
    }

    /// The part of the world on the sheet, with a margin in pixels.
    pub fn bounds(&self, margin: f64) -> Bounds {
        Bounds { min: self.unplace(-margin, -margin), max: self.unplace(self.width + margin, self.height + margin) }
    }
}

/// The part of a map's box that nothing covers, pixels from its left and top edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// How much of it at the left is covered after all, but may be used where there is no other.
    pub covered: f64,
}

/// The zoom, a quarter level exact, at which `bounds` just fits into the room, at most `deepest`; and the point then at
/// the middle of the map's box of `size` pixels. What room is to spare keeps it clear of what is covered.
///
/// ```
/// use geodata::mercator::{Bounds, Room, Unit, fit};
/// let bounds = Bounds::around([Unit { x: 0.4, y: 0.4 }, Unit { x: 0.6, y: 0.5 }]);
/// let room = Room { x: 0.0, y: 0.0, w: 1024.0, h: 768.0, covered: 0.0 };
/// let (zoom, middle) = fit(&bounds, (1024.0, 768.0), &room, 19.0);
/// assert_eq!(zoom, 4.25);
/// assert!((middle.x - 0.5).abs() < 1e-12 && (middle.y - 0.45).abs() < 1e-12);
/// ```
pub fn fit(bounds: &Bounds, size: (f64, f64), room: &Room, deepest: f64) -> (f64, Unit) {
    const STEPS: f64 = 4.0;
    let (width, height) = (bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y);
    let growth = (room.w.max(1.0) / width).min(room.h.max(1.0) / height);
    let zoom = (((growth / TILE).log2() * STEPS).floor() / STEPS).min(deepest);
    let scale = pixels_per_unit(zoom);
    let aside = room.covered.min(room.w - width * scale).max(0.0);
    let in_room = (room.x + f64::midpoint(room.w, aside), room.y + room.h / 2.0);
    let middle = Unit {
        x: f64::midpoint(bounds.min.x, bounds.max.x) + (size.0 / 2.0 - in_room.0) / scale,
        y: f64::midpoint(bounds.min.y, bounds.max.y) + (size.1 / 2.0 - in_room.1) / scale,
    };
    (zoom, middle)
}

/// How far an animated zoom has come, 0…1, after this part of its time, 0…1: the curve `cubic-bezier(0, 0, 0.25, 1)`
/// that Leaflet's style sheet gives its own layers, so that ours move with them.
///
/// ```
/// use geodata::mercator::zoom_progress;
/// assert_eq!((zoom_progress(0.0), zoom_progress(1.0)), (0.0, 1.0));
/// assert!(zoom_progress(0.25) > 0.5);
/// ```
pub fn zoom_progress(time: f64) -> f64 {
    if time <= 0.0 || time >= 1.0 {
        return time.clamp(0.0, 1.0);
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        let x = 0.75 * middle.powi(2) + 0.25 * middle.powi(3);
        if x < time { low = middle } else { high = middle }
    }
    3.0 * low.powi(2) - 2.0 * low.powi(3)
}

/// The longest round length (1, 2 or 5 times a power of ten, metres) that fits into `room` pixels, and its pixels.
///
/// ```
/// use geodata::mercator::scale_bar;
/// assert_eq!(scale_bar(7.5, 100.0), (500.0, 500.0 / 7.5));
/// assert_eq!(scale_bar(0.3, 100.0).0, 20.0);
/// ```
pub fn scale_bar(metres_per_pixel: f64, room: f64) -> (f64, f64) {
    let most = metres_per_pixel * room;
    let decade = 10_f64.powf(most.log10().floor());
    let length = [5.0, 2.0].iter().map(|step| step * decade).find(|l| *l <= most).unwrap_or(decade);
    (length, length / metres_per_pixel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_points_fall_where_epsg_3857_has_them() {
        // EPSG Guidance Note 7-2, method 1024: 100°20'00"W, 24°22'54.433"N.
        let p = Unit::of(-100.333_333_333_333, 24.381_786_944_444);
        let circumference = 2.0 * PI * SEMI_MAJOR;
        assert!(((p.x - 0.5) * circumference + 11_169_055.58).abs() < 0.02);
        assert!(((0.5 - p.y) * circumference - 2_800_000.0).abs() < 0.02);
    }

    #[test]
    fn a_metre_here_is_a_metre_there() {
        // One minute of latitude about 34.41° N is 1,848.8 m (M = 6,355,860 m), of longitude 1,532.2 m.
        let (a, b) = (Unit::of(107.47, 34.41), Unit::of(107.47 + 1.0 / 60.0, 34.41 + 1.0 / 60.0));
        let (east, north) = Unit::of(107.478, 34.418).metres();
        assert!(((b.x - a.x) * east - 1_532.0).abs() < 1.5, "{}", (b.x - a.x) * east);
        assert!(((a.y - b.y) * north - 1_848.9).abs() < 1.0, "{}", (a.y - b.y) * north);
    }

    proptest! {
        #[test]
        fn projecting_and_back_is_nothing(lon in -180.0..180.0, lat in -85.0..85.0) {
            let p = Unit::of(lon, lat);
            prop_assert!((p.lon() - lon).abs() < 1e-9 && (p.lat() - lat).abs() < 1e-9);
        }

        #[test]
        fn a_sheet_gives_back_what_it_took(
            x in 0.0..1.0, y in 0.0..1.0, zoom in 0.0..20.0, left in 0.0..1e8, top in 0.0..1e8,
        ) {
            let sheet = Sheet { scale: pixels_per_unit(zoom), left, top, width: 800.0, height: 600.0 };
            let (px, py) = sheet.place(Unit { x, y });
            let back = sheet.unplace(px, py);
            // A thousandth of a pixel at the deepest zoom.
            prop_assert!((back.x - x).abs() < 1e-11 * 1e3 && (back.y - y).abs() < 1e-11 * 1e3);
            prop_assert!((sheet.zoom() - zoom).abs() < 1e-9);
        }

        #[test]
        fn what_is_fitted_lies_in_the_room(
            x in 0.1..0.9, y in 0.1..0.9, w in 1e-6..0.1, h in 1e-6..0.1,
            left in 0.0..300.0, top in 0.0..300.0, room_w in 50.0..900.0, room_h in 50.0..900.0, covered in 0.0..200.0,
        ) {
            let bounds = Bounds::around([Unit { x, y }, Unit { x: x + w, y: y + h }]);
            let size = (1_200.0, 1_200.0);
            let room = Room { x: left, y: top, w: room_w, h: room_h, covered };
            let (zoom, middle) = fit(&bounds, size, &room, 30.0);
            let scale = pixels_per_unit(zoom);
            let sheet = Sheet {
                scale, left: middle.x * scale - 600.0, top: middle.y * scale - 600.0, width: 1_200.0, height: 1_200.0,
            };
            let (a, b) = (sheet.place(bounds.min), sheet.place(bounds.max));
            let slack = 1e-4;
            prop_assert!(a.0 >= left - slack && b.0 <= left + room_w + slack, "{a:?} {b:?} {room:?}");
            prop_assert!(a.1 >= top - slack && b.1 <= top + room_h + slack, "{a:?} {b:?} {room:?}");
            // A quarter level more would not fit.
            prop_assert!((b.0 - a.0) * 1.19 > room_w || (b.1 - a.1) * 1.19 > room_h);
        }

        #[test]
        fn a_scale_bar_fits_and_is_never_needlessly_short(per_pixel in 0.01..1e4, room in 40.0..200.0) {
            let (length, pixels) = scale_bar(per_pixel, room);
            prop_assert!(pixels <= room * (1.0 + 1e-9) && pixels > room / 2.5 * (1.0 - 1e-9));
            prop_assert!((length / per_pixel - pixels).abs() < 1e-9);
        }

        #[test]
        fn an_animated_zoom_never_goes_back(a in 0.0..1.0, b in 0.0..1.0) {
            let (early, late) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(zoom_progress(early) <= zoom_progress(late) + 1e-9);
        }
    }
}
