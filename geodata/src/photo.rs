//! Photos of an incident: how many, and whose hands they are in. One rule for the page and the server.

use crate::town::Role;

/// The most photos that an incident has at a time.
pub const MOST_PHOTOS: usize = 20;

/// What a form for photos accepts. Named one by one: for `image/*` some telephones send HEIC, which they would turn into JPEG by
/// themselves where only that is asked for.
pub const PHOTO_KINDS: &str = "image/jpeg,image/png,image/webp";

/// Whether someone of this role may add photos to the incidents that they see: all who work on incidents.
///
/// ```
/// use geodata::{photo::adds_photos, town::Role};
/// assert!(adds_photos(Role::GridMember) && adds_photos(Role::PartnerUnit) && !adds_photos(Role::Auditor));
/// ```
pub fn adds_photos(role: Role) -> bool {
    !matches!(role, Role::Auditor | Role::Planner | Role::Administrator)
}

/// Whether someone of this role may take a photo away: those they added themselves, and the town's chiefs any.
///
/// ```
/// use geodata::{photo::removes_photo, town::Role};
/// assert!(removes_photo(Role::GridMember, true) && !removes_photo(Role::GridMember, false));
/// assert!(removes_photo(Role::ChiefOfGrids, false) && !removes_photo(Role::Auditor, true));
/// ```
pub fn removes_photo(role: Role, own: bool) -> bool {
    matches!(role, Role::Commander | Role::ChiefOfGrids) || own && adds_photos(role)
}
