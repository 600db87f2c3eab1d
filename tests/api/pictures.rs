//! From a file to a photo: what is let in, and what is left of it.

use fangge::photos::{LONGEST, MOST_PIXELS, Picture, Refusal, Stranger, THUMB, Workshop, look, make};
use fangge_tests::pictures::{SECRETS, chunk, exif, from_a_telephone, jpeg, marks, png, quarters, segment, webp};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;
use std::io::Cursor;

fn made(bytes: &[u8]) -> Result<Picture, Refusal> {
    make(bytes, &look(bytes)?)
}

fn read(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
}

/// Which of the four colours stands in each quarter, in reading order.
fn colours(bytes: &[u8]) -> String {
    let picture = read(bytes).into_rgb8();
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)]
        .map(|(x, y)| match picture.get_pixel(width * x / 4, height * y / 4).0 {
            [r, g, b] if r > 180 && g < 90 && b < 90 => 'r',
            [r, g, b] if r < 90 && g > 180 && b < 90 => 'g',
            [r, g, b] if r < 90 && g < 90 && b > 180 => 'b',
            _ => 'w',
        })
        .iter()
        .collect()
}

/// Whether any byte sequence that tells of a person or a place is in there.
fn tells(bytes: &[u8]) -> Option<&'static str> {
    let words = ["Exif", "http://ns.adobe", "GPS", "ICC_PROFILE", "MM\0*", "II*\0"].into_iter().chain(SECRETS);
    words.into_iter().find(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
}

#[test]
fn nothing_of_a_telephones_metadata_survives() {
    let sent = from_a_telephone(&quarters(640, 480), 1);
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(&sent)).unwrap();
    let latitude = read.get_field(exif::Tag::GPSLatitude, exif::In::PRIMARY).unwrap();
    assert_eq!(latitude.display_value().to_string(), "34 deg 24 min 54 sec", "what was sent tells where it was taken");
    assert!(tells(&sent).is_some());

    let picture = made(&sent).unwrap();
    assert_eq!((picture.width, picture.height), (640, 480));
    for kept in [&picture.photo, &picture.thumb] {
        assert!(exif::Reader::new().read_from_container(&mut Cursor::new(kept)).is_err());
        assert_eq!(tells(kept), None);
        // A JFIF head, tables, a frame, a scan: no application segment but the first, and no comment.
        let marks = marks(kept);
        assert!(marks.iter().all(|mark| matches!(mark, 0xE0 | 0xDB | 0xC0 | 0xC4 | 0xDA)), "{marks:x?}");
        assert!(kept.ends_with(&[0xFF, 0xD9]));
    }
}

#[test]
fn nothing_of_other_kinds_metadata_survives() {
    let plain = png(&quarters(64, 48));
    let text = [b"Comment\0".as_slice(), SECRETS[2].as_bytes()].concat();
    // After the head of 8 + 25 bytes.
    let sent = [&plain[..33], &chunk(b"eXIf", &exif(6)), &chunk(b"tEXt", &text), &plain[33..]].concat();
    let picture = made(&sent).unwrap();
    assert_eq!((picture.width, picture.height), (48, 64), "turned upright");
    assert_eq!((tells(&sent).is_some(), tells(&picture.photo), tells(&picture.thumb)), (true, None, None));

    let plain = webp(&quarters(64, 48));
    let sent = with_exif(&plain, (64, 48), &exif(3));
    let picture = made(&sent).unwrap();
    assert_eq!(colours(&picture.photo), "wbgr", "turned upright");
    assert_eq!((tells(&sent).is_some(), tells(&picture.photo), tells(&picture.thumb)), (true, None, None));
}

/// A lossless WebP in the extended form, with EXIF.
fn with_exif(plain: &[u8], (width, height): (u32, u32), exif: &[u8]) -> Vec<u8> {
    let piece = |name: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [name, length.as_slice(), body, &vec![0; body.len() % 2]].concat()
    };
    let [w, h] = [width - 1, height - 1].map(|side| side.to_le_bytes()[..3].to_vec());
    let head = piece(b"VP8X", &[vec![0x08, 0, 0, 0], w, h].concat());
    let body = [b"WEBP".to_vec(), head, plain[12..].to_vec(), piece(b"EXIF", exif)].concat();
    [b"RIFF".as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

#[test]
fn every_orientation_is_turned_upright() {
    for (orientation, upright) in [
        (1, "rgbw"),
        (2, "grwb"),
        (3, "wbgr"),
        (4, "bwrg"),
        (5, "rbgw"),
        (6, "brwg"),
        (7, "wgbr"),
        (8, "gwrb"),
        (0, "rgbw"),
        (9, "rgbw"),
    ] {
        let picture = made(&from_a_telephone(&quarters(400, 300), orientation)).unwrap();
        let sides = if (5..=8).contains(&orientation) { (300, 400) } else { (400, 300) };
        assert_eq!((picture.width, picture.height), sides, "{orientation}");
        assert_eq!(colours(&picture.photo), upright, "{orientation}");
        assert_eq!(colours(&picture.thumb), upright, "{orientation}");
    }
}

#[test]
fn photos_are_made_to_fit_and_never_made_larger() {
    for (sent, kept) in [
        ((2_560, 1_920), (2_560, 1_920)),
        ((3_000, 4_000), (1_920, 2_560)),
        ((5_200, 3_900), (2_560, 1_920)),
        ((9_000, 30), (2_560, 9)),
        ((6_000, 1), (2_560, 1)),
        ((1, 1), (1, 1)),
    ] {
        let picture = made(&jpeg(&quarters(sent.0, sent.1))).unwrap();
        assert_eq!((picture.width, picture.height), kept, "{sent:?}");
        let photo = read(&picture.photo);
        assert_eq!((photo.width(), photo.height()), kept);
        let thumb = read(&picture.thumb);
        assert_eq!(thumb.width().max(thumb.height()), THUMB.min(kept.0.max(kept.1)));
    }
    assert_eq!(LONGEST, 2_560);
}

#[test]
fn what_is_seen_through_lies_on_white() {
    let mut bytes = Vec::new();
    let glass = RgbaImage::from_fn(40, 40, |x, _| if x < 20 { Rgba([0, 0, 0, 0]) } else { Rgba([255, 0, 0, 128]) });
    glass.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    let photo = read(&made(&bytes).unwrap().photo).into_rgb8();
    assert!(photo.get_pixel(5, 20).0.iter().all(|c| *c > 245), "{:?}", photo.get_pixel(5, 20));
    let [red, green, blue] = photo.get_pixel(34, 20).0;
    assert!(red > 240 && (110..150).contains(&green) && (110..150).contains(&blue), "{red} {green} {blue}");
}

#[test]
fn sixteen_bits_grey_and_palettes_are_read() {
    let mut deep = Vec::new();
    let picture = image::ImageBuffer::<image::Luma<u16>, _>::from_fn(40, 30, |_, _| image::Luma([0xFFFF_u16]));
    DynamicImage::ImageLuma16(picture).write_to(&mut Cursor::new(&mut deep), ImageFormat::Png).unwrap();
    let photo = made(&deep).unwrap();
    assert_eq!(read(&photo.photo).into_rgb8().get_pixel(3, 3).0, [255, 255, 255]);
    let grey = image::GrayImage::from_pixel(40, 30, image::Luma([0]));
    let mut bytes = Vec::new();
    DynamicImage::ImageLuma8(grey).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    assert_eq!(read(&made(&bytes).unwrap().photo).into_rgb8().get_pixel(3, 3).0, [0, 0, 0]);
}

/// Written by Pillow 12 and libheif, not by what reads them here: 64 by 48, the four quarters.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/photos/", $name))
    };
}

#[test]
fn what_other_programs_write_is_read() {
    for (name, bytes, sides, upright) in [
        ("progressive.jpg", fixture!("progressive.jpg").as_slice(), (48, 64), "brwg"),
        ("cmyk.jpg", fixture!("cmyk.jpg"), (64, 48), "rgbw"),
        ("lossy.webp", fixture!("lossy.webp"), (48, 64), "brwg"),
        ("palette.png", fixture!("palette.png"), (64, 48), "rgbw"),
    ] {
        let picture = made(bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        assert_eq!((picture.width, picture.height), sides, "{name}");
        assert_eq!(colours(&picture.photo), upright, "{name}");
        assert_eq!(tells(&picture.photo), None, "{name}");
    }
    let glass = read(&made(fixture!("glass-lossy.webp")).unwrap().photo).into_rgb8();
    let [red, green, blue] = glass.get_pixel(16, 12).0;
    assert!(red > 210 && (120..170).contains(&green) && (120..170).contains(&blue), "{red} {green} {blue}");
    for (name, bytes, refusal) in [
        ("moving.webp", fixture!("moving.webp").as_slice(), Refusal::Animated),
        ("moving.png", fixture!("moving.png"), Refusal::Animated),
        ("telephone.heic", fixture!("telephone.heic"), Refusal::Other(Stranger::Heic)),
        ("picture.avif", fixture!("picture.avif"), Refusal::Other(Stranger::Avif)),
    ] {
        assert_eq!(made(bytes), Err(refusal), "{name}");
    }
}

#[test]
fn the_content_decides_and_the_same_file_gives_the_same_photo() {
    let picture = quarters(300, 200);
    let files = [jpeg(&picture), png(&picture), webp(&picture)];
    let photos = files.each_ref().map(|bytes| made(bytes).unwrap());
    for (bytes, photo) in files.iter().zip(&photos) {
        assert_eq!(&made(bytes).unwrap(), photo);
        assert!(photo.photo.starts_with(&[0xFF, 0xD8, 0xFF]), "a JPEG, whatever was sent");
    }
    assert_eq!(photos[1].sha256, photos[2].sha256, "the same pixels, losslessly");
    // What only metadata told apart is one photo.
    assert_eq!(made(&from_a_telephone(&picture, 1)).unwrap().sha256, photos[0].sha256);
}

#[test]
fn what_is_no_photo_is_told_by_name() {
    let refused = |bytes: &[u8]| made(bytes).unwrap_err();
    assert_eq!(refused(b""), Refusal::Empty);
    assert_eq!(refused(b"just words"), Refusal::Unknown);
    assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Refusal::Other(Stranger::Markup));
    assert_eq!(refused(b"<!doctype html><script>alert(1)</script>"), Refusal::Other(Stranger::Markup));
    assert_eq!(refused(b"GIF89a\x01\0\x01\0"), Refusal::Other(Stranger::Gif));
    let heic = [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), &[0; 500]].concat();
    let told = geodata::Invalid::from(refused(&heic));
    assert_eq!(told.field, "photo");
    assert!(told.en.contains("HEIC") && told.en.contains("Most Compatible") && told.zh.contains("JPEG"), "{told}");
}

#[test]
fn polyglots_are_refused_and_honest_trailers_are_dropped() {
    let plain = jpeg(&quarters(200, 150));
    let after = |tail: &[u8]| [plain.as_slice(), tail].concat();
    let zip = [b"PK\x03\x04evil.jar".as_slice(), &[0; 64], b"PK\x05\x06", &[0; 18]].concat();
    for (name, bytes) in [
        ("a ZIP behind it", after(&zip)),
        ("a page behind it", after(b"<html><script>alert(document.cookie)</script>")),
        ("a program behind it", after(b"\x7FELF\x02\x01\x01")),
        ("a PDF in a comment", [&plain[..2], &segment(0xFE, b"%PDF-1.7 1 0 obj"), &plain[2..]].concat()),
        ("a script in a comment", [&plain[..2], &segment(0xFE, b"*/=alert(1);<script>"), &plain[2..]].concat()),
        ("PHP in a PNG", {
            let png = png(&quarters(20, 20));
            [&png[..33], &chunk(b"tEXt", b"Comment\0<?php system($_GET[0]);"), &png[33..]].concat()
        }),
    ] {
        assert_eq!(made(&bytes), Err(Refusal::TwoFaced), "{name}");
    }
    let video = [b"\0\0\0\x18ftypmp42\0\0\0\0isommp42".as_slice(), SECRETS[2].as_bytes(), &[7; 4_000]].concat();
    for honest in [after(&video), after(&plain), after(&[0; 100])] {
        let photo = made(&honest).unwrap();
        assert_eq!(photo, made(&plain).unwrap(), "the trailer leaves no trace");
    }
}

#[test]
fn moving_pictures_are_refused() {
    let plain = png(&quarters(20, 20));
    let control = [2_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat();
    assert_eq!(made(&[&plain[..33], &chunk(b"acTL", &control), &plain[33..]].concat()), Err(Refusal::Animated));
    let mut moving = with_exif(&webp(&quarters(20, 20)), (20, 20), &exif(1));
    let at = moving.windows(4).position(|window| window == b"EXIF").unwrap();
    moving.splice(at..at + 4, *b"ANIM");
    assert_eq!(made(&moving), Err(Refusal::Animated));
}

/// A PNG that says it has so many pixels, with some kilobytes of them.
fn bomb(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let packed = png(&quarters(64, 64));
    let data = &packed[33..packed.len() - 12];
    [b"\x89PNG\r\n\x1A\n".as_slice(), &chunk(b"IHDR", &head), data, &chunk(b"IEND", &[])].concat()
}

#[test]
fn bombs_are_refused_by_their_heads() {
    for bytes in [bomb(50_000, 50_000, 8, 2), bomb(2_000_000_000, 1, 1, 0), bomb(9_000, 8_000, 16, 6)] {
        let told = made(&bytes);
        assert!(matches!(told, Err(Refusal::TooManyPixels { .. })), "{told:?}");
    }
    let Err(Refusal::TooManyPixels { width, height, most }) = made(&bomb(50_000, 50_000, 8, 2)) else { panic!() };
    assert_eq!((width, height, most), (50_000, 50_000, MOST_PIXELS));

    // A JPEG of 65,500 by 65,500, and a progressive one that would have to be held whole.
    let mut large = jpeg(&quarters(64, 64));
    let at = large.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    large.splice(at + 5..at + 9, [0xFF, 0xDC, 0xFF, 0xDC]);
    assert!(matches!(made(&large), Err(Refusal::TooManyPixels { width: 65_500, .. })));
    let progressive = |width: u16, height: u16| {
        let mut bytes = large.clone();
        bytes[at + 1] = 0xC2;
        bytes.splice(at + 5..at + 9, [height.to_be_bytes(), width.to_be_bytes()].concat());
        look(&bytes).map(|look| look.memory)
    };
    assert!(matches!(progressive(9_248, 6_936), Err(Refusal::TooManyPixels { .. })));
    assert!(progressive(6_000, 4_000).is_ok_and(|memory| memory > 24_000_000 * 11));
}

#[test]
fn a_profile_that_unpacks_to_more_than_there_is_room_for_is_left_out() {
    let plain = png(&quarters(20, 20));
    let profile = [b"x\0\0".as_slice(), &zlib(&vec![0; 80_000_000])].concat();
    assert!(profile.len() < 1_000_000, "{}", profile.len());
    let bytes = [&plain[..33], &chunk(b"iCCP", &profile), &plain[33..]].concat();
    assert_eq!(made(&bytes), made(&plain));
}

/// The pixels of a PNG are such a stream: its data chunk is taken out of one that is all zeroes.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let width = 100_000;
    let height = u32::try_from(bytes.len()).unwrap() / width;
    let picture = image::GrayImage::from_raw(width, height, bytes.to_vec()).unwrap();
    let mut png = Vec::new();
    DynamicImage::ImageLuma8(picture).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let mut data = Vec::new();
    let mut at = 8;
    while at + 8 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        if &png[at + 4..at + 8] == b"IDAT" {
            data.extend_from_slice(&png[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    data
}

#[test]
fn a_file_that_breaks_off_anywhere_is_refused() {
    let picture = quarters(160, 120);
    let others = [fixture!("progressive.jpg").to_vec(), fixture!("lossy.webp").to_vec()];
    for whole in [from_a_telephone(&picture, 6), png(&picture), webp(&picture)].into_iter().chain(others) {
        assert!(made(&whole).is_ok());
        for cut in (0..50).map(|part| whole.len() * part / 50).chain([whole.len() - 1]) {
            let told = made(&whole[..cut]);
            assert!(told.is_err(), "{cut} of {}", whole.len());
            if cut > 16 {
                assert_eq!(told, Err(Refusal::Truncated), "{cut} of {}", whole.len());
            }
        }
    }
}

/// One of the kinds and forms, small.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let picture = quarters(48, 32);
    prop_oneof![
        Just(from_a_telephone(&picture, 6)),
        Just(png(&picture)),
        Just(webp(&picture)),
        Just(with_exif(&webp(&picture), (48, 32), &exif(8))),
        Just(fixture!("progressive.jpg").to_vec()),
        Just(fixture!("glass-lossy.webp").to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_damage_makes_it_panic_or_lets_anything_through(
        file in any_file(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = file;
        for (at, value) in hits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(picture) = made(&bytes) {
            prop_assert_eq!(tells(&picture.photo), None);
            prop_assert!(picture.width.max(picture.height) <= LONGEST);
            prop_assert!(image::load_from_memory(&picture.photo).is_ok());
        }
    }

    #[test]
    fn no_noise_is_a_photo(
        head in prop::sample::select(vec![b"\xFF\xD8\xFF".to_vec(), b"\x89PNG\r\n\x1A\n".to_vec(), b"RIFF\x40\0\0\0WEBPVP8 ".to_vec(), vec![]]),
        noise in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        prop_assert!(made(&[head, noise].concat()).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_wait_their_turn_and_all_come_out() {
    let workshop = Workshop::default();
    let sent: Vec<_> = (1..=12).map(|i| jpeg(&quarters(300 + i, 200))).collect();
    let work = sent.iter().map(|bytes| workshop.make(bytes.clone().into()));
    for (picture, bytes) in futures::future::join_all(work).await.into_iter().zip(&sent) {
        assert_eq!(picture, made(bytes));
    }
    // One that is given up in the middle takes its turn with it when it ends, and no other's.
    for _ in 0..20 {
        let given_up = workshop.make(sent[0].clone().into());
        let _ = tokio::time::timeout(std::time::Duration::from_micros(200), given_up).await;
    }
    assert!(workshop.make(sent[1].clone().into()).await.is_ok());
}
