//! `fangge serve`: database, schema, HTTP, and the way down in the opposite order.

use super::signals::StopSignals;
use super::{Refusal, first_accounts, say, seed};
use crate::cluster;
use crate::config::{ServeArgs, Settings};
use crate::database::{self, Database, Purpose};
use crate::lending::{self, Lending};
use crate::secrets::Secrets;
use crate::state::AppState;
use crate::{deadlines, housekeeping, http};
use clap::Args;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long the greeting waits for the live feed to hear the database.
const FIRST_HEARING: Duration = Duration::from_secs(5);

/// How long requests under way may still take when the server is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// What `serve` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The settings.
    #[command(flatten)]
    pub settings: ServeArgs,
    /// Make the demonstration town when the database holds no town
    #[arg(long, env = "FANGGE_DEMO", value_parser = clap::builder::FalseyValueParser::new())]
    pub seed_demo: bool,
}

/// Serves until it is told to stop.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut settings = arguments.settings.settings().map_err(|error| Refusal(error.to_string()))?;
    let mut stop = StopSignals::new()?;
    // Before the database is started: a port that is taken is told at once.
    let listener = bind(&settings).await?;
    settings.listen = listener.local_addr()?;
    let settings = Arc::new(settings);
    let database = tokio::select! {
        database = ready(&settings, arguments.seed_demo) => database?,
        () = stop.next() => return Ok(()),
    };
    let served = serve(listener, &database, &settings, &mut stop).await;
    database.close().await;
    served
}

/// The database, its schema up to date and a town in it where one was asked for.
async fn ready(settings: &Settings, seed_demo: bool) -> anyhow::Result<Database> {
    let database = database::open(settings, Purpose::Serve(settings.listen)).await?;
    database::migrate(&database.pool).await?;
    if seed_demo {
        seed::first_town(&database.pool, &settings.data).await?;
    }
    Ok(database)
}

async fn serve(
    listener: TcpListener,
    database: &Database,
    settings: &Arc<Settings>,
    stop: &mut StopSignals,
) -> anyhow::Result<()> {
    let serving = database.serving(settings).await?;
    // From here on nothing that owns the schema is connected.
    database.pool.close().await;
    let secrets = Secrets::load(&settings.data, settings.secret_key.as_ref())?;
    let state = AppState::start(serving, Arc::clone(settings), secrets);
    let app = http::app(state.clone());
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(Lending(listener), lending::service(app)).with_graceful_shutdown(async {
        // An error means that the sender is gone: then it is time as well.
        stopped.await.unwrap_or_default();
    });
    let mut server = tokio::spawn(server.into_future());
    let tidying = tokio::spawn(housekeeping::run(state.clone()));
    let ringing = tokio::spawn(deadlines::run(state.clone()));
    // Ready means that a page which opens now is live at once.
    if !state.feed.heard(FIRST_HEARING).await {
        tracing::warn!("the live feed does not hear the database yet; pages will say so until it does");
    }
    match housekeeping::key_fits(&state).await {
        Ok(true) => {}
        Ok(false) => tracing::error!(
            "the key does not open what the database holds sealed (one-time codes, parties to disputes): bring back the \
             secret.key or FANGGE_SECRET_KEY that it was sealed with"
        ),
        Err(error) => tracing::warn!(%error, "whether the key opens what is sealed can't be told"),
    }
    greet(settings);
    tokio::select! {
        ended = &mut server => return Ok(ended??),
        () = stop.next() => {}
    }
    tracing::info!("stopping");
    tidying.abort();
    ringing.abort();
    state.shutdown();
    drop(stopping);
    let feed = state.feed.clone();
    let ended = async {
        let ended = (&mut server).await;
        feed.is_silent().await;
        ended
    };
    tokio::select! {
        ended = ended => return Ok(ended??),
        () = tokio::time::sleep(LAST_REQUESTS) => tracing::warn!("some requests did not end in time; cut off"),
        () = stop.next() => tracing::warn!("told twice to stop; requests under way are cut off"),
    }
    server.abort();
    Ok(())
}

fn greet(settings: &Settings) {
    say(format_args!("Fangge 方格 {} is ready:\n\n    http://{}\n", env!("CARGO_PKG_VERSION"), settings.listen));
    if let Some(file) = first_accounts::found(&settings.data) {
        say(format_args!("Names and passwords to sign in with: {} 登录用的姓名和密码见此文件。", file.display()));
    } else {
        say("Sign in with your name and password. 请用姓名和密码登录。");
    }
}

async fn bind(settings: &Settings) -> anyhow::Result<TcpListener> {
    let listen = settings.listen;
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => taken(settings, listen),
        io::ErrorKind::PermissionDenied => Refusal(format!(
            "port {} may not be used by this user (ports below 1024 are the administrator's); choose another, as in \
             --listen 127.0.0.1:8080",
            listen.port()
        ))
        .into(),
        _ => anyhow::Error::new(error).context(format!("listening on {listen}")),
    })
}

fn taken(settings: &Settings, listen: SocketAddr) -> anyhow::Error {
    let other = listen.port().checked_add(1).unwrap_or(8080);
    let port = listen.port();
    match cluster::owner(&settings.data).filter(|owner| owner.listen == Some(listen)) {
        Some(owner) => anyhow::anyhow!(
            "port {port} is taken by this program itself, already running with the same data ({owner}): open \
             http://{listen}, or stop it first"
        ),
        None => anyhow::anyhow!(
            "port {port} is taken by another program; stop that one, or choose another port, as in --listen {}",
            SocketAddr::new(listen.ip(), other)
        ),
    }
}
