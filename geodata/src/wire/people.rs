//! People on the wire: signing in, and who is signed in.

use crate::town::{GridCode, Role, Slug, UnitCode, VillageCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is asked for at the door.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub name: String,
    /// Its password.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub password: String,
    /// The six digits of the second factor, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Debug for SignIn {
    /// Never the password: what can be printed ends up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Their key in the town.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The village that they are bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The grids that they are bound to.
    pub grids: Vec<GridCode>,
    /// The partner unit that they are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// The town that they are signed in to.
    pub town: Slug,
    /// Whether they must choose a password of their own before anything else.
    pub must_change_password: bool,
    /// Whether a code is asked for beside the password.
    pub totp: bool,
    /// The session's key.
    pub session: String,
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEntry {
    /// Its key.
    pub id: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends, if it is not seen again before.
    pub expires_at: DateTime<Utc>,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it was begun.
    pub address: String,
    /// Whether it is the one that asks.
    pub current: bool,
}
