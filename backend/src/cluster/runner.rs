//! Who runs the server: this user, or, when that is root, one without rights.

use super::error::ClusterError;
use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An entry of the system's users.
#[derive(Debug, Clone, PartialEq, Eq)]
struct User {
    name: String,
    uid: u32,
    gid: u32,
}

/// How PostgreSQL's programs are started.
#[derive(Debug, Clone)]
pub struct Runner {
    /// Whom to become; `None` stays who we are.
    becomes: Option<User>,
    /// The program that binds a child's life to ours; Linux has it, others do without.
    setpriv: Option<PathBuf>,
}

impl Runner {
    /// Looks at who we are and what the system offers.
    ///
    /// # Errors
    /// When we are root and can't become anyone else.
    pub fn detect() -> Result<Self, ClusterError> {
        let setpriv = on_path("setpriv");
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { becomes: None, setpriv });
        }
        let users = fs::read_to_string("/etc/passwd").map_err(ClusterError::io("reading the users"))?;
        let user = user_in(&users, "postgres")
            .or_else(|| user_in(&users, "nobody"))
            .ok_or_else(|| ClusterError::Root { reason: "neither user postgres nor nobody exists".into() })?;
        if setpriv.is_none() {
            return Err(ClusterError::Root { reason: "setpriv (package util-linux) is missing".into() });
        }
        Ok(Self { becomes: Some(user), setpriv })
    }

    /// A command that runs as the server's user, in a process group of its own, so that a Ctrl-C meant for us does
    /// not reach it; when the thread that starts it ends, it gets the signal for a fast shutdown.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = match &self.setpriv {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT"]);
                if let Some(user) = &self.becomes {
                    let (uid, gid) = (user.uid.to_string(), user.gid.to_string());
                    command.args(["--reuid", &uid, "--regid", &gid, "--init-groups", "--no-new-privs"]);
                }
                command.arg("--").arg(program);
                command
            }
            None => Command::new(program),
        };
        for (name, _) in std::env::vars_os() {
            // PGDATA, PGPORT and the like belong to other clusters; a locale must not translate what we read.
            if name.to_string_lossy().starts_with("PG") || name.to_string_lossy().starts_with("LC_") {
                command.env_remove(name);
            }
        }
        command.env("LANG", "C").current_dir("/").process_group(0).stdin(Stdio::null());
        command
    }

    /// Gives `path` to the server's user.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        match &self.becomes {
            Some(user) => chown(path, Some(user.uid), Some(user.gid)),
            None => Ok(()),
        }
    }

    /// Whether the server's user may walk into `folder`.
    pub fn can_enter(&self, folder: &Path) -> bool {
        if self.becomes.is_none() {
            return true;
        }
        let test = on_path("test").unwrap_or_else(|| PathBuf::from("/usr/bin/test"));
        self.command(&test).arg("-x").arg(folder).status().is_ok_and(|status| status.success())
    }

    /// The number of the server's user.
    pub fn uid(&self) -> u32 {
        self.becomes.as_ref().map_or_else(|| rustix::process::geteuid().as_raw(), |user| user.uid)
    }

    /// The name of the user that the server runs as, where that is not us.
    pub fn user(&self) -> Option<&str> {
        self.becomes.as_ref().map(|user| user.name.as_str())
    }

    /// Whether a server of ours ends even when we are killed outright.
    pub fn binds_life(&self) -> bool {
        self.setpriv.is_some()
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn user_in(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(User { name: name.to_owned(), uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7::/:\npostgres:x:101:104:PostgreSQL,,,:/:/bin/bash\n";
        assert_eq!(user_in(passwd, "postgres"), Some(User { name: "postgres".into(), uid: 101, gid: 104 }));
        assert_eq!(user_in(passwd, "nobody"), None);
    }
}
