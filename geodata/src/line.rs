//! One line of text that a person typed.

use crate::Invalid;
use crate::incident::text;

/// Trimmed, in one line, `min` to `max` characters of any script, no control characters.
///
/// ```
/// use geodata::line::line;
/// assert_eq!(line("contact", "村东头第二家 𠮷 ", 1, 40).unwrap(), "村东头第二家 𠮷");
/// assert!(line("name", &"𠮷".repeat(40), 1, 40).is_ok() && line("name", &"𠮷".repeat(41), 1, 40).is_err());
/// assert_eq!(line("reason", "x", 2, 200).unwrap_err().field, "reason");
/// assert!(line("name", "two\nlines", 1, 40).is_err());
/// assert!(line("name", "方\u{202e}正", 1, 40).is_err(), "no sign that turns the others round");
/// ```
///
/// # Errors
/// When it is not that.
pub fn line(field: &'static str, raw: &str, min: usize, max: usize) -> Result<String, Invalid> {
    let ok = text(field, raw, max).ok().filter(|t| t.chars().count() >= min && !t.chars().any(disturbs));
    ok.ok_or_else(|| {
        let zh = format!("须为 {min} 到 {max} 个字，在一行之内，不含控制字符");
        let en = format!("must be {min} to {max} characters in one line, without control characters");
        Invalid::new(field, zh, en)
    })
}

/// Whether a character breaks a line, or turns the direction of those after it, so that a text could look like another.
pub fn disturbs(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A character as it is compared: full-width forms (`Ｃ－０１７`, typed with a Chinese keyboard) as the plain ones, letters small.
///
/// ```
/// use geodata::line::plain;
/// assert_eq!("Ｃ－０１７，慕仪𠮷\u{3000}".chars().map(plain).collect::<String>(), "c-017,慕仪𠮷 ");
/// ```
pub fn plain(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    };
    // A letter whose small form is two characters stays one: what is found is told by its place.
    narrow.to_lowercase().next().unwrap_or(narrow)
}
