//! Photos as telephones write them, made here: with a position, a device and an owner in them.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

/// A picture whose four quarters are red, green, blue and white, from the top left in reading order.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x * 2 < width, y * 2 < height) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 220, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([250, 250, 250]),
    })
}

/// A JPEG of it.
pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap_or_else(|e| panic!("{e}"));
    bytes
}

/// A PNG of it.
pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap_or_else(|e| panic!("{e}"));
    bytes
}

/// A WebP of it.
pub fn webp(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap_or_else(|e| panic!("{e}"));
    bytes
}

/// The words that must not survive: maker, model, owner.
pub const SECRETS: [&str; 3] = ["HUAWEI", "Mate 60 Pro", "Li Ming"];

/// A JPEG as a telephone writes it: EXIF with orientation, device, owner and position, XMP, a comment.
pub fn from_a_telephone(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    let exif = [b"Exif\0\0".to_vec(), exif(orientation)].concat();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>Li Ming</x:xmpmeta>".to_vec();
    let plain = jpeg(picture);
    let segments = [segment(0xE1, &exif), segment(0xE1, &xmp), segment(0xFE, b"Mate 60 Pro")].concat();
    [&plain[..2], &segments, &plain[2..]].concat()
}

/// A JPEG segment.
pub fn segment(mark: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap_or_else(|e| panic!("{e}"));
    [&[0xFF, mark], length.to_be_bytes().as_slice(), body].concat()
}

/// A TIFF block, big-endian: maker, model, orientation and artist, and a GPS directory with 34°24'54" N, 107°28'30" E.
pub fn exif(orientation: u16) -> Vec<u8> {
    let [maker, model, artist] = SECRETS.map(|text| [text.as_bytes(), &[0]].concat());
    let (main, gps) = (5_u16, 4_u16);
    let main_at = 8_u32;
    let gps_at = main_at + 2 + u32::from(main) * 12 + 4;
    let mut data_at = gps_at + 2 + u32::from(gps) * 12 + 4;
    let mut data = Vec::new();
    let mut place = |bytes: &[u8]| {
        let at = data_at;
        data.extend_from_slice(bytes);
        data_at += u32::try_from(bytes.len()).unwrap_or_default();
        at
    };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [tag.to_be_bytes().as_slice(), &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let degrees = |d: u32, m: u32, s: u32| [d, 1, m, 1, s, 1].map(u32::to_be_bytes).concat();
    let mut text =
        |tag: u16, text: &[u8]| entry(tag, 2, u32::try_from(text.len()).unwrap_or_default(), place(text).to_be_bytes());
    let main_entries = [
        text(0x010F, &maker),
        text(0x0110, &model),
        {
            let [high, low] = orientation.to_be_bytes();
            entry(0x0112, 3, 1, [high, low, 0, 0])
        },
        text(0x013B, &artist),
        entry(0x8825, 4, 1, gps_at.to_be_bytes()),
    ]
    .concat();
    let gps_entries = [
        entry(1, 2, 2, *b"N\0\0\0"),
        entry(2, 5, 3, place(&degrees(34, 24, 54)).to_be_bytes()),
        entry(3, 2, 2, *b"E\0\0\0"),
        entry(4, 5, 3, place(&degrees(107, 28, 30)).to_be_bytes()),
    ]
    .concat();
    [
        b"MM\0*".as_slice(),
        &main_at.to_be_bytes(),
        &main.to_be_bytes(),
        &main_entries,
        &[0; 4],
        &gps.to_be_bytes(),
        &gps_entries,
        &[0; 4],
        &data,
    ]
    .concat()
}

/// A PNG chunk with its check sum.
pub fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), body].concat();
    let length = u32::try_from(body.len()).unwrap_or_else(|e| panic!("{e}"));
    [&length.to_be_bytes(), named.as_slice(), &crc32(&named).to_be_bytes()].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// The marks of a JPEG's segments, in order.
pub fn marks(jpeg: &[u8]) -> Vec<u8> {
    let mut marks = Vec::new();
    let mut at = 2;
    while let Some([0xFF, mark, high, low]) = jpeg.get(at..at + 4) {
        marks.push(*mark);
        if *mark == 0xDA {
            break;
        }
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    marks
}
