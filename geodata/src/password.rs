//! Which passwords a person may choose. Length counts, not ornament (NIST SP 800-63B §5.1.1.2, OWASP ASVS 5.0 §6.2): any script, no
//! rule of capitals and signs, and none that everybody tries first. The page tells it while they type; the server keeps it.

use crate::Invalid;

/// The fewest characters of a password.
pub const MIN: usize = 10;
/// The most characters of a password.
pub const MAX: usize = 200;

/// Words and rows of keys that passwords are commonest made of. A password that is nothing but them, digits and marks
/// is on every guesser's list, whatever its length.
const COMMON: [&str; 24] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdf",
    "zxcvbnm",
    "1qaz2wsx",
    "1q2w3e4r",
    "letmein",
    "welcome",
    "administrator",
    "admin",
    "iloveyou",
    "woaini",
    "wangge",
    "fangge",
    "zongzhi",
    "abcdefg",
    "abcd",
    "abc",
    "test",
];

/// The commonest passwords that are long enough: the first thousand of zxcvbn's frequency list (MIT, by Dan Wheeler and
/// others), then what a town like ours thinks of first.
const LISTED: &str = include_str!("password_common.txt");

/// Refuses a password that is too short, too long, made of the person's own name, or of what passwords are commonest made of.
///
/// ```
/// use geodata::password::check;
/// assert!(check("correct horse battery", "李明").is_ok());
/// assert!(check("山坡上的三只羊和一口井", "李明").is_ok());
/// for bad in ["short", "1234567890", "aaaaaaaaaaaa", "Password2026", "qwertyuiop!!", "woaini1314520", "Li Ming 19990101"] {
///     assert_eq!(check(bad, "Li Ming").unwrap_err().field, "new", "{bad}");
/// }
/// ```
///
/// # Errors
/// When it will not do.
pub fn check(new: &str, name: &str) -> Result<(), Invalid> {
    let length = new.chars().count();
    if length < MIN {
        return Err(rule(format!("密码至少 {MIN} 个字符"), format!("a password has at least {MIN} characters")));
    }
    if length > MAX {
        return Err(rule(format!("密码最多 {MAX} 个字符"), format!("a password has at most {MAX} characters")));
    }
    if new.chars().any(char::is_control) {
        return Err(rule("密码不能含控制字符", "a password has no control characters"));
    }
    let (plain, name) = (letters(new), letters(name));
    if !name.is_empty() && plain.contains(&name) && !without(&plain, &name).chars().any(char::is_alphabetic) {
        return Err(rule(
            "密码不能只由姓名、数字和符号组成",
            "a password is not the person's name, with digits and marks or without",
        ));
    }
    if is_common(&plain) || is_monotonous(new) {
        return Err(too_common());
    }
    Ok(())
}

/// Refuses what [`check`] refuses, and every password of the list: the server's check. The page does without the list's 12 KB.
///
/// ```
/// use geodata::password::{check, check_listed};
/// assert!(check("Manchester", "李明").is_ok());
/// assert_eq!(check_listed("Manchester", "李明").unwrap_err().field, "new");
/// ```
///
/// # Errors
/// When it will not do.
pub fn check_listed(new: &str, name: &str) -> Result<(), Invalid> {
    check(new, name)?;
    let folded = new.to_lowercase();
    if LISTED.lines().any(|listed| listed == folded) { Err(too_common()) } else { Ok(()) }
}

fn rule(zh: impl Into<String>, en: impl Into<String>) -> Invalid {
    Invalid::new("new", zh, en)
}

fn too_common() -> Invalid {
    rule("这个密码太常见，容易被猜到", "this password is among the commonest, and soon guessed")
}

/// Lower-case, without white space.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// What is left of a text when every `part` of it is taken out.
fn without(text: &str, part: &str) -> String {
    if part.is_empty() { text.to_owned() } else { text.replace(part, "") }
}

/// Whether nothing but a few digits and marks is left when common words are taken out.
fn is_common(plain: &str) -> bool {
    /// So many digits are more than a date and a telephone number.
    const MANY: usize = 20;
    let rest = COMMON.iter().fold(plain.to_owned(), |rest, word| without(&rest, word));
    rest.chars().count() < MANY && rest.chars().all(|c| !c.is_alphabetic())
}

/// Whether it has fewer than four different characters.
fn is_monotonous(text: &str) -> bool {
    let mut seen = Vec::new();
    for c in text.chars() {
        if !seen.contains(&c) {
            seen.push(c);
        }
    }
    seen.len() < 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_list_is_as_it_is_compared_and_refused_in_any_case() {
        let mut lines: Vec<&str> = LISTED.lines().collect();
        assert!(lines.len() > 1_000);
        for line in &lines {
            assert!(line.chars().count() >= MIN, "{line} is refused by its length already");
            assert_eq!(line.to_lowercase(), *line, "{line}");
            assert!(check_listed(&line.to_uppercase(), "方正").is_err(), "{line}");
        }
        let all = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), all, "each once");
    }

    #[test]
    fn the_length_is_counted_in_characters_and_ends_are_kept() {
        let of = |n: usize| "吉𠮷é漢".chars().cycle().take(n).collect::<String>();
        assert!(check(&of(9), "x").is_err() && check(&of(201), "x").is_err());
        assert!(check(&of(10), "x").is_ok() && check(&of(200), "x").is_ok());
        assert!(check(" spaced at both ends ", "x").is_ok());
        assert!(check("a line\nand another", "x").is_err());
    }

    #[test]
    fn a_name_may_be_part_of_a_longer_password() {
        assert!(check("方正方正方正2026!!", "方正").is_err());
        assert!(check("fang zheng 1999!", "Fang Zheng").is_err());
        assert!(check("方正家的黄狗不咬人只看门", "方正").is_ok());
        assert!(check("horse staple battery", "").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(name in "\\PC{0,40}", new in ".{0,220}") {
            let refused = check_listed(&new, &name).is_err();
            prop_assert!(refused || (MIN..=MAX).contains(&new.chars().count()));
        }
    }
}
