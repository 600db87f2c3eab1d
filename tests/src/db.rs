//! A fresh database for each test, copied from a template that was migrated once.
//!
//! With `DATABASE_URL` the databases are made on that server. Without, one private cluster serves the whole test
//! process; it and its folder are gone when the process ends, however it ends.

use anyhow::Context as _;
use fangge::cluster::{Cluster, ClusterOptions};
use fangge::database;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgPool};
use std::io::PipeWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::OnceCell;

/// The server of this test process.
struct Server {
    /// Connects to its maintenance database.
    admin: PgConnectOptions,
    /// The migrated database that others are copied from.
    template: String,
    // Kept for the life of the process: the server is bound to the keeper's thread, the folder to the pipe.
    _cluster: Option<(Cluster, PipeWriter)>,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of one test, dropped with it.
pub struct TestDb {
    /// A few connections to it, of its owner: tests arrange and look as they like.
    pub pool: PgPool,
    /// How to connect to it.
    pub options: PgConnectOptions,
    name: String,
    admin: PgConnectOptions,
}

impl TestDb {
    /// A migrated, empty database.
    ///
    /// # Errors
    /// When no server can be had: the test can't run, and says why.
    pub async fn new() -> anyhow::Result<Self> {
        let server = server().await?;
        Self::make(server, &format!("template \"{}\"", server.template)).await
    }

    /// A database without schema.
    pub async fn blank() -> anyhow::Result<Self> {
        Self::make(server().await?, "template template0").await
    }

    /// Connections as the server has them: of the role that owns nothing.
    ///
    /// # Errors
    /// When the database is not migrated.
    pub async fn serving(&self) -> anyhow::Result<PgPool> {
        let pool = database::serving_pool(6).acquire_timeout(Duration::from_secs(10));
        Ok(pool.connect_with(self.options.clone()).await?)
    }

    async fn make(server: &Server, template: &str) -> anyhow::Result<Self> {
        let name = format!("fangge_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = server.admin.connect().await?;
        copy(&mut admin, &name, template).await?;
        admin.close().await?;
        let options = server.admin.clone().database(&name);
        let patient = Duration::from_secs(10);
        let pool = database::owner_pool(6).acquire_timeout(patient).connect_with(options.clone()).await?;
        Ok(Self { pool, options, name, admin: server.admin.clone() })
    }
}

/// Copies a template. PostgreSQL refuses while another session is connected to it, as a copy that starts at the same
/// moment is for an instant.
async fn copy(admin: &mut PgConnection, name: &str, template: &str) -> anyhow::Result<()> {
    let statement = format!("create database \"{name}\" {template}");
    for _ in 0..100 {
        match admin.execute(statement.as_str()).await {
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "55006") => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other => return Ok(other.map(|_| ())?),
        }
    }
    anyhow::bail!("the template database is always in use")
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A drop can't await, and the test's own runtime may be ending: another thread with a runtime does it.
        let dropped = std::thread::spawn(move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = admin.connect().await?;
                admin.execute(format!("drop database if exists \"{name}\" with (force)").as_str()).await?;
                Ok(admin.close().await?)
            })
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the test database {} was not dropped: {dropped:?}", self.name);
        }
    }
}

async fn server() -> anyhow::Result<&'static Server> {
    SERVER.get_or_try_init(start).await
}

async fn start() -> anyhow::Result<Server> {
    if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
        let admin: PgConnectOptions = url.parse().context("DATABASE_URL")?;
        let template = template(&admin).await?;
        return Ok(Server { admin, template, _cluster: None });
    }
    let folder = private_folder("db")?;
    let broom = sweep_when_we_end(&folder)?;
    let options = ClusterOptions { durable: false, ..ClusterOptions::new("cargo test") };
    let cluster = Cluster::start(&folder, &options).await?;
    let admin = cluster.options().database("postgres");
    let template = template(&admin).await?;
    Ok(Server { admin, template, _cluster: Some((cluster, broom)) })
}

/// Makes the migrated template unless it exists. Its name tells its migrations, so that on a server that outlives us
/// it serves the next run too; other test processes wait.
async fn template(admin: &PgConnectOptions) -> anyhow::Result<String> {
    let digest = fangge::db::MIGRATOR.iter().flat_map(|m| m.checksum.iter()).fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        // FNV-1a: only to tell one history from another.
        (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = format!("fangge_template_{digest:016x}");
    let mut connection = admin.connect().await?;
    connection.execute("select pg_advisory_lock(7205759403)").await?;
    let ready: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
            .bind(&name)
            .fetch_one(&mut connection)
            .await?;
    if !ready {
        connection.execute(format!("drop database if exists \"{name}\" with (force)").as_str()).await?;
        connection.execute(format!("create database \"{name}\" template template0").as_str()).await?;
        let pool = database::owner_pool(1).connect_with(admin.clone().database(&name)).await?;
        database::migrate(&pool).await?;
        pool.close().await;
        connection.execute(format!("alter database \"{name}\" is_template true").as_str()).await?;
    }
    connection.close().await?;
    Ok(name)
}

/// A new folder for this process, reachable by the user that PostgreSQL runs as.
pub fn private_folder(purpose: &str) -> anyhow::Result<PathBuf> {
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("fangge-test-{purpose}-{}-{n}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Starts a shell that outlives us by a moment: when the pipe closes it waits for the server to end and removes the
/// folder. A test process has no hook at its end, and may be killed.
fn sweep_when_we_end(folder: &Path) -> anyhow::Result<PipeWriter> {
    use std::os::unix::process::CommandExt as _;
    let (reader, writer) = std::io::pipe()?;
    Command::new("sh")
        .arg("-c")
        .arg(
            "cat >/dev/null; n=0; while [ -e \"$0/postgres/postmaster.pid\" ] && [ $n -lt 100 ]; do sleep 0.1; \
             n=$((n+1)); done; rm -rf \"$0\"",
        )
        .arg(folder)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    Ok(writer)
}
