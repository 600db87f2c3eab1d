//! What a file is, by its bytes alone: names and declared types are the sender's word.

use super::refusal::Refusal;

/// The kinds that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// By ISO 10918-1.
    Jpeg,
    /// By RFC 2083 and its successors.
    Png,
    /// By RFC 9649.
    WebP,
}

/// Kinds that people send by mistake, and are told by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// What iPhones and newer Androids store: HEVC in an ISO container. libheif, which everybody decodes it with, is a C library
    /// that a bare machine lacks; the Rust decoders of 2026 are AGPL (`heic`) or some months old (`heic-rs`, `heic-decoder`): not
    /// yet what a stranger's bytes should meet. Safari converts to JPEG by itself where a form's `accept` names only JPEG,
    /// PNG and WebP.
    Heic,
    /// AV1 in the same container.
    Avif,
    /// MP4, MOV and their kin.
    Video,
    /// Pictures in motion, or with 256 colours.
    Gif,
    /// Windows bitmaps.
    Bmp,
    /// TIFF, and the raw files that cameras write in it.
    Tiff,
    /// JPEG XL.
    JpegXl,
    /// Documents.
    Pdf,
    /// HTML, SVG and other XML.
    Markup,
    /// ZIP, and what is packed in it: DOCX, XLSX, APK.
    Zip,
}

impl Stranger {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Video => "MP4",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF/RAW",
            Self::JpegXl => "JPEG XL",
            Self::Pdf => "PDF",
            Self::Markup => "HTML/SVG/XML",
            Self::Zip => "ZIP/Office",
        }
    }
}

/// What a file is.
///
/// ```
/// use fangge::photos::{Kind, Refusal, Stranger, kind};
/// assert_eq!(kind(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"), Ok(Kind::Jpeg));
/// assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0"), Err(Refusal::Other(Stranger::Heic)));
/// assert_eq!(kind(b"\xEF\xBB\xBF <svg xmlns="), Err(Refusal::Other(Stranger::Markup)));
/// assert_eq!(kind(b"MZ"), Err(Refusal::Unknown));
/// ```
///
/// # Errors
/// When it is none of the kinds that are taken.
pub fn kind(bytes: &[u8]) -> Result<Kind, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::WebP);
    }
    Err(stranger(bytes).map_or(Refusal::Unknown, Refusal::Other))
}

/// How they begin, but for those that tell themselves a little further in.
const BEGINNINGS: [(&[u8], Stranger); 9] = [
    (b"GIF8", Stranger::Gif),
    (b"BM", Stranger::Bmp),
    (b"II*\0", Stranger::Tiff),
    (b"MM\0*", Stranger::Tiff),
    (b"\xFF\x0A", Stranger::JpegXl),
    (b"\0\0\0\x0CJXL ", Stranger::JpegXl),
    (b"%PDF-", Stranger::Pdf),
    (b"PK\x03\x04", Stranger::Zip),
    (b"\x1A\x45\xDF\xA3", Stranger::Video),
];

fn stranger(bytes: &[u8]) -> Option<Stranger> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(match bytes.get(8..12) {
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1" | b"msf1") => {
                Stranger::Heic
            }
            Some(b"avif" | b"avis") => Stranger::Avif,
            _ => Stranger::Video,
        });
    }
    if let Some((_, known)) = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Some(*known);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<").then_some(Stranger::Markup)
}

/// How far into a file readers look for what makes it a document or a page: PDF's take it anywhere in the first kilobyte, and
/// browsers sniff no further.
const FACE: usize = 1024;
/// How far back from a file's end a ZIP's directory may begin: 22 bytes, and a comment of at most 65,535.
const ZIP_TAIL: usize = 22 + 65_535;

/// Whether a picture that ends at `end` is another file as well: a page or a document by its beginning, or an archive, a
/// program or a page by what follows the picture.
///
/// What else follows is let through and dropped, for honest phones write there too: a motion photo's video, a gain map, a second
/// exposure. Nothing of it outlives the re-encoding.
pub fn is_two_faced(bytes: &[u8], end: usize) -> bool {
    let head = &bytes[..bytes.len().min(FACE)];
    let tail = &bytes[end.min(bytes.len())..];
    let zip_tail = &tail[tail.len().saturating_sub(ZIP_TAIL)..];
    has_markup(head)
        || has(head, b"%PDF-")
        || has_markup(&tail[..tail.len().min(FACE)])
        || has(&tail[..tail.len().min(FACE)], b"%PDF-")
        || [b"PK\x03\x04".as_slice(), b"MZ", b"\x7FELF", b"Rar!", b"7z\xBC\xAF", b"#!", b"GIF8"]
            .iter()
            .any(|beginning| tail.trim_ascii_start().starts_with(beginning))
        || has(zip_tail, b"PK\x05\x06")
}

/// Whether a page or a script begins here. XMP's `<x:xmpmeta` and `<rdf:RDF` are none.
fn has_markup(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let marks: [&[u8]; 8] = [b"<html", b"<!doctype", b"<script", b"<svg", b"<body", b"<iframe", b"<?php", b"<!entity"];
    marks.iter().any(|mark| has(&lower, mark))
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_send_by_mistake_is_told_by_name() {
        let other = |bytes: &[u8]| match kind(bytes) {
            Err(Refusal::Other(stranger)) => stranger.name(),
            told => panic!("{told:?}"),
        };
        for (bytes, name) in [
            (b"\0\0\0\x20ftypmif1".as_slice(), "HEIC"),
            (b"\0\0\0\x20ftypavif", "AVIF"),
            (b"\0\0\0\x20ftypqt  ", "MP4"),
            (b"GIF89a", "GIF"),
            (b"BM\x36\0", "BMP"),
            (b"II*\0\x08\0", "TIFF/RAW"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04\x14", "ZIP/Office"),
            (b"\r\n<!DOCTYPE html>", "HTML/SVG/XML"),
            (b"<?xml version='1.0'?><svg/>", "HTML/SVG/XML"),
        ] {
            assert_eq!(other(bytes), name);
        }
        assert_eq!(kind(b""), Err(Refusal::Empty));
        for cut in [b"\xFF".as_slice(), b"\xFF\xD8", b"\x89PNG", b"RIFF\0\0\0\0WEB", b"\0\0\0\x20ft", b"\0"] {
            assert_eq!(kind(cut), Err(Refusal::Unknown), "{cut:?}");
        }
    }

    #[test]
    fn a_picture_that_is_another_file_too_is_seen() {
        let picture = vec![0x55_u8; 5_000];
        let with = |at: usize, part: &[u8]| {
            let mut bytes = picture.clone();
            bytes.splice(at..at + part.len().min(bytes.len() - at), part.iter().copied());
            bytes
        };
        assert!(!is_two_faced(&picture, 5_000));
        assert!(is_two_faced(&with(600, b"%PDF-1.4"), 5_000));
        assert!(is_two_faced(&with(20, b"/*<ScRipt>"), 5_000));
        assert!(!is_two_faced(&with(20, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"), 5_000));
        let followed = |tail: &[u8]| is_two_faced(&[picture.as_slice(), tail].concat(), 5_000);
        for tail in [b"PK\x03\x04".as_slice(), b"\n<html>", b"MZ\x90", b"#!/bin/sh", b"%PDF-1.4", b"GIF89a"] {
            assert!(followed(tail), "{tail:?}");
        }
        assert!(followed(&[vec![0; 200_000], b"PK\x05\x06".to_vec(), vec![0; 18]].concat()));
        assert!(!followed(b"\0\0\0\x18ftypmp42 a motion photo's video"));
        assert!(!followed(b"\xFF\xD8\xFF\xE0 a second picture"));
    }
}
