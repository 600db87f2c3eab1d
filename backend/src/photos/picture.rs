//! Bytes in, a checked and re-encoded photo and its thumbnail out. Pure: no clock, no file, and the same bytes give the same
//! answer.
//!
//! Re-encoding is the cleaning: only pixels pass. Position, device, owner, preview, colour profile, comments, whatever was hidden in
//! the file or behind its end stay behind. Colours of a wider space are then shown as if they were sRGB, a little paler.

use super::marks::{self, Frame, MOST_PIXELS};
use super::refusal::Refusal;
use super::sniff::{self, Kind};
use image::codecs::{jpeg::JpegDecoder, jpeg::JpegEncoder, png::PngDecoder, webp::WebPDecoder};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageResult, Limits, RgbImage};
use sha2::{Digest as _, Sha256};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest side of a kept photo, pixels: a number plate across a courtyard stays readable.
pub const LONGEST: u32 = 2_560;
/// Longest side of a thumbnail, pixels.
pub const THUMB: u32 = 320;
/// JPEG quality of a photo, of 100: a kept one is some 0.5 to 1.5 MB.
pub const QUALITY: u8 = 82;
/// JPEG quality of a thumbnail: some 15 KB.
pub const THUMB_QUALITY: u8 = 75;
/// Most memory that decoding one file may take, bytes; what needs more by its own header is refused before it is decoded.
pub const MOST_MEMORY: u64 = 512 * 1024 * 1024;
/// Most memory that a decoder may take for what is not pixels, bytes: profiles and texts, which come packed.
const MOST_BESIDE: u64 = 32 * 1024 * 1024;

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256 of `photo`: its name in the store.
    pub sha256: [u8; 32],
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down, upright.
    pub height: u32,
    /// A JPEG without metadata.
    pub photo: Vec<u8>,
    /// The same, small.
    pub thumb: Vec<u8>,
}

/// What a file says of itself, before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    kind: Kind,
    end: usize,
    /// What decoding it takes at most, bytes.
    pub memory: u64,
}

/// Looks at a file: is it a photo, whole, one only, and of a size that may be decoded.
///
/// # Errors
/// When it is not.
pub fn look(bytes: &[u8]) -> Result<Look, Refusal> {
    let kind = sniff::kind(bytes)?;
    let frame = match kind {
        Kind::Jpeg => marks::jpeg(bytes)?,
        Kind::Png => marks::png(bytes)?,
        Kind::WebP => marks::webp(bytes)?,
    };
    if sniff::is_two_faced(bytes, frame.end) {
        return Err(Refusal::TwoFaced);
    }
    let decoder = guarded(|| decoder(&bytes[..frame.end], kind))?;
    let (width, height) = decoder.dimensions();
    let per_pixel = per_pixel(kind, frame, decoder.color_type().bytes_per_pixel());
    marks::check_size(width, height, MOST_PIXELS.min(MOST_MEMORY / per_pixel))?;
    let pixels = u64::from(width) * u64::from(height);
    let memory = pixels * per_pixel + fitting(width, height) + 2 * bytes.len() as u64;
    Ok(Look { kind, end: frame.end, memory })
}

/// What making it fit takes, bytes: the filter works in rows of four floating-point numbers a pixel.
fn fitting(width: u32, height: u32) -> u64 {
    if width.max(height) <= LONGEST {
        return 0;
    }
    let (wide, _) = scaled(width, height, width.max(height).min(2 * LONGEST));
    let (_, low) = scaled(width, height, LONGEST);
    16 * u64::from(wide) * u64::from(low)
}

/// What the decoders hold for each pixel, bytes: the decoded ones and, where a file is not decoded from top to bottom, all the
/// coefficients or planes that they are made of.
fn per_pixel(kind: Kind, frame: Frame, decoded: u8) -> u64 {
    let decoded = u64::from(decoded);
    match kind {
        // Two bytes a coefficient, three or four colours at full resolution.
        Kind::Jpeg if frame.in_scans => decoded + 8,
        Kind::Jpeg | Kind::Png => decoded + 1,
        Kind::WebP => decoded + 8,
    }
}

/// Decodes a file that was looked at, turns it upright, makes it fit and encodes it anew.
///
/// # Errors
/// When it can't be decoded after all.
pub fn make(bytes: &[u8], look: &Look) -> Result<Picture, Refusal> {
    let bytes = bytes.get(..look.end).ok_or(Refusal::Truncated)?;
    let photo = guarded(|| {
        let mut decoder = decoder(bytes, look.kind)?;
        // An orientation that can't be read is none.
        let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut photo = DynamicImage::ImageRgb8(fit(DynamicImage::from_decoder(decoder)?, LONGEST));
        photo.apply_orientation(turn);
        Ok(photo.into_rgb8())
    })?;
    let (width, height) = photo.dimensions();
    let encoded = guarded(|| encode(&photo, QUALITY))?;
    let thumb = guarded(|| encode(&fit(DynamicImage::ImageRgb8(photo), THUMB), THUMB_QUALITY))?;
    Ok(Picture { sha256: Sha256::digest(&encoded).into(), width, height, photo: encoded, thumb })
}

type Decoder<'a> = Box<dyn ImageDecoder + 'a>;

fn decoder(bytes: &[u8], kind: Kind) -> ImageResult<Decoder<'_>> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BESIDE);
    let read = Cursor::new(bytes);
    let mut decoder: Decoder<'_> = match kind {
        Kind::Jpeg => Box::new(JpegDecoder::new(read)?),
        // Given at once: a PNG's profile is unpacked while its head is read. What the pixels take was reckoned before.
        Kind::Png => Box::new(PngDecoder::with_limits(read, limits.clone())?),
        Kind::WebP => Box::new(WebPDecoder::new(read)?),
    };
    decoder.set_limits(limits)?;
    Ok(decoder)
}

/// Runs a decoder. What it can't read is the file's fault, and so is a panic: then the decoder met what nobody had thought of,
/// and the log tells.
fn guarded<T>(work: impl FnOnce() -> ImageResult<T>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(ImageError::Unsupported(error))) => {
            tracing::debug!(%error, "a photo of a form that can't be read");
            Err(Refusal::Uncommon)
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "a photo that can't be read");
            Err(Refusal::Damaged)
        }
        Err(_) => {
            tracing::warn!("a decoder panicked over a photo; it was refused");
            Err(Refusal::Damaged)
        }
    }
}

/// The picture on white, its longer side at most `longest`.
fn fit(picture: DynamicImage, longest: u32) -> RgbImage {
    let (width, height) = (picture.width(), picture.height());
    let long = width.max(height);
    if long <= longest {
        return flat(picture);
    }
    // Large ones are first averaged, block by block: a good filter over all their pixels would take seconds and much memory.
    let picture = if long > 2 * longest {
        let (width, height) = scaled(width, height, 2 * longest);
        picture.thumbnail_exact(width, height)
    } else {
        picture
    };
    let (width, height) = scaled(width, height, longest);
    image::imageops::resize(&flat(picture), width, height, FilterType::CatmullRom)
}

/// Width and height with the longer one made `longest`; neither vanishes.
fn scaled(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let long = u64::from(width.max(height));
    let side = |length: u32| {
        let side = (u64::from(length) * u64::from(longest) + long / 2) / long;
        u32::try_from(side).unwrap_or(longest).max(1)
    };
    (side(width), side(height))
}

/// Without transparency: a JPEG has none, and what is behind it would come out black.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over = |colour: u8| {
            let sum = u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

/// A baseline JPEG of these pixels, with a JFIF head and nothing more.
fn encode(picture: &RgbImage, quality: u8) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode(picture, width, height, ExtendedColorType::Rgb8)?;
    Ok(bytes)
}
