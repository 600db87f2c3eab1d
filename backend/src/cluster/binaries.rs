//! Finding a PostgreSQL server on this machine that will do.

use super::error::ClusterError;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest PostgreSQL that will do.
pub const MIN_MAJOR: u32 = 14;
/// The oldest PostGIS that will do: major and minor.
pub const MIN_POSTGIS: (u32, u32) = (3, 3);

/// A PostgreSQL server's programs.
#[derive(Debug, Clone)]
pub struct Server {
    /// The folder of `postgres` and `initdb`.
    pub bin: PathBuf,
    /// Its version as it says itself, `15.14`.
    pub version: String,
    /// Its major version.
    pub major: u32,
    /// The PostGIS that it can load, if any.
    pub postgis: Option<String>,
}

impl Server {
    /// Asks the programs in `bin` what they are; `None` when there is no server among them.
    fn probe(bin: &Path) -> Option<Self> {
        // /usr/local/bin/postgres may be a link into the real folder, and its share folder is found from there.
        let program = bin.join("postgres").canonicalize().ok()?;
        let bin = program.parent()?.to_owned();
        if !bin.join("initdb").exists() {
            return None;
        }
        let version = version_in(&said(&program, "--version")?)?;
        let major = leading_number(&version)?;
        let postgis = share_folders(&bin, major).iter().find_map(|share| postgis_in(share));
        Some(Self { bin, version, major, postgis })
    }

    fn has_postgis(&self) -> bool {
        self.postgis.as_deref().is_some_and(postgis_will_do)
    }

    /// One of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL {} in {}", self.version, self.bin.display())
    }
}

/// The best server on this machine: of major version `wanted` where data exist already, else the newest.
///
/// # Errors
/// Names what was found when nothing of it will do.
pub fn find(given: Option<&Path>, wanted: Option<u32>) -> Result<Server, ClusterError> {
    let places = given.map_or_else(usual_places, |bin| vec![bin.to_owned()]);
    let mut seen = BTreeSet::new();
    let servers: Vec<Server> =
        places.iter().filter_map(|bin| Server::probe(bin)).filter(|server| seen.insert(server.bin.clone())).collect();
    choose(servers, &places, wanted)
}

fn choose(mut servers: Vec<Server>, places: &[PathBuf], wanted: Option<u32>) -> Result<Server, ClusterError> {
    if servers.is_empty() {
        let looked = places.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(ClusterError::NoServer { looked });
    }
    let found = servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    servers.retain(|server| server.major >= MIN_MAJOR);
    if servers.is_empty() {
        return Err(ClusterError::TooOld { needed: MIN_MAJOR, found });
    }
    if let Some(data) = wanted {
        servers.retain(|server| server.major == data);
        if servers.is_empty() {
            return Err(ClusterError::OtherMajor { data, found });
        }
    }
    servers.sort_by_key(|server| (server.has_postgis(), server.major));
    match servers.pop() {
        Some(best) if best.has_postgis() => Ok(best),
        Some(best) => {
            let found = match &best.postgis {
                Some(version) => format!("{best} has PostGIS {version}"),
                None => format!("{best} has none"),
            };
            Err(ClusterError::NoPostgis { found, major: best.major })
        }
        None => Err(ClusterError::TooOld { needed: MIN_MAJOR, found }),
    }
}

/// Whether this version of PostGIS is new enough.
///
/// ```
/// assert!(fangge::cluster::postgis_will_do("3.3.2") && fangge::cluster::postgis_will_do("4.0"));
/// assert!(!fangge::cluster::postgis_will_do("3.2.9") && !fangge::cluster::postgis_will_do("unknown"));
/// ```
pub fn postgis_will_do(version: &str) -> bool {
    let mut parts = version.split('.').map(leading_number);
    matches!((parts.next().flatten(), parts.next().flatten()), (Some(major), Some(minor)) if (major, minor) >= MIN_POSTGIS)
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    for (parent, tail) in [("/usr/lib/postgresql", "bin"), ("/usr/local", "bin"), ("/usr", "bin")] {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        let versioned = entries.flatten().map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            // Debian: /usr/lib/postgresql/15; Fedora and its kin: /usr/pgsql-15.
            name.starts_with("pgsql") || leading_number(name).is_some()
        });
        places.extend(versioned.map(|path| path.join(tail)));
    }
    if let Some(bin) = said(Path::new("pg_config"), "--bindir") {
        places.push(PathBuf::from(bin));
    }
    if let Some(path) = std::env::var_os("PATH") {
        places.extend(std::env::split_paths(&path).filter(|folder| folder.join("postgres").exists()));
    }
    let mut seen = BTreeSet::new();
    places.retain(|place| seen.insert(place.clone()));
    places
}

fn share_folders(bin: &Path, major: u32) -> Vec<PathBuf> {
    let asked = said(&bin.join("pg_config"), "--sharedir").map(PathBuf::from);
    let beside = bin.parent().into_iter().flat_map(|home| [home.join("share/postgresql"), home.join("share")]);
    asked.into_iter().chain(beside).chain([PathBuf::from(format!("/usr/share/postgresql/{major}"))]).collect()
}

fn postgis_in(share: &Path) -> Option<String> {
    let control = std::fs::read_to_string(share.join("extension/postgis.control")).ok()?;
    let line = control.lines().find(|line| line.trim_start().starts_with("default_version"))?;
    Some(line.split('\'').nth(1)?.to_owned())
}

fn said(program: &Path, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` → `15.14`.
fn version_in(line: &str) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(version: &str, postgis: Option<&str>) -> Server {
        Server {
            bin: PathBuf::from(format!("/pg/{version}")),
            version: version.to_owned(),
            major: leading_number(version).unwrap(),
            postgis: postgis.map(str::to_owned),
        }
    }

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        assert_eq!(version_in("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)").unwrap(), "15.14");
        assert_eq!(version_in("postgres (PostgreSQL) 18beta1").unwrap(), "18beta1");
        assert_eq!(leading_number("18beta1"), Some(18));
    }

    #[test]
    fn the_newest_with_postgis_is_taken_unless_data_exist() {
        let all = || vec![server("14.1", Some("3.3.2")), server("17.2", Some("3.5.0")), server("18.1", None)];
        assert_eq!(choose(all(), &[], None).unwrap().major, 17);
        assert_eq!(choose(all(), &[], Some(14)).unwrap().major, 14);
    }

    #[test]
    fn a_refusal_names_what_was_found_and_the_package_to_install() {
        let too_old = choose(vec![server("13.4", Some("3.3.2"))], &[], None).unwrap_err().to_string();
        assert!(too_old.contains("13.4 in /pg/13.4") && too_old.contains("apt-get"), "{too_old}");
        let bare = choose(vec![server("15.4", None)], &[], None).unwrap_err().to_string();
        assert!(bare.contains("15.4") && bare.contains("postgresql-15-postgis-3"), "{bare}");
        let old = choose(vec![server("15.4", Some("3.1.0"))], &[], None).unwrap_err().to_string();
        assert!(old.contains("3.1.0"), "{old}");
        let other = choose(vec![server("15.4", Some("3.3.2"))], &[], Some(17)).unwrap_err().to_string();
        assert!(other.contains("17") && other.contains("15.4"), "{other}");
        let none = choose(vec![], &[PathBuf::from("/nowhere")], None).unwrap_err().to_string();
        assert!(none.contains("/nowhere"), "{none}");
    }
}
