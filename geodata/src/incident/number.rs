//! The number that people say on the telephone.

use crate::line::plain;

/// A number as people type it: with or without its sign and its line, and without its day where today is meant, which `today`
/// begins with, as `2026-11-25`.
///
/// ```
/// use geodata::incident::number;
/// assert_eq!(number("#20261123-7", "2026-11-25"), Some("20261123-0007".to_owned()));
/// assert_eq!(number("0012", "2026-11-25"), Some("20261125-0012".to_owned()));
/// assert_eq!(number("慕仪村", "2026-11-25"), None);
/// ```
pub fn number(typed: &str, today: &str) -> Option<String> {
    let typed = || typed.chars().map(plain);
    let digits: String = typed().filter(char::is_ascii_digit).collect();
    let mut others = typed().filter(|c| !c.is_ascii_digit() && !c.is_whitespace());
    if !others.all(|c| "#-–—".contains(c)) {
        return None;
    }
    let (day, count) = match digits.len() {
        1..=4 => (today.get(..10)?.replace('-', ""), &*digits),
        9..=14 => (digits.get(..8)?.to_owned(), digits.get(8..)?),
        _ => return None,
    };
    let zeros = "0".repeat(4_usize.saturating_sub(count.len()));
    Some([&day, "-", &zeros, count].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let of = |typed| number(typed, "2026-11-25T08:00");
        let whole = Some("20261123-0007".to_owned());
        for typed in [
            "20261123-0007",
            " #20261123-7",
            "202611230007",
            "20261123－0007 ",
            "20261123 0007",
            "＃２０２６１１２３－７",
        ] {
            assert_eq!(of(typed), whole, "{typed}");
        }
        assert_eq!(of("12"), Some("20261125-0012".to_owned()));
        assert_eq!(of("20261123-12345"), Some("20261123-12345".to_owned()));
        for typed in ["", "#", "慕仪村", "20261123", "7a", "123456789012345"] {
            assert_eq!(of(typed), None, "{typed}");
        }
    }
}
