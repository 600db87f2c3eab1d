//! What the API's and the database's tests share: a database of their own for each.

pub mod app;
pub mod db;

pub use db::TestDb;
