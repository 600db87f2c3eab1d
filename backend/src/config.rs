//! Settings: by flag, or by environment, or by default; and where each came from.

use crate::manners::RateArgs;
use crate::photos::{PhotoArgs, PhotoSettings};
use crate::secrets::SecretKey;
use anyhow::{Context as _, bail};
use chrono::TimeDelta;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use geodata::town::Slug;
use geodata::wire::{Basemap, Datum, Secret};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where HTTP is answered.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// The database server to use; without it the program runs its own.
    pub database_url: Option<String>,
    /// The town shown when the address names none.
    pub town: Slug,
    /// The folder of PostgreSQL's programs, where it is not to be looked for.
    pub pg_bin: Option<PathBuf>,
    /// A background of tiles.
    pub basemap: Option<Basemap>,
    /// The most connections to the database at once.
    pub database_connections: u32,
    /// Proxies whose word on whom they speak for is believed, beside this machine's own.
    pub proxies: Vec<IpAddr>,
    /// Where photos are kept, and how large one may be.
    pub photos: PhotoSettings,
    /// How much one person may do in a minute.
    pub rates: RateArgs,
    /// What sealed things are sealed with; without it, the data folder's key.
    pub secret_key: Option<SecretKey>,
    /// How long the parties to a dispute are kept after its end.
    pub parties_kept: TimeDelta,
    /// What is logged, as tracing's filter has it.
    pub log: String,
}

/// Days that the parties to a dispute are kept after its end: three years, the general term of limitation (Civil Code, article 188).
const PARTIES_KEPT_DAYS: i64 = 1_095;

/// The settings that every command needs to reach the database.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Folder for the private database, its log and reports
    #[arg(long, env = "FANGGE_DATA", value_name = "FOLDER", default_value = "./data")]
    pub data: PathBuf,
    /// A PostgreSQL ≥ 14 with PostGIS ≥ 3.3 to use instead of a private one
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder of PostgreSQL's programs, where they are not found by themselves
    #[arg(long, env = "FANGGE_PG_BIN", value_name = "FOLDER")]
    pub pg_bin: Option<PathBuf>,
    /// The most connections to the database at once
    #[arg(long, env = "FANGGE_DATABASE_CONNECTIONS", value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u32).range(1..=500))]
    pub database_connections: u32,
    /// What is logged: error, warn, info, debug, trace, or by module as in fangge=debug,info
    #[arg(long, env = "FANGGE_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// The settings of a server on top of these.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
    /// Address and port to listen on, or the port alone; beyond this machine, put a proxy before it that speaks HTTPS
    #[arg(long, env = "FANGGE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080",
          value_parser = listen_address)]
    pub listen: SocketAddr,
    /// The town shown when the address names none
    #[arg(long, env = "FANGGE_TOWN", value_name = "TOWN", default_value = "muyi")]
    pub town: Slug,
    /// Addresses of proxies, separated by commas, whose X-Forwarded-For and -Proto are believed; those on this machine are
    #[arg(long, env = "FANGGE_PROXIES", value_name = "LIST", value_delimiter = ',')]
    pub proxies: Vec<IpAddr>,
    /// The key that secrets in the database are sealed with: 32 bytes in base64; without it, secret.key in the data folder
    #[arg(long, env = "FANGGE_SECRET_KEY", value_name = "KEY", hide_env_values = true)]
    #[arg(value_parser = unseen)]
    pub secret_key: Option<Secret>,
    /// Days that the parties to a dispute are kept after its end, before they are erased
    #[arg(long, env = "FANGGE_PARTIES_KEPT_DAYS", value_name = "DAYS", default_value_t = PARTIES_KEPT_DAYS,
          value_parser = clap::value_parser!(i64).range(1..=36_500))]
    pub parties_kept_days: i64,
    /// Background tiles: an address with {z}, {x} and {y}, and {s} where its hosts are numbered
    #[arg(long, env = "FANGGE_BASEMAP_URL", value_name = "URL")]
    pub basemap_url: Option<String>,
    /// What stands for {s} in the background's address, by turns, separated by commas
    #[arg(long, env = "FANGGE_BASEMAP_SUBDOMAINS", value_name = "LIST", default_value = "a,b,c")]
    pub basemap_subdomains: Subdomains,
    /// Who made the background, shown on the map
    #[arg(long, env = "FANGGE_BASEMAP_ATTRIBUTION", value_name = "TEXT")]
    pub basemap_attribution: Option<String>,
    /// How the background's coordinates are shifted: wgs84, gcj02 or bd09
    #[arg(long, env = "FANGGE_BASEMAP_DATUM", value_name = "DATUM", default_value = "wgs84")]
    pub basemap_datum: Datum,
    /// Deepest zoom that the background has
    #[arg(long, env = "FANGGE_BASEMAP_MAX_ZOOM", value_name = "ZOOM", default_value_t = 18,
          value_parser = clap::value_parser!(u8).range(1..=24))]
    pub basemap_max_zoom: u8,
    /// How much one person may do in a minute.
    #[command(flatten)]
    pub rates: RateArgs,
    /// Where photos are kept.
    #[command(flatten)]
    pub photos: PhotoArgs,
}

impl DataArgs {
    /// Settings for a command that serves nobody.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            data: self.data.clone(),
            database_url: self.database_url.clone().filter(|url| !url.is_empty()),
            town: "muyi".parse().context("the default town")?,
            pg_bin: self.pg_bin.clone(),
            basemap: None,
            database_connections: self.database_connections,
            proxies: Vec::new(),
            photos: PhotoSettings::in_data(&self.data)?,
            rates: RateArgs::default(),
            secret_key: None,
            parties_kept: TimeDelta::days(PARTIES_KEPT_DAYS),
            log: self.log.clone(),
        })
    }
}

impl ServeArgs {
    /// Settings for a server.
    ///
    /// # Errors
    /// When the background is described but can't be used.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            listen: self.listen,
            town: self.town.clone(),
            basemap: self.basemap()?,
            proxies: self.proxies.clone(),
            photos: self.photos.settings(&self.data.data)?,
            rates: self.rates,
            secret_key: self.secret_key()?,
            parties_kept: TimeDelta::days(self.parties_kept_days),
            ..self.data.settings()?
        })
    }

    fn secret_key(&self) -> anyhow::Result<Option<SecretKey>> {
        let Some(text) = self.secret_key.as_ref().map(Secret::expose).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|rule| anyhow::anyhow!("FANGGE_SECRET_KEY: {rule}"))
    }

    fn basemap(&self) -> anyhow::Result<Option<Basemap>> {
        let Some(url) = self.basemap_url.clone().filter(|url| !url.is_empty()) else { return Ok(None) };
        let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")) else {
            bail!("FANGGE_BASEMAP_URL must begin with http:// or https://, not {url}");
        };
        for part in ["{z}", "{x}", "{y}"] {
            if !rest.contains(part) {
                bail!("FANGGE_BASEMAP_URL must contain {{z}}, {{x}} and {{y}}, and {part} is missing in {url}");
            }
        }
        let basemap = Basemap {
            url,
            subdomains: self.basemap_subdomains.0.clone(),
            attribution: self.basemap_attribution.clone().unwrap_or_default(),
            datum: self.basemap_datum,
            max_zoom: self.basemap_max_zoom,
        };
        if basemap.origins().is_empty() {
            bail!(
                "FANGGE_BASEMAP_URL must name a host of letters, digits, dots and hyphens, perhaps with {{s}} and a \
                 port, so that the browser can be told to let in no other; not as in {}",
                masked(&basemap.url)
            );
        }
        Ok(Some(basemap))
    }
}

/// Takes a secret in as it is: clap would show what it can't read.
#[expect(clippy::unnecessary_wraps, reason = "the signature that clap asks for")]
fn unseen(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// What stands for `{s}` in the address of a background, by turns.
///
/// ```
/// use fangge::config::Subdomains;
/// assert_eq!("0, 1,2".parse::<Subdomains>().unwrap().0, ["0", "1", "2"]);
/// assert!("a,,b".parse::<Subdomains>().unwrap_err().contains("commas"));
/// assert!("*".parse::<Subdomains>().is_err() && "".parse::<Subdomains>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subdomains(pub Vec<String>);

impl FromStr for Subdomains {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        /// More would only lengthen every answer's headers.
        const MOST: usize = 32;
        let list: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
        let plain =
            |s: &String| (1..=32).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if list.len() <= MOST && list.iter().all(plain) {
            Ok(Self(list))
        } else {
            Err(format!("up to {MOST} names of letters, digits or hyphens between commas, as in 0,1,2,3"))
        }
    }
}

/// An address and a port, `localhost` and a port, or a port of this machine alone.
///
/// ```
/// use fangge::config::listen_address;
/// let here = listen_address("127.0.0.1:9000").unwrap();
/// assert_eq!((listen_address("9000").unwrap(), listen_address("localhost:9000").unwrap()), (here, here));
/// assert!(listen_address("nine").unwrap_err().contains("127.0.0.1:8080"));
/// ```
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text);
    let here = port.parse().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    here.or_else(|_| text.parse()).map_err(|_| "an address and a port, as in 127.0.0.1:8080 or [::1]:8080".to_owned())
}

/// One line of `fangge config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The environment variable.
    pub variable: String,
    /// The flag.
    pub flag: String,
    /// The value, a password masked; absent when it is not set.
    pub value: Option<String>,
    /// `flag`, `environment` or `default`.
    pub source: &'static str,
}

/// Every setting of `command`, as it was found.
pub fn shown(command: &clap::Command, matches: &ArgMatches) -> Vec<Shown> {
    let settings = command.get_arguments().filter_map(|argument| Some((argument, argument.get_env()?)));
    settings
        .map(|(argument, variable)| {
            let id = argument.get_id().as_str();
            let raw = matches.get_raw(id).into_iter().flatten().next();
            let show =
                |text: &str| if variable.to_string_lossy().ends_with("_KEY") { "***".to_owned() } else { masked(text) };
            let value = raw.map(|raw| raw.to_string_lossy()).filter(|raw| !raw.is_empty()).map(|raw| show(&raw));
            let source = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => "flag",
                Some(ValueSource::EnvVariable) => "environment",
                _ => "default",
            };
            Shown {
                variable: variable.to_string_lossy().into_owned(),
                flag: argument.get_long().map(|long| format!("--{long}")).unwrap_or_default(),
                value,
                source,
            }
        })
        .collect()
}

/// The text with the password of an address in it, and a key among its parameters, replaced by stars.
///
/// ```
/// use fangge::config::masked;
/// assert_eq!(masked("postgres://town:s3:cr@t@db/fangge"), "postgres://town:***@db/fangge");
/// assert_eq!(masked("postgres://db/fangge?user=a&password=b"), "postgres://db/fangge?user=a&password=***");
/// assert_eq!(masked("https://t.example/{z}/{x}/{y}?tk=abc"), "https://t.example/{z}/{x}/{y}?tk=***");
/// assert_eq!(masked("./data"), "./data");
/// ```
pub fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            format!("{}:***@{host}", user.split(':').next().unwrap_or_default())
        }
        _ => authority.to_owned(),
    };
    let Some((path, query)) = path.split_once('?') else { return format!("{scheme}://{authority}{path}") };
    let query: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if matches!(name, "password" | "sslpassword" | "tk" | "key" | "token" | "ak") => {
                format!("{name}=***")
            }
            _ => pair.to_owned(),
        })
        .collect();
    format!("{scheme}://{authority}{path}?{}", query.join("&"))
}
