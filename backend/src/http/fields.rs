//! How errors name a field within a list.

use super::errors::Error;

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
