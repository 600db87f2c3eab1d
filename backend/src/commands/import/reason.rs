//! Why a row can't be used, in both languages of the product.

use geodata::Invalid;

/// Why a row can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Fewer fields than the columns that were named.
    Short,
    /// Not UTF-8.
    NotUtf8,
    /// No time.
    NoTime,
    /// A time that is not understood, or never was in its zone.
    BadTime(String),
    /// A time to come.
    Future(String),
    /// A time before all records.
    BeforeRecords(String),
    /// No coordinates.
    NoCoordinates,
    /// A coordinate that is no number.
    BadCoordinate(String),
    /// No category.
    NoCategory,
    /// A field breaks a rule of the domain.
    Invalid(Invalid),
    /// Its own key is too long to be kept, or has control characters.
    BadId,
    /// An earlier row has the same key.
    SameId {
        /// The key.
        id: String,
        /// The earlier row's line.
        first: u64,
    },
    /// Outside the town's boundary.
    Outside,
}

impl Reason {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Short => "列数不足".into(),
            Self::NotUtf8 => "不是 UTF-8 编码；请先转换，如 iconv -f GB18030 -t UTF-8".into(),
            Self::NoTime => "没有时间".into(),
            Self::BadTime(text) => format!("时间无法识别：{text}"),
            Self::Future(text) => format!("时间在将来：{text}"),
            Self::BeforeRecords(text) => format!("时间早于 1900 年：{text}"),
            Self::NoCoordinates => "没有坐标".into(),
            Self::BadCoordinate(text) => format!("坐标不是数字：{text}"),
            Self::NoCategory => "没有类别".into(),
            Self::Invalid(invalid) => invalid.zh.clone(),
            Self::BadId => "编号超过 200 字节，或含控制字符".into(),
            Self::SameId { id, first } => format!("编号 {id} 与第 {first} 行相同"),
            Self::Outside => "位置在镇界之外".into(),
        }
    }

    /// In English.
    pub fn en(&self) -> String {
        match self {
            Self::Short => "fewer columns than were named".into(),
            Self::NotUtf8 => "not UTF-8; convert the file, as with iconv -f GB18030 -t UTF-8".into(),
            Self::NoTime => "no time".into(),
            Self::BadTime(text) => format!("not a time that is understood: {text}"),
            Self::Future(text) => format!("a time in the future: {text}"),
            Self::BeforeRecords(text) => format!("a time before 1900: {text}"),
            Self::NoCoordinates => "no coordinates".into(),
            Self::BadCoordinate(text) => format!("not a number: {text}"),
            Self::NoCategory => "no category".into(),
            Self::Invalid(invalid) => invalid.en.clone(),
            Self::BadId => "its id is longer than 200 bytes, or has control characters".into(),
            Self::SameId { id, first } => format!("the same id, {id}, as on line {first}"),
            Self::Outside => "outside the town's boundary".into(),
        }
    }
}
