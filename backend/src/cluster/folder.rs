//! The data folder: where the cluster, its socket and its log lie.

use super::error::ClusterError;
use super::runner::Runner;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, symlink};
use std::path::{Path, PathBuf};

/// Below this much free space no server is started.
pub const MIN_FREE_BYTES: u64 = 200 * 1024 * 1024;

/// Longest socket path in bytes: `sun_path` holds 108 with its closing zero.
const SOCKET_PATH_MAX: usize = 107;
const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// Where clusters lie whose data folder the server's user can't reach, `/root/…` above all.
const ELSEWHERE: &str = "/var/lib/fangge";
/// In a cluster's folder there: the data folder that it belongs to.
const BELONGS: &str = "belongs-to";

/// A data folder whose places are known.
#[derive(Debug, Clone)]
pub struct DataFolder {
    /// The folder itself.
    pub root: PathBuf,
    /// The cluster, links followed; not there yet when [`DataFolder::is_new`].
    pub pgdata: PathBuf,
    /// The folder of the socket: the cluster's own, which nobody else may enter, unless its path is too long.
    pub socket: PathBuf,
}

/// Makes the folder if need be and tries whether it can be written.
pub fn open(path: &Path) -> Result<PathBuf, ClusterError> {
    fs::create_dir_all(path)
        .and_then(|()| path.canonicalize())
        .and_then(|root| write_test(&root).map(|()| root))
        .map_err(|error| refused(path, &error))
}

/// The folder, or where it would be made the nearest folder above it, if that can be written; nothing is made.
pub fn look(path: &Path) -> Result<PathBuf, ClusterError> {
    let mut found = path;
    while !found.exists() {
        found = found.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    }
    write_test(found).map(|()| found.to_owned()).map_err(|error| refused(path, &error))
}

fn write_test(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".write-test-{}", std::process::id()));
    fs::write(&probe, b"x").and_then(|()| fs::remove_file(&probe))
}

fn refused(path: &Path, error: &io::Error) -> ClusterError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ClusterError::DiskFull { path: path.to_owned() },
        _ => ClusterError::NotWritable { path: path.to_owned(), reason: error.to_string() },
    }
}

/// Refuses to begin on a disk that is nearly full: a database that can't write its log stops in the middle of work.
pub fn check_space(root: &Path) -> Result<(), ClusterError> {
    let free = free_bytes(root).map_err(ClusterError::io("asking how much of the disk is free"))?;
    enough(root, free)
}

fn enough(root: &Path, free: u64) -> Result<(), ClusterError> {
    const MB: u64 = 1024 * 1024;
    if free >= MIN_FREE_BYTES {
        return Ok(());
    }
    Err(ClusterError::NoSpace { path: root.to_owned(), free_mb: free / MB, needed_mb: MIN_FREE_BYTES / MB })
}

/// What an ordinary user may still write on the disk of `path`, in bytes.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

impl DataFolder {
    /// Finds the cluster, or a place where the server's user can make one, and a folder for its socket.
    pub fn lay_out(root: &Path, runner: &Runner) -> Result<Self, ClusterError> {
        let link = root.join("postgres");
        let pgdata = match link.canonicalize() {
            Ok(real) => real,
            Err(_) if link.is_symlink() => {
                let target = fs::read_link(&link).unwrap_or_default();
                return Err(ClusterError::Gone { link, target });
            }
            Err(_) if runner.can_enter(root) => link,
            Err(_) => elsewhere(root),
        };
        let socket = socket_folder(&pgdata, runner)?;
        Ok(Self { root: root.to_owned(), pgdata, socket })
    }

    /// Whether there is no cluster yet.
    pub fn is_new(&self) -> bool {
        !self.pgdata.join("PG_VERSION").exists()
    }

    /// The major version of the server that made the cluster, if there is one.
    pub fn major(&self) -> Result<Option<u32>, ClusterError> {
        match fs::read_to_string(self.pgdata.join("PG_VERSION")) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::NotWritable { path: self.root.clone(), reason: error.to_string() }),
        }
    }

    /// Where the server's words are kept.
    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// Makes the place for a cluster that lies elsewhere.
    pub fn make_home(&self) -> io::Result<()> {
        match self.home() {
            Some(home) => fs::create_dir_all(home)
                .and_then(|()| fs::write(home.join(BELONGS), self.root.as_os_str().as_encoded_bytes())),
            None => Ok(()),
        }
    }

    /// Removes that place when no cluster came to be in it.
    pub fn give_up_home(&self) {
        if let Some(home) = self.home()
            && let Err(error) = fs::remove_dir_all(home)
        {
            tracing::debug!(%error, home = %home.display(), "removing the place of a cluster that was not made");
        }
    }

    fn home(&self) -> Option<&Path> {
        self.pgdata.parent().filter(|home| *home != self.root)
    }

    /// Where the cluster grows before it is moved into place whole.
    pub fn nursery(&self) -> PathBuf {
        self.pgdata.with_extension("new")
    }

    /// Links to a cluster that lies elsewhere.
    pub fn link(&self) -> io::Result<()> {
        let link = self.root.join("postgres");
        if link == self.pgdata { Ok(()) } else { symlink(&self.pgdata, link) }
    }
}

/// A new place under `/var/lib/fangge` for the cluster of a data folder that the server's user can't reach. Its
/// name is never used twice: a data folder that was removed and made anew begins empty.
fn elsewhere(root: &Path) -> PathBuf {
    let home = Path::new(ELSEWHERE).join(uuid::Uuid::new_v4().simple().to_string());
    tracing::info!(
        data = %root.display(), place = %home.display(),
        "the database's user can't enter the data folder, so the cluster lies elsewhere and is linked"
    );
    home.join("postgres")
}

/// The major version of the server that made the cluster in a data folder, if there is one.
pub fn data_version(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("postgres/PG_VERSION")).ok()?.trim().parse().ok()
}

/// Removes a socket's folder that was made beside the cluster, when the server has left it.
#[derive(Debug)]
pub struct SocketGuard(Option<PathBuf>);

impl DataFolder {
    /// Sees to it that the socket's folder goes with the server.
    pub fn guard(&self) -> SocketGuard {
        SocketGuard((self.socket != self.pgdata).then(|| self.socket.clone()))
    }
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        if let Some(folder) = &self.0
            && let Err(error) = fs::remove_dir(folder)
        {
            tracing::debug!(%error, folder = %folder.display(), "removing the socket's folder");
        }
    }
}

/// Clusters under `/var/lib/fangge` whose data folder no longer links to them.
pub fn orphans() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(ELSEWHERE) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|home| !is_linked(home)).collect()
}

fn is_linked(home: &Path) -> bool {
    let Ok(owner) = fs::read_to_string(home.join(BELONGS)) else { return true };
    fs::read_link(Path::new(&owner).join("postgres")).is_ok_and(|target| target.starts_with(home))
}

fn socket_folder(pgdata: &Path, runner: &Runner) -> Result<PathBuf, ClusterError> {
    if socket_fits(pgdata) {
        return Ok(pgdata.to_owned());
    }
    // An ordinary user's own runtime folder is the best place; root's is of no use to the server's user.
    let base = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|folder| runner.user().is_none() && folder.is_dir())
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    let digest = Sha256::digest(pgdata.as_os_str().as_encoded_bytes());
    // Eight bytes of a SHA-256: enough that two data folders never share a socket.
    let mut name = String::from("fangge-");
    name.extend(
        digest.iter().take(8).flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|n| char::from_digit(n.into(), 16)),
    );
    let folder = base.join(name);
    make_private(&folder, runner)?;
    Ok(folder)
}

fn socket_fits(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_encoded_bytes();
    // The setting is a list: commas and quotes would need quoting that PostgreSQL and we must agree on.
    bytes.len() + 1 + SOCKET_NAME.len() <= SOCKET_PATH_MAX && !bytes.iter().any(|b| matches!(b, b',' | b'"' | b'\\'))
}

/// Makes a folder for the server's user alone; a folder that someone else put there is refused.
fn make_private(folder: &Path, runner: &Runner) -> Result<(), ClusterError> {
    const OTHERS: u32 = 0o077;
    let what = || format!("making {}", folder.display());
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => runner.give(folder).map_err(ClusterError::io(what()))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::Io { what: what(), error }),
    }
    let meta = fs::symlink_metadata(folder).map_err(ClusterError::io(what()))?;
    if meta.is_dir() && meta.uid() == runner.uid() && meta.mode() & OTHERS == 0 {
        Ok(())
    } else {
        Err(ClusterError::SocketFolder { path: folder.to_owned(), uid: runner.uid() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nearly_full_disk_is_refused_with_both_figures() {
        assert!(enough(Path::new("/d"), MIN_FREE_BYTES).is_ok());
        let refusal = enough(Path::new("/d"), MIN_FREE_BYTES - 1).unwrap_err().to_string();
        assert!(refusal.contains("199 MB") && refusal.contains("200 MB") && refusal.contains("/d"), "{refusal}");
    }

    #[test]
    fn a_socket_path_ends_at_107_bytes() {
        let of = |n: usize| PathBuf::from(format!("/{}", "a".repeat(n - 1)));
        assert!(socket_fits(&of(93)) && !socket_fits(&of(94)));
        assert!(!socket_fits(Path::new("/a,b")));
    }

    #[test]
    fn what_is_not_a_folder_can_not_be_a_data_folder() {
        let refusal = open(Path::new("/dev/null/data")).unwrap_err().to_string();
        assert!(refusal.contains("/dev/null/data") && refusal.contains("--data"), "{refusal}");
    }
}
