//! The private PostgreSQL cluster in the data folder: made once, started, watched and stopped by the program itself.
//!
//! Invariants: it listens on a Unix socket in a folder that only its user may enter, never on TCP; one process at a
//! time owns a data folder; nothing of it outlives the program, however the program ends.

mod binaries;
mod error;
mod folder;
mod init;
mod keeper;
mod lock;
mod log;
mod runner;
mod stale;

pub use binaries::{MIN_MAJOR, MIN_POSTGIS, Server, find as find_server, postgis_will_do};
pub use error::ClusterError;
pub use folder::{MIN_FREE_BYTES, data_version, free_bytes, look as look_at_folder, orphans};
pub use lock::{Owner, owner};
pub use runner::Runner;

use folder::{DataFolder, SocketGuard};
use keeper::{Keeper, Phase};
use lock::DataLock;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The name of the program's database and of the role it connects as.
pub const DATABASE: &str = "fangge";

/// How long a start may take without a word: a cluster that crashed replays its log first.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How long the last server's leftovers may keep its shared memory.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(15);

/// How a cluster is to be run.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// The folder of PostgreSQL's programs, where it is not to be looked for.
    pub pg_bin: Option<PathBuf>,
    /// What the program does with it, told to others who want the same folder: `fangge serve`.
    pub command: String,
    /// Where that program answers HTTP, if it does.
    pub listen: Option<SocketAddr>,
    /// Whether what was committed survives a power cut. Only tests turn this off.
    pub durable: bool,
}

impl ClusterOptions {
    /// A durable cluster, run for `command`.
    pub fn new(command: impl Into<String>) -> Self {
        Self { pg_bin: None, command: command.into(), listen: None, durable: true }
    }
}

/// A running private cluster. Dropping it stops it as well, but [`Cluster::stop`] says when it is done.
#[derive(Debug)]
pub struct Cluster {
    keeper: Keeper,
    socket: PathBuf,
    server: Server,
    _guard: SocketGuard,
    // Last, so that the folder is let go only after the server has ended.
    lock: DataLock,
}

impl Cluster {
    /// Takes the data folder, makes a cluster in it if there is none, starts it, and makes the database.
    ///
    /// # Errors
    /// Every reason is a sentence of [`ClusterError`] that says what to do.
    pub async fn start(data: &Path, options: &ClusterOptions) -> Result<Self, ClusterError> {
        let (data, wanted) = (data.to_owned(), options.clone());
        let prepared = tokio::task::spawn_blocking(move || Prepared::new(&data, &wanted))
            .await
            .map_err(|error| ClusterError::Io { what: "preparing the data folder".into(), error: error.into() })??;
        let Prepared { folder, server, runner, lock } = prepared;
        let began = Instant::now();
        let spec = keeper::Spec::new(&runner, &server, &folder, options.durable);
        let keeper = Keeper::start(spec)?;
        wait_until_ready(&keeper, &folder).await?;
        let cluster = Self { keeper, socket: folder.socket.clone(), server, _guard: folder.guard(), lock };
        cluster.make_database().await?;
        // Only now can others be told to come here instead.
        cluster.lock.tell(&Owner::current(options, Some(folder.socket)));
        tracing::info!(
            version = %cluster.server.version,
            socket = %cluster.socket.display(),
            took_ms = began.elapsed().as_millis(),
            "the private database is up"
        );
        Ok(cluster)
    }

    /// How to connect to the program's database.
    pub fn options(&self) -> PgConnectOptions {
        connect_options(&self.socket)
    }

    /// The folder of its Unix socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The server that runs it.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The server's process, `None` while it is being restarted.
    pub fn postmaster(&self) -> Option<u32> {
        self.keeper.pid()
    }

    /// Ends it: open transactions are rolled back, the rest is written, and then this returns.
    pub async fn stop(mut self) {
        self.keeper.stop().await;
        tracing::info!("the private database has stopped");
    }

    async fn make_database(&self) -> Result<(), ClusterError> {
        match self.options().connect().await {
            Ok(connection) => {
                close(connection).await;
                return Ok(());
            }
            Err(error) if has_code(&error, "3D000") => {}
            Err(error) => return Err(ClusterError::Unreachable(error)),
        }
        let mut connection = self.options().database("postgres").connect().await.map_err(ClusterError::Unreachable)?;
        let made = sqlx::query(&format!("create database {DATABASE}")).execute(&mut connection).await;
        close(connection).await;
        match made {
            Err(error) if !has_code(&error, "42P04") => Err(ClusterError::Unreachable(error)),
            _ => Ok(()),
        }
    }
}

/// How to connect to the program's database behind the socket in `folder`.
pub fn connect_options(folder: &Path) -> PgConnectOptions {
    // Not `new()`: PGHOST, PGSSLMODE and the like belong to other databases.
    PgConnectOptions::new_without_pgpass().port(5432).socket(folder).username(DATABASE).password("").database(DATABASE)
}

async fn close(connection: PgConnection) {
    // The server ends the session anyway when the socket closes.
    connection.close().await.unwrap_or_else(|error| tracing::debug!(%error, "closing a connection"));
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|c| c == code)
}

/// What has to be so before a server can be started.
struct Prepared {
    folder: DataFolder,
    server: Server,
    runner: Runner,
    lock: DataLock,
}

impl Prepared {
    fn new(data: &Path, options: &ClusterOptions) -> Result<Self, ClusterError> {
        let runner = Runner::detect()?;
        let root = folder::open(data)?;
        let lock = DataLock::take(&root, &Owner::current(options, None))?;
        folder::check_space(&root)?;
        let folder = DataFolder::lay_out(&root, &runner)?;
        let server = binaries::find(options.pg_bin.as_deref(), folder.major()?)?;
        if folder.is_new() {
            init::make(&folder, &server, &runner, options.durable)?;
        } else {
            stale::settle(&folder.pgdata)?;
        }
        Ok(Self { folder, server, runner, lock })
    }
}

/// Waits until the server says in its pid file that it takes connections.
async fn wait_until_ready(keeper: &Keeper, folder: &DataFolder) -> Result<(), ClusterError> {
    let began = Instant::now();
    let mut told = Duration::from_secs(5);
    loop {
        if let Phase::Down = keeper.phase() {
            // Its last words may still be on their way through the pipe.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let (tail, complaint) = keeper.last_words();
            // Backends of a server that was killed outright need a moment to notice.
            let leftover = tail.contains("shared memory block") && began.elapsed() < LEFTOVER_LIMIT;
            if !leftover {
                return Err(ClusterError::from_log(folder, &tail, complaint));
            }
        }
        if let Some(pid) = keeper.pid()
            && stale::is_ready(&folder.pgdata, pid)
        {
            return Ok(());
        }
        if began.elapsed() > START_LIMIT {
            return Err(ClusterError::Slow { seconds: START_LIMIT.as_secs(), log: folder.log() });
        }
        if began.elapsed() > told {
            tracing::info!(seconds = told.as_secs(), "still waiting for the private database");
            told += Duration::from_secs(5);
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}
