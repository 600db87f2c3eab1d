//! `fangge import incidents`: a file of past incidents, loaded into a town in one transaction.

mod reason;
mod rows;

use super::{Refusal, say};
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db::import::{self, Load, NewTown, Row};
use anyhow::Context as _;
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use geodata::town::{CategoryGroup, Name, Slug, TownId};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use reason::Reason;
use rows::{Places, Reader, Rows};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Past incidents from a CSV file, as closed history
    Incidents(Incidents),
}

/// What `import incidents` takes.
#[derive(Debug, Args)]
pub struct Incidents {
    /// The file: CSV in UTF-8, names of the columns on the first line
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    /// The town's short name; made when it does not exist
    #[arg(long, value_name = "TOWN")]
    pub town: Slug,
    /// Which column holds what: time=…,category=…,lon=…,lat=… and, where there are, title=…,severity=…,id=…
    #[arg(long, value_name = "PAIRS")]
    pub columns: String,
    /// A new town's name, Chinese or both
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A new town's name in English
    #[arg(long, value_name = "NAME")]
    pub name_en: Option<String>,
    /// A new town's nine-digit administrative code
    #[arg(long, value_name = "CODE", value_parser = clap::builder::ValueParser::new(administrative_code))]
    pub code: Option<i32>,
    /// The zone of times that name none, and of a new town's days [default: the town's, or Asia/Shanghai]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<Tz>,
    /// A new town's boundary, GeoJSON in WGS 84; made from the data where it is not given
    #[arg(long, value_name = "FILE.geojson")]
    pub boundary: Option<PathBuf>,
    /// The group that new categories fall in: security, emergency, dispute or management
    #[arg(long, value_name = "GROUP", default_value = "security")]
    pub group: CategoryGroup,
    /// Where the rows that can't be used are listed [default: reports/TOWN-FILE.csv in the data folder]
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

fn administrative_code(text: &str) -> Result<i32, String> {
    let code = text.parse().ok().filter(|code| (100_000_000..900_000_000).contains(code));
    code.ok_or_else(|| "nine digits, as in GB/T 2260 and the towns' three more".to_owned())
}

/// Imports.
pub async fn run(import: Import) -> anyhow::Result<()> {
    let Import::Incidents(arguments) = import;
    let database = database::open(&arguments.data.settings()?, Purpose::Beside("import")).await?;
    let done = incidents(&arguments, &database.pool).await;
    database.close().await;
    done
}

async fn incidents(arguments: &Incidents, pool: &sqlx::PgPool) -> anyhow::Result<()> {
    database::migrate(pool).await?;
    let began = Instant::now();
    let now = chrono::Utc::now();
    let town = import::zone(pool, &arguments.town).await?;
    let zone = match (&town, arguments.time_zone) {
        (Some(zone), given) => given.unwrap_or(*zone),
        (None, given) => given.unwrap_or(chrono_tz::Asia::Shanghai),
    };
    let Rows { usable, mut refused } = read(arguments, zone, now)?;
    let new_town = NewTown {
        id: arguments.code.map_or_else(|| TownId::from_slug(&arguments.town), TownId),
        has_code: arguments.code.is_some(),
        name: name(arguments),
        zone,
        boundary: arguments.boundary.as_deref().map(read_boundary).transpose()?,
    };
    let load =
        Load { slug: &arguments.town, new_town: &new_town, group: arguments.group, file: file_name(&arguments.file) };
    let bar = progress(&usable);
    let loaded = import::incidents(pool, &load, &usable, now, |written| bar.set_position(written)).await?;
    bar.finish_and_clear();
    refused.extend(loaded.outside.iter().map(|line| (*line, Reason::Outside)));
    let report = write_report(arguments, refused)?;
    if loaded.made_town {
        let from = if arguments.boundary.is_some() { "as given" } else { "made from the data" };
        say(format_args!(
            "the town {} is new; its boundary is {from}, {:.0} km²",
            arguments.town,
            loaded.area_m2 / 1e6
        ));
    } else if arguments.boundary.is_some() {
        say(format_args!("the town {} exists; its boundary stays as it is", arguments.town));
    }
    let seconds = began.elapsed().as_secs_f64();
    say(format_args!("{} incidents added, {} were there already, in {seconds:.1} s", loaded.added, loaded.known));
    say(report);
    Ok(())
}

fn read(arguments: &Incidents, zone: Tz, now: geodata::Time) -> anyhow::Result<Rows> {
    let path = &arguments.file;
    let open = || File::open(path).with_context(|| format!("{} can't be read", path.display()));
    let mut header = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(open()?));
    let header = header.byte_headers().with_context(|| format!("the first line of {}", path.display()))?;
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let places = places(&arguments.columns, &names)?;
    let rows = Reader::new(places, zone, now).read(BufReader::new(open()?));
    rows.with_context(|| format!("reading {}", path.display()))
}

/// Finds the named columns among the file's.
fn places(pairs: &str, names: &[String]) -> Result<Places, Refusal> {
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for pair in pairs.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (field, column) = pair
            .split_once('=')
            .ok_or_else(|| Refusal(format!("--columns takes pairs such as time=Date, and {pair} is none")))?;
        if !["time", "category", "lon", "lat", "title", "severity", "id"].contains(&field.trim()) {
            return Err(Refusal(format!(
                "--columns knows time, category, lon, lat, title, severity and id, and not {field}"
            )));
        }
        wanted.push((field.trim(), column.trim()));
    }
    let optional = |field: &str| -> Result<Option<usize>, Refusal> {
        let Some((_, column)) = wanted.iter().find(|(name, _)| *name == field) else { return Ok(None) };
        let place = names.iter().position(|name| name == column);
        place
            .map(Some)
            .ok_or_else(|| Refusal(format!("the file has no column {column}; its columns are {}", names.join(", "))))
    };
    let needed = |field: &str| {
        optional(field)?
            .ok_or_else(|| Refusal(format!("--columns must say which column holds {field}, as in {field}=…")))
    };
    Ok(Places {
        time: needed("time")?,
        category: needed("category")?,
        lon: needed("lon")?,
        lat: needed("lat")?,
        title: optional("title")?,
        severity: optional("severity")?,
        id: optional("id")?,
    })
}

fn name(arguments: &Incidents) -> Name {
    let zh = arguments.name.clone().unwrap_or_else(|| arguments.town.to_string());
    let en = arguments.name_en.clone().unwrap_or_else(|| zh.clone());
    Name { zh, en }
}

/// The polygons of a GeoJSON file, whatever they are wrapped in.
fn read_boundary(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
    let document: geojson::GeoJson = text.parse().with_context(|| format!("{} is not GeoJSON", path.display()))?;
    let geometries: Vec<geojson::Geometry> = match document {
        geojson::GeoJson::Geometry(geometry) => vec![geometry],
        geojson::GeoJson::Feature(feature) => feature.geometry.into_iter().collect(),
        geojson::GeoJson::FeatureCollection(all) => all.features.into_iter().filter_map(|f| f.geometry).collect(),
    };
    let polygons: Vec<String> = geometries
        .iter()
        .filter(|geometry| {
            matches!(
                geo::Geometry::<f64>::try_from(*geometry),
                Ok(geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_))
            )
        })
        .map(ToString::to_string)
        .collect();
    if polygons.is_empty() {
        return Err(Refusal(format!("{} holds no polygon", path.display())).into());
    }
    Ok(polygons)
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("file")
}

/// A bar on a terminal, nothing elsewhere.
fn progress(rows: &[Row]) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {human_pos}/{human_len} rows, {rate}/s, {eta} left");
    let bar = ProgressBar::new(rows.len() as u64);
    match style {
        Ok(style) => bar.with_style(style.with_key("rate", |state: &ProgressState, to: &mut dyn std::fmt::Write| {
            // A bar that can't be drawn is not worth a word.
            write!(to, "{:.0}", state.per_sec()).unwrap_or_default();
        })),
        Err(_) => bar,
    }
}

/// Lists what can't be used, in the order of the file; says where.
fn write_report(arguments: &Incidents, mut refused: Vec<(u64, Reason)>) -> anyhow::Result<String> {
    refused.sort_by_key(|(line, _)| *line);
    let path = arguments.report.clone().unwrap_or_else(|| {
        let stem = arguments.file.file_stem().unwrap_or_default().to_string_lossy();
        arguments.data.data.join("reports").join(format!("{}-{stem}.csv", arguments.town))
    });
    let what = || format!("writing the report {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(what)?;
    }
    let mut report = csv::Writer::from_path(&path).with_context(what)?;
    report.write_record(["line", "reason_zh", "reason_en"]).with_context(what)?;
    for (line, reason) in &refused {
        report.write_record([line.to_string(), reason.zh(), reason.en()]).with_context(what)?;
    }
    report.flush().with_context(what)?;
    Ok(match refused.len() {
        0 => "every row could be used".to_owned(),
        count => format!("{count} rows could not be used; {} lists them with the reason", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_refused_with_the_names_there_are() {
        let names: Vec<String> = ["lat", "lon", "when", "what"].map(str::to_owned).to_vec();
        let found = places("time=when, category=what,lon=lon,lat=lat", &names).unwrap();
        assert_eq!((found.time, found.category, found.lon, found.lat, found.id), (2, 3, 1, 0, None));
        let refused = |pairs| places(pairs, &names).unwrap_err().to_string();
        assert!(refused("time=when,category=what,lon=lon").contains("lat="));
        assert!(refused("time=whan,category=what,lon=lon,lat=lat").contains("lat, lon, when, what"));
        assert!(refused("tyme=when").contains("tyme"));
        assert!(refused("time").contains("pairs"));
    }
}
