//! Fangge's server: HTTP in, SQL out. A library, so that the tests can start it without a socket.

pub mod accounts;
pub mod calendars;
pub mod categories;
pub mod cells;
pub mod cluster;
pub mod commands;
pub mod config;
pub mod database;
pub mod db;
pub mod deadlines;
pub mod hours;
pub mod housekeeping;
pub mod http;
pub mod lending;
pub mod live;
pub mod manners;
pub mod passwords;
pub mod photos;
pub mod roster;
pub mod search;
pub mod secrets;
pub mod state;
pub mod tally;
pub mod totp;
