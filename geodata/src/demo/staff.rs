//! The town's full staff. All names are invented: a surname and a given name drawn at random.

use super::categories::UNITS;
use super::chance::{Chance, pick};
use super::facts::TOWN_NAME;
use super::model::{DemoGrid, DemoStaff, DemoUnit, DemoVillage};
use crate::town::{GridCode, Name, Role, VillageCode};
use std::collections::BTreeSet;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于",
    "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕", "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆",
    "汪", "范", "金", "石", "廖", "贾", "夏", "韦", "付", "方", "白", "邹", "孟", "熊", "秦", "邱", "江", "尹", "薛",
    "闫", "段", "雷", "侯", "龙", "史", "陶", "黎",
];
const GIVEN: &[&str] = &[
    "建军", "文斌", "小娟", "志强", "海燕", "拴牢", "秀兰", "永刚", "红梅", "保平", "晓峰", "玉琴", "宏伟", "丽娜",
    "军利", "亚妮", "新民", "淑芳", "卫东", "春霞", "利军", "彩霞", "小虎", "雪琴", "宝林", "桂英", "双喜", "凤莲",
    "新科", "亚军", "银娃", "芳芳", "建设", "艳艳", "根生", "会玲", "万林", "巧玲", "忠义", "爱萍", "继红", "小平",
    "国栋", "引弟", "喜娃", "菊香", "润生", "改霞", "小龙", "转玲", "社会", "亚丽", "占斌", "银霞", "文学", "麦侠",
    "乃强", "水仙", "录科", "存良", "思远", "佳怡", "浩然", "一鸣",
];

/// Hands out names, each once.
#[derive(Debug, Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn next(&mut self, chance: &mut Chance) -> String {
        loop {
            let surname = pick(chance, SURNAMES).copied().unwrap_or("王");
            let given = pick(chance, GIVEN).copied().unwrap_or("新民");
            let name = format!("{surname}{given}");
            if self.0.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The partner units of the town.
pub(super) fn units() -> Option<Vec<DemoUnit>> {
    let unit = |(code, zh, en): (&str, &str, &str)| {
        let name = Name::new(format!("{}{zh}", TOWN_NAME.0), format!("{} {en}", TOWN_NAME.1));
        Some(DemoUnit { code: code.parse().ok()?, name })
    };
    UNITS.into_iter().map(unit).collect()
}

/// The staff, the commander first.
pub(super) fn staff(
    villages: &[DemoVillage],
    grids: &[DemoGrid],
    units: &[DemoUnit],
    chance: &mut Chance,
) -> Vec<DemoStaff> {
    let mut names = Names::default();
    let mut list = Vec::new();
    let mut add = |role: Role, village: Option<&VillageCode>, grids: Vec<GridCode>, unit: Option<&DemoUnit>| {
        let name = names.next(chance);
        list.push(DemoStaff { role, name, village: village.cloned(), grids, unit: unit.cloned() });
    };
    add(Role::Commander, None, Vec::new(), None);
    add(Role::ChiefOfGrids, None, Vec::new(), None);
    for village in villages {
        add(Role::VillageChief, Some(&village.code), Vec::new(), None);
    }
    for village in villages {
        add(Role::InformationOfficer, Some(&village.code), Vec::new(), None);
    }
    for grid in grids {
        add(Role::GridMember, Some(&grid.code.village()), vec![grid.code.clone()], None);
    }
    for _ in 0..5 {
        add(Role::Mediator, None, Vec::new(), None);
    }
    for unit in units {
        add(Role::PartnerUnit, None, Vec::new(), Some(unit));
    }
    for role in [Role::Planner, Role::Auditor, Role::Administrator] {
        add(role, None, Vec::new(), None);
    }
    list
}
