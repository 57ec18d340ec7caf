//! An *interner*: each distinct block of JSON text is parsed once and then shared.
//!
//! Records repeat themselves: 229,000 results use some thousand distinct `metric_config` and
//! `source_data` blocks. Looking a block up by its raw text saves both the parsing and the memory.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;
use foldhash::{HashMap, HashMapExt};
use std::hash::BuildHasher;

/// A concurrent map from raw text to a shared value. Which thread parses a block first makes no
/// difference to the value, so results do not depend on the number of threads.
pub struct Interner<T: ?Sized> {
    shards: Vec<Mutex<HashMap<Box<str>, Arc<T>>>>,
    hasher: FixedState,
}

/// Enough that two threads seldom wait for each other; a power of two.
const SHARDS: usize = 64;

impl<T: ?Sized> Default for Interner<T> {
    fn default() -> Self {
        Interner { shards: (0..SHARDS).map(|_| Mutex::new(HashMap::new())).collect(), hasher: FixedState::default() }
    }
}

impl<T: ?Sized> Interner<T> {
    /// The value for `text`; `parse` makes it when `text` is new. A failure is not kept.
    pub fn get<E>(&self, text: &str, parse: impl FnOnce(&str) -> Result<Arc<T>, E>) -> Result<Arc<T>, E> {
        let shard = self.hasher.hash_one(text) as usize % SHARDS;
        let mut map = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = map.get(text) {
            return Ok(value.clone());
        }
        let value = parse(text)?;
        map.insert(text.into(), value.clone());
        Ok(value)
    }
}

impl Interner<str> {
    /// The shared copy of `text`.
    pub fn text(&self, text: &str) -> Arc<str> {
        let Ok(shared) = self.get(text, |text| Ok::<_, Infallible>(Arc::from(text)));
        shared
    }
}
