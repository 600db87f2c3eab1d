//! Categories on the wire: those in force, their versions through time, and what an administrator edits.

use crate::Invalid;
use crate::category::{Content, Version, Wish};
use crate::town::{CategoryCode, CategoryGroup, Name, UnitCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A category in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// The group it falls in.
    pub group: CategoryGroup,
    /// Its name.
    pub name: Name,
    /// The time to deal with an ordinary one (severity 4), in counted minutes, at grid, village and town.
    pub limit_minutes: [i32; 3],
    /// The same by severity, the gravest first.
    pub limits: [[i32; 3]; 4],
    /// When such a thing is filed; may be empty.
    pub filing_standard: Name,
    /// When it counts as done; may be empty.
    pub closing_standard: Name,
    /// Whether only the town's working time counts.
    pub working_time: bool,
    /// Who handles it unless someone says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_unit: Option<UnitCode>,
}

impl Category {
    /// A category that says this.
    pub fn of(code: CategoryCode, content: Content) -> Self {
        Self {
            code,
            group: content.group,
            name: content.name,
            limit_minutes: content.limits[3],
            limits: content.limits,
            filing_standard: content.filing_standard,
            closing_standard: content.closing_standard,
            working_time: content.working_time,
            default_unit: content.default_unit,
        }
    }
}

/// What a category said, says or will say, from one time on to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryVersion {
    /// The category's code.
    pub code: CategoryCode,
    /// This version's number; it does not tell the order in time.
    pub version: i32,
    /// The group it falls in.
    pub group: CategoryGroup,
    /// Its name.
    pub name: Name,
    /// When such a thing is filed; may be empty.
    pub filing_standard: Name,
    /// When it counts as done; may be empty.
    pub closing_standard: Name,
    /// The time to deal with it, in counted minutes: by severity, the gravest first, each at grid, village and town.
    pub limits: [[i32; 3]; 4],
    /// Whether only the town's working time counts.
    pub working_time: bool,
    /// Whether the clock stands still while it is referred out.
    pub pauses_referred: bool,
    /// Whether it does while it is parked.
    pub pauses_parked: bool,
    /// Who handles it unless someone says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_unit: Option<UnitCode>,
    /// From when on it holds.
    pub from: DateTime<Utc>,
    /// Until when; absent as long as nobody has set an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
}

impl CategoryVersion {
    /// A version of the category with this code.
    pub fn of(code: CategoryCode, version: Version) -> Self {
        let Version { version, content, from, to } = version;
        Self {
            code,
            version,
            group: content.group,
            name: content.name,
            filing_standard: content.filing_standard,
            closing_standard: content.closing_standard,
            limits: content.limits,
            working_time: content.working_time,
            pauses_referred: content.pauses_referred,
            pauses_parked: content.pauses_parked,
            default_unit: content.default_unit,
            from,
            to,
        }
    }

    /// The form that an editor begins with: sent as it is, it changes nothing.
    ///
    /// ```
    /// use geodata::wire::CategoryVersion;
    /// let told = r#"{"code": "lamp", "version": 2, "group": "management", "name": {"zh": "路灯", "en": "Lamp"},
    ///     "filing_standard": {"zh": "", "en": ""}, "closing_standard": {"zh": "", "en": ""},
    ///     "limits": [[15, 30, 60], [30, 60, 120], [45, 90, 180], [60, 120, 240]], "working_time": true,
    ///     "pauses_referred": true, "pauses_parked": true, "from": "2026-01-01T00:00:00Z"}"#;
    /// let version: CategoryVersion = serde_json::from_str(told).unwrap();
    /// let edit = version.edit();
    /// assert_eq!((edit.version, edit.from), (Some(2), Some(version.from)));
    /// ```
    pub fn edit(&self) -> CategoryEdit {
        CategoryEdit {
            code: Some(self.code.clone()),
            group: self.group,
            name: self.name.clone(),
            filing_standard: self.filing_standard.clone(),
            closing_standard: self.closing_standard.clone(),
            limits: self.limits,
            working_time: self.working_time,
            pauses_referred: self.pauses_referred,
            pauses_parked: self.pauses_parked,
            default_unit: self.default_unit.clone(),
            from: Some(self.from),
            to: self.to,
            version: Some(self.version),
        }
    }
}

/// A page of all versions, by code and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryHistory {
    /// The versions.
    pub versions: Vec<CategoryVersion>,
    /// Give this back as `after` to get the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a category shall be: all of it, as a form has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryEdit {
    /// Its code: needed for a new one; for one that is there, the address's own or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CategoryCode>,
    /// The group it falls in.
    pub group: CategoryGroup,
    /// Its name, 1 to 80 characters; without English, the Chinese one stands for both.
    pub name: Name,
    /// When such a thing is filed, at most 500 characters.
    #[serde(default)]
    pub filing_standard: Name,
    /// When it counts as done, at most 500 characters.
    #[serde(default)]
    pub closing_standard: Name,
    /// Counted minutes by severity, the gravest first, each at grid, village and town: 1 to 525,600, and not less at a higher level.
    pub limits: [[i32; 3]; 4],
    /// Whether only the town's working time counts.
    #[serde(default = "yes")]
    pub working_time: bool,
    /// Whether the clock stands still while it is referred out.
    #[serde(default = "yes")]
    pub pauses_referred: bool,
    /// Whether it does while it is parked.
    #[serde(default = "yes")]
    pub pauses_parked: bool,
    /// Who handles it unless someone says otherwise: a unit of the town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_unit: Option<UnitCode>,
    /// From when on. Nothing, or the beginning of the version in force, means from now. Only a new category may begin in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Until when; nothing means without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// The version that the form began with: where it is no longer the one that an editor would show, the answer is 409.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

fn yes() -> bool {
    true
}

impl CategoryEdit {
    /// What is wished, checked.
    ///
    /// # Errors
    /// Which field breaks which rule.
    pub fn wish(self) -> Result<Wish, Invalid> {
        let content = Content {
            group: self.group,
            name: self.name,
            filing_standard: self.filing_standard,
            closing_standard: self.closing_standard,
            limits: self.limits,
            working_time: self.working_time,
            pauses_referred: self.pauses_referred,
            pauses_parked: self.pauses_parked,
            default_unit: self.default_unit,
        };
        Ok(Wish { content: content.checked()?, from: self.from, to: self.to })
    }
}

/// What came, or would come, of a file of categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryImport {
    /// Whether nothing was written: only what would be is told.
    pub preview: bool,
    /// What becomes of each row that could be read, in the order of the file.
    pub rows: Vec<CategoryRow>,
    /// What is wrong; as long as there is anything, nothing is written. At most 100.
    pub faults: Vec<SheetFault>,
}

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryRow {
    /// Its line in the file; the header is line 1.
    pub row: u32,
    /// The category's code.
    pub code: CategoryCode,
    /// Its name, as the file has it.
    pub name: Name,
    /// What becomes of it.
    pub change: RowChange,
    /// The fields that change: `name`, `limits`, `to` …
    pub fields: Vec<String>,
    /// From when on it holds.
    pub from: DateTime<Utc>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RowChange {
    /// It is so already.
    Unchanged,
    /// A new category, or one that had ended.
    New,
    /// A new version.
    Changed,
    /// The same content with another end.
    Ends,
}

/// What is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SheetFault {
    /// The line in the file; the header is line 1.
    pub row: u32,
    /// The column's name, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The rule that was broken, in both languages.
    pub rule: Name,
}
