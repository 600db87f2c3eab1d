//! One binary for everything that is tested through the API, the database or the command line.

#![expect(clippy::unwrap_used, reason = "a test that can not go on says where")]

mod accounts;
mod audit;
mod database;
mod edges;
mod incidents;
mod live;
mod parties;
mod photo_store;
mod pictures;
mod rules;
mod seeding;
mod sessions;
mod texts;
mod towns;
