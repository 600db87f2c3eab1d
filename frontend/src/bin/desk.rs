//! The desk's program, started by its document.

fn main() {
    frontend::desk::app::mount();
}
