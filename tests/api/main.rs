//! One binary for everything that is tested through the API, the database or the command line.

#![expect(clippy::unwrap_used, reason = "a test that can not go on says where")]

mod calendar;
mod database;
mod edges;
mod incidents;
mod live;
mod rules;
mod seeding;
mod sessions;
mod towns;
