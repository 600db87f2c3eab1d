//! Fields that several resources have, and how errors name a field within a list.

use super::errors::{Error, Query, Result};
use geodata::Invalid;

/// The parameter `limit`: how much an answer tells, at most `most`; `usual` where it is not given.
pub fn limit(query: &Query, usual: u32, most: u32) -> Result<u32> {
    let Some(text) = query.get("limit") else { return Ok(usual) };
    text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| {
        let (zh, en) = (format!("须为 1 到 {most} 的整数"), format!("a whole number from 1 to {most}"));
        Invalid::new("limit", zh, en).into()
    })
}

/// An error whose field is written with dots throughout: `duties.3.shift` for `duties[3].shift`.
pub fn dotted(error: Error) -> Error {
    match error {
        Error::Body { field, zh, en } => {
            let dots = field.replace('[', ".").replace(']', "");
            Error::Body { zh: zh.replacen(&field, &dots, 1), en: en.replacen(&field, &dots, 1), field: dots }
        }
        other => other,
    }
}
