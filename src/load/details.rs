//! The *details* of a block: the members of a free map, split once into settings and other values.

use std::ops::Deref;

use serde_json::Value;

use super::block::pairs;
use super::detail_keys;
use crate::names::is_not_reported;

/// Members, the settings first, each kind sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    members: Box<[(String, String)]>,
    settings: usize,
}

impl Details {
    /// The members of `block`, if it is a map.
    pub fn read(block: &Value) -> Details {
        pairs(block).into_iter().collect()
    }

    /// Those that say how a result was made.
    pub fn settings(&self) -> &[(String, String)] {
        &self.members[..self.settings]
    }

    /// All others.
    pub fn others(&self) -> &[(String, String)] {
        &self.members[self.settings..]
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.members.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }
}

impl FromIterator<(String, String)> for Details {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(members: T) -> Details {
        let (mut members, others): (Vec<_>, Vec<_>) = members.into_iter().partition(is_setting);
        let settings = members.len();
        members.extend(others);
        Details { members: members.into(), settings }
    }
}

impl Deref for Details {
    type Target = [(String, String)];

    fn deref(&self) -> &Self::Target {
        &self.members
    }
}

/// A detail is a setting if its key is known to be a condition, and it says something.
fn is_setting((key, value): &(String, String)) -> bool {
    detail_keys::condition(key).is_some() && !is_blank(value)
}

/// `none` and `off` say something of a setting; `unknown` does not.
pub fn is_blank(value: &str) -> bool {
    is_not_reported(value) && !value.trim().eq_ignore_ascii_case("none")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_come_first_and_each_kind_stays_sorted() {
        let block = json!({"rank": 3, "agent_name": "a", "cost": "1", "effort": "unknown", "tools": "none"});
        let details = Details::read(&block);
        let keys = |of: &[(String, String)]| of.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        let condition = |key: &str| detail_keys::condition(key).is_some();
        assert!(condition("agent_name") && condition("effort") && condition("tools") && !condition("rank"));
        assert_eq!(keys(details.settings()), ["agent_name", "tools"]);
        // An effort that is not known is no setting.
        assert_eq!(keys(details.others()), ["cost", "effort", "rank"]);
        assert_eq!((details.get("rank"), details.get("none")), (Some("3"), None));
        assert!(Details::read(&json!(7)).is_empty());
    }
}
