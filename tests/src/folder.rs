//! A folder of one test's own.

use crate::db::private_folder;
use std::path::{Path, PathBuf};

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    /// An empty one.
    pub fn new(purpose: &str) -> anyhow::Result<Self> {
        Ok(Self(private_folder(purpose)?))
    }

    /// All files in it, however deep, in order.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = files(&self.0);
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
