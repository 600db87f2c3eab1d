//! Photos on the wire.

use crate::town::vocabulary;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

vocabulary!(
    /// What a photo shows.
    PhotoKind {
        /// 现场
        Scene,
        /// 处置结果
        Result,
        /// 核查
        Check,
    }
);

/// A photo of an incident; its pictures are at `/api/photos/{id}` and `/api/photos/{id}/thumb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Photo {
    /// Its key.
    pub id: String,
    /// What it shows.
    pub kind: PhotoKind,
    /// Pixels across.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
    /// Bytes as it is kept.
    pub bytes: i32,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}
