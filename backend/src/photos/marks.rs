//! How a file is built, read without decoding it: where the picture ends, and what makes decoding dear. The decoders forgive what
//! is missing and paint it grey; a photo that broke off on its way is better sent again.

use super::refusal::Refusal;

/// Most pixels of a file: the 64-megapixel sensors of phones, and a little.
pub const MOST_PIXELS: u64 = 72_000_000;

/// What a file's own frame tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Where the picture's last byte is followed by something else, or by nothing.
    pub end: usize,
    /// Whether it comes in several scans, so that all of it has to be held while it is decoded.
    pub in_scans: bool,
}

/// Most scans of a JPEG: each is a walk over the whole picture, and encoders write ten or so.
const MOST_SCANS: usize = 64;

/// Whether a picture may have so many pixels; none at all is no picture.
///
/// # Errors
/// When it may not.
pub fn check_size(width: u32, height: u32, most: u64) -> Result<(), Refusal> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Refusal::Damaged),
        pixels if pixels > most => Err(Refusal::TooManyPixels { width, height, most }),
        _ => Ok(()),
    }
}

/// Walks over a JPEG's segments to the end of the picture.
///
/// # Errors
/// When it breaks off, or is of a form that no camera writes.
pub fn jpeg(bytes: &[u8]) -> Result<Frame, Refusal> {
    let mut is_progressive = None;
    let mut scans = 0;
    let mut at = 2;
    loop {
        at = marker(bytes, at)?;
        let mark = bytes[at];
        at += 1;
        match mark {
            // The end; before any scan it is the end of nothing.
            0xD9 if scans == 0 => return Err(Refusal::Damaged),
            0xD9 => return Ok(Frame { end: at, in_scans: is_progressive == Some(true) || scans > 1 }),
            // Stands alone, and means nothing.
            0x01 => continue,
            // A picture that begins inside a picture.
            0xD8 => return Err(Refusal::Damaged),
            0xC0..=0xC2 if is_progressive.is_none() => is_progressive = Some(mark == 0xC2),
            // A second frame, or lossless, hierarchical and arithmetic forms, or a height that is told at the end.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xDC | 0xDE | 0xDF => {
                return Err(Refusal::Uncommon);
            }
            0xDA if is_progressive.is_none() => return Err(Refusal::Damaged),
            0xDA => scans += 1,
            _ => {}
        }
        if scans > MOST_SCANS {
            return Err(Refusal::Uncommon);
        }
        let length = bytes.get(at..at + 2).ok_or(Refusal::Truncated)?;
        at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
        if at > bytes.len() {
            return Err(Refusal::Truncated);
        }
    }
}

/// The position of the next marker's code. After a scan's header that passes over the scan: there FF is followed by 00 or by a
/// restart, and what else follows FF is a marker.
fn marker(bytes: &[u8], from: usize) -> Result<usize, Refusal> {
    let mut at = from;
    loop {
        at += bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)).ok_or(Refusal::Truncated)?;
        // Any number of FF may stand before the code.
        while bytes.get(at) == Some(&0xFF) {
            at += 1;
        }
        match bytes.get(at) {
            None => return Err(Refusal::Truncated),
            Some(0x00 | 0xD0..=0xD7) => {}
            Some(_) => return Ok(at),
        }
    }
}

/// Walks over a PNG's chunks to its last one.
///
/// # Errors
/// When it breaks off or moves.
pub fn png(bytes: &[u8]) -> Result<Frame, Refusal> {
    // Before anything is made for a row of two thousand million pixels.
    if let Some([a, b, c, d, e, f, g, h]) = bytes.get(16..24) {
        let (width, height) = (u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h]));
        check_size(width, height, MOST_PIXELS)?;
    }
    let mut at = 8;
    loop {
        let head = bytes.get(at..at + 8).ok_or(Refusal::Truncated)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let next = at + 12 + length;
        if next > bytes.len() {
            return Err(Refusal::Truncated);
        }
        match &head[4..8] {
            b"acTL" | b"fcTL" | b"fdAT" => return Err(Refusal::Animated),
            b"IEND" => return Ok(Frame { end: next, in_scans: false }),
            _ => at = next,
        }
    }
}

/// Walks over a WebP's chunks.
///
/// # Errors
/// When it breaks off or moves.
pub fn webp(bytes: &[u8]) -> Result<Frame, Refusal> {
    let size = |at: usize| {
        let four = bytes.get(at..at + 4).ok_or(Refusal::Truncated)?;
        Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize)
    };
    let end = 8 + size(4)?;
    if end > bytes.len() {
        return Err(Refusal::Truncated);
    }
    let mut at = 12;
    while at + 8 <= end {
        if matches!(&bytes[at..at + 4], b"ANIM" | b"ANMF") {
            return Err(Refusal::Animated);
        }
        let length = size(at + 4)?;
        at += 8 + length + length % 2;
    }
    // The last chunk's padding is left out by some.
    if at > end + 1 { Err(Refusal::Truncated) } else { Ok(Frame { end, in_scans: false }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, a frame of this form, a scan with a stuffed byte and a restart in it, the end, and a trailer.
    fn tiny(form: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 0xFF, 0xD8];
        bytes.extend([0xFF, form, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0]);
        bytes.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]);
        bytes.extend([0xFF, 0xFF, 0xD9, b'x']);
        bytes
    }

    #[test]
    fn a_jpeg_ends_where_its_picture_ends() {
        let bytes = tiny(0xC0);
        assert_eq!(jpeg(&bytes), Ok(Frame { end: bytes.len() - 1, in_scans: false }));
        assert!(jpeg(&tiny(0xC2)).unwrap().in_scans);
        for cut in 0..bytes.len() - 1 {
            assert_eq!(jpeg(&bytes[..cut]), Err(Refusal::Truncated), "{cut}");
        }
    }

    #[test]
    fn jpegs_that_no_camera_writes_are_refused() {
        for form in [0xC3, 0xC9, 0xCB, 0xDC] {
            assert_eq!(jpeg(&tiny(form)), Err(Refusal::Uncommon), "{form:x}");
        }
        let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        let mut dear = tiny(0xC2);
        let end = dear.len() - 4;
        dear.splice(end..end, std::iter::repeat_n(scan, MOST_SCANS).flatten());
        assert_eq!(jpeg(&dear), Err(Refusal::Uncommon));
        assert_eq!(jpeg(&[0xFF, 0xD8, 0xFF, 0xD9]), Err(Refusal::Damaged));
        assert_eq!(jpeg(&[0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9]), Err(Refusal::Damaged));
    }

    #[test]
    fn moving_pictures_are_seen_by_their_chunks() {
        let chunk = |name: &[u8]| [&[0, 0, 0, 0], name, &[0, 0, 0, 0]].concat();
        let head = [b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x09\0\0\0\x07\x08\x02\0\0\0".as_slice(), &[0; 4]].concat();
        let file = |names: &[&[u8]]| [head.clone(), names.iter().flat_map(|name| chunk(name)).collect()].concat();
        assert_eq!(png(&file(&[b"IDAT", b"IEND"])), Ok(Frame { end: 57, in_scans: false }));
        assert_eq!(png(&file(&[b"acTL", b"IEND"])), Err(Refusal::Animated));
        assert_eq!(png(&file(&[b"IDAT"])), Err(Refusal::Truncated));
        let riff = |size: u8, name: &[u8]| {
            [b"RIFF".as_slice(), &[size, 0, 0, 0], b"WEBP", name, &[2, 0, 0, 0], &[0, 0]].concat()
        };
        assert_eq!(webp(&riff(14, b"VP8 ")), Ok(Frame { end: 22, in_scans: false }));
        assert_eq!(webp(&riff(14, b"ANIM")), Err(Refusal::Animated));
        assert_eq!(webp(&riff(15, b"VP8 ")), Err(Refusal::Truncated));
        assert_eq!(webp(&riff(12, b"VP8 ")), Err(Refusal::Truncated));
    }
}
