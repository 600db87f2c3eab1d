//! A file of categories as a table: its columns, and cells that a spreadsheet neither runs nor spoils.

use crate::cells::{acts, guarded, inert};
use geodata::town::Name;
use geodata::wire::SheetFault;

/// The columns, and what stands beside their names for whoever reads the file in a spreadsheet.
pub const COLUMNS: [(&str, &str); 26] = [
    ("code", "代码"),
    ("group", "大类"),
    ("name_zh", "名称"),
    ("name_en", "英文名称"),
    ("filing_standard_zh", "立案标准"),
    ("filing_standard_en", "立案标准（英文）"),
    ("closing_standard_zh", "结案标准"),
    ("closing_standard_en", "结案标准（英文）"),
    ("limit_1_grid", "特别重大·网格（分钟）"),
    ("limit_1_village", "特别重大·村"),
    ("limit_1_town", "特别重大·镇"),
    ("limit_2_grid", "重大·网格"),
    ("limit_2_village", "重大·村"),
    ("limit_2_town", "重大·镇"),
    ("limit_3_grid", "较大·网格"),
    ("limit_3_village", "较大·村"),
    ("limit_3_town", "较大·镇"),
    ("limit_4_grid", "一般·网格"),
    ("limit_4_village", "一般·村"),
    ("limit_4_town", "一般·镇"),
    ("working_time", "只计工作时间"),
    ("pauses_referred", "转办时停表"),
    ("pauses_parked", "挂账时停表"),
    ("default_unit", "默认单位"),
    ("valid_from", "生效时间"),
    ("valid_to", "停用时间"),
];
/// Most rows of a file, its header apart.
pub const ROWS_MAX: usize = 1_000;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One row: its line in the file, and its cells in the order of [`COLUMNS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line; the header is line 1.
    pub line: u32,
    cells: Vec<String>,
}

impl Row {
    /// The text of a column.
    pub fn get(&self, column: &str) -> &str {
        let at = COLUMNS.iter().position(|(name, _)| *name == column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

/// What is wrong at a place of the file.
pub fn fault(row: u32, column: Option<&str>, zh: impl Into<String>, en: impl Into<String>) -> SheetFault {
    SheetFault { row, column: column.map(str::to_owned), rule: Name::new(zh, en) }
}

/// Reads a file's rows. Whatever the columns' order, each must be there once; a name may be followed by words of explanation.
///
/// # Errors
/// What is wrong with the file as a whole, or with its rows' shape.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, Vec<SheetFault>> {
    let text = decoded(bytes).map_err(|fault| vec![fault])?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|&d| {
        // The first of several with the same count is the usual one.
        (first.bytes().filter(|&b| b == d).count(), d == b',')
    });
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter.unwrap_or(b','));
    let mut records = reader.from_reader(text.as_bytes()).into_records();
    let Some(Ok(header)) = records.next() else {
        return Err(vec![fault(1, None, "文件是空的", "the file is empty")]);
    };
    let places = places(&header)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in records {
        // A text has been read already, so that nothing can fail but its shape, and every shape is taken.
        let Ok(record) = record else { break };
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() == header.len() {
            let cells = places.iter().map(|&at| unprotected(record.get(at).unwrap_or_default()).to_owned()).collect();
            rows.push(Row { line, cells });
        } else {
            let (got, wanted) = (record.len(), header.len());
            let zh = format!("此行有 {got} 列，表头有 {wanted} 列");
            faults.push(fault(line, None, zh, format!("this row has {got} cells and the header {wanted}")));
        }
        if rows.len() > ROWS_MAX {
            let zh = format!("最多 {ROWS_MAX} 行");
            faults.push(fault(line, None, zh, format!("a file has at most {ROWS_MAX} rows")));
            break;
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(fault(1, None, "表头之后没有数据", "nothing follows after the header"));
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// Tells the lines of places in a text, one after the other.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line on which a record begins. Its position may lie before the end of the line before it, and before empty lines.
    fn of(&mut self, byte: u64) -> u32 {
        let bytes = self.text.as_bytes();
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.at, bytes.len());
        let blank = bytes[byte..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let passed = &bytes[self.at..byte + blank];
        self.line += line_breaks(passed);
        self.at = byte + blank;
        self.line
    }
}

fn line_breaks(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.split(|&b| b == b'\n').count() - 1).unwrap_or(u32::MAX - 1)
}

fn decoded(bytes: &[u8]) -> Result<&str, SheetFault> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        fault(
            line_breaks(&bytes[..error.valid_up_to()]) + 1,
            None,
            "文件不是 UTF-8 编码；请在电子表格中另存为“CSV UTF-8”",
            "the file is not UTF-8; save it from the spreadsheet as “CSV UTF-8”",
        )
    })
}

/// Where in the file each of [`COLUMNS`] stands.
fn places(header: &csv::StringRecord) -> Result<Vec<usize>, Vec<SheetFault>> {
    let names: Vec<&str> = header.iter().map(|cell| cell.split_whitespace().next().unwrap_or_default()).collect();
    let mut faults = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if !COLUMNS.iter().any(|(known, _)| known == name) {
            faults.push(fault(1, Some(name), "没有这一列", "there is no such column"));
        } else if names[..at].contains(name) {
            faults.push(fault(1, Some(name), "此列出现了两次", "this column is there twice"));
        }
    }
    let mut places = Vec::with_capacity(COLUMNS.len());
    for (name, _) in COLUMNS {
        match names.iter().position(|found| *found == name) {
            Some(at) => places.push(at),
            None => faults.push(fault(1, Some(name), "缺少此列", "this column is missing")),
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

/// Writes a file of rows with their cells in the order of [`COLUMNS`], with the mark by which a spreadsheet knows UTF-8.
///
/// # Errors
/// None that a file in memory could give.
pub fn write(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let file = BYTE_ORDER_MARK.to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    writer.write_record(COLUMNS.map(|(name, words)| format!("{name} {words}")))?;
    for row in rows {
        let cells = row.iter().zip(COLUMNS).map(|(cell, (column, _))| {
            let is_key = matches!(column, "code" | "default_unit");
            protected(cell, is_key)
        });
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that acts is guarded; so is a key that a spreadsheet would take for a number or a date, and spoil: 0101, 1-2, 1e5.
fn protected(cell: &str, is_key: bool) -> String {
    if is_key && cell.starts_with(|c: char| c.is_ascii_digit()) { guarded(cell) } else { inert(cell) }
}

/// The cell as it was before [`protected`].
fn unprotected(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c: char| acts(c) || c.is_ascii_digit()) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_acts_and_each_comes_back() {
        let texts =
            ["=1+1", "+86", "-", "@SUM(A1)", "'quoted", "'", "''=", "'1", "0101", "路灯", "＝1", "a=b", "\t=1", "1-2"];
        for text in texts {
            for is_key in [false, true] {
                let written = protected(text, is_key);
                assert!(!written.starts_with(['=', '+', '-', '@', '\t', '＝']), "{text}");
                assert_eq!(unprotected(&written), text);
            }
        }
        assert_eq!((protected("0101", true), protected("0101", false)), ("'0101".to_owned(), "0101".to_owned()));
    }

    fn header() -> String {
        COLUMNS.map(|(name, _)| name).join(",")
    }

    fn faults(file: &str) -> Vec<(u32, Option<String>)> {
        read(file.as_bytes()).unwrap_err().into_iter().map(|fault| (fault.row, fault.column)).collect()
    }

    #[test]
    fn what_is_written_is_read_and_the_order_of_columns_is_free() {
        let cells: Vec<String> = (0..COLUMNS.len()).map(|n| format!("zelle, \"{n}\"\n二")).collect();
        let file = write([cells.clone()].into_iter()).unwrap();
        assert!(file.starts_with(BYTE_ORDER_MARK));
        let rows = read(&file).unwrap();
        assert_eq!((rows.len(), rows[0].line, &rows[0].cells), (1, 2, &cells));
        let turned: Vec<&str> = COLUMNS.iter().rev().map(|(name, _)| *name).collect();
        let file = format!(
            "{}\r\n{}\r\n;;\r\n",
            turned.join(";"),
            (0..26).map(|n| n.to_string()).collect::<Vec<_>>().join(";")
        );
        let rows = read(file.replace("\r\n;;", "").as_bytes()).unwrap();
        assert_eq!((rows[0].get("code"), rows[0].get("valid_to")), ("25", "0"));
    }

    #[test]
    fn a_file_of_another_shape_is_refused_by_line_and_column() {
        assert_eq!(faults(""), [(1, None)]);
        assert_eq!(faults(&header()), [(1, None)]);
        assert_eq!(faults(&format!("{},extra\n1", header())), [(1, Some("extra".to_owned()))]);
        assert_eq!(faults(&format!("{},code\n1", header())), [(1, Some("code".to_owned()))]);
        assert_eq!(faults(&header().replace("group,", "")), [(1, Some("group".to_owned()))]);
        assert_eq!(faults(&format!("{}\n\na,b\n", header())), [(3, None)]);
        let lines = vec!["\"1\r\n2\""; 26].join(",");
        assert_eq!(faults(&format!("{}\r\n{lines}\r\n\r\na,b\r\nc\r\n", header())), [(30, None), (31, None)]);
        let latin = [header().as_bytes(), b"\n\xc2\xb7\xb5\xc6,x\n"].concat();
        assert_eq!(read(&latin).unwrap_err()[0].row, 2);
        assert_eq!(read(b"\xff\xfec\0o\0").unwrap_err()[0].row, 1);
        let many = format!("{}\n", vec!["1"; 26].join(",")).repeat(1_001);
        assert_eq!(faults(&format!("{}\n{many}", header())), [(1_002, None)]);
    }
}
