//! Which passwords a person may choose. One rule for the page, which tells it while they type, and the server, which keeps it.

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
    "admin",
    "administrator",
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

/// Refuses a password that is too short, too long, made of the person's own name, or among the commonest.
///
/// ```
/// use geodata::password::check;
/// assert!(check("correct horse battery", "李明").is_ok());
/// assert!(check("山坡上的三只羊和一口井", "李明").is_ok());
/// for bad in ["short", "1234567890", "aaaaaaaaaaaa", "Password2026", "qwertyuiop!!", "woaini1314520", "li ming li ming"] {
///     assert_eq!(check(bad, "Li Ming").unwrap_err().field, "new", "{bad}");
/// }
/// ```
pub fn check(new: &str, name: &str) -> Result<(), Invalid> {
    let length = new.chars().count();
    if length < MIN {
        return Err(rule(format!("密码至少 {MIN} 个字符"), format!("a password has at least {MIN} characters")));
    }
    if length > MAX {
        return Err(rule(format!("密码最多 {MAX} 个字符"), format!("a password has at most {MAX} characters")));
    }
    let plain = letters(new);
    if without(&plain, &letters(name)).is_empty() {
        return Err(rule("密码不能只由姓名组成", "a password is not the person's name"));
    }
    if is_common(&plain) || is_monotonous(new) {
        return Err(rule("这个密码太常见，容易被猜到", "this password is among the commonest, and soon guessed"));
    }
    Ok(())
}

fn rule(zh: impl Into<String>, en: impl Into<String>) -> Invalid {
    Invalid::new("new", zh, en)
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
