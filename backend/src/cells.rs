//! Cells of a file for spreadsheets that no spreadsheet runs (OWASP, CSV injection).

/// Whether a cell that begins so may be taken for a formula, or loses its beginning: the signs of formulas, their full-width twins,
/// what a spreadsheet trims before it looks, and the apostrophe that guards.
pub fn acts(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\'' | '＝' | '＋' | '－' | '＠')
}

/// The cell with an apostrophe before it where it would act.
///
/// ```
/// use fangge::cells::inert;
/// for cell in ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(A1)", "'=1"] {
///     assert_eq!(inert(cell), format!("'{cell}"));
/// }
/// for cell in ["", "a=b", "田芳", "3-2"] {
///     assert_eq!(inert(cell), cell);
/// }
/// ```
pub fn inert(cell: &str) -> String {
    if cell.starts_with(acts) { guarded(cell) } else { cell.to_owned() }
}

/// The cell with an apostrophe before it.
pub fn guarded(cell: &str) -> String {
    format!("'{cell}")
}
