//! The program itself, as a process: its command line, its database, and what is left when it ends.
//!
//! A target of the server's own package, because Cargo tells only that where the program was built.
#![expect(clippy::unwrap_used, reason = "a test, and what helps it, stops where something unexpected is met")]

mod clusters;
mod commands;
mod importing;
mod ringing;
mod running;
mod simulating;
mod verifying;
