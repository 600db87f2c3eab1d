//! The server's words: kept in a file of limited size, and the last of them in memory for error messages.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Write as _};
use std::path::PathBuf;

/// Past this size the file is set aside as `postgres.log.1`, replacing the one before.
const LIMIT: u64 = 4 * 1024 * 1024;
const TAIL_LINES: usize = 40;

/// The log of one server.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: Option<File>,
    size: u64,
    limit: u64,
    tail: VecDeque<String>,
}

impl Log {
    /// Goes on with the file at `path`.
    pub fn open(path: PathBuf) -> Self {
        Self::with_limit(path, LIMIT)
    }

    fn with_limit(path: PathBuf, limit: u64) -> Self {
        let mut log = Self { path, file: None, size: 0, limit, tail: VecDeque::new() };
        log.reopen();
        log
    }

    /// The last lines.
    pub fn tail(&self) -> String {
        self.tail.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// The last of them that tells why the server ended, if it did.
    pub fn complaint(&self) -> Option<String> {
        self.tail.iter().rev().find(|line| line.contains("FATAL") || line.contains("PANIC")).cloned()
    }

    /// Forgets the last lines, not the file: what comes next is another server's.
    pub fn forget(&mut self) {
        self.tail.clear();
    }

    /// Adds a line. A disk that is full must not stop the server, so a line that can't be written is let go.
    pub fn add(&mut self, line: &str) {
        if self.tail.len() == TAIL_LINES {
            self.tail.pop_front();
        }
        self.tail.push_back(line.to_owned());
        if self.size > self.limit {
            self.rotate();
        }
        if let Some(file) = &mut self.file
            && writeln!(file, "{line}").is_ok()
        {
            self.size += line.len() as u64 + 1;
        }
    }

    fn rotate(&mut self) {
        let old = self.path.with_extension("log.1");
        if let Err(error) = fs::rename(&self.path, &old) {
            tracing::debug!(%error, "setting the database's log aside");
        }
        self.reopen();
    }

    fn reopen(&mut self) {
        self.file = OpenOptions::new().create(true).append(true).open(&self.path).ok();
        self.size = self.file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |meta| meta.len());
    }
}

/// Reads lines until the last process that holds the pipe has ended.
pub fn follow(pipe: impl io::Read, mut line: impl FnMut(&str)) {
    let mut reader = io::BufReader::new(pipe);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(n) if n > 0) {
        line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_of_limited_size_are_kept() {
        let folder = std::env::temp_dir().join(format!("fangge-log-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("postgres.log");
        let mut log = Log::with_limit(path.clone(), 1_000);
        follow(&b"one\ntwo \xff\nthree"[..], |line| log.add(line));
        assert_eq!(log.tail(), "one\ntwo \u{fffd}\nthree");
        for n in 0..500 {
            log.add(&format!("line {n}"));
        }
        assert!(log.tail().ends_with("line 499") && !log.tail().contains("three"));
        let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap()).collect();
        assert_eq!(names.len(), 2);
        assert!(names.iter().all(|entry| entry.metadata().unwrap().len() < 1_100));
        fs::remove_dir_all(&folder).unwrap();
    }
}
