//! Prints the table of rights as ARCHITECTURE.md has it: `cargo run --package geodata --example rights`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(geodata::incident::rights::manual().as_bytes())
}
