use super::*;
use proptest::prelude::*;

const TOWN: BBox = BBox { west: 107.3, south: 34.3, east: 107.5, north: 34.5 };

/// Longitude and latitude to a thousandth of a second; nothing where it is no position, the field where it is none on earth.
fn of(text: &str) -> Option<Result<(f64, f64), &'static str>> {
    let round = |n: f64| (n * 1e6).round() / 1e6;
    read(text, Some(TOWN)).map(|at| at.map(|at| (round(at.lon()), round(at.lat()))).map_err(|invalid| invalid.field))
}

#[test]
fn decimal_degrees_are_read_in_either_order() {
    let here = Some(Ok((107.3456, 34.4123)));
    for text in [
        "34.4123, 107.3456",
        "34.4123,107.3456",
        "107.3456,34.4123",
        "107.3456 34.4123",
        "(34.4123, 107.3456)",
        "[107.3456, 34.4123]",
        "３４．４１２３，１０７．３４５６",
        "34。4123，107。3456",
        "34.4123、107.3456",
        "34.4123; 107.3456",
        "34.4123/107.3456",
        "+34.4123 +107.3456",
        "34.4123°, 107.3456°",
        "34.4123度 107.3456度",
        " 34.4123\t107.3456 ",
        "geo:34.4123,107.3456",
        "GEO:34.4123,107.3456,512?z=17",
        "geo:34.4123,107.3456;crs=wgs84;u=35",
    ] {
        assert_eq!(of(text), here, "{text}");
    }
}

#[test]
fn directions_tell_which_is_which() {
    let here = Some(Ok((107.3456, 34.4123)));
    for text in [
        "34.4123N 107.3456E",
        "34.4123 N, 107.3456 E",
        "N34.4123 E107.3456",
        "e107.3456, n34.4123",
        "107.3456E 34.4123N",
        "北纬34.4123 东经107.3456",
        "东经107.3456度，北纬34.4123度",
        "北纬34.4123°，东经107.3456°",
        "纬度：34.4123 经度：107.3456",
        "经度=107.3456, 纬度=34.4123",
        "lat: 34.4123, lng: 107.3456",
        "lon 107.3456 lat 34.4123",
        "latitude 34.4123 longitude 107.3456",
        "34.4123N, 107.3456",
        "107.3456, 34.4123N",
    ] {
        assert_eq!(of(text), here, "{text}");
    }
    assert_eq!(of("34.4123S 107.3456W"), Some(Ok((-107.3456, -34.4123))));
    assert_eq!(of("南纬34.4123 西经107.3456"), Some(Ok((-107.3456, -34.4123))));
    assert_eq!(of("lat -34.4123 lon -107.3456"), Some(Ok((-107.3456, -34.4123))));
    assert_eq!(of("−34.4123, 107.3456"), Some(Ok((107.3456, -34.4123))));
}

#[test]
fn minutes_and_seconds_are_read_with_whatever_signs() {
    let here = Some(Ok((107.345_556, 34.412_222)));
    for text in [
        "34°24′44″N 107°20′44″E",
        "34°24'44\"N, 107°20'44\"E",
        "34° 24' 44'' N 107° 20' 44'' E",
        "34º24’44”n 107º20’44”e",
        "34度24分44秒 107度20分44秒",
        "北纬34度24分44秒，东经107度20分44秒",
        "北纬34°24′44″东经107°20′44″",
        "107°20′44″ 34°24′44″",
        "34 24 44 N 107 20 44 E",
        "34 24 44, 107 20 44",
    ] {
        assert_eq!(of(text), here, "{text}");
    }
    for text in ["N34 24.735 E107 20.737", "34°24.735' 107°20.737'", "34 24.735 107 20.737", "34°24.735′N107°20.737′E"]
    {
        assert_eq!(of(text), Some(Ok((107.345_617, 34.412_25))), "{text}");
    }
    assert_eq!(of("-0°30′, 107°"), Some(Ok((107.0, -0.5))));
    assert_eq!(of("34°24′ 107°21′"), Some(Ok((107.35, 34.4))));
}

#[test]
fn where_both_orders_are_on_earth_the_towns_own_is_meant() {
    let rome = BBox { west: 12.4, south: 41.8, east: 12.6, north: 42.0 };
    let of = |text: &str, near| read(text, near).and_then(Result::ok).map(|at| (at.lon(), at.lat()));
    assert_eq!(of("12.5, 41.9", Some(rome)), Some((12.5, 41.9)));
    assert_eq!(of("41.9, 12.5", Some(rome)), Some((12.5, 41.9)));
    assert_eq!(of("12.5, 42.9", Some(rome)), Some((12.5, 42.9)), "near it is meant as well");
    assert_eq!(of("12.5, 41.9", Some(TOWN)), Some((41.9, 12.5)), "far from it latitude comes first");
    assert_eq!(of("12.5, 41.9", None), Some((41.9, 12.5)));
}

#[test]
fn what_is_no_place_on_earth_is_refused_by_name() {
    for (text, field) in [
        ("34.41, 207.35", "lon"),
        ("95.5, 120.1", "lat"),
        ("95N 107E", "lat"),
        ("北纬34.41 东经190", "lon"),
        ("34°61′N 107°20′E", "lat"),
        ("34°24′N 107°20′60″E", "lon"),
        ("geo:91,107", "lat"),
        ("geo:34.41", "geo"),
        ("geo:north,east", "geo"),
        ("geo:34.41,107.35;crs=bd09", "crs"),
    ] {
        assert_eq!(of(text), Some(Err(field)), "{text}");
    }
    let rule = read("34.41, 207.35", None).unwrap().unwrap_err();
    assert!(rule.zh.contains("180") && rule.en.contains("180"), "{rule}");
}

#[test]
fn other_words_and_numbers_are_no_positions() {
    for text in [
        "",
        "34.41",
        "慕仪村",
        "慕仪村 004",
        "20261123-0007",
        "#20261123-0007",
        "0012",
        "2026 1123",
        "12 34",
        "8:30 9:40",
        "1e5",
        "s4 s3",
        "C-017",
        "3, 2026",
        "34.41,107.35,400",
        "34.41-107.35",
        "1.2.3, 4.5",
        "34.41N 35.42N",
        "-34.41S 107.35E",
        "34°24″ 107°20″",
        "34.5°24′ 107.5°20′",
        "--34.41, 107.35",
        ".5, .6",
        "1234567890123456789012345.1, 2.2",
        "𠮷.1, 2.2",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

/// Degrees, minutes and seconds without a sign, to a hundredth of a second.
fn sexagesimal(degrees: f64) -> (u32, u32, f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "180 degrees at most")]
    let hundredths = (degrees.abs() * 360_000.0).round() as u32;
    (hundredths / 360_000, hundredths / 6_000 % 60, f64::from(hundredths % 6_000) / 100.0)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(lat in -90.0..=90.0_f64, lon in -180.0..=180.0_f64) {
        let here = BBox { west: lon - 0.1, south: lat - 0.1, east: lon + 0.1, north: lat + 0.1 };
        let (ns, ew) = (if lat < 0.0 { 'S' } else { 'N' }, if lon < 0.0 { 'W' } else { 'E' });
        let (zh_ns, zh_ew) = (if lat < 0.0 { "南纬" } else { "北纬" }, if lon < 0.0 { "西经" } else { "东经" });
        let ((a, b, c), (x, y, z)) = (sexagesimal(lat), sexagesimal(lon));
        let (lat0, lon0) = (lat.abs(), lon.abs());
        let mut forms = vec![
            format!("geo:{lat:.7},{lon:.7}"),
            format!("{lat0:.7}{ns} {lon0:.7}{ew}"),
            format!("{ew}{lon0:.7}, {ns}{lat0:.7}"),
            format!("{zh_ns}{lat0:.7} {zh_ew}{lon0:.7}"),
            format!("纬度：{lat:.7}，经度：{lon:.7}"),
            format!("{a}°{b}′{c:.2}″{ns} {x}°{y}′{z:.2}″{ew}"),
            format!("{zh_ew}{x}度{y}分{z:.2}秒，{zh_ns}{a}度{b}分{c:.2}秒"),
        ];
        let ambiguous = lon.abs() <= 90.0 && close(here, lat, lon);
        if !ambiguous {
            forms.push(format!("{lat:.7}, {lon:.7}"));
            forms.push(format!("{lon:.7}，{lat:.7}"));
            forms.push(told(Position::new(lon, lat).unwrap()));
        }
        for form in forms {
            let at = read(&form, Some(here));
            prop_assert!(matches!(&at, Some(Ok(at)) if (at.lat() - lat).abs() < 1e-5 && (at.lon() - lon).abs() < 1e-5), "{form}: {at:?}");
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(text in "\\PC{0,80}", marks in "[-+.0-9°'\"nsew北纬度分 ,;:/]{0,40}") {
        let _ = (read(&text, Some(TOWN)), read(&marks, None));
    }
}
