//! The records of people, sessions and the audit log.

use super::records::record;
use super::{Read, Tree};
use geodata::wire::{
    Account, AccountMade, AuditEntry, AuditPage, Me, PasswordMade, Secret, SessionRow, StaffRow, TotpEnrolment, Unit,
};

impl Read for Secret {
    fn read(from: &impl Tree) -> Option<Self> {
        from.text().map(Self::new)
    }
}

record!(Account { staff, name, role, village, grids, unit, disabled, totp, must_change_password, last_sign_in });
record!(AccountMade { account, password });
record!(AuditEntry { id, at, staff, name, role, address, action, object, key, reason, details });
record!(AuditPage { entries, next });
record!(Me { staff, name, role, village, grids, unit, town, must_change_password, totp, session });
record!(PasswordMade { password });
record!(SessionRow { id, created_at, seen_at, expires_at, user_agent, address, current });
record!(StaffRow { staff, name, role, village, grids, unit });
record!(TotpEnrolment { secret, uri, qr });
record!(Unit { code, name });
