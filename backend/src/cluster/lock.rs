//! One process at a time owns a data folder; the lock file says which, and where its database answers.

use super::ClusterOptions;
use super::error::ClusterError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Who owns a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its process.
    pub pid: u32,
    /// What it does: `fangge serve`.
    pub command: String,
    /// Where it answers HTTP.
    pub listen: Option<SocketAddr>,
    /// The folder of its database's socket, once that takes connections.
    pub socket: Option<PathBuf>,
}

impl Owner {
    pub(super) fn current(options: &ClusterOptions, socket: Option<PathBuf>) -> Self {
        Self { pid: std::process::id(), command: options.command.clone(), listen: options.listen, socket }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {}, {}", self.pid, self.command)?;
        self.listen.map_or(Ok(()), |listen| write!(f, " at http://{listen}"))
    }
}

/// Ownership of a data folder, held as long as this lives; the system takes it back when the process ends.
#[derive(Debug)]
pub struct DataLock(File);

impl DataLock {
    /// Takes the folder for `us`.
    pub fn take(root: &Path, us: &Owner) -> Result<Self, ClusterError> {
        let path = root.join("lock");
        let file = open(&path).map_err(|e| ClusterError::NotWritable { path: path.clone(), reason: e.to_string() })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // Just taken, and its owner's name not written yet: the process is all that is missing.
                let owner = read(&file).unwrap_or(Owner {
                    pid: 0,
                    command: "just starting".into(),
                    listen: None,
                    socket: None,
                });
                return Err(ClusterError::Owned { path: root.to_owned(), owner });
            }
            Err(TryLockError::Error(error)) => {
                return Err(ClusterError::Io { what: format!("locking {}", path.display()), error });
            }
        }
        let lock = Self(file);
        lock.tell(us);
        Ok(lock)
    }

    /// Writes down who owns the folder.
    pub fn tell(&self, owner: &Owner) {
        let written = serde_json::to_vec(owner).map_err(std::io::Error::from).and_then(|text| self.write(&text));
        if let Err(error) = written {
            tracing::warn!(%error, "the lock file could not be written: other commands will not find the database");
        }
    }

    fn write(&self, text: &[u8]) -> std::io::Result<()> {
        let mut file = &self.0;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text)
    }
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // The file stays, so that the lock is always on the same one.
        if let Err(error) = self.write(b"") {
            tracing::debug!(%error, "emptying the lock file");
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn read(mut file: &File) -> Option<Owner> {
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Who owns the data folder now, if anyone does.
pub fn owner(data: &Path) -> Option<Owner> {
    let file = File::open(data.join("lock")).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&file),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_told_who_the_first_is() {
        let folder = std::env::temp_dir().join(format!("fangge-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let us = Owner {
            pid: 4711,
            command: "fangge serve".into(),
            listen: "127.0.0.1:8080".parse().ok(),
            socket: Some("/s".into()),
        };
        let lock = DataLock::take(&folder, &us).unwrap();
        assert_eq!(owner(&folder).unwrap(), us);
        let refusal = DataLock::take(&folder, &us).unwrap_err().to_string();
        assert!(refusal.contains("4711") && refusal.contains("http://127.0.0.1:8080"), "{refusal}");
        drop(lock);
        assert_eq!(owner(&folder), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
