//! The town's fixed things: what names them, and what kinds there are.

use crate::Invalid;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A newtype over text that is checked when it is made, on the wire too.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $pattern:literal, $zh:literal, $en:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = $pattern))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(Invalid::new($field, $zh, $en)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// FNV-1a in 64 bits: tells names apart, the same everywhere and always.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn digits(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|b| b.is_ascii_digit())
}

checked_text!(
    /// A town's short name in addresses and commands: `muyi`, `houston`.
    ///
    /// ```
    /// assert!("muyi".parse::<geodata::town::Slug>().is_ok());
    /// assert_eq!("Mu Yi".parse::<geodata::town::Slug>().unwrap_err().field, "town");
    /// ```
    Slug, "town", "^[a-z][a-z0-9-]{1,31}$", "镇代号为 2 到 32 个小写字母、数字或连字符，字母开头",
    "a town's short name is 2 to 32 lower-case letters, digits or hyphens, starting with a letter",
    |t| (2..=32).contains(&t.len())
        && t.starts_with(|c: char| c.is_ascii_lowercase())
        && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);
checked_text!(
    /// A village's 12-digit administrative code.
    VillageCode, "village", "^[0-9]{12}$", "村代码为 12 位数字", "a village code has 12 digits", |t| digits(t, 12)
);
checked_text!(
    /// A grid's 15-digit code (DB11): county 6, town 3, village 3, sequence 3.
    GridCode, "grid", "^[0-9]{15}$", "网格代码为 15 位数字", "a grid code has 15 digits", |t| digits(t, 15)
);
checked_text!(
    /// A category's code: major and minor, `0203`; imported towns may use short words.
    CategoryCode, "category", "^[a-z0-9_-]{1,40}$", "类别代码为 1 到 40 个小写字母、数字、下划线或连字符",
    "a category code is 1 to 40 lower-case letters, digits, underscores or hyphens",
    |t| (1..=40).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
);
checked_text!(
    /// A partner unit's code: `police`, `clinic`.
    ///
    /// ```
    /// assert!("police".parse::<geodata::town::UnitCode>().is_ok());
    /// assert_eq!("派出所".parse::<geodata::town::UnitCode>().unwrap_err().field, "unit");
    /// ```
    UnitCode, "unit", "^[a-z0-9_-]{1,40}$", "单位代码为 1 到 40 个小写字母、数字、下划线或连字符",
    "a unit's code is 1 to 40 lower-case letters, digits, underscores or hyphens",
    |t| (1..=40).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
);

checked_text!(
    /// The name of a member of staff, in any script.
    ///
    /// ```
    /// use geodata::town::PersonName;
    /// assert!("𠮷田 芳".parse::<PersonName>().is_ok());
    /// assert_eq!(" 李明".parse::<PersonName>().unwrap_err().field, "name");
    /// ```
    PersonName, "name", "^\\S(.{0,38}\\S)?$", "姓名为 1 到 40 个字，首尾没有空格，没有控制字符",
    "a name is 1 to 40 characters without control characters or outer spaces",
    |t| (1..=40).contains(&t.chars().count()) && t.trim() == t && !t.chars().any(crate::line::disturbs)
);

impl CategoryCode {
    /// A code made from a name: its letters and digits, lower-case, joined by hyphens; a name without any (a Chinese
    /// one, say) gets `c-` and a hash of it.
    ///
    /// ```
    /// use geodata::town::CategoryCode;
    /// assert_eq!(CategoryCode::from_name(" Auto  Theft (attempted) ").as_str(), "auto-theft-attempted");
    /// let code = CategoryCode::from_name("路灯损坏");
    /// assert!(code.as_str().starts_with("c-") && code == CategoryCode::from_name("路灯损坏"));
    /// assert_ne!(code, CategoryCode::from_name("井盖损坏"));
    /// ```
    pub fn from_name(name: &str) -> Self {
        let name = name.trim();
        let plain = name.is_ascii();
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let code = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
        // A name that is cut or that loses letters could meet another one: then its hash tells them apart.
        if plain && (1..=40).contains(&code.len()) { Self(code) } else { Self(format!("c-{:016x}", fnv1a(name))) }
    }
}

impl GridCode {
    /// The village that the code belongs to: its first twelve digits.
    pub fn village(&self) -> VillageCode {
        VillageCode(self.0[..12].to_owned())
    }

    /// The three digits people say aloud.
    pub fn sequence(&self) -> &str {
        &self.0[12..]
    }
}

/// A town's key, first in every table, key, join and query. Its administrative code where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TownId(pub i32);

impl TownId {
    /// The key of a town without an administrative code, always the same for the same name: 900,000,000 to
    /// 999,999,999, where no code of GB/T 2260 lies. By FNV-1a; two names may meet, and then the database refuses the
    /// second.
    ///
    /// ```
    /// use geodata::town::TownId;
    /// let id = TownId::from_slug(&"houston".parse().unwrap());
    /// assert_eq!(id, TownId::from_slug(&"houston".parse().unwrap()));
    /// assert!((900_000_000..=999_999_999).contains(&id.0));
    /// ```
    pub fn from_slug(slug: &Slug) -> Self {
        // Below 10⁸, so that it fits whatever the hash is.
        Self(900_000_000 + i32::try_from(fnv1a(slug.as_str()) % 100_000_000).unwrap_or_default())
    }
}

/// A name in the product's two languages; English is complete, Chinese comes first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Name {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Name {
    /// The two names.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Adds the derives that every closed vocabulary shares: text in snake case, on the wire and in the database.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
                 Display, EnumString, IntoStaticStr, VariantArray)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The word in the database, on the wire and in addresses.
            pub fn word(self) -> &'static str {
                self.into()
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary!(
    /// Whether a camera gives a picture.
    CameraStatus {
        /// 在线
        Online,
        /// 离线
        Offline,
        /// 维修
        Maintenance,
    }
);
vocabulary!(
    /// Who owns a camera.
    CameraOwner {
        /// 公安
        Police,
        /// 镇
        Town,
        /// 村
        Village,
        /// 学校
        School,
        /// 社会单位
        Business,
    }
);
vocabulary!(
    /// What a road is, from the widest to the narrowest.
    RoadClass {
        /// 县道
        County,
        /// 乡道
        Township,
        /// 村道
        Village,
        /// 生产路、巷道
        Lane,
    }
);
vocabulary!(
    /// What holds the water, or held it.
    WaterKind {
        /// 干渠
        Canal,
        /// 支渠
        Ditch,
        /// 沟谷 (may be dry)
        Gully,
        /// 涝池
        Pond,
    }
);
vocabulary!(
    /// Places that people steer by.
    PlaceKind {
        /// 镇政府
        TownHall,
        /// 村委会
        VillageOffice,
        /// 学校
        School,
        /// 卫生院
        Clinic,
        /// 派出所
        PoliceStation,
        /// 司法所
        JusticeOffice,
        /// 集市
        Market,
        /// 自然村
        Hamlet,
        /// 消防站
        FireStation,
    }
);
vocabulary!(
    /// The roles of the town's staff.
    Role {
        /// 总指挥长
        Commander,
        /// 总网格长
        ChiefOfGrids,
        /// 网格长
        VillageChief,
        /// 网格信息员
        InformationOfficer,
        /// 网格员
        GridMember,
        /// 调解员
        Mediator,
        /// 联动单位
        PartnerUnit,
        /// 规划员
        Planner,
        /// 督察员
        Auditor,
        /// 系统管理员
        Administrator,
    }
);

impl Role {
    /// Whether somebody in this role can be given an incident to deal with. Who only watches over the town, plans or
    /// administers can't.
    ///
    /// ```
    /// use geodata::town::Role;
    /// assert!(Role::GridMember.handles() && Role::ChiefOfGrids.handles());
    /// assert!(!Role::Commander.handles() && !Role::Auditor.handles());
    /// ```
    pub fn handles(self) -> bool {
        match self {
            Self::GridMember
            | Self::InformationOfficer
            | Self::VillageChief
            | Self::ChiefOfGrids
            | Self::Mediator
            | Self::PartnerUnit => true,
            Self::Commander | Self::Planner | Self::Auditor | Self::Administrator => false,
        }
    }
}

vocabulary!(
    /// The four groups that categories fall in.
    CategoryGroup {
        /// 社会治安
        Security,
        /// 突发事件
        Emergency,
        /// 矛盾纠纷
        Dispute,
        /// 城乡管理
        Management,
    }
);
