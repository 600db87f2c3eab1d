//! What is published of the town, and what was invented to fill it in.
//!
//! Names, codes and totals are the town's own (the public administrative register, and its published figures). How the
//! 120 groups fall to the 11 villages is not published here: that split is invented, and so is every outline.

use super::plane::{P, p};

/// The town's 9-digit code.
pub(super) const TOWN_CODE: &str = "610304105";
/// The town's name, Chinese and English.
pub(super) const TOWN_NAME: (&str, &str) = ("慕仪镇", "Muyi Town");
/// Households in town.
pub(super) const HOUSEHOLDS: u32 = 9_259;
/// Residents in town.
pub(super) const RESIDENTS: u32 = 38_000;
/// Cameras in town.
pub(super) const CAMERAS: usize = 180;
/// The town's area on the ellipsoid, m².
pub(super) const AREA_M2: f64 = 44e6;
/// The fewest and the most households that a grid has (invented).
pub(super) const GRID_HOUSEHOLDS: (u32, u32) = (41, 131);

/// A village of the register, with what was invented about it.
#[derive(Debug)]
pub(super) struct VillageFact {
    pub(super) code: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// Village groups, each a grid. Invented; they add up to the published 120.
    pub(super) groups: usize,
    /// Roughly where its name belongs, −1 to 1 from west to east and from south to north. Invented from the names
    /// alone: east and west Qi lie so, and Dongpo, "slope of caves", at the edge of the tableland.
    pub(super) lies: P,
}

const fn village(code: &'static str, zh: &'static str, en: &'static str, groups: usize, x: f64, y: f64) -> VillageFact {
    VillageFact { code, zh, en, groups, lies: P { x, y } }
}

/// The 11 villages, in the register's order.
pub(super) const VILLAGES: [VillageFact; 11] = [
    village("610304105200", "齐东村", "Qidong Village", 12, 0.75, -0.1),
    village("610304105201", "孙家村", "Sunjia Village", 10, -0.45, 0.0),
    village("610304105202", "慕仪村", "Muyi Village", 15, 0.0, 0.05),
    village("610304105205", "团结村", "Tuanjie Village", 11, -0.55, -0.6),
    village("610304105207", "五星村", "Wuxing Village", 10, -0.8, 0.1),
    village("610304105208", "黎明村", "Liming Village", 11, 0.35, 0.75),
    village("610304105209", "第四村", "Disi Village", 9, -0.65, 0.6),
    village("610304105210", "第三村", "Disan Village", 10, -0.2, 0.7),
    village("610304105213", "齐西村", "Qixi Village", 11, 0.4, -0.15),
    village("610304105214", "齐西二村", "Qixi'er Village", 9, 0.55, 0.35),
    village("610304105215", "洞坡村", "Dongpo Village", 12, 0.2, -0.8),
];

/// 一 to 九十九: how a village group's number is said.
pub(super) fn chinese_number(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (n / 10, n % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens, ones) => format!("{}十{}", DIGITS[tens % 10], DIGITS[ones]),
    }
}

/// Half the size of the board that the mesh covers, metres: the town and a margin of its neighbours' fields.
pub(super) fn board() -> P {
    p(5_900.0, 4_900.0)
}
