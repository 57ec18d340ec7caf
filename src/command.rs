//! The *commands*: for each, what was typed becomes work, and the work becomes words.

pub mod build;
pub mod publish;
