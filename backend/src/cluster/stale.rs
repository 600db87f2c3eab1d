//! What an earlier run left behind: a server that is still stopping, or a pid file that names nobody.

use super::error::ClusterError;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a leftover server may finish by itself: it got the signal for a fast shutdown when its owner died.
const BY_ITSELF: Duration = Duration::from_secs(3);
/// When it is told to stop without writing everything down; the next start replays its log.
const AT_ONCE: Duration = Duration::from_secs(10);
/// When it is given up.
const GIVE_UP: Duration = Duration::from_secs(20);

/// Sees to it that no server runs in `pgdata`. To be called by the owner of the data folder only.
pub fn settle(pgdata: &Path) -> Result<(), ClusterError> {
    let Some(pid) = recorded(pgdata) else { return Ok(()) };
    if !is_alive(pid) {
        // The server looks at the file itself, and at the memory that it names.
        return Ok(());
    }
    if !serves(pid, pgdata) {
        // The number was given to another program since; PostgreSQL would take that for a server and not start.
        tracing::info!(pid = pid.as_raw_nonzero().get(), "removing the pid file of a server that is gone");
        let file = pgdata.join("postmaster.pid");
        return fs::remove_file(&file).map_err(ClusterError::io(format!("removing {}", file.display())));
    }
    tracing::warn!(pid = pid.as_raw_nonzero().get(), "a database server of an earlier run is still there; stopping it");
    stop(pid, pgdata)
}

fn stop(pid: Pid, pgdata: &Path) -> Result<(), ClusterError> {
    let began = Instant::now();
    let mut orders = [(BY_ITSELF, Signal::INT), (AT_ONCE, Signal::QUIT)].into_iter().peekable();
    while is_alive(pid) && serves(pid, pgdata) {
        let waited = began.elapsed();
        if let Some((_, signal)) = orders.next_if(|(after, _)| waited >= *after)
            && let Err(error) = kill_process(pid, signal)
        {
            tracing::debug!(%error, "signalling a leftover server");
        }
        if waited > GIVE_UP {
            return Err(ClusterError::Leftover { pid: pid.as_raw_nonzero().get() });
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Whether the server `pid` says in its pid file that it takes connections.
pub fn is_ready(pgdata: &Path, pid: u32) -> bool {
    let Ok(text) = fs::read_to_string(pgdata.join("postmaster.pid")) else { return false };
    let mut lines = text.lines();
    lines.next().and_then(|line| line.trim().parse().ok()) == Some(pid)
        && lines.nth(6).is_some_and(|status| status.trim() == "ready")
}

fn recorded(pgdata: &Path) -> Option<Pid> {
    let text = fs::read_to_string(pgdata.join("postmaster.pid")).ok()?;
    // A negative number marks a standalone backend.
    Pid::from_raw(text.lines().next()?.trim().parse::<i32>().ok()?.abs())
}

fn is_alive(pid: Pid) -> bool {
    let zombie = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')));
    !zombie && !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

/// Whether `pid` is a server of this cluster: it works in its folder, or was started with it.
fn serves(pid: Pid, pgdata: &Path) -> bool {
    let process = format!("/proc/{}", pid.as_raw_nonzero());
    if !Path::new("/proc/self").exists() {
        // Without /proc, the pid file is all there is to go by.
        return true;
    }
    let works_here = fs::read_link(format!("{process}/cwd")).is_ok_and(|cwd| cwd == pgdata);
    // In a container even root may not read another user's working folder, but its command line it may.
    let started_here = fs::read(format!("{process}/cmdline")).is_ok_and(|line| {
        line.split(|byte| *byte == 0).any(|argument| argument == pgdata.as_os_str().as_encoded_bytes())
    });
    works_here || started_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_that_names_another_program_is_removed_and_a_dead_one_left() {
        let folder = std::env::temp_dir().join(format!("fangge-stale-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("postmaster.pid");
        fs::write(&file, format!("{}\n{}\n", std::process::id(), folder.display())).unwrap();
        settle(&folder).unwrap();
        assert!(!file.exists());
        // Past the highest process number that Linux gives.
        fs::write(&file, "4194305\n").unwrap();
        settle(&folder).unwrap();
        assert!(file.exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn readiness_is_the_eighth_line_of_the_right_server() {
        let folder = std::env::temp_dir().join(format!("fangge-ready-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |status: &str| {
            let text = format!("77\n/d\n1700000000\n5432\n/s\n\n  5432001  1\n{status}\n");
            fs::write(folder.join("postmaster.pid"), text).unwrap();
        };
        write("starting");
        assert!(!is_ready(&folder, 77));
        write("ready   ");
        assert!(is_ready(&folder, 77) && !is_ready(&folder, 78));
        fs::remove_dir_all(&folder).unwrap();
    }
}
