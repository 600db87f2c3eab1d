//! The private database: restarted when it dies, stopped last, owned by one, and never left behind.

use crate::running::{Folder, Served, eventually, fail, is_alive, on, run, signal, succeed};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn it_comes_back_when_its_server_is_killed() {
    let folder = Folder::migrated();
    let server = Served::start(&folder);
    eventually("ready", 10, || server.ready() == Some(200));
    let first = folder.postmaster().unwrap();
    signal(first, "KILL");
    // A request in between waits for a connection, or is told to come again; none is answered wrongly.
    eventually("ready again", 20, || {
        let answer = server.ready();
        assert!(matches!(answer, Some(200 | 503)), "{answer:?}");
        answer == Some(200) && folder.postmaster().is_some_and(|second| second != first && is_alive(second))
    });
}

#[test]
fn a_stop_ends_the_database_last_and_the_next_start_is_quick() {
    let folder = Folder::migrated();
    for name in ["INT", "TERM"] {
        let began = Instant::now();
        let mut server = Served::start(&folder);
        if name == "TERM" {
            assert!(began.elapsed() < Duration::from_secs(5), "a second start took {:?}", began.elapsed());
        }
        let postmaster = folder.postmaster().unwrap();
        assert!(is_alive(postmaster));
        server.signal(name);
        let (status, said) = server.end();
        assert_eq!(status, Some(0), "{said}");
        assert!(!is_alive(postmaster));
        // Not cut off: it wrote everything down.
        let log = std::fs::read_to_string(folder.join("data/postgres.log")).unwrap();
        assert!(log.trim_end().ends_with("database system is shut down"), "{log}");
    }
}

#[test]
fn a_terminals_ctrl_c_leaves_the_database_to_the_program() {
    let folder = Folder::migrated();
    let mut server = Served::start(&folder);
    let postmaster = folder.postmaster().unwrap();
    let group = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().nth(2).unwrap().to_owned()
    };
    assert_ne!(group(server.pid()), group(postmaster));
    server.signal("INT");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn nothing_outlives_a_program_that_is_killed() {
    let folder = Folder::migrated();
    let mut server = Served::start(&folder);
    let postmaster = folder.postmaster().unwrap();
    server.signal("KILL");
    server.end();
    // At once, while the old server may still be writing.
    let second = Served::start(&folder);
    assert!(!is_alive(postmaster));
    eventually("ready", 10, || second.ready() == Some(200));
}

#[test]
fn a_second_instance_is_told_who_owns_the_data() {
    let folder = Folder::migrated();
    let server = Served::start(&folder);
    let said = fail(&mut on(&folder, &["serve", "--listen", "127.0.0.1:0"]), 1);
    assert!(
        said.contains(&server.pid().to_string()) && said.contains(&server.url) && said.contains("--data"),
        "{said}"
    );
    // Commands work beside it instead.
    succeed(&mut on(&folder, &["migrate"]));
    let doctor = succeed(&mut on(&folder, &["doctor", "--listen", "127.0.0.1:0"]));
    assert!(doctor.contains(&server.url), "{doctor}");
    assert_eq!(server.ready(), Some(200));
}

#[test]
fn two_commands_at_once_take_turns() {
    let folder = Folder::new();
    let start = || on(&folder, &["migrate"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [start(), start()];
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_server_left_over_is_stopped_first() {
    let folder = Folder::migrated();
    // What a program leaves behind where nothing binds the server's life to it.
    let server = fangge::cluster::find_server(None, None).unwrap();
    let runner = fangge::cluster::Runner::detect().unwrap();
    let data = folder.join("data/postgres").canonicalize().unwrap();
    let mut left = runner
        .command(&server.program("postgres"))
        .arg("-D")
        .arg(&data)
        .args(["-c", "listen_addresses="])
        .arg("-c")
        .arg(format!("unix_socket_directories={}", data.display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the leftover is up", 10, || folder.postmaster() == Some(left.id()));
    let second = Served::start(&folder);
    left.wait().unwrap();
    assert_eq!(second.ready(), Some(200));
}

#[test]
fn a_pid_file_that_lies_does_not_stop_a_start() {
    let folder = Folder::migrated();
    let file = folder.join("data/postgres/postmaster.pid");
    for pid in [std::process::id(), 4_194_305] {
        std::fs::write(&file, format!("{pid}\n{}\n", folder.join("data/postgres").display())).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        succeed(&mut on(&folder, &["migrate"]));
    }
}

#[test]
fn a_long_path_is_no_hindrance() {
    let folder = Folder::new();
    let data = folder.join(&"long-".repeat(30));
    std::fs::create_dir_all(&data).unwrap();
    let command = || {
        let mut command = crate::running::fangge(["migrate", "--data"]);
        command.arg(&data);
        command
    };
    succeed(&mut command());
    succeed(&mut command());
}

#[test]
fn what_can_not_be_a_data_folder_is_named() {
    let said = fail(&mut crate::running::fangge(["migrate", "--data", "/dev/null/data"]), 1);
    assert!(said.contains("/dev/null/data can't be written") && said.contains("FANGGE_DATA"), "{said}");
}

#[test]
fn a_disk_that_is_nearly_full_is_refused_and_one_that_fills_up_is_told() {
    for (size, filled, word) in [("64m", "0", "200 MB"), ("230m", "1", "is full")] {
        let folder = Folder::new();
        // A disk of its own, in a mount namespace of its own. `fallocate` takes the space while initdb works.
        let script = "mount -t tmpfs -o mode=755,size=$1 none \"$2\" || exit 77
            if [ \"$4\" = 1 ]; then
                ( while ! ls \"$2\"/data/postgres.new/base >/dev/null 2>&1; do sleep 0.01; done; fallocate -l $1 \"$2/filler\" || dd if=/dev/zero of=\"$2/filler\" bs=1M ) >/dev/null 2>&1 &
            fi
            \"$3\" migrate --data \"$2/data\"";
        let mut unshare = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare.args(["--mount", "sh", "-c", script, "sh", size]);
        unshare.arg(folder.path()).arg(env!("CARGO_BIN_EXE_fangge")).arg(filled);
        let ended = run(&mut unshare);
        if ended.status == Some(77) || ended.err.contains("unshare:") {
            eprintln!("not tried: this system lets nobody mount a small disk ({})", ended.err.trim());
            return;
        }
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(word), "{}", ended.err);
    }
}
