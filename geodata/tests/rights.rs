//! The manual's copies of the tables of who sees and may do what are the tables.

fn part(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect(path);
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let part = text.split(&open).nth(1).unwrap_or_else(|| panic!("ARCHITECTURE.md has no {open} part"));
    part.split(&close).next().unwrap_or_default().to_owned()
}

#[test]
fn the_manual_has_the_tables_as_they_are() {
    let again = "print it anew: cargo run -p geodata --example rights";
    assert_eq!(part("rights"), geodata::incident::rights::manual(), "{again}");
    assert_eq!(part("matters"), geodata::matter::manual(), "{again}");
}
