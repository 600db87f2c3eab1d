//! The categories in force: what is reported, by which standard it is taken on and closed, how soon, and who sees to it.
//!
//! They are data: one row each in `categories.psv`. Codes are major and minor, two digits each. The time limits follow
//! published examples of city tables where there are some (litter and standing water 4 hours, rubble 2 days, greenery 5
//! days) and are invented elsewhere; an administrator edits them all.

use super::model::DemoCategory;
use crate::town::{Name, UnitCode};

/// The units that categories name: code, Chinese and English; each has someone on the staff.
pub(super) const UNITS: [(&str, &str, &str); 15] = [
    ("police", "派出所", "Police Station"),
    ("justice", "司法所", "Justice Office"),
    ("clinic", "卫生院", "Township Clinic"),
    ("fire", "消防站", "Fire Station"),
    ("power", "供电所", "Power Supply Office"),
    ("water", "水务站", "Water Station"),
    ("sanitation", "环卫站", "Sanitation Station"),
    ("construction", "村镇建设办", "Village Construction Office"),
    ("land", "自然资源所", "Natural Resources Office"),
    ("market", "市场监管所", "Market Supervision Office"),
    ("traffic", "交警中队", "Traffic Police Squad"),
    ("rescue", "应急管理站", "Emergency Management Station"),
    ("welfare", "民政办", "Civil Affairs Office"),
    ("farming", "农业综合服务中心", "Agricultural Service Centre"),
    ("school", "中心学校", "Central School"),
];

/// The code of a unit by its Chinese name, with or without the town's before it.
pub fn unit_code(name: &str) -> Option<UnitCode> {
    UNITS.iter().find(|(_, zh, _)| name.ends_with(zh))?.0.parse().ok()
}

/// The categories, by code.
pub(super) fn categories() -> Vec<DemoCategory> {
    rows(include_str!("categories.psv")).filter_map(|row| category(&row)).collect()
}

/// The rows of a table: a line each, fields between bars; lines that begin with `#` are comments.
pub(in crate::demo) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| l.split('|').collect())
}

fn category(row: &[&str]) -> Option<DemoCategory> {
    let [code, group, zh, en, filing_zh, filing_en, closing_zh, closing_en, grid, village, town, unit] = row else {
        return None;
    };
    let minutes = |text: &str| text.parse::<i32>().ok();
    let (_, unit_zh, unit_en) = UNITS.iter().find(|(_, name, _)| name == unit)?;
    Some(DemoCategory {
        code: code.parse().ok()?,
        group: group.parse().ok()?,
        name: Name::new(*zh, *en),
        filing_standard: Name::new(*filing_zh, *filing_en),
        closing_standard: Name::new(*closing_zh, *closing_en),
        limit_minutes: [minutes(grid)?, minutes(village)?, minutes(town)?],
        default_unit: Name::new(*unit_zh, *unit_en),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_category_and_codes_ascend() {
        let list = categories();
        assert_eq!(list.len(), rows(include_str!("categories.psv")).count(), "a row could not be read");
        assert!(list.is_sorted_by(|a, b| a.code < b.code));
        assert!(list.iter().all(|c| c.limit_minutes.is_sorted() && c.limit_minutes[0] > 0));
    }
}
