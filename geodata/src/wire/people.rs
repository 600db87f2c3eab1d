//! Who signs in, and with what: accounts and sessions on the wire.

use crate::town::{GridCode, Name, PersonName, Role, Slug, UnitCode, VillageCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A text that must not find its way into a log: its `Debug` tells nothing.
///
/// ```
/// use geodata::wire::Secret;
/// assert_eq!(format!("{:?}", Secret::new("correct horse")), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Password))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for hashing, comparing or showing once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What signs a person in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The person's name in the town.
    pub name: String,
    /// Their password.
    pub password: Secret,
    /// The six digits of their authenticator, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// The person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Their key within the town.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The village that they are bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The grids that they are bound to.
    #[serde(default)]
    pub grids: Vec<GridCode>,
    /// The unit that they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// The town that the session belongs to.
    pub town: Slug,
    /// Whether nothing else is answered until they have chosen a password of their own.
    pub must_change_password: bool,
    /// Whether signing in asks them for a code as well.
    pub totp: bool,
    /// This session's key.
    pub session: String,
}

/// One of a person's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRow {
    /// Its key, to end it by.
    pub id: String,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to some minutes.
    pub seen_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// What the browser said it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A change of one's own password; the other sessions end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one they have.
    pub old: Secret,
    /// The one they want.
    pub new: Secret,
}

/// What a person's authenticator needs to know; it counts once a code of it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpEnrolment {
    /// The secret in Base32, to be typed.
    pub secret: Secret,
    /// The same as an `otpauth:` address.
    pub uri: Secret,
    /// The same as a picture, a `data:` address.
    pub qr: Secret,
}

/// The code that proves that an authenticator knows the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits, as people type them: spaces between them are passed over, and full-width digits are digits.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[ \\u3000]*([0-9０-９][ \\u3000]*){6}$", max_length = 32))]
    pub code: String,
}

/// The password that proves who asks, where a session alone is not enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordProof {
    /// Their password.
    pub password: Secret,
}

/// How a person signs in, as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// The person's key within the town.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The village that they are bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The grids that they are bound to.
    #[serde(default)]
    pub grids: Vec<GridCode>,
    /// The unit that they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// Whether they may not sign in any more.
    pub disabled: bool,
    /// Whether signing in asks for a code as well.
    pub totp: bool,
    /// Whether they have yet to choose a password of their own.
    pub must_change_password: bool,
    /// When they last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<DateTime<Utc>>,
}

/// A person to make an account for. What the role is bound to must be there, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// A name that nobody else in the town has.
    pub name: PersonName,
    /// Their role.
    pub role: Role,
    /// For roles bound to a village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// For roles bound to grids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<GridCode>,
    /// For roles bound to a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
}

/// What changes in an account; what is absent stays. A role comes with what it is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Another role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Another village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// Other grids, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grids: Option<Vec<GridCode>>,
    /// Another unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// Whether they may not sign in any more; their sessions end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// A new account, with the password that its person signs in with once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountMade {
    /// The account.
    pub account: Account,
    /// Told here and never again.
    pub password: Secret,
}

/// The password that the administrator's reset made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordMade {
    /// Told here and never again.
    pub password: Secret,
}

/// A unit that works with the town: police station, justice office, clinic …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: Name,
}

/// A unit's new name; its code stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitChange {
    /// Its name from now on.
    pub name: Name,
}

/// A person that something can be given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffRow {
    /// Their key within the town.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The village that they are bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The grids that they are bound to.
    #[serde(default)]
    pub grids: Vec<GridCode>,
    /// The unit that they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
}
