//! One binary for everything that is tested through the API, the database or the command line.

mod database;
mod incidents;
mod live;
mod rules;
mod seeding;
mod towns;
