//! A file of past incidents, row by row: what each says, or why it can't be used.

use super::reason::Reason;
use crate::db::import::Row;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use csv::{ByteRecord, ReaderBuilder};
use geodata::Time;
use geodata::incident::{Severity, TITLE_MAX, is_before_records, text};
use geodata::place::Position;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io::Read;

/// Longest key that a file may give its rows, in bytes.
const ID_MAX: usize = 200;

/// Which columns of the file hold what, by their place.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// When it happened.
    pub time: usize,
    /// Its category's name or code.
    pub category: usize,
    /// Longitude.
    pub lon: usize,
    /// Latitude.
    pub lat: usize,
    /// A few words; the category's name where there are none.
    pub title: Option<usize>,
    /// 1 to 4; 4 where it is not given.
    pub severity: Option<usize>,
    /// What tells one row from another, once and for all.
    pub id: Option<usize>,
}

/// A file's rows, told apart.
#[derive(Debug, Default)]
pub struct Rows {
    /// Those that can be used, as far as the file alone can tell.
    pub usable: Vec<Row>,
    /// The others: line and reason.
    pub refused: Vec<(u64, Reason)>,
}

/// Reads rows of one file.
#[derive(Debug)]
pub struct Reader {
    places: Places,
    /// The zone of times that name none.
    zone: Tz,
    /// Nothing may be reported after this.
    now: Time,
    /// How often a row of this content came already: two thefts in one place and hour are two incidents, and only the
    /// file that is read again repeats them both.
    seen: HashMap<[u8; 16], u32>,
    /// The line that each key of the file's own stood on.
    ids: HashMap<String, u64>,
}

impl Reader {
    /// A reader for columns at these places.
    pub fn new(places: Places, zone: Tz, now: Time) -> Self {
        Self { places, zone, now, seen: HashMap::new(), ids: HashMap::new() }
    }

    /// Reads them all. A header stands on the first line.
    ///
    /// # Errors
    /// When the file can't be read; a row that can't be used is no error.
    pub fn read(mut self, file: impl Read) -> csv::Result<Rows> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let mut rows = Rows::default();
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let line = record.position().map_or(0, csv::Position::line);
            match self.row(line, &record) {
                Ok(row) => rows.usable.push(row),
                Err(reason) => rows.refused.push((line, reason)),
            }
        }
        Ok(rows)
    }

    fn row(&mut self, line: u64, record: &ByteRecord) -> Result<Row, Reason> {
        let at = self.time(field(record, self.places.time)?)?;
        let (lon, lat) = (field(record, self.places.lon)?, field(record, self.places.lat)?);
        let position = position(lon, lat)?;
        let category = field(record, self.places.category)?;
        if category.is_empty() {
            return Err(Reason::NoCategory);
        }
        let category = text("category", category, TITLE_MAX).map_err(Reason::Invalid)?;
        let title = optional(record, self.places.title)?.unwrap_or(&category);
        let title = text("title", title, TITLE_MAX).map_err(Reason::Invalid)?;
        let severity = match optional(record, self.places.severity)? {
            Some(number) => number.parse::<Severity>().map_err(Reason::Invalid)?.number(),
            None => 4,
        };
        let key = match optional(record, self.places.id)? {
            Some(id) => self.own_key(line, id)?,
            None => self.fingerprint(at, position, &category, &title, severity),
        };
        Ok(Row { line, key, at, title, category, severity, position })
    }

    fn own_key(&mut self, line: u64, id: &str) -> Result<String, Reason> {
        if id.len() > ID_MAX || id.chars().any(char::is_control) {
            return Err(Reason::BadId);
        }
        match self.ids.insert(id.to_owned(), line) {
            None => Ok(format!("id:{id}")),
            Some(first) => {
                self.ids.insert(id.to_owned(), first);
                Err(Reason::SameId { id: id.to_owned(), first })
            }
        }
    }

    fn fingerprint(&mut self, at: Time, position: Position, category: &str, title: &str, severity: u8) -> String {
        let digest = Sha256::new()
            .chain_update(at.timestamp_micros().to_be_bytes())
            .chain_update(position.lon().to_be_bytes())
            .chain_update(position.lat().to_be_bytes())
            .chain_update([severity])
            .chain_update(category)
            .chain_update([0])
            .chain_update(title)
            .finalize();
        let mut content = [0; 16];
        content.copy_from_slice(&digest[..16]);
        let count = self.seen.entry(content).or_insert(0);
        *count += 1;
        format!("row:{:032x}:{count}", u128::from_be_bytes(content))
    }

    fn time(&self, text: &str) -> Result<Time, Reason> {
        if text.is_empty() {
            return Err(Reason::NoTime);
        }
        let at = if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            at.to_utc()
        } else {
            let local = local_time(text).ok_or_else(|| Reason::BadTime(text.to_owned()))?;
            // An hour that came twice is taken the first time; one that was skipped never was.
            let at = self.zone.from_local_datetime(&local).earliest();
            at.ok_or_else(|| Reason::BadTime(text.to_owned()))?.to_utc()
        };
        if at > self.now {
            return Err(Reason::Future(text.to_owned()));
        }
        if is_before_records(at) { Err(Reason::BeforeRecords(text.to_owned())) } else { Ok(at) }
    }
}

/// A time without a zone, in the ways that spreadsheets write it.
fn local_time(text: &str) -> Option<NaiveDateTime> {
    const TIMES: [&str; 6] = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
    ];
    let whole = TIMES.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    whole.or_else(|| {
        let date = ["%Y-%m-%d", "%Y/%m/%d"].iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        Some(date.and_time(NaiveTime::MIN))
    })
}

fn position(lon: &str, lat: &str) -> Result<Position, Reason> {
    let absent = |text: &str| text.is_empty() || text.eq_ignore_ascii_case("na") || text.eq_ignore_ascii_case("null");
    if absent(lon) || absent(lat) {
        return Err(Reason::NoCoordinates);
    }
    let number = |text: &str| text.parse::<f64>().map_err(|_| Reason::BadCoordinate(text.to_owned()));
    Position::new(number(lon)?, number(lat)?).map_err(Reason::Invalid)
}

fn field(record: &ByteRecord, place: usize) -> Result<&str, Reason> {
    let bytes = record.get(place).ok_or(Reason::Short)?;
    std::str::from_utf8(bytes).map(str::trim).map_err(|_| Reason::NotUtf8)
}

fn optional(record: &ByteRecord, place: Option<usize>) -> Result<Option<&str>, Reason> {
    let Some(place) = place else { return Ok(None) };
    Ok(Some(field(record, place)?).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Rows {
        let places = Places { time: 0, category: 1, lon: 2, lat: 3, title: Some(4), severity: Some(5), id: Some(6) };
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        Reader::new(places, chrono_tz::America::Chicago, now).read(file.as_bytes()).unwrap()
    }

    fn row(fields: &str) -> Result<Row, String> {
        let mut rows = read(&format!("time,category,lon,lat,title,severity,id\n{fields}\n"));
        rows.refused
            .pop()
            .map_or_else(|| Ok(rows.usable.remove(0)), |(line, reason)| Err(format!("{line}: {}", reason.en())))
    }

    #[test]
    fn times_with_a_zone_keep_it_and_others_are_local() {
        let utc = row("2010-01-01T06:00:00Z,theft,-95,29,,,").unwrap();
        let local = row("2010-01-01 00:00,theft,-95,29,,,").unwrap();
        assert_eq!(utc.at, local.at);
        assert_eq!(row("2010/07/01,theft,-95,29,,,").unwrap().at.to_rfc3339(), "2010-07-01T05:00:00+00:00");
        // The hour that the spring's change skipped.
        assert!(row("2010-03-14 02:30,theft,-95,29,,,").unwrap_err().contains("2010-03-14 02:30"));
    }

    #[test]
    fn what_can_not_be_used_says_why() {
        for (fields, word) in [
            (",theft,-95,29,,,", "time"),
            ("yesterday,theft,-95,29,,,", "yesterday"),
            ("2031-01-01T00:00:00Z,theft,-95,29,,,", "future"),
            ("0000-01-01T00:00:00Z,theft,-95,29,,,", "1900"),
            ("0001-01-01,theft,-95,29,,,", "1900"),
            ("1899-12-31 12:00,theft,-95,29,,,", "1900"),
            ("2010-01-01,theft,-95,29,,,A\u{0}1", "id"),
            ("2010-01-01,theft,,29,,,", "coordinates"),
            ("2010-01-01,theft,NA,NA,,,", "coordinates"),
            ("2010-01-01,theft,9x,29,,,", "9x"),
            ("2010-01-01,theft,-195,29,,,", "longitude"),
            ("2010-01-01,theft,nan,29,,,", "longitude"),
            ("2010-01-01,,-95,29,,,", "category"),
            ("2010-01-01,theft,-95,29,,7,", "severity"),
            ("2010-01-01,theft", "columns"),
        ] {
            let reason = row(fields).unwrap_err();
            assert!(reason.starts_with("2: ") && reason.contains(word), "{fields}: {reason}");
        }
    }

    #[test]
    fn a_key_is_the_files_own_or_the_contents_and_its_count() {
        let head = "time,category,lon,lat,title,severity,id\n";
        let twice = "2010-01-01,theft,-95,29,,,\n2010-01-01,theft,-95,29,,,\n";
        let rows = read(&format!("{head}{twice}"));
        assert_eq!(rows.usable.len(), 2);
        assert_ne!(rows.usable[0].key, rows.usable[1].key);
        let again = read(&format!("{head}{twice}"));
        assert_eq!(rows.usable, again.usable);

        let rows = read(&format!(
            "{head}2010-01-01,theft,-95,29,,,A1\n2010-01-02,theft,-95,29,,,A1\n2010-01-03,theft,-95,29,,,A1\n"
        ));
        assert_eq!(rows.usable[0].key, "id:A1");
        assert_eq!(rows.refused.len(), 2);
        assert!(rows.refused.iter().all(|(_, reason)| reason.en().contains("line 2")));
    }
}
