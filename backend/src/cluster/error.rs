//! Why a private cluster can't be had: each reason one sentence, with what to do.

use super::folder::DataFolder;
use super::lock::Owner;
use std::path::PathBuf;

/// Why a private cluster can't be had.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The folder can't be made or written.
    #[error(
        "the data folder {} can't be written ({reason}); give it to the user who runs this program, or name another \
         with --data or FANGGE_DATA", path.display()
    )]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Someone else has it.
    #[error(
        "the data folder {} is owned by another running instance ({owner}); stop that one, or name another folder \
         with --data or FANGGE_DATA", path.display()
    )]
    Owned {
        /// The folder.
        path: PathBuf,
        /// Who has it.
        owner: Owner,
    },
    /// Too little room to begin.
    #[error(
        "only {free_mb} MB are free on the disk of {}, and the database needs at least {needed_mb} MB; free some \
         space, or name a folder on another disk with --data or FANGGE_DATA", path.display()
    )]
    NoSpace {
        /// The folder.
        path: PathBuf,
        /// What is free.
        free_mb: u64,
        /// What is needed.
        needed_mb: u64,
    },
    /// The disk filled up while the server worked.
    #[error("the disk of {} is full; free some space and start again", path.display())]
    DiskFull {
        /// The folder.
        path: PathBuf,
    },
    /// No server at all.
    #[error(
        "no PostgreSQL server was found (looked in {looked}); install one with `apt-get install postgresql \
         postgresql-postgis`, or name the folder of its programs with --pg-bin or FANGGE_PG_BIN, or a server with \
         DATABASE_URL"
    )]
    NoServer {
        /// Where it was looked for.
        looked: String,
    },
    /// Servers, but none that will do.
    #[error(
        "PostgreSQL {needed} or newer is needed, and only {found} was found; install a newer one with `apt-get \
         install postgresql postgresql-postgis`, or name a server with DATABASE_URL"
    )]
    TooOld {
        /// The oldest that will do.
        needed: u32,
        /// What was found, and where.
        found: String,
    },
    /// A server without PostGIS.
    #[error(
        "PostGIS 3.3 or newer is needed, and {found}; install it with `apt-get install \
         postgresql-{major}-postgis-3`"
    )]
    NoPostgis {
        /// What was found instead.
        found: String,
        /// The server's major version.
        major: u32,
    },
    /// The data were made by a server that isn't here.
    #[error(
        "the data were made by PostgreSQL {data}, and only {found} was found; install that version with `apt-get \
         install postgresql-{data} postgresql-{data}-postgis-3`, or move the data with pg_upgrade"
    )]
    OtherMajor {
        /// The major version that made the data.
        data: u32,
        /// What was found.
        found: String,
    },
    /// The cluster's real folder was taken away.
    #[error(
        "{} points to {}, which is gone; if the data are really to be given up, remove the link and start again",
        link.display(), target.display()
    )]
    Gone {
        /// The link in the data folder.
        link: PathBuf,
        /// Where it points.
        target: PathBuf,
    },
    /// Root must not run a server, and there is no other user to do it.
    #[error("PostgreSQL does not run as root, and {reason}; start the program as an ordinary user")]
    Root {
        /// What is missing.
        reason: String,
    },
    /// The socket's folder belongs to someone else.
    #[error("{} should be a folder that only user {uid} may enter; remove it and start again", path.display())]
    SocketFolder {
        /// The folder.
        path: PathBuf,
        /// The user who should own it.
        uid: u32,
    },
    /// `initdb` failed.
    #[error("the database could not be made in {}: {output}", path.display())]
    Init {
        /// The cluster.
        path: PathBuf,
        /// What it said.
        output: String,
    },
    /// The server ended while it started.
    #[error("the database in {} did not start: {output} (more in {})", path.display(), log.display())]
    Start {
        /// The cluster.
        path: PathBuf,
        /// Its last words.
        output: String,
        /// All its words.
        log: PathBuf,
    },
    /// The server takes too long.
    #[error("the database was not ready after {seconds} s; {} says why", log.display())]
    Slow {
        /// How long was waited.
        seconds: u64,
        /// All its words.
        log: PathBuf,
    },
    /// A server left over from before does not end.
    #[error("a database server left over from an earlier run (process {pid}) does not stop; end it by hand")]
    Leftover {
        /// Its process.
        pid: i32,
    },
    /// The server is up but does not answer.
    #[error("the private database does not answer: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// Anything else that the system refused.
    #[error("{what}: {error}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

impl ClusterError {
    /// The system refused while `what` was being done.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }

    /// The reason in a server's last words.
    pub(super) fn from_log(folder: &DataFolder, tail: &str, complaint: Option<String>) -> Self {
        if tail.contains("No space left on device") {
            return Self::DiskFull { path: folder.root.clone() };
        }
        let output = complaint.or_else(|| tail.lines().last().map(str::to_owned));
        let output = output.unwrap_or_else(|| "it said nothing".to_owned());
        Self::Start { path: folder.pgdata.clone(), output, log: folder.log() }
    }
}
