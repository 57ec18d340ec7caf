//! *Fetching*: what the Hub knows besides records, brought to `content/hub/` as facts with their time.

mod accounts;
mod asking;
pub mod benchmarks;
pub mod evidence;
pub mod models;
mod posted;
mod pulls;
mod store;
mod trace;

pub use asking::{Failure, Run};
