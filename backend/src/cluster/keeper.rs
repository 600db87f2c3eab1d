//! The server's keeper: a thread that starts it, waits for it, and starts it again when it dies.
//!
//! One thread does it all because the server's life is bound to the thread that started it (`PR_SET_PDEATHSIG`): a
//! worker of the async runtime may end while the program goes on.

use super::binaries::Server;
use super::error::ClusterError;
use super::folder::DataFolder;
use super::log::{self, Log};
use super::runner::Runner;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The first pause before a restart; it doubles with every failure.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A server that ran this long had a good start: the next pause is short again.
const GOOD_RUN: Duration = Duration::from_secs(30);
/// How a server is told to stop, and how long each may take: a fast shutdown, an immediate one, force.
const ORDERS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(30)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// How a server is started.
#[derive(Debug)]
pub struct Spec {
    runner: Runner,
    program: PathBuf,
    arguments: Vec<OsString>,
    log: PathBuf,
}

impl Spec {
    /// The server of `folder`, tuned for a small machine that does other things as well.
    pub fn new(runner: &Runner, server: &Server, folder: &DataFolder, durable: bool) -> Self {
        let mut arguments: Vec<OsString> = vec!["-D".into(), folder.pgdata.clone().into()];
        let mut set = |setting: OsString| arguments.extend(["-c".into(), setting]);
        let mut socket = OsString::from("unix_socket_directories=");
        socket.push(&folder.socket);
        set(socket);
        let common: &[&str] = &[
            "listen_addresses=",
            "port=5432",
            "shared_buffers=128MB",
            "jit=off",
            "timezone=UTC",
            "log_timezone=UTC",
            "logging_collector=off",
            "log_destination=stderr",
            "log_line_prefix=%m [%p] ",
        ];
        let safety: &[&str] = if durable {
            &["fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=50"]
        } else {
            &["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]
        };
        for setting in common.iter().chain(safety) {
            set(setting.into());
        }
        Self { runner: runner.clone(), program: server.program("postgres"), arguments, log: folder.log() }
    }
}

/// What the server does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its process runs.
    Up,
    /// It ended, and will be started again after a pause.
    Down,
    /// It was told to stop and has.
    Stopped,
}

#[derive(Debug)]
struct Shared {
    /// The running process; emptied before it is reaped, so that no signal goes to a stranger.
    child: Option<Pid>,
    phase: Phase,
    stopping: bool,
}

/// The handle on the keeper.
#[derive(Debug)]
pub struct Keeper {
    shared: Arc<Mutex<Shared>>,
    log: Arc<Mutex<Log>>,
    wake: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data are plain values, whole at every moment: a panic elsewhere does not spoil them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    /// Starts the server and the watch over it.
    pub fn start(spec: Spec) -> Result<Self, ClusterError> {
        let shared = Arc::new(Mutex::new(Shared { child: None, phase: Phase::Up, stopping: false }));
        let log = Arc::new(Mutex::new(Log::open(spec.log.clone())));
        let (wake, woken) = channel();
        let watch = Watch { spec, shared: Arc::clone(&shared), log: Arc::clone(&log), woken };
        let thread = thread::Builder::new()
            .name("postgres-keeper".into())
            .spawn(move || watch.run())
            .map_err(ClusterError::io("starting the database's keeper"))?;
        Ok(Self { shared, log, wake, thread: Some(thread) })
    }

    /// What the server does now.
    pub fn phase(&self) -> Phase {
        held(&self.shared).phase
    }

    /// Its process, while it has one.
    pub fn pid(&self) -> Option<u32> {
        held(&self.shared).child.and_then(|pid| pid.as_raw_nonzero().get().try_into().ok())
    }

    /// Its last words, and among them the one that tells why it ended.
    pub fn last_words(&self) -> (String, Option<String>) {
        let log = held(&self.log);
        (log.tail(), log.complaint())
    }

    /// Stops it: fast, then at once, then by force; returns when it has ended.
    pub async fn stop(&mut self) {
        for (signal, patience) in ORDERS {
            self.order(signal);
            let began = Instant::now();
            while began.elapsed() < patience {
                if self.phase() == Phase::Stopped {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            tracing::warn!("the private database does not stop; insisting");
        }
    }

    fn order(&self, signal: Signal) {
        let mut shared = held(&self.shared);
        shared.stopping = true;
        if let Some(pid) = shared.child
            && let Err(error) = kill_process(pid, signal)
        {
            tracing::debug!(%error, "signalling the database");
        }
        drop(shared);
        // The keeper may be pausing before a restart; when it has ended, nobody needs waking.
        self.wake.send(()).unwrap_or_default();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if self.phase() == Phase::Stopped {
            return;
        }
        let Some(thread) = self.thread.take() else { return };
        for (signal, patience) in ORDERS {
            self.order(signal);
            let began = Instant::now();
            while !thread.is_finished() && began.elapsed() < patience {
                thread::sleep(Duration::from_millis(10));
            }
            if thread.is_finished() {
                break;
            }
        }
        if thread.is_finished() && thread.join().is_err() {
            tracing::error!("the database's keeper panicked");
        }
    }
}

/// The keeper's own side.
struct Watch {
    spec: Spec,
    shared: Arc<Mutex<Shared>>,
    log: Arc<Mutex<Log>>,
    woken: Receiver<()>,
}

impl Watch {
    fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let ended = match self.spawn() {
                Ok(Some(child)) => self.wait(child).map_or_else(|error| error.to_string(), |status| status.to_string()),
                Ok(None) => break,
                Err(error) => format!("it could not be started: {error}"),
            };
            if self.is_over() {
                break;
            }
            if began.elapsed() > GOOD_RUN {
                pause = FIRST_PAUSE;
            }
            let said = held(&self.log).complaint().unwrap_or_default();
            let pause_ms = pause.as_millis();
            tracing::warn!(ended, said, pause_ms, "the private database ended by itself; restarting it");
            if !matches!(self.woken.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                break;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        let mut shared = held(&self.shared);
        shared.phase = Phase::Stopped;
    }

    fn is_over(&self) -> bool {
        let mut shared = held(&self.shared);
        shared.phase = if shared.stopping { Phase::Stopped } else { Phase::Down };
        shared.stopping
    }

    /// Starts a server, unless it is to stop: then nobody may start another.
    fn spawn(&self) -> std::io::Result<Option<Child>> {
        let mut shared = held(&self.shared);
        if shared.stopping {
            return Ok(None);
        }
        held(&self.log).forget();
        let mut command = self.spec.runner.command(&self.spec.program);
        let mut child = command.args(&self.spec.arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        if let Some(pipe) = child.stderr.take() {
            let log = Arc::clone(&self.log);
            // It ends with the pipe, when the last of the server's processes has gone.
            thread::Builder::new()
                .name("postgres-log".into())
                .spawn(move || log::follow(pipe, |line| held(&log).add(line)))?;
        }
        shared.child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        shared.phase = Phase::Up;
        Ok(Some(child))
    }

    fn wait(&self, mut child: Child) -> std::io::Result<ExitStatus> {
        let pid = held(&self.shared).child;
        if let Some(pid) = pid {
            // Leaves the process unreaped, so that its number is still its own while it is forgotten.
            while let Err(rustix::io::Errno::INTR) =
                waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
            {}
        }
        held(&self.shared).child = None;
        child.wait()
    }
}
