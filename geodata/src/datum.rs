//! The shifted reference systems of Chinese web maps: GCJ-02 (国测局) and BD-09 (百度).
//!
//! Both are published only by their use; the formulae here are the ones that every open implementation shares
//! (`wandergis/coordtransform`, for GCJ-02 also `googollee/eviltransform`), and the tests hold their reference pairs. Going back has no
//! closed form: it is iterated until it no longer moves. All coordinates are longitude and latitude in degrees.

use crate::mercator::Unit;
use crate::wire::Datum;
use std::f64::consts::PI;

/// Semi-major axis of Krasovsky 1940, on which GCJ-02 is reckoned, metres.
const SEMI_MAJOR: f64 = 6_378_245.0;
/// Its first eccentricity, squared.
const ECCENTRICITY_2: f64 = 0.006_693_421_622_965_943;
/// BD-09 counts its ripple in thousandths of a degree.
const RIPPLE: f64 = PI * 3_000.0 / 180.0;
/// Steps of going back; each brings at least three digits.
const STEPS: usize = 12;

impl Datum {
    /// Where a WGS 84 point is drawn by a map of this reference system.
    ///
    /// ```
    /// use geodata::wire::Datum;
    /// let (lon, lat) = Datum::Gcj02.shifted(116.377817, 39.911954);
    /// assert!((lon - 116.384047).abs() < 1e-5 && (lat - 39.913345).abs() < 1e-5);
    /// assert_eq!(Datum::Wgs84.shifted(107.47, 34.41), (107.47, 34.41));
    /// ```
    pub fn shifted(self, lon: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::Wgs84 => (lon, lat),
            Self::Gcj02 => gcj02(lon, lat),
            Self::Bd09 => {
                let (lon, lat) = gcj02(lon, lat);
                bd09(lon, lat)
            }
        }
    }

    /// The WGS 84 point that a map of this reference system draws here; the inverse of [`Self::shifted`] to better than
    /// 1e-9°.
    ///
    /// ```
    /// use geodata::wire::Datum;
    /// let (lon, lat) = Datum::Bd09.shifted(107.47, 34.41);
    /// let (back_lon, back_lat) = Datum::Bd09.unshifted(lon, lat);
    /// assert!((back_lon - 107.47).abs() < 1e-9 && (back_lat - 34.41).abs() < 1e-9);
    /// ```
    pub fn unshifted(self, lon: f64, lat: f64) -> (f64, f64) {
        let (mut guess_lon, mut guess_lat) = (lon, lat);
        for _ in 0..STEPS {
            let (there_lon, there_lat) = self.shifted(guess_lon, guess_lat);
            let (d_lon, d_lat) = (lon - there_lon, lat - there_lat);
            guess_lon += d_lon;
            guess_lat += d_lat;
            if d_lon.abs().max(d_lat.abs()) < 1e-12 {
                break;
            }
        }
        (guess_lon, guess_lat)
    }
}

impl Datum {
    /// Where the north-western, north-eastern and south-western corners of a Web Mercator tile of this reference system
    /// really lie. Laid by these three, neighbouring tiles still meet to within a part of a pixel.
    ///
    /// ```
    /// use geodata::mercator::Unit;
    /// use geodata::wire::Datum;
    /// let corners = Datum::Wgs84.tile_corners(1.0, 1.0, 0.0);
    /// let near = |a: Unit, x: f64, y: f64| (a.x - x).abs() < 1e-9 && (a.y - y).abs() < 1e-9;
    /// assert!(near(corners[0], 0.5, 0.0) && near(corners[1], 1.0, 0.0) && near(corners[2], 0.5, 0.5));
    /// ```
    pub fn tile_corners(self, zoom: f64, x: f64, y: f64) -> [Unit; 3] {
        let side = (-zoom).exp2();
        [(x, y), (x + 1.0, y), (x, y + 1.0)].map(|(x, y)| {
            let drawn = Unit { x: x * side, y: y * side };
            let (lon, lat) = self.unshifted(drawn.lon(), drawn.lat());
            Unit::of(lon, lat)
        })
    }
}

/// The box outside which GCJ-02 shifts nothing.
fn in_china(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn gcj02(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let phi = lat.to_radians();
    let w2 = 1.0 - ECCENTRICITY_2 * phi.sin().powi(2);
    let meridian = SEMI_MAJOR * (1.0 - ECCENTRICITY_2) / (w2 * w2.sqrt());
    let parallel = SEMI_MAJOR / w2.sqrt() * phi.cos();
    (lon + (metres_east(x, y) / parallel).to_degrees(), lat + (metres_north(x, y) / meridian).to_degrees())
}

/// Two thirds of a sum of waves: (height in metres, half-waves a degree).
fn waves<const N: usize>(at: f64, waves: [(f64, f64); N]) -> f64 {
    waves.iter().map(|(height, pace)| height * (at * pace * PI).sin()).sum::<f64>() * 2.0 / 3.0
}

fn metres_east(x: f64, y: f64) -> f64 {
    300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves(x, [(20.0, 6.0), (20.0, 2.0), (20.0, 1.0), (40.0, 1.0 / 3.0), (150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)])
}

fn metres_north(x: f64, y: f64) -> f64 {
    -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves(x, [(20.0, 6.0), (20.0, 2.0)])
        + waves(y, [(20.0, 1.0), (40.0, 1.0 / 3.0), (160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)])
}

/// BD-09 of a GCJ-02 point.
fn bd09(lon: f64, lat: f64) -> (f64, f64) {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * RIPPLE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * RIPPLE).cos();
    (radius * angle.cos() + 0.006_5, radius * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mercator::pixels_per_unit;
    use proptest::prelude::*;

    fn near(a: (f64, f64), b: (f64, f64), within: f64) -> bool {
        (a.0 - b.0).abs() < within && (a.1 - b.1).abs() < within
    }

    #[test]
    fn gcj02_gives_the_published_pairs() {
        // eviltransform's tests (Shanghai, Shenzhen, Beijing), then coordtransform's. The former reckons on another
        // ellipsoid, which moves a point by less than a tenth of a metre.
        for (wgs, gcj) in [
            ((121.527_210_6, 31.177_427_6), (121.531_541_859_215, 31.175_303_983_645_97)),
            ((113.912_316, 22.543_847), (113.917_176_480_836_3, 22.540_796_131_694_766)),
            ((116.377_817, 39.911_954), (116.384_047_224_566_57, 39.913_345_455_360_69)),
        ] {
            assert!(near(Datum::Gcj02.shifted(wgs.0, wgs.1), gcj, 1e-6), "{wgs:?}");
            assert!(near(Datum::Gcj02.unshifted(gcj.0, gcj.1), wgs, 1e-6), "{gcj:?}");
        }
        let beijing = Datum::Gcj02.shifted(116.404, 39.915);
        assert!(near(beijing, (116.410_244_499_169_38, 39.916_404_281_501_64), 1e-12), "{beijing:?}");
    }

    #[test]
    fn bd09_gives_the_published_pairs() {
        let of_gcj02 = bd09(116.404, 39.915);
        assert!(near(of_gcj02, (116.410_369_493_710_29, 39.921_336_993_510_21), 1e-12), "{of_gcj02:?}");
        // Back again by coordtransform, whose closed form is good to about a metre.
        let (lon, lat) = Datum::Bd09.unshifted(116.404, 39.915);
        let back = Datum::Gcj02.shifted(lon, lat);
        assert!(near(back, (116.397_627_291_193_15, 39.908_656_739_576_31), 1e-5), "{back:?}");
    }

    #[test]
    fn nothing_is_shifted_abroad() {
        assert_eq!(Datum::Gcj02.shifted(-95.4, 29.8), (-95.4, 29.8));
    }

    proptest! {
        #[test]
        fn there_and_back_is_nothing(lon in 74.0..135.0, lat in 4.0..53.0, which in 0_usize..3) {
            let datum = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09][which];
            let there = datum.shifted(lon, lat);
            prop_assert!(near(datum.unshifted(there.0, there.1), (lon, lat), 1e-9));
        }

        /// What a tile shows lies where it really is to within four pixels, wherever in the tile, and to within one
        /// where single buildings are seen.
        #[test]
        fn a_tile_lies_where_it_is(
            lon in 100.0..115.0, lat in 25.0..40.0, zoom in 9_i32..19, which in 0_usize..2,
        ) {
            let datum = [Datum::Gcj02, Datum::Bd09][which];
            let zoom = f64::from(zoom);
            let (scale, tiles) = (pixels_per_unit(zoom), zoom.exp2());
            let (drawn_lon, drawn_lat) = datum.shifted(lon, lat);
            let drawn = Unit::of(drawn_lon, drawn_lat);
            let (x, y) = ((drawn.x * tiles).floor(), (drawn.y * tiles).floor());
            let [corner, east, south] = datum.tile_corners(zoom, x, y);
            let (across, down) = (drawn.x * tiles - x, drawn.y * tiles - y);
            let shown = Unit {
                x: corner.x + (east.x - corner.x) * across + (south.x - corner.x) * down,
                y: corner.y + (east.y - corner.y) * across + (south.y - corner.y) * down,
            };
            let really = Unit::of(lon, lat);
            let off = ((shown.x - really.x) * scale).hypot((shown.y - really.y) * scale);
            prop_assert!(off < if zoom < 15.0 { 4.0 } else { 1.0 }, "{off} pixels at zoom {zoom}");
        }
    }
}
