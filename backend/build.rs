//! Rebuilds the server when a migration is added: `sqlx::migrate!` embeds the folder, and Cargo can't see that.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
