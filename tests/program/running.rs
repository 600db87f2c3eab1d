//! Starting the program and looking at it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, PipeWriter, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// A folder of its own for a test, removed with it.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one, reachable by the user that PostgreSQL runs as.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("fangge-program-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A new one with a migrated database in its `data`.
    pub fn migrated() -> Self {
        static FIRST: OnceLock<Folder> = OnceLock::new();
        let first = FIRST.get_or_init(|| {
            let first = Self::new();
            succeed(&mut on(&first, &["migrate"]));
            first.keep_for_all();
            first
        });
        first.copy()
    }

    /// Another folder with the same data: making them anew takes seconds.
    pub fn copy(&self) -> Self {
        let folder = Self::new();
        succeed(Command::new("cp").args(["-a", "--reflink=auto"]).arg(self.join("data")).arg(folder.path()));
        folder
    }

    /// Sees to it that a folder in a static goes with this process: statics are never dropped. A shell waits for a pipe
    /// to close.
    #[expect(clippy::zombie_processes, reason = "it is there to outlive us")]
    pub fn keep_for_all(&self) {
        static PIPES: Mutex<Vec<PipeWriter>> = Mutex::new(Vec::new());
        let (reader, writer) = std::io::pipe().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", "cat >/dev/null; rm -rf \"$0\""]).arg(self.path()).stdin(reader).stdout(Stdio::null());
        shell.stderr(Stdio::null()).process_group(0).spawn().unwrap();
        PIPES.lock().unwrap().push(writer);
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file or folder in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file in it with this text.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.join(name), text).unwrap();
        self.join(name)
    }

    /// A number from the database that runs in it.
    pub fn number(&self, sql: &str) -> i64 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = fangge::cluster::connect_options(&self.join("data/postgres"));
            let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        })
    }

    /// Changes something in the database that runs in it.
    pub fn change(&self, sql: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = fangge::cluster::connect_options(&self.join("data/postgres"));
            let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        });
    }

    /// The server that runs in the data folder `data` in it.
    pub fn postmaster(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.join("data/postgres/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A server that was killed with its program takes a moment to leave.
        let began = Instant::now();
        while std::fs::remove_dir_all(&self.0).is_err() && self.0.exists() && began.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The program, with nothing set but what the test sets.
pub fn fangge<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fangge"));
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("FANGGE_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The same on a folder's `data`.
pub fn on(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = fangge(arguments);
    command.arg("--data").arg(folder.join("data"));
    command
}

/// What it said and how it ended.
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs it to its end.
pub fn run(command: &mut Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { status: status.code(), out: text(stdout), err: text(stderr) }
}

/// Runs it to a good end.
pub fn succeed(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!(ended.status, Some(0), "{command:?}\n{}{}", ended.out, ended.err);
    ended.out
}

/// Runs it to a bad end, with this exit status; what it said about it.
pub fn fail(command: &mut Command, status: i32) -> String {
    let ended = run(command);
    assert_eq!(ended.status, Some(status), "{command:?}\n{}{}", ended.out, ended.err);
    ended.err
}

/// A server that runs.
pub struct Served {
    child: Child,
    /// `http://127.0.0.1:…`
    pub url: String,
    /// Kept open, so that it can go on speaking.
    _out: BufReader<ChildStdout>,
}

impl Served {
    /// Starts a server on a free port and waits until it says its address.
    pub fn start(folder: &Folder) -> Self {
        Self::start_at(folder, "127.0.0.1:0")
    }

    /// The same at another address.
    pub fn start_at(folder: &Folder, listen: &str) -> Self {
        let mut command = on(folder, &["serve", "--listen", listen]);
        // The simulator is quicker here than any person.
        command.env("FANGGE_WRITES_PER_MINUTE", "1000000");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("the server ended: {err}");
            }
        }
        Self { child, url: line.trim().to_owned(), _out: out }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for its end; its exit status, and what it said on standard error.
    pub fn end(&mut self) -> (Option<i32>, String) {
        let mut err = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut err).unwrap();
        }
        (self.child.wait().unwrap().code(), err)
    }

    /// The status of its readiness.
    pub fn ready(&self) -> Option<u16> {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("TERM");
            self.child.wait().unwrap();
        }
    }
}

/// Sends a signal.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(sent.success(), "kill -s {name} {pid}");
}

/// Whether a process is there, and not only its remains.
pub fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

/// Waits until something holds, for at most `seconds`.
pub fn eventually(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(seconds), "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
