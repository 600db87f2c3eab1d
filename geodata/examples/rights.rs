//! Prints the tables of who sees and may do what, as ARCHITECTURE.md has them: `cargo run --package geodata --example rights`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(geodata::incident::rights::manual().as_bytes())?;
    writeln!(out)?;
    out.write_all(geodata::matter::manual().as_bytes())
}
