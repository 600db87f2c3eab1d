//! Finished files onto the disk, with their compressed twins and a list of what they weigh.

use crate::bundle::{File, Page};
use anyhow::{Context, Result};
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Brotli's highest quality: paid once here, saved on every first visit.
const BROTLI_QUALITY: i32 = 11;
/// Base-2 logarithm of brotli's window, its largest without the "large window" extension.
const BROTLI_WINDOW: i32 = 24;

/// What a page weighs, in bytes.
#[derive(Default)]
pub struct Weight {
    plain: usize,
    brotli: usize,
    gzip: usize,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.plain)?;
        if self.brotli > 0 {
            write!(f, ", {} as brotli, {} as gzip", self.brotli, self.gzip)?;
        }
        Ok(())
    }
}

/// Replaces what `out` holds by the page. With `dev`, nothing is compressed. A file that holds the right bytes already is
/// left alone, so that the server is not compiled again for nothing.
///
/// # Errors
/// When a file can't be written.
pub fn write(out: &Path, page: &Page, dev: bool) -> Result<Weight> {
    let mut total = Weight::default();
    let mut kept = HashSet::new();
    let mut rows = Vec::new();
    for file in &page.files {
        let weight = write_with_twins(out, file, dev, &mut kept)?;
        rows.push(format!(
            "  {{\"path\": \"/{}\", \"bytes\": {}, \"brotli\": {}, \"gzip\": {}}}",
            file.name, weight.plain, weight.brotli, weight.gzip
        ));
        total.plain += weight.plain;
        total.brotli += weight.brotli;
        total.gzip += weight.gzip;
    }
    save(out.join("manifest.json"), format!("[\n{}\n]\n", rows.join(",\n")).as_bytes(), &mut kept)?;
    remove_others(out, &kept)?;
    Ok(total)
}

fn write_with_twins(out: &Path, file: &File, dev: bool, kept: &mut HashSet<PathBuf>) -> Result<Weight> {
    save(out.join(&file.name), &file.bytes, kept)?;
    let mut weight = Weight { plain: file.bytes.len(), ..Weight::default() };
    if dev {
        return Ok(weight);
    }
    let brotli = brotli(&file.bytes)?;
    let gzip = gzip(&file.bytes)?;
    save(out.join(format!("{}.br", file.name)), &brotli, kept)?;
    save(out.join(format!("{}.gz", file.name)), &gzip, kept)?;
    (weight.brotli, weight.gzip) = (brotli.len(), gzip.len());
    Ok(weight)
}

fn save(path: PathBuf, bytes: &[u8], kept: &mut HashSet<PathBuf>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    if fs::read(&path).ok().as_deref() != Some(bytes) {
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    kept.insert(path);
    Ok(())
}

/// Removes what an earlier build left in `folder`, and in the folders below it.
fn remove_others(folder: &Path, kept: &HashSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
        } else if !kept.contains(&path) {
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn twins_hold_the_same_bytes() {
        let bytes: Vec<u8> = (0..40_000_u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&bytes).unwrap()[..], &mut back).unwrap();
        assert_eq!(back, bytes);
        back.clear();
        flate2::read::GzDecoder::new(&gzip(&bytes).unwrap()[..]).read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
    }

    #[test]
    fn a_second_page_replaces_the_first_and_leaves_equal_files_alone() {
        let out = std::env::temp_dir().join(format!("pack-{}", std::process::id()));
        let file = |name: &str, text: &str| File { name: name.into(), bytes: text.into() };
        write(&out, &Page { files: vec![file("assets/a-1.js", "a"), file("b", "b")] }, false).unwrap();
        let before = fs::metadata(out.join("b")).unwrap().modified().unwrap();
        write(&out, &Page { files: vec![file("assets/a-2.js", "a2"), file("b", "b")] }, true).unwrap();
        assert_eq!(fs::metadata(out.join("b")).unwrap().modified().unwrap(), before);
        let mut assets: Vec<_> = fs::read_dir(out.join("assets")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assets.sort();
        assert_eq!(assets, ["a-2.js"]);
        assert!(!out.join("b.br").exists(), "twins of an earlier build must not outlive it");
        fs::remove_dir_all(&out).unwrap();
    }
}
