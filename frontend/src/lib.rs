//! The page: one map and the chrome around it.

pub mod map;
pub mod model;
