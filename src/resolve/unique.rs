//! *Unique ids*: addresses, tables and feeds find an entity by its id, so no two of one kind may share one.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::id::{EntityTable, Id};

/// Numbers the ids that several entities of `table` share (`foo-bar`, `foo-bar-2`): the one that
/// metadata describes keeps it, else the first.
pub fn make_unique<T>(table: &mut EntityTable<T>, id_of: fn(&mut T) -> &mut String, is_described: fn(&T) -> bool) {
    let mut order: Vec<Id<T>> = table.iter().map(|(id, _)| id).collect();
    order.sort_by_key(|id| !is_described(&table[*id]));
    let mut taken = HashSet::with_capacity(order.len());
    order.retain(|id| !taken.insert(id_of(table.get_mut(*id)).clone()));
    let mut numbers: HashMap<String, u32> = HashMap::new();
    for id in order {
        let text = id_of(table.get_mut(id));
        let number = numbers.entry(text.clone()).or_insert(1);
        *text = loop {
            *number += 1;
            let numbered = format!("{text}-{number}");
            if taken.insert(numbered.clone()) {
                break numbered;
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_id_is_numbered_and_no_other_is_taken() {
        let mut table: EntityTable<(String, bool)> = EntityTable::default();
        for (id, is_described) in [("a", false), ("a-2", false), ("a", true), ("b", false), ("a", false)] {
            table.push((id.to_owned(), is_described));
        }
        make_unique(&mut table, |it| &mut it.0, |it| it.1);
        let ids: Vec<&str> = table.iter().map(|(_, it)| it.0.as_str()).collect();
        assert_eq!(ids, ["a-3", "a-2", "a", "b", "a-4"]);
    }
}
