//! The categories in force: what is reported, by which standard it is taken on and closed, how soon, and who sees to it.
//!
//! Codes are major and minor, two digits each. The time limits follow published examples of city tables where there are
//! some (litter and standing water 4 hours, rubble 2 days, greenery 5 days) and are invented elsewhere; all are data that
//! an administrator edits.

use super::model::DemoCategory;
use crate::town::{CategoryCode, CategoryGroup, Name};

/// Minutes in an hour and in a day.
const H: i32 = 60;
const D: i32 = 24 * H;

/// The units that categories name, Chinese and English; each has someone on the staff.
pub(super) const UNITS: [(&str, &str); 15] = [
    ("派出所", "Police Station"),
    ("司法所", "Justice Office"),
    ("卫生院", "Township Clinic"),
    ("消防站", "Fire Station"),
    ("供电所", "Power Supply Office"),
    ("水务站", "Water Station"),
    ("环卫站", "Sanitation Station"),
    ("村镇建设办", "Village Construction Office"),
    ("自然资源所", "Natural Resources Office"),
    ("市场监管所", "Market Supervision Office"),
    ("交警中队", "Traffic Police Squad"),
    ("应急管理站", "Emergency Management Station"),
    ("民政办", "Civil Affairs Office"),
    ("农业综合服务中心", "Agricultural Service Centre"),
    ("中心学校", "Central School"),
];

struct Row {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    filing: (&'static str, &'static str),
    closing: (&'static str, &'static str),
    limits: [i32; 3],
    unit: usize,
}

type Words = (&'static str, &'static str);

const fn row(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    filing: Words,
    closing: Words,
    limits: [i32; 3],
    unit: usize,
) -> Row {
    Row { code, zh, en, filing, closing, limits, unit }
}

const SECURITY: &[Row] = &[
    row(
        "0101",
        "盗窃",
        "Theft",
        ("财物被盗，报案人能说明时间和地点", "Property was stolen, and the reporter can say when and where"),
        ("公安机关受理并答复报案人", "The police have taken the case and answered the reporter"),
        [2 * H, 12 * H, 3 * D],
        0,
    ),
    row(
        "0102",
        "打架斗殴",
        "Fight",
        ("两人以上肢体冲突", "A physical clash between two or more people"),
        (
            "现场平息，伤者已送医，双方有处理结果",
            "The scene is calm, the injured are treated, both sides have an outcome",
        ),
        [H, 4 * H, D],
        0,
    ),
    row(
        "0103",
        "涉诈线索",
        "Fraud lead",
        ("接到可疑电话、短信或上门推销", "A suspicious call, message or doorstep sale"),
        ("已劝阻并上报反诈中心", "Dissuaded, and reported to the anti-fraud centre"),
        [2 * H, 12 * H, 2 * D],
        0,
    ),
    row(
        "0104",
        "可疑人员车辆",
        "Suspicious person or vehicle",
        ("夜间徘徊、踩点或长期停放", "Loitering by night, casing, or parked for long"),
        ("已核查并记录", "Checked and recorded"),
        [2 * H, 8 * H, D],
        0,
    ),
    row(
        "0105",
        "赌博",
        "Gambling",
        ("聚众赌博或提供场所", "Gathering to gamble, or giving room for it"),
        ("已制止并由公安机关处理", "Stopped, and dealt with by the police"),
        [4 * H, 12 * H, 2 * D],
        0,
    ),
    row(
        "0106",
        "校园周边安全",
        "Safety around schools",
        ("上下学时段交通混乱或有人滋扰", "Traffic disorder or harassment at school times"),
        ("隐患消除，学校确认", "The hazard is gone, and the school confirms it"),
        [2 * H, 8 * H, D],
        14,
    ),
    row(
        "0107",
        "电动车违规充电",
        "Unsafe e-bike charging",
        ("飞线充电或在室内充电", "A lead through the window, or charging indoors"),
        ("已拆除线路并告知", "The lead is gone, and the owner was told"),
        [4 * H, D, 3 * D],
        3,
    ),
];

const EMERGENCY: &[Row] = &[
    row(
        "0201",
        "火情",
        "Fire",
        ("有明火或浓烟", "Open flames or thick smoke"),
        ("明火扑灭，无复燃危险", "The fire is out and can't flare up again"),
        [30, H, 4 * H],
        3,
    ),
    row(
        "0202",
        "交通事故",
        "Traffic accident",
        ("车辆碰撞、侧翻或有人受伤", "A collision, an overturned vehicle or someone hurt"),
        ("伤者送医，道路恢复通行", "The injured are treated and the road is open"),
        [H, 3 * H, 8 * H],
        10,
    ),
    row(
        "0203",
        "燃气泄漏",
        "Gas leak",
        ("闻到燃气味或报警器报警", "A smell of gas, or an alarm"),
        ("泄漏处修复，检测合格", "The leak is mended and measured safe"),
        [30, H, 4 * H],
        11,
    ),
    row(
        "0204",
        "沟崖塌方滑坡",
        "Collapse or slide at a gully",
        ("窑背、沟边出现裂缝或塌落", "Cracks or falls at cave tops or gully edges"),
        ("人员撤离，设警戒，专业人员处置", "People are out, the place is fenced, experts have dealt with it"),
        [H, 4 * H, D],
        8,
    ),
    row(
        "0205",
        "内涝积水",
        "Flooding",
        ("暴雨后道路或院落积水，影响出行", "Water on roads or yards after heavy rain"),
        ("积水排除", "The water has been drained"),
        [2 * H, 6 * H, D],
        5,
    ),
    row(
        "0206",
        "停电停水",
        "Power or water cut",
        ("一个小组以上无通知停电停水", "A group or more without power or water, unannounced"),
        ("恢复供应", "Supply is back"),
        [2 * H, 6 * H, D],
        4,
    ),
    row(
        "0207",
        "人员走失求助",
        "Missing person, call for help",
        ("老人、儿童走失或群众紧急求助", "An old person or a child missing, or an urgent call for help"),
        ("人员找到或已得到救助", "Found, or helped"),
        [H, 4 * H, D],
        0,
    ),
    row(
        "0208",
        "突发疾病中毒",
        "Sudden illness or poisoning",
        ("突发疾病、一氧化碳或农药中毒", "Sudden illness, carbon monoxide or pesticide poisoning"),
        ("已送医救治", "In a doctor's care"),
        [30, H, 4 * H],
        2,
    ),
];

/// Disputes: code, names. Their standards and limits are one and the same.
const DISPUTES: [(&str, &str, &str, usize); 17] = [
    ("0301", "婚恋家庭纠纷", "Marriage and family dispute", 1),
    ("0302", "邻里纠纷", "Neighbours' dispute", 1),
    ("0303", "人格权纠纷", "Dispute on personal rights", 1),
    ("0304", "物权纠纷", "Property dispute", 1),
    ("0305", "侵权纠纷", "Tort dispute", 1),
    ("0306", "合同纠纷", "Contract dispute", 1),
    ("0307", "劳动人事纠纷", "Labour dispute", 1),
    ("0308", "金融借贷纠纷", "Loan dispute", 1),
    ("0309", "土地资源权属纠纷", "Land rights dispute", 8),
    ("0310", "其他民商事纠纷", "Other civil dispute", 1),
    ("0311", "城乡建设纠纷", "Building dispute", 7),
    ("0312", "民政纠纷", "Civil affairs dispute", 12),
    ("0313", "其他行政执法纠纷", "Other enforcement dispute", 1),
    ("0314", "涉法涉诉", "Matter before a court", 1),
    ("0315", "组织纪检", "Discipline matter", 1),
    ("0316", "民族宗教", "Ethnic or religious matter", 1),
    ("0317", "其他纠纷", "Other dispute", 1),
];

const MANAGEMENT: &[Row] = &[
    row(
        "0401",
        "乱倒垃圾",
        "Litter",
        ("垃圾堆放在投放点以外", "Rubbish outside the collection point"),
        ("清运干净", "Cleared away"),
        [4 * H, 8 * H, D],
        6,
    ),
    row(
        "0402",
        "道路积水",
        "Standing water",
        ("路面积水超过两平方米", "More than two square metres of water on the road"),
        ("积水清除", "The water is gone"),
        [4 * H, 8 * H, D],
        6,
    ),
    row(
        "0403",
        "建筑垃圾",
        "Rubble",
        ("渣土、砖瓦占道或倾倒沟边", "Earth or bricks on the road or tipped by a gully"),
        ("清运并恢复原状", "Removed, and the ground made good"),
        [2 * D, 3 * D, 5 * D],
        6,
    ),
    row(
        "0404",
        "秸秆垃圾焚烧",
        "Burning of straw or rubbish",
        ("露天焚烧秸秆、落叶或垃圾，未成火情", "Straw, leaves or rubbish burnt in the open, short of a fire"),
        ("熄灭并清理，已告知", "Put out and cleared, and the person told"),
        [2 * H, 4 * H, D],
        13,
    ),
    row(
        "0405",
        "污水外溢",
        "Sewage overflow",
        ("污水、粪水流入道路或渠道", "Sewage or slurry on the road or in a ditch"),
        ("疏通并冲洗", "Unblocked and washed down"),
        [8 * H, D, 3 * D],
        6,
    ),
    row(
        "0406",
        "畜禽养殖污染",
        "Livestock pollution",
        ("粪污乱排或病死畜禽乱弃", "Manure let go, or dead animals dumped"),
        ("清理消毒，养殖户整改", "Cleared and disinfected, and the keeper has put it right"),
        [D, 3 * D, 7 * D],
        13,
    ),
    row(
        "0501",
        "乱贴乱画",
        "Bill-posting",
        ("电杆、墙面张贴小广告", "Bills on poles or walls"),
        ("清除并恢复原貌", "Removed, and the surface made good"),
        [D, 2 * D, 3 * D],
        6,
    ),
    row(
        "0502",
        "破损标语牌匾",
        "Broken sign or banner",
        ("横幅破损、牌匾松动", "A torn banner or a loose sign"),
        ("拆除或加固", "Taken down or fixed"),
        [2 * D, 3 * D, 5 * D],
        6,
    ),
    row(
        "0601",
        "违法建设",
        "Illegal building",
        ("未批先建、超批准面积或占用耕地", "Built without leave, larger than allowed, or on farmland"),
        ("停工并依法处理", "Stopped, and dealt with by law"),
        [4 * H, D, 7 * D],
        7,
    ),
    row(
        "0602",
        "施工扬尘噪声",
        "Dust or noise from works",
        ("施工无围挡、未洒水或夜间施工", "Works without fence or water, or by night"),
        ("整改到位", "Put right"),
        [8 * H, D, 2 * D],
        7,
    ),
    row(
        "0603",
        "施工占道",
        "Works on the road",
        ("材料机具占道，无警示", "Materials or machines on the road without warning"),
        ("清理或设置警示", "Cleared, or warnings set"),
        [8 * H, D, 2 * D],
        7,
    ),
    row(
        "0701",
        "占道经营",
        "Street vending on the road",
        ("摊点占用道路影响通行", "Stalls on the road in the way of traffic"),
        ("劝离归位", "Moved to their places"),
        [4 * H, 8 * H, D],
        9,
    ),
    row(
        "0702",
        "乱停车辆",
        "Bad parking",
        ("车辆占道停放影响通行", "A vehicle parked in the way of traffic"),
        ("驶离或依法处理", "Moved, or dealt with by law"),
        [4 * H, 8 * H, D],
        10,
    ),
    row(
        "0703",
        "占道晾晒打场",
        "Grain drying on the road",
        ("粮食、柴草占用车道", "Grain or straw on the carriageway"),
        ("清理并恢复通行", "Cleared, and the road open"),
        [8 * H, D, 2 * D],
        13,
    ),
    row(
        "0704",
        "犬只扰民",
        "Dogs at large",
        ("犬只未拴养、伤人或吠叫扰民", "A dog loose, biting or barking"),
        ("拴养到位，伤者已处置", "Kept on a lead, the hurt treated"),
        [8 * H, D, 3 * D],
        0,
    ),
    row(
        "0801",
        "路灯不亮",
        "Street lamp out",
        ("路灯损坏、不亮或常亮", "A street lamp broken, dark or always lit"),
        ("修复并亮灯", "Mended and lit"),
        [2 * D, 3 * D, 5 * D],
        4,
    ),
    row(
        "0802",
        "道路破损",
        "Damaged road",
        ("路面坑槽、沉陷或断裂", "Potholes, sinking or breaks"),
        ("修补平整", "Mended and level"),
        [3 * D, 5 * D, 10 * D],
        7,
    ),
    row(
        "0803",
        "井盖缺失破损",
        "Manhole cover missing or broken",
        ("井盖缺失、破损、移位", "A cover missing, broken or out of place"),
        ("补齐归位", "Replaced"),
        [4 * H, 12 * H, 2 * D],
        7,
    ),
    row(
        "0804",
        "灌渠渗漏",
        "Leaking canal or ditch",
        ("渠道渗漏、决口或淤堵", "A canal or ditch that leaks, breaks or is choked"),
        ("堵漏疏通，恢复通水", "Stopped or cleared, and water flows again"),
        [12 * H, 2 * D, 5 * D],
        5,
    ),
    row(
        "0805",
        "供水管网漏水",
        "Leaking water main",
        ("自来水管爆裂或渗漏", "A water pipe burst or leaking"),
        ("修复并恢复供水", "Mended, and water is back"),
        [8 * H, D, 2 * D],
        5,
    ),
    row(
        "0806",
        "电力通信线路",
        "Power or phone line",
        ("线路下垂、断落或电杆倾斜", "A line sagging or down, or a leaning pole"),
        ("加固修复", "Secured or mended"),
        [8 * H, D, 3 * D],
        4,
    ),
    row(
        "0807",
        "护栏标志损坏",
        "Damaged rail or road sign",
        ("护栏、警示牌、广角镜损坏", "A rail, warning sign or corner mirror damaged"),
        ("修复或更换", "Mended or replaced"),
        [2 * D, 3 * D, 7 * D],
        7,
    ),
    row(
        "0808",
        "绿化养护",
        "Care of greenery",
        ("树木倾倒、枯枝或遮挡视线", "A tree down, dead branches or a view blocked"),
        ("清理修剪", "Cleared or pruned"),
        [5 * D, 5 * D, 7 * D],
        7,
    ),
];

/// The categories, by code.
pub(super) fn categories() -> Vec<DemoCategory> {
    let groups = [
        (CategoryGroup::Security, SECURITY),
        (CategoryGroup::Emergency, EMERGENCY),
        (CategoryGroup::Management, MANAGEMENT),
    ];
    let dispute_rows: Vec<Row> = DISPUTES.iter().map(|&(code, zh, en, unit)| dispute(code, zh, en, unit)).collect();
    let mut list: Vec<DemoCategory> = groups
        .iter()
        .flat_map(|(group, rows)| rows.iter().filter_map(move |r| category(*group, r)))
        .chain(dispute_rows.iter().filter_map(|r| category(CategoryGroup::Dispute, r)))
        .collect();
    list.sort_by(|a, b| a.code.cmp(&b.code));
    list
}

const fn dispute(code: &'static str, zh: &'static str, en: &'static str, unit: usize) -> Row {
    row(
        code,
        zh,
        en,
        (
            "当事人申请或网格员排查发现，双方愿意调处",
            "Asked for by a party or found by a grid member; both sides will talk",
        ),
        ("达成调解协议并履行，或引导依法解决", "Agreed and kept, or led to a lawful remedy"),
        [5 * D, 10 * D, 30 * D],
        unit,
    )
}

fn category(group: CategoryGroup, row: &Row) -> Option<DemoCategory> {
    let name = |(zh, en): (&str, &str)| Name::new(zh, en);
    Some(DemoCategory {
        code: row.code.parse::<CategoryCode>().ok()?,
        group,
        name: Name::new(row.zh, row.en),
        filing_standard: name(row.filing),
        closing_standard: name(row.closing),
        limit_minutes: row.limits,
        default_unit: name(UNITS[row.unit]),
    })
}
