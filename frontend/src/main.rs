//! The page's program, started by its document.

fn main() {
    frontend::app::mount();
}
