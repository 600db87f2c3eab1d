//! Categories as a file for spreadsheets: out with every version that is asked for, and in again, row by row a wish.

use super::Book;
use super::table::{self, Row, fault};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use chrono_tz::Tz;
use geodata::category::{Change, Content, LimitTable, Wish, check_code};
use geodata::town::{CategoryCode, CategoryGroup, Name};
use geodata::wire::{CategoryRow, CategoryVersion, RowChange, SheetFault};
use geodata::{Invalid, Time};

/// Most faults that an answer lists.
pub const FAULTS_MAX: usize = 100;
/// Largest file, bytes.
pub const BYTES_MAX: usize = 1024 * 1024;

const LEVELS: [&str; 3] = ["grid", "village", "town"];

/// A file of versions; times are the town's.
///
/// # Errors
/// None that a file in memory could give.
pub fn write(versions: &[CategoryVersion], zone: Tz) -> Result<Vec<u8>, csv::Error> {
    table::write(versions.iter().map(|version| cells(version, zone)))
}

fn cells(version: &CategoryVersion, zone: Tz) -> Vec<String> {
    let time = |at: Time| at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let mut cells = vec![version.code.to_string(), version.group.to_string()];
    for text in [&version.name, &version.filing_standard, &version.closing_standard] {
        cells.extend([text.zh.clone(), text.en.clone()]);
    }
    cells.extend(version.limits.as_flattened().iter().map(ToString::to_string));
    cells.extend([version.working_time, version.pauses_referred, version.pauses_parked].map(|yes| yes.to_string()));
    cells.push(version.default_unit.as_ref().map(ToString::to_string).unwrap_or_default());
    cells.extend([time(version.from), version.to.map(time).unwrap_or_default()]);
    cells
}

/// Enters a file's rows into the book; tells what becomes of each, and what is wrong.
pub fn enter(book: &mut Book, file: &[u8], zone: Tz) -> (Vec<CategoryRow>, Vec<SheetFault>) {
    let rows = match table::read(file) {
        Ok(rows) => rows,
        Err(mut faults) => {
            faults.truncate(FAULTS_MAX);
            return (Vec::new(), faults);
        }
    };
    let (mut told, mut faults) = (Vec::new(), Vec::new());
    let mut entered: Vec<(CategoryCode, Option<Time>, u32)> = Vec::new();
    for row in &rows {
        let done = read(row, zone).and_then(|(code, wish)| {
            once(book, &mut entered, &code, &wish, row.line)?;
            enter_one(book, code, &wish, row.line).map_err(|invalid| vec![fault_of(row.line, &invalid)])
        });
        match done {
            Ok(done) => told.push(done),
            Err(more) => faults.extend(more),
        }
    }
    faults.truncate(FAULTS_MAX);
    (told, faults)
}

/// Refuses a second row for the same version.
fn once(
    book: &Book,
    entered: &mut Vec<(CategoryCode, Option<Time>, u32)>,
    code: &CategoryCode,
    wish: &Wish,
    line: u32,
) -> Result<(), Vec<SheetFault>> {
    let current = book.before(code).and_then(|history| history.at(book.now)).map(|version| version.from);
    let from = wish.from.filter(|from| Some(*from) != current);
    if let Some((.., first)) = entered.iter().find(|(other, at, _)| other == code && *at == from) {
        let (zh, en) = (format!("与第 {first} 行重复"), format!("the same as line {first}"));
        return Err(vec![fault(line, Some("code"), zh, en)]);
    }
    entered.push((code.clone(), from, line));
    Ok(())
}

fn enter_one(book: &mut Book, code: CategoryCode, wish: &Wish, line: u32) -> Result<CategoryRow, Invalid> {
    let known = book.before(&code).cloned();
    let row = |code, change, fields: Vec<&str>, from| {
        let fields = fields.into_iter().map(str::to_owned).collect();
        CategoryRow { row: line, code, name: wish.content.name.clone(), change, fields, from }
    };
    let Some(history) = known else {
        check_code(&code)?;
        let done = book.put(&code, wish)?;
        return Ok(row(code, RowChange::New, Vec::new(), done.from));
    };
    let gone = history.versions().iter().find(|v| Some(v.from) == wish.from && v.to.is_some_and(|to| to <= book.now));
    if let Some(gone) = gone {
        if gone.content == wish.content && gone.to == wish.to {
            return Ok(row(code, RowChange::Unchanged, Vec::new(), gone.from));
        }
        return Err(Invalid::new("from", "已经过去的版本不能修改", "a version that has passed can't be changed"));
    }
    let base = history.base(wish, book.now)?;
    let mut fields = base.map(|base| base.content.differences(&wish.content)).unwrap_or_default();
    let done = book.put(&code, wish)?;
    if done.change == Change::Ends || base.is_some_and(|base| base.to.is_some() != wish.to.is_some()) {
        fields.push("to");
    }
    let change = match done.change {
        Change::Unchanged => RowChange::Unchanged,
        Change::New => RowChange::New,
        Change::Changed => RowChange::Changed,
        Change::Ends => RowChange::Ends,
    };
    Ok(row(code, change, if change == RowChange::New { Vec::new() } else { fields }, done.from))
}

/// A rule of the domain, as a place of the file.
fn fault_of(line: u32, invalid: &Invalid) -> SheetFault {
    fault(line, Some(&column(invalid.field)), invalid.zh.clone(), invalid.en.clone())
}

/// The column of a field: `limits.2.1` is `limit_3_village`.
fn column(field: &str) -> String {
    let parts: Vec<&str> = field.split('.').collect();
    let number = |text: &str| text.parse::<usize>().ok();
    match parts[..] {
        ["limits", severity, level] => {
            let level = number(level).and_then(|level| LEVELS.get(level)).copied().unwrap_or_default();
            format!("limit_{}_{level}", number(severity).map_or(0, |severity| severity + 1))
        }
        ["from"] => "valid_from".to_owned(),
        ["to"] => "valid_to".to_owned(),
        ["category"] => "code".to_owned(),
        ["unit"] => "default_unit".to_owned(),
        _ => parts.join("_"),
    }
}

/// A row's cells as a wish; every cell that can't be read is told.
fn read(row: &Row, zone: Tz) -> Result<(CategoryCode, Wish), Vec<SheetFault>> {
    let mut faults = Vec::new();
    let mut keep = |column: &str, invalid: Invalid| faults.push(fault(row.line, Some(column), invalid.zh, invalid.en));
    let code = row.get("code").trim().parse::<CategoryCode>().map_err(|invalid| keep("code", invalid)).ok();
    let group = group(row.get("group")).map_err(|invalid| keep("group", invalid)).ok();
    let limits = limits(row, &mut keep);
    let mut yes = |column: &str| flag(row.get(column)).map_err(|invalid| keep(column, invalid)).ok();
    let flags = [yes("working_time"), yes("pauses_referred"), yes("pauses_parked")];
    let unit = Some(row.get("default_unit").trim()).filter(|text| !text.is_empty());
    let unit = unit.map(str::parse).transpose().map_err(|invalid| keep("default_unit", invalid)).ok();
    let mut at = |column: &str| time(row.get(column), zone).map_err(|invalid| keep(column, invalid)).ok();
    let (from, to) = (at("valid_from"), at("valid_to"));
    let both = |zh: &str, en: &str| Name::new(row.get(zh), row.get(en));
    let wish = (|| {
        Some(Wish {
            content: Content {
                group: group?,
                name: both("name_zh", "name_en"),
                filing_standard: both("filing_standard_zh", "filing_standard_en"),
                closing_standard: both("closing_standard_zh", "closing_standard_en"),
                limits: limits?,
                working_time: flags[0]?,
                pauses_referred: flags[1]?,
                pauses_parked: flags[2]?,
                default_unit: unit?,
            },
            from: from?,
            to: to?,
        })
    })();
    let (Some(code), Some(wish)) = (code, wish) else { return Err(faults) };
    let content = wish.content.checked().map_err(|invalid| vec![fault_of(row.line, &invalid)])?;
    Ok((code, Wish { content, ..wish }))
}

fn group(cell: &str) -> Result<CategoryGroup, Invalid> {
    let named = match cell.trim() {
        "社会治安" => Some(CategoryGroup::Security),
        "突发事件" => Some(CategoryGroup::Emergency),
        "矛盾纠纷" => Some(CategoryGroup::Dispute),
        "城乡管理" => Some(CategoryGroup::Management),
        word => word.parse().ok(),
    };
    named.ok_or_else(|| {
        Invalid::new(
            "group",
            "须为 security（社会治安）、emergency（突发事件）、dispute（矛盾纠纷）或 management（城乡管理）",
            "one of security, emergency, dispute, management",
        )
    })
}

fn limits(row: &Row, keep: &mut impl FnMut(&str, Invalid)) -> Option<LimitTable> {
    let (mut limits, mut whole) = ([[0; 3]; 4], true);
    for (severity, three) in limits.iter_mut().enumerate() {
        for (minutes, level) in three.iter_mut().zip(LEVELS) {
            let column = format!("limit_{}_{level}", severity + 1);
            if let Ok(read) = row.get(&column).trim().parse() {
                *minutes = read;
            } else {
                keep(&column, Invalid::new("limits", "须为整数（分钟）", "a whole number of minutes"));
                whole = false;
            }
        }
    }
    whole.then_some(limits)
}

/// Yes or no, as spreadsheets and people write it.
fn flag(cell: &str) -> Result<bool, Invalid> {
    match cell.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "是" => Ok(true),
        "false" | "no" | "0" | "否" => Ok(false),
        _ => Err(Invalid::new("flag", "须为 true（是）或 false（否）", "true or false")),
    }
}

/// A time with its zone, or a date or time of the town's own; an empty cell is none.
fn time(cell: &str, zone: Tz) -> Result<Option<Time>, Invalid> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(cell) {
        return Ok(Some(at.to_utc()));
    }
    let date = |text: &str| ["%Y-%m-%d", "%Y/%m/%d"].iter().find_map(|f| NaiveDate::parse_from_str(text, f).ok());
    let clock = |text: &str| ["%H:%M", "%H:%M:%S%.f"].iter().find_map(|f| NaiveTime::parse_from_str(text, f).ok());
    let local = match cell.split_once([' ', 'T']) {
        Some((day, hour)) => date(day).zip(clock(hour.trim())).map(|(day, hour)| NaiveDateTime::new(day, hour)),
        None => date(cell).map(|day| day.and_time(NaiveTime::MIN)),
    };
    // Where clocks jump over a time, there is none; where they go back, it is the first of two.
    let at = local.and_then(|local| local.and_local_timezone(zone).earliest());
    at.map(|at| Some(at.to_utc())).ok_or_else(|| {
        Invalid::new(
            "time",
            "须为 2026-12-01、2026-12-01 08:00 或 2026-12-01T08:00:00+08:00 的样子",
            "such as 2026-12-01, 2026-12-01 08:00 or 2026-12-01T08:00:00+08:00",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_and_spreadsheets_write_them() {
        let zone = chrono_tz::Asia::Shanghai;
        let at = |text: &str| time(text, zone).unwrap().map(|at| at.to_rfc3339());
        let midnight = Some("2026-11-30T16:00:00+00:00".to_owned());
        for text in ["2026-12-01", "2026/12/1", "2026-12-01 00:00", "2026/12/1 0:00:00", "2026-12-01T00:00:00+08:00"] {
            assert_eq!(at(text), midnight, "{text}");
        }
        assert_eq!(at("  "), None);
        for text in ["tomorrow", "2026-13-01", "01/12/2026", "2026-12-01 25:00", "45992"] {
            assert!(time(text, zone).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_have_their_columns() {
        let told = ["limits.2.1", "name.zh", "from", "default_unit", "filing_standard.en"].map(column);
        assert_eq!(told, ["limit_3_village", "name_zh", "valid_from", "default_unit", "filing_standard_en"]);
        let known = |name: &String| table::COLUMNS.iter().any(|(column, _)| column == name);
        assert!(told.iter().all(known));
    }
}
