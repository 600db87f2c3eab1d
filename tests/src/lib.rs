//! What the API's and the database's tests share: a database of their own for each.

#![expect(clippy::missing_panics_doc, reason = "helpers of tests panic to fail them")]

pub mod app;
pub mod client;
pub mod db;
pub mod folder;
pub mod moto;
pub mod mvt;
pub mod pictures;
pub mod wire;

pub use db::TestDb;
