//! Typed *identities*: an [`Id<Model>`](Id) cannot be mistaken for an `Id<Benchmark>` or a name.
//!
//! Ids are made by [`crate::resolve`] only; their order is the order of the entities' names.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Index;

/// The place of an entity in its [`EntityTable`].
pub struct Id<T> {
    index: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The entity at `index` of its table.
    pub(crate) fn new(index: usize) -> Id<T> {
        Id { index: index as u32, kind: PhantomData }
    }

    /// Place in the table.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// All entities of one kind.
#[derive(Debug)]
pub struct EntityTable<T>(Vec<T>);

impl<T> Default for EntityTable<T> {
    fn default() -> Self {
        EntityTable(Vec::new())
    }
}

impl<T> EntityTable<T> {
    /// Adds an entity.
    pub(crate) fn push(&mut self, entity: T) -> Id<T> {
        self.0.push(entity);
        Id::new(self.0.len() - 1)
    }

    pub(crate) fn get_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.0[id.index()]
    }

    /// Sorts by `key`; gives the new id of each old one.
    pub(crate) fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) -> Vec<Id<T>> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by_cached_key(|&index| (key(&self.0[index]), index));
        let mut new_ids = vec![Id::new(0); order.len()];
        for (new, &old) in order.iter().enumerate() {
            new_ids[old] = Id::new(new);
        }
        let mut sorted: Vec<(usize, T)> =
            new_ids.iter().map(|id: &Id<T>| id.index()).zip(std::mem::take(&mut self.0)).collect();
        sorted.sort_by_key(|(new, _)| *new);
        self.0 = sorted.into_iter().map(|(_, entity)| entity).collect();
        new_ids
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }

    /// In order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Id<T>, &T)> {
        self.0.iter().enumerate().map(|(index, entity)| (Id::new(index), entity))
    }
}

impl<T> Index<Id<T>> for EntityTable<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.index()]
    }
}
