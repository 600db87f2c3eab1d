//! What else the log tells of a deed: names and values that are words of ours are told in the page's language, all else as it
//! stands in the log.

use crate::desk::words::{Words, told};
use crate::words;

/// A detail's name.
pub fn name(d: &Words, name: &str) -> String {
    told(d.audit_details, name)
}

/// A detail's value, by its name and what was done.
pub fn value(w: &words::Words, d: &Words, action: &str, name: &str, value: &str) -> String {
    let table = match (action, name) {
        (_, "role") => w.role,
        ("check_camera", "verdict") => w.verdict,
        ("change_calendar", "from" | "to") if d.day_kind.iter().any(|(word, _)| *word == value) => d.day_kind,
        ("change_calendar", "to") | (_, "totp") => d.audit_values,
        ("export", "action") => d.audit_actions,
        ("export", "object") => d.audit_objects,
        _ => return value.to_owned(),
    };
    // A change tells both.
    value.split(ARROW).map(|word| told(table, word)).collect::<Vec<_>>().join(ARROW)
}

/// What stands between what was and what is.
const ARROW: &str = " → ";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::words::ZH;

    #[test]
    fn words_of_ours_are_told_in_the_language_and_all_else_stays() {
        let (name, value) = (|n| name(&ZH, n), |a, n, v| value(&words::ZH, &ZH, a, n, v));
        assert_eq!(name("role"), "角色");
        assert_eq!(name("tomorrow"), "tomorrow");
        assert_eq!(value("change_account", "role", "auditor → commander"), "督察员 → 总指挥长");
        assert_eq!(value("change_account", "name", "auditor"), "auditor");
        assert_eq!(value("change_calendar", "from", "workday"), "工作日");
        assert_eq!(value("change_calendar", "to", "reset"), "恢复原有安排");
        assert_eq!(value("change_hours", "from", "2026-12-01"), "2026-12-01");
        assert_eq!(value("reset_password", "totp", "disabled"), "停用");
        assert_eq!(value("export", "action", "sign_in"), "登录");
        assert_eq!(value("check_camera", "verdict", "dark"), "没有画面");
    }
}
