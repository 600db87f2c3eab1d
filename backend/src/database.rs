//! The database that a command works with: a server that was named, a running instance's, or a private one.

use crate::cluster::{self, Cluster, ClusterError, ClusterOptions, Owner};
use crate::config::{Settings, masked};
use crate::db::MIGRATOR;
use anyhow::{Context as _, bail};
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor as _, PgExecutor, PgPool};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a request waits for a connection before it is told that the database is gone.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(3);
/// How long a server may take to bring its database up before a command gives up waiting for it.
const NEIGHBOUR_LIMIT: Duration = Duration::from_secs(30);

/// The role that serves: it owns nothing, and row-level security binds it.
pub const SERVING_ROLE: &str = "fangge_app";

/// A database, and the cluster it runs in where that is ours.
#[derive(Debug)]
pub struct Database {
    /// Connections of the schema's owner, for upkeep: never for requests. Tested before each use: they survive the server's
    /// restart.
    pub pool: PgPool,
    /// The private cluster, when this process runs it.
    pub cluster: Option<Cluster>,
}

/// What a command is, towards others who want the same data folder.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// It owns the folder or fails: the server, which says where it answers.
    Serve(SocketAddr),
    /// It works beside a running instance: this command.
    Beside(&'static str),
}

/// Opens the database that the settings name.
///
/// # Errors
/// Each with a sentence that says what to do.
pub async fn open(settings: &Settings, purpose: Purpose) -> anyhow::Result<Database> {
    if let Some(url) = &settings.database_url {
        let options: PgConnectOptions = url.parse().with_context(|| format!("DATABASE_URL {}", masked(url)))?;
        let pool = connect(settings, options)
            .await
            .with_context(|| format!("the database at {} can't be reached", masked(url)))?;
        check(&Found::ask(&pool).await.context("asking the database for its version")?)?;
        if let Some(lacking) = lacking(&pool).await.context("asking the database for rights")?.first() {
            bail!("the role of DATABASE_URL can't make the schema: {lacking}");
        }
        return Ok(Database { pool, cluster: None });
    }
    let options = ClusterOptions {
        pg_bin: settings.pg_bin.clone(),
        command: match purpose {
            Purpose::Serve(_) => "fangge serve".to_owned(),
            Purpose::Beside(command) => format!("fangge {command}"),
        },
        listen: match purpose {
            Purpose::Serve(listen) => Some(listen),
            Purpose::Beside(_) => None,
        },
        durable: true,
    };
    let mut began = Instant::now();
    let mut told = None;
    loop {
        let refusal = match Cluster::start(&settings.data, &options).await {
            Ok(cluster) => {
                let pool = connect(settings, cluster.options()).await.context("the private database")?;
                return Ok(Database { pool, cluster: Some(cluster) });
            }
            Err(refusal) => refusal,
        };
        let ClusterError::Owned { owner, .. } = &refusal else { return Err(refusal.into()) };
        if matches!(purpose, Purpose::Serve(_)) {
            return Err(refusal.into());
        }
        if owner.listen.is_some() {
            if let Some(pool) = neighbour(settings, owner).await? {
                return Ok(Database { pool, cluster: None });
            }
        } else {
            // Another command: its database ends with it, so that it is waited for, however long it takes.
            began = Instant::now();
            if told.replace(owner.pid) != Some(owner.pid) {
                tracing::info!(%owner, "waiting for another command to be done with the data folder");
            }
        }
        if began.elapsed() > NEIGHBOUR_LIMIT {
            return Err(refusal).context("waited for its database in vain");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Connects to the database of the instance that owns the data folder, once it has told where that is.
async fn neighbour(settings: &Settings, owner: &Owner) -> anyhow::Result<Option<PgPool>> {
    let Some(socket) = &owner.socket else { return Ok(None) };
    match connect(settings, cluster::connect_options(socket)).await {
        Ok(pool) => {
            tracing::info!(%owner, "working beside a running instance, in its database");
            Ok(Some(pool))
        }
        // It is stopping, or its server is being restarted.
        Err(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => Ok(None),
        Err(error) => Err(error).context("the running instance's database"),
    }
}

async fn connect(settings: &Settings, options: PgConnectOptions) -> Result<PgPool, sqlx::Error> {
    owner_pool(settings.database_connections).connect_with(options.application_name("fangge")).await
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_LIMIT).test_before_acquire(true)
}

/// Connections of the schema's owner. Row-level security binds it as well, unless it is a superuser: it says that it is at
/// upkeep, which nobody else's saying would open.
pub fn owner_pool(connections: u32) -> PgPoolOptions {
    pool(connections).after_connect(|connection, _| {
        Box::pin(
            async move { connection.execute("SELECT set_config('fangge.scope', 'upkeep', false)").await.map(drop) },
        )
    })
}

/// Connections that serve, made by a login that may take on the serving role.
pub fn serving_pool(connections: u32) -> PgPoolOptions {
    pool(connections).after_connect(|connection, _| {
        Box::pin(async move { connection.execute(&*format!("SET ROLE {SERVING_ROLE}")).await.map(drop) })
    })
}

/// Refuses a server that is too old or has no PostGIS, naming what was found.
///
/// # Errors
/// A sentence that says what to do.
pub fn check(found: &Found) -> anyhow::Result<()> {
    if found.version_num / 10_000 < i64::from(cluster::MIN_MAJOR) {
        bail!(
            "PostgreSQL {} or newer is needed, and DATABASE_URL names PostgreSQL {}; use a newer server, or leave \
             DATABASE_URL out for a private one",
            cluster::MIN_MAJOR,
            found.version
        );
    }
    let (major, minor) = cluster::MIN_POSTGIS;
    match &found.postgis {
        Some(postgis) if cluster::postgis_will_do(postgis) => Ok(()),
        Some(postgis) => bail!(
            "PostGIS {major}.{minor} or newer is needed, and the server of DATABASE_URL (PostgreSQL {}) has PostGIS \
             {postgis}; install a newer one there",
            found.version
        ),
        None => bail!(
            "PostGIS {major}.{minor} or newer is needed, and the server of DATABASE_URL (PostgreSQL {}) has none; \
             install it there, on Debian with `apt-get install postgresql-{}-postgis-3`",
            found.version,
            found.version_num / 10_000
        ),
    }
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// 150014.
    pub version_num: i64,
    /// `15.14 (Debian 15.14-0+deb12u1)`.
    pub version: String,
    /// The PostGIS in the database, or else the one that could be created there.
    pub postgis: Option<String>,
}

impl Found {
    /// Asks.
    pub async fn ask(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let (version_num, version, postgis) = sqlx::query_as(
            "select current_setting('server_version_num')::bigint, current_setting('server_version'), \
             (select coalesce(installed_version, default_version) from pg_available_extensions where name = 'postgis')",
        )
        .fetch_one(pool)
        .await?;
        Ok(Self { version_num, version, postgis })
    }
}

/// What the connection's role lacks to make the schema, each with the statement that a database administrator runs to give
/// it; nothing where the schema is there already.
///
/// # Errors
/// The database's.
pub async fn lacking(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    let sql = "
        SELECT x.name,
               EXISTS (SELECT FROM pg_extension e WHERE e.extname = x.name) AS installed,
               EXISTS (SELECT FROM pg_available_extensions e WHERE e.name = x.name) AS available,
               (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
               OR (has_database_privilege(current_database(), 'CREATE')
                   AND EXISTS (SELECT FROM pg_available_extension_versions v WHERE v.name = x.name AND v.trusted)) AS can_make
          FROM unnest(ARRAY['postgis', 'btree_gist']) AS x (name)";
    let mut lacking = Vec::new();
    for (name, installed, available, can_make) in
        sqlx::query_as::<_, (String, bool, bool, bool)>(sql).fetch_all(pool).await?
    {
        if !installed && !available {
            lacking.push(format!(
                "the server has no extension {name}; on Debian it comes with postgresql-contrib and postgis"
            ));
        } else if !installed && !can_make {
            lacking.push(format!(
                "it may not make the extension {name}; as an administrator of this database: CREATE EXTENSION {name}"
            ));
        }
    }
    lacking.extend(lacking_role(pool).await?);
    let (may_create, role, schema): (bool, String, Option<String>) = sqlx::query_as(
        "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), current_user::text, current_schema()::text",
    )
    .fetch_one(pool)
    .await?;
    if !may_create {
        let schema = schema.unwrap_or_else(|| "public".to_owned());
        lacking.push(format!(
            "it may not make tables; as an administrator: GRANT CREATE, USAGE ON SCHEMA {schema} TO {role}"
        ));
    }
    Ok(lacking)
}

/// What is lacking to make the serving role, or to take it on.
async fn lacking_role(pool: &PgPool) -> Result<Option<String>, sqlx::Error> {
    let sql = "
        SELECT m.rolname::text, m.rolsuper OR m.rolcreaterole AS may_make, r.oid IS NOT NULL AS is_there,
               m.rolsuper OR coalesce(pg_has_role(m.oid, r.oid, 'MEMBER'), false) AS may_take_on
          FROM pg_roles m LEFT JOIN pg_roles r ON r.rolname = $1 WHERE m.rolname = current_user";
    let (me, may_make, is_there, may_take_on): (String, bool, bool, bool) =
        sqlx::query_as(sql).bind(SERVING_ROLE).fetch_one(pool).await?;
    let what = "it may not make the role that serves; as an administrator:";
    Ok(match (is_there, may_take_on, may_make) {
        (false, _, false) => {
            Some(format!("{what} CREATE ROLE {SERVING_ROLE} NOLOGIN; GRANT {SERVING_ROLE} TO \"{me}\""))
        }
        (true, false, false) => Some(format!(
            "it may not take on the role that serves; as an administrator: GRANT {SERVING_ROLE} TO \"{me}\""
        )),
        _ => None,
    })
}

/// The function behind `&&` between geometries, and whether the planner may trust it not to tell of rows that are hidden. It
/// compares boxes and says nothing else; but only a superuser may say so, and each new version of PostGIS forgets it. Without
/// that, row-level security keeps the spatial indexes from being used.
///
/// # Errors
/// The database's.
pub async fn trusts_boxes(db: impl PgExecutor<'_>) -> Result<(String, bool), sqlx::Error> {
    let sql = "SELECT p.oid::regprocedure::text, p.proleakproof
                 FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
                WHERE o.oprname = '&&' AND o.oprleft = 'geometry'::regtype AND o.oprright = 'geometry'::regtype";
    sqlx::query_as(sql).fetch_one(db).await
}

/// Lets the spatial indexes be used under row-level security, where we may.
async fn trust_boxes(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Two programs may start at once.
    sqlx::query("SELECT pg_advisory_xact_lock(7205759404)").execute(&mut *tx).await?;
    let is_super = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
    let is_super: bool = sqlx::query_scalar(is_super).fetch_one(&mut *tx).await?;
    let (function, trusted) = trusts_boxes(&mut *tx).await?;
    if is_super && !trusted {
        sqlx::raw_sql(&format!("ALTER FUNCTION {function} LEAKPROOF")).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Brings the schema up to this program's version. Two programs may do so at once: the second waits for the first.
///
/// # Errors
/// When the database was made by a newer program, or a migration fails.
pub async fn migrate(pool: &PgPool) -> anyhow::Result<()> {
    MIGRATOR.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => anyhow::anyhow!(
            "the database was made by a newer version of this program (migration {version} is unknown here); use \
             that version, or another data folder"
        ),
        MigrateError::VersionMismatch(version) => anyhow::anyhow!(
            "migration {version} of the database differs from this program's; it was made by a development version"
        ),
        other => anyhow::Error::new(other).context("bringing the schema up to date"),
    })?;
    trust_boxes(pool).await.context("letting the spatial indexes be used")
}

impl Database {
    /// Connections that serve requests, on a migrated database. In a private cluster they log in as the serving role itself, and
    /// have no way back to a stronger one; elsewhere the login of `DATABASE_URL` takes that role on.
    ///
    /// # Errors
    /// When the role can't be taken on.
    pub async fn serving(&self, settings: &Settings) -> anyhow::Result<PgPool> {
        let (pool, options) = match &self.cluster {
            Some(cluster) => {
                sqlx::raw_sql(&format!("ALTER ROLE {SERVING_ROLE} LOGIN")).execute(&self.pool).await?;
                (pool(settings.database_connections), cluster.options().username(SERVING_ROLE))
            }
            None => (serving_pool(settings.database_connections), (*self.pool.connect_options()).clone()),
        };
        let pool = pool.connect_with(options.application_name("fangge")).await;
        pool.with_context(|| format!("the role {SERVING_ROLE}, which serves, can't be taken on"))
    }

    /// Closes the connections, then stops the cluster where it is ours: last, and only when it has written everything.
    pub async fn close(self) {
        self.pool.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(version_num: i64, postgis: Option<&str>) -> Found {
        Found {
            version_num,
            version: format!("{}.1 (Debian)", version_num / 10_000),
            postgis: postgis.map(str::to_owned),
        }
    }

    #[test]
    fn a_server_that_will_not_do_is_refused_by_what_was_found() {
        assert!(check(&found(140_000, Some("3.3.2"))).is_ok());
        let refused = |found| check(&found).unwrap_err().to_string();
        assert!(refused(found(130_015, Some("3.3.2"))).contains("PostgreSQL 13.1 (Debian)"));
        assert!(refused(found(150_001, Some("3.2.0"))).contains("PostGIS 3.2.0"));
        assert!(refused(found(160_001, None)).contains("postgresql-16-postgis-3"));
    }
}
