//! Places that people steer by: offices and stations on the market street, a committee in each village, schools, clinics,
//! and the hamlets themselves.

use super::build::Land;
use super::chance::{Chance, shuffle};
use super::facts::{TOWN_NAME, VILLAGES};
use super::plane::{P, dist, distance_to, inside, left, nearest, p, turn};
use crate::town::PlaceKind;

/// A place on the plane.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) kind: PlaceKind,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) at: P,
    /// How far houses keep away, metres.
    pub(super) clear: f64,
}

/// Names for hamlets, invented in the manner of the tableland.
const HAMLETS: [(&str, &str); 60] = [
    ("北堡子", "Beibuzi"),
    ("上坡", "Shangpo"),
    ("南庄", "Nanzhuang"),
    ("东窑", "Dongyao"),
    ("西窑头", "Xiyaotou"),
    ("沟南", "Gounan"),
    ("柳树滩", "Liushutan"),
    ("槐树院", "Huaishuyuan"),
    ("李家堡", "Lijiabu"),
    ("下坡", "Xiapo"),
    ("渠北", "Qubei"),
    ("高庙", "Gaomiao"),
    ("新庄", "Xinzhuang"),
    ("老城角", "Laochengjiao"),
    ("东头", "Dongtou"),
    ("西头", "Xitou"),
    ("南堡子", "Nanbuzi"),
    ("马家崖", "Majiaya"),
    ("油坊", "Youfang"),
    ("烧锅院", "Shaoguoyuan"),
    ("杨家沟", "Yangjiagou"),
    ("大槐", "Dahuai"),
    ("寺坡", "Sipo"),
    ("巷子口", "Xiangzikou"),
    ("涝池岸", "Laochi'an"),
    ("窑坡", "Yaopo"),
    ("半坡", "Banpo"),
    ("十字", "Shizi"),
    ("碾子坡", "Nianzipo"),
    ("枣园", "Zaoyuan"),
    ("皂角树", "Zaojiaoshu"),
    ("石桥", "Shiqiao"),
    ("胡同", "Hutong"),
    ("坳里", "Aoli"),
    ("坡底", "Podi"),
    ("北庄", "Beizhuang"),
    ("后沟", "Hougou"),
    ("前沟", "Qiangou"),
    ("梨园", "Liyuan"),
    ("城壕", "Chenghao"),
    ("塬上", "Yuanshang"),
    ("堡子坡", "Buzipo"),
    ("周家庄", "Zhoujiazhuang"),
    ("何家院", "Hejiayuan"),
    ("铁匠庄", "Tiejiangzhuang"),
    ("井台", "Jingtai"),
    ("桃园", "Taoyuan"),
    ("白家窑", "Baijiayao"),
    ("东庙", "Dongmiao"),
    ("西庙", "Ximiao"),
    ("韩家湾", "Hanjiawan"),
    ("崖下", "Yaxia"),
    ("坊塬", "Fangyuan"),
    ("杏树底", "Xingshudi"),
    ("闫家堡", "Yanjiabu"),
    ("小寨", "Xiaozhai"),
    ("瓦窑", "Wayao"),
    ("车站", "Chezhan"),
    ("柿子园", "Shiziyuan"),
    ("董家咀", "Dongjiazui"),
];

/// A village's own name without the word for village, as it stands in front of others.
pub(super) fn short(village: usize) -> &'static str {
    VILLAGES[village].en.trim_end_matches(" Village")
}

/// All places; the hamlets come last, in the settlement's order.
pub(super) fn places(land: &Land, chance: &mut Chance) -> Vec<Spot> {
    let mut spots = market_street(land);
    offices(land, &mut spots);
    schools_and_clinics(land, &mut spots, chance);
    let mut names: Vec<(&str, &str)> = HAMLETS.to_vec();
    shuffle(chance, &mut names);
    for hamlet in &land.settlement.hamlets {
        let (zh, en) =
            if hamlet.market { ("慕仪街", "Muyi Street") } else { names.pop().unwrap_or(("新庄", "Xinzhuang")) };
        spots.push(spot(PlaceKind::Hamlet, zh, en, hamlet.at, 0.0));
    }
    spots
}

fn spot(kind: PlaceKind, zh: &str, en: &str, at: P, clear: f64) -> Spot {
    Spot { kind, zh: zh.to_owned(), en: en.to_owned(), at, clear }
}

/// The town's own offices, either side of the county road about the centre.
fn market_street(land: &Land) -> Vec<Spot> {
    use PlaceKind as K;
    let centre = land.ground.centre;
    let Some(street) = land.ground.roads.first().and_then(|r| nearest(&r.path, centre)) else { return Vec::new() };
    let path = &land.ground.roads[0].path;
    let list: [(K, &str, &str, f64, f64, f64); 9] = [
        (K::TownHall, "人民政府", "Government", 130.0, 52.0, 34.0),
        (K::PoliceStation, "派出所", "Police Station", -120.0, 46.0, 26.0),
        (K::JusticeOffice, "司法所", "Justice Office", 205.0, 42.0, 20.0),
        (K::Market, "集贸市场", "Market", 70.0, -58.0, 40.0),
        (K::Clinic, "中心卫生院", "Central Clinic", -215.0, -52.0, 32.0),
        (K::FireStation, "消防站", "Fire Station", -290.0, 46.0, 26.0),
        (K::School, "初级中学", "Middle School", 340.0, 88.0, 58.0),
        (K::School, "中心小学", "Central Primary School", -340.0, -84.0, 52.0),
        (K::School, "中心幼儿园", "Kindergarten", 250.0, -62.0, 30.0),
    ];
    list.into_iter()
        .map(|(kind, zh, en, along, off, clear)| {
            let (on, direction) = super::plane::along(path, street.along + along);
            let at = on + left(direction) * off;
            let (town_zh, town_en) = TOWN_NAME;
            spot(kind, &format!("{town_zh}{zh}"), &format!("{town_en} {en}"), at, clear)
        })
        .collect()
}

/// A committee in each village's largest hamlet (the market town's village has its own beside the street).
fn offices(land: &Land, spots: &mut Vec<Spot>) {
    for (village, fact) in VILLAGES.iter().enumerate() {
        let hamlet = main_hamlet(land, village);
        let Some(at) = free_spot(land, village, land.settlement.hamlets[hamlet].at, 24.0, spots) else { continue };
        let (zh, en) = (format!("{}村委会", fact.zh), format!("{} Committee", fact.en));
        spots.push(spot(PlaceKind::VillageOffice, &zh, &en, at, 22.0));
    }
}

/// The hamlet of a village that has the most groups.
pub(super) fn main_hamlet(land: &Land, village: usize) -> usize {
    let groups = &land.settlement.groups;
    let mine = (0..land.settlement.hamlets.len()).filter(|&h| land.settlement.hamlets[h].village == village);
    mine.max_by_key(|&h| (groups.iter().filter(|g| g.hamlet == h).count(), std::cmp::Reverse(h))).unwrap_or(0)
}

fn schools_and_clinics(land: &Land, spots: &mut Vec<Spot>, chance: &mut Chance) {
    let mut others: Vec<usize> = (0..VILLAGES.len()).filter(|&v| VILLAGES[v].zh != "慕仪村").collect();
    shuffle(chance, &mut others);
    for (turn, &village) in others.iter().enumerate() {
        let hamlet = &land.settlement.hamlets[main_hamlet(land, village)];
        let (zh, en) = (VILLAGES[village].zh, short(village));
        if turn < 5 {
            let wish = hamlet.at + super::plane::turn(p(hamlet.radius * 0.6, 40.0), hamlet.angle);
            if let Some(at) = free_spot(land, village, wish, 42.0, spots) {
                spots.push(spot(PlaceKind::School, &format!("{zh}小学"), &format!("{en} Primary School"), at, 40.0));
            }
        }
        if turn % 2 == 0
            && let Some(at) = free_spot(land, village, hamlet.at - p(60.0, 30.0), 18.0, spots)
        {
            spots.push(spot(PlaceKind::Clinic, &format!("{zh}卫生室"), &format!("{en} Village Clinic"), at, 16.0));
        }
    }
}

/// The free ground nearest to a wish: in its village, off every road and border, clear of other places.
fn free_spot(land: &Land, village: usize, wish: P, clear: f64, spots: &[Spot]) -> Option<P> {
    let roads = || land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r));
    let free = |at: P| {
        let Some(grid) = land.grids.iter().position(|ring| inside(ring, at)) else { return false };
        let ring: Vec<P> = land.grids[grid].iter().chain(land.grids[grid].first()).copied().collect();
        land.settlement.groups[grid].village == village
            && distance_to(&ring, at) > clear * 0.7
            && roads().all(|r| distance_to(&r.path, at) > clear + 8.0)
            && distance_to(&land.ground.canal, at) > clear + 20.0
            && land.ground.gullies.iter().all(|g| distance_to(&g.bed, at) > clear + 60.0)
            && spots.iter().all(|s| dist(s.at, at) > clear + s.clear + 6.0)
    };
    (0..14)
        .flat_map(|ring| (0..16).map(move |i| (f64::from(ring) * 22.0, f64::from(i) * std::f64::consts::TAU / 16.0)))
        .map(|(out, angle)| wish + turn(p(out, 0.0), angle))
        .find(|&at| free(at))
}
