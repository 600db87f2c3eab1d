//! What a day is: worked or not, and after which festival.

use crate::Invalid;
use crate::town::{Name, vocabulary};
use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

vocabulary!(
    /// Whether a day is worked, and why.
    DayKind {
        /// 工作日
        Workday,
        /// 周末
        Weekend,
        /// 放假
        Holiday,
        /// 调休上班: a day of the weekend that is worked as a workday.
        MakeUp,
    }
);

impl DayKind {
    /// What a day of the week is when nothing is said about it.
    pub fn usual(date: NaiveDate) -> Self {
        if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) { Self::Weekend } else { Self::Workday }
    }

    /// The same kind, if it can be said of this date: only Monday to Friday are workdays by themselves, only the others
    /// are a weekend or made up for.
    ///
    /// # Errors
    /// The field `kind`, and the rule.
    ///
    /// ```
    /// use geodata::worktime::DayKind;
    /// let sunday = "2026-01-04".parse().unwrap();
    /// assert!(DayKind::MakeUp.on(sunday).is_ok());
    /// assert_eq!(DayKind::Workday.on(sunday).unwrap_err().field, "kind");
    /// ```
    pub fn on(self, date: NaiveDate) -> Result<Self, Invalid> {
        match (self, Self::usual(date)) {
            (Self::Workday | Self::MakeUp, usual) if (self == Self::Workday) != (usual == Self::Workday) => {
                Err(Invalid::new(
                    "kind",
                    "周六、周日上班为 make_up，周一至周五上班为 workday",
                    "a Saturday or Sunday that is worked is `make_up`, a Monday to Friday `workday`",
                ))
            }
            (Self::Weekend, Self::Workday) => Err(Invalid::new(
                "kind",
                "周一至周五放假为 holiday",
                "a Monday to Friday that is not worked is `holiday`",
            )),
            (kind, _) => Ok(kind),
        }
    }
}

vocabulary!(
    /// A holiday of the whole country.
    Festival {
        /// 元旦
        NewYear,
        /// 春节
        Spring,
        /// 清明节
        Qingming,
        /// 劳动节
        Labour,
        /// 端午节
        DragonBoat,
        /// 中秋节
        MidAutumn,
        /// 国庆节
        National,
        /// 抗战胜利70周年
        Victory,
    }
);

impl Festival {
    /// Its name in both languages.
    pub fn name(self) -> Name {
        match self {
            Self::NewYear => Name::new("元旦", "New Year's Day"),
            Self::Spring => Name::new("春节", "Spring Festival"),
            Self::Qingming => Name::new("清明节", "Qingming Festival"),
            Self::Labour => Name::new("劳动节", "Labour Day"),
            Self::DragonBoat => Name::new("端午节", "Dragon Boat Festival"),
            Self::MidAutumn => Name::new("中秋节", "Mid-Autumn Festival"),
            Self::National => Name::new("国庆节", "National Day"),
            Self::Victory => Name::new("抗战胜利70周年纪念日", "70th Victory Day"),
        }
    }
}

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Whether it is worked, and why.
    pub kind: DayKind,
    /// The festival that it is off for, or made up for.
    pub name: Option<Name>,
}

impl Day {
    /// A day about which nothing is said.
    pub fn usual(date: NaiveDate) -> Self {
        Self { kind: DayKind::usual(date), name: None }
    }

    /// A day off for a festival.
    pub fn off(festival: Festival) -> Self {
        Self { kind: DayKind::Holiday, name: Some(festival.name()) }
    }

    /// A day of the weekend, worked for a festival.
    pub fn made_up(festival: Festival) -> Self {
        Self { kind: DayKind::MakeUp, name: Some(festival.name()) }
    }
}
