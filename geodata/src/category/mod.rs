//! A category as an administrator edits it: what it says, which rules that must keep, and its versions through time.

mod history;

pub use history::{Change, Done, History, Version, Wish};

use crate::Invalid;
use crate::incident::text;
use crate::line::line;
use crate::town::{CategoryCode, CategoryGroup, Name, UnitCode};
use strum::VariantArray as _;

/// Most categories that a town has in force or planned at once.
pub const CATEGORIES_MAX: usize = 1_000;
/// Most versions that one category goes through.
pub const VERSIONS_MAX: usize = 200;
/// Longest name, in characters.
pub const NAME_MAX: usize = 80;
/// Longest standard, in characters.
pub const STANDARD_MAX: usize = 500;
/// Longest limit, in counted minutes: a year of days and nights.
pub const LIMIT_MAX: i32 = 525_600;

/// Counted minutes by severity, the gravest first, each at grid, village and town.
pub type LimitTable = [[i32; 3]; 4];

/// The fields of a limit table, as a request names them.
const LIMIT_FIELDS: [[&str; 3]; 4] = [
    ["limits.0.0", "limits.0.1", "limits.0.2"],
    ["limits.1.0", "limits.1.1", "limits.1.2"],
    ["limits.2.0", "limits.2.1", "limits.2.2"],
    ["limits.3.0", "limits.3.1", "limits.3.2"],
];

/// What a category says from one time on to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The group it falls in.
    pub group: CategoryGroup,
    /// Its name.
    pub name: Name,
    /// When such a thing is filed (立案标准); may be empty.
    pub filing_standard: Name,
    /// When it counts as done (结案标准); may be empty.
    pub closing_standard: Name,
    /// The time to deal with it.
    pub limits: LimitTable,
    /// Whether only the town's working time counts.
    pub working_time: bool,
    /// Whether the clock stands still while it is referred out.
    pub pauses_referred: bool,
    /// Whether it does while it is parked.
    pub pauses_parked: bool,
    /// Who handles it unless someone says otherwise.
    pub default_unit: Option<UnitCode>,
}

impl Content {
    /// The same with its texts trimmed; what lacks English is called the same in both languages.
    ///
    /// ```
    /// use geodata::category::Content;
    /// use geodata::town::{CategoryGroup, Name};
    /// let lamp = Content {
    ///     group: CategoryGroup::Management,
    ///     name: Name::new(" 路灯不亮 ", ""),
    ///     filing_standard: Name::default(),
    ///     closing_standard: Name::new("修复并亮灯", "Mended and lit"),
    ///     limits: [[60, 120, 240]; 4],
    ///     working_time: true,
    ///     pauses_referred: true,
    ///     pauses_parked: true,
    ///     default_unit: None,
    /// };
    /// assert_eq!(lamp.clone().checked().unwrap().name, Name::new("路灯不亮", "路灯不亮"));
    /// let hasty = Content { limits: [[60, 120, 240], [60, 120, 240], [60, 30, 240], [60, 120, 240]], ..lamp };
    /// assert_eq!(hasty.checked().unwrap_err().field, "limits.2.1");
    /// ```
    ///
    /// # Errors
    /// Which field breaks which rule.
    pub fn checked(self) -> Result<Self, Invalid> {
        check_limits(&self.limits)?;
        let zh = line("name.zh", &self.name.zh, 1, NAME_MAX)?;
        let en = if self.name.en.trim().is_empty() { zh.clone() } else { line("name.en", &self.name.en, 1, NAME_MAX)? };
        Ok(Self {
            name: Name { zh, en },
            filing_standard: standard(["filing_standard.zh", "filing_standard.en"], &self.filing_standard)?,
            closing_standard: standard(["closing_standard.zh", "closing_standard.en"], &self.closing_standard)?,
            ..self
        })
    }

    /// The fields in which it differs from another, as a request names them.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let differs = [
            ("group", self.group != other.group),
            ("name", self.name != other.name),
            ("filing_standard", self.filing_standard != other.filing_standard),
            ("closing_standard", self.closing_standard != other.closing_standard),
            ("limits", self.limits != other.limits),
            ("working_time", self.working_time != other.working_time),
            ("pauses_referred", self.pauses_referred != other.pauses_referred),
            ("pauses_parked", self.pauses_parked != other.pauses_parked),
            ("default_unit", self.default_unit != other.default_unit),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }
}

/// Refuses limits that are none, or that a higher level would have less of than a lower one.
fn check_limits(limits: &LimitTable) -> Result<(), Invalid> {
    for (severity, fields) in limits.iter().zip(LIMIT_FIELDS) {
        for (minutes, field) in severity.iter().zip(fields) {
            if !(1..=LIMIT_MAX).contains(minutes) {
                return Err(Invalid::new(
                    field,
                    format!("时限须为 1 到 {LIMIT_MAX} 分钟"),
                    format!("a limit is 1 to {LIMIT_MAX} minutes"),
                ));
            }
        }
        if let Some(at) = (1..3).find(|&at| severity[at] < severity[at - 1]) {
            return Err(Invalid::new(
                fields[at],
                "上级的时限不能短于下级的时限",
                "a higher level has at least as long as the one below it",
            ));
        }
    }
    Ok(())
}

/// A standard in both languages: empty, or a text of some lines. Line breaks are those of the web, whatever the spreadsheet wrote.
fn standard(fields: [&'static str; 2], told: &Name) -> Result<Name, Invalid> {
    let read = |field: &'static str, raw: &str| {
        if raw.trim().is_empty() { Ok(String::new()) } else { text(field, &raw.replace("\r\n", "\n"), STANDARD_MAX) }
    };
    let (zh, en) = (read(fields[0], &told.zh)?, read(fields[1], &told.en)?);
    Ok(if en.is_empty() { Name { en: zh.clone(), zh } } else { Name { zh, en } })
}

/// Refuses a code that something else goes by already: an address of the API, or a group, which filters name beside codes.
///
/// ```
/// use geodata::category::check_code;
/// assert!(check_code(&"0801".parse().unwrap()).is_ok());
/// assert_eq!(check_code(&"dispute".parse().unwrap()).unwrap_err().field, "code");
/// ```
///
/// # Errors
/// When it is one of those.
pub fn check_code(code: &CategoryCode) -> Result<(), Invalid> {
    let taken = code.as_str() == "all" || CategoryGroup::VARIANTS.iter().any(|group| group.word() == code.as_str());
    if taken {
        return Err(Invalid::new("code", "此代码另有用途，请换一个", "this code means something else; choose another"));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A category to vary.
    pub(crate) fn lamp() -> Content {
        Content {
            group: CategoryGroup::Management,
            name: Name::new("路灯不亮", "Street lamp out"),
            filing_standard: Name::new("路灯损坏", "A lamp is broken"),
            closing_standard: Name::new("修复并亮灯", "Mended and lit"),
            limits: [[15, 30, 60], [30, 60, 120], [45, 90, 180], [60, 120, 240]],
            working_time: true,
            pauses_referred: true,
            pauses_parked: true,
            default_unit: Some("power".parse().unwrap()),
        }
    }

    #[test]
    fn each_broken_rule_names_its_field() {
        let field = |content: Content| content.checked().unwrap_err().field;
        let lamp = lamp();
        assert_eq!(field(Content { name: Name::new(" ", "x"), ..lamp.clone() }), "name.zh");
        assert_eq!(field(Content { name: Name::new("灯", "x".repeat(81)), ..lamp.clone() }), "name.en");
        assert_eq!(field(Content { name: Name::new("灯\n柱", ""), ..lamp.clone() }), "name.zh");
        let long = Name::new("", "𠮷".repeat(501));
        assert_eq!(field(Content { filing_standard: long, ..lamp.clone() }), "filing_standard.en");
        let bell = Name::new("响\u{7}", "");
        assert_eq!(field(Content { closing_standard: bell, ..lamp.clone() }), "closing_standard.zh");
        for (severity, level, minutes) in [(0, 0, 0), (3, 2, LIMIT_MAX + 1), (1, 1, 29), (2, 2, 89)] {
            let mut limits = lamp.limits;
            limits[severity][level] = minutes;
            assert_eq!(field(Content { limits, ..lamp.clone() }), LIMIT_FIELDS[severity][level]);
        }
    }

    #[test]
    fn the_same_time_at_every_level_is_allowed_and_lines_end_as_on_the_web() {
        let told = Name::new("第一行\r\n第二行", "𠮷".repeat(500));
        let kept = Content { limits: [[60; 3]; 4], filing_standard: told, ..lamp() }.checked().unwrap();
        assert_eq!(kept.filing_standard.zh, "第一行\n第二行");
        assert_eq!(kept.clone().checked().unwrap(), kept, "what was checked stays as it is");
    }

    #[test]
    fn differences_are_told_by_field() {
        let other = Content { working_time: false, default_unit: None, ..lamp() };
        assert_eq!(lamp().differences(&other), ["working_time", "default_unit"]);
        assert!(lamp().differences(&lamp()).is_empty());
    }
}
