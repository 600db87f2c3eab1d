//! Making a cluster: `initdb` into a folder beside, moved into place when it is whole.

use super::binaries::Server;
use super::error::ClusterError;
use super::folder::DataFolder;
use super::runner::Runner;
use super::{DATABASE, folder};
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::process::Stdio;

/// Makes the cluster of `place`.
pub fn make(place: &DataFolder, server: &Server, runner: &Runner, durable: bool) -> Result<(), ClusterError> {
    let made = make_in(place, server, runner, durable);
    if made.is_err() {
        place.give_up_home();
    }
    made
}

fn make_in(place: &DataFolder, server: &Server, runner: &Runner, durable: bool) -> Result<(), ClusterError> {
    tracing::info!(server = %server, place = %place.pgdata.display(), "making the private database, once");
    let nursery = place.nursery();
    let what = || format!("making {}", nursery.display());
    if nursery.exists() {
        // A start that was killed half-way; nothing in it was ever used.
        fs::remove_dir_all(&nursery).map_err(ClusterError::io(what()))?;
    }
    place.make_home().map_err(ClusterError::io(what()))?;
    fs::DirBuilder::new().mode(0o700).create(&nursery).map_err(ClusterError::io(what()))?;
    runner.give(&nursery).map_err(ClusterError::io(what()))?;
    let mut initdb = runner.command(&server.program("initdb"));
    // Whoever may enter the socket's folder is trusted: that is its user, and root.
    initdb.args(["--username", DATABASE, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]);
    initdb.args(["--locale=C.UTF-8", "--data-checksums"]).arg("--pgdata").arg(&nursery);
    if !durable {
        initdb.arg("--no-sync");
    }
    let output = initdb.stdout(Stdio::null()).output().map_err(ClusterError::io("running initdb"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if let Err(error) = fs::remove_dir_all(&nursery) {
            tracing::debug!(%error, "removing a cluster that was not finished");
        }
        let full = said.contains("No space left on device")
            || folder::free_bytes(&place.root).is_ok_and(|free| free < 1024 * 1024);
        return Err(if full {
            ClusterError::DiskFull { path: place.root.clone() }
        } else {
            ClusterError::Init { path: place.pgdata.clone(), output: said }
        });
    }
    if place.pgdata.exists() {
        // Without PG_VERSION it is no cluster; only an empty folder may be replaced.
        fs::remove_dir(&place.pgdata).map_err(ClusterError::io(format!("replacing {}", place.pgdata.display())))?;
    }
    fs::rename(&nursery, &place.pgdata).and_then(|()| place.link()).map_err(ClusterError::io(what()))
}
