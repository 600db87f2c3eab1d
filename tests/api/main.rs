//! One binary for everything that is tested through the API, the database or the command line.

#![expect(clippy::unwrap_used, reason = "a test that can not go on says where")]

mod accounts;
mod alert;
mod around;
mod audit;
mod calendar;
mod categories;
mod category_files;
mod database;
mod door;
mod edges;
mod exits;
mod incidents;
mod keys;
mod life;
mod live;
mod own_account;
mod parties;
mod photo_leftovers;
mod photo_store;
mod photos;
mod pictures;
mod projection;
mod proof;
mod rates;
mod roster;
mod rules;
mod scope;
mod search;
mod seeding;
mod sessions;
mod texts;
mod towns;
mod work;
