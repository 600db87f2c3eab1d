//! The manual's copy of the table of rights is the table.

#[test]
fn the_manual_has_the_table_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).unwrap();
    let table = text.split("<!-- rights -->\n").nth(1).expect("ARCHITECTURE.md has no <!-- rights --> part");
    let table = table.split("<!-- /rights -->").next().unwrap();
    assert_eq!(table, geodata::incident::rights::manual(), "print it anew: cargo run -p geodata --example rights");
}
