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
        let (mut settings, mut others) = (Vec::new(), Vec::new());
        for member in members {
            match arguments(&member) {
                // Each argument is a setting; the text as it stands is kept among the other values.
                Some(arguments) => {
                    settings.extend(arguments);
                    settings.sort();
                    others.push(member);
                }
                None if is_setting(&member) => settings.push(member),
                None => others.push(member),
            }
        }
        let n = settings.len();
        settings.extend(others);
        Details { members: settings.into(), settings: n }
    }
}

/// The arguments in the value of a key that is known to hold a list of them, without those that name the model:
/// `pretrained=a/b,dtype=bfloat16` as lm-evaluation-harness is given them, and `{'pretrained': 'a/b', 'dtype': 'bfloat16'}` as
/// it writes them. `None` for any other key, and for lists that hold more than texts and numbers.
fn arguments((key, value): &(String, String)) -> Option<Vec<(String, String)>> {
    if !detail_keys::is_argument_list(key) {
        return None;
    }
    let inner = value.trim().strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let (inner, between) = inner.map_or((value.as_str(), '='), |inner| (inner, ':'));
    if inner.contains(['{', '[', '(']) {
        return None;
    }
    let bare = |text: &str| text.trim().trim_matches(['\'', '"']).to_owned();
    let arguments = inner.split(',').filter(|argument| !argument.trim().is_empty());
    let arguments: Option<Vec<_>> =
        arguments.map(|argument| argument.split_once(between).map(|(key, value)| (bare(key), bare(value)))).collect();
    Some(arguments?.into_iter().filter(|(key, _)| !detail_keys::names_model(key)).collect())
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

    #[test]
    fn arguments_in_one_text_are_settings_but_for_the_name_of_the_model() {
        for text in [
            "pretrained=lab/model,dtype=bfloat16,load_in_4bit=True",
            "{'pretrained': 'lab/model', 'dtype': 'bfloat16', 'load_in_4bit': True}",
            "{ \"pretrained\":\"lab/model\", \"dtype\":\"bfloat16\",\"load_in_4bit\":True }",
        ] {
            let details = Details::read(&json!({"model_args": text, "temperature": 0}));
            let expected = [("dtype", "bfloat16"), ("load_in_4bit", "True"), ("temperature", "0")];
            assert_eq!(details.settings(), expected.map(|(key, value)| (key.to_owned(), value.to_owned())), "{text}");
            assert_eq!(details.get("model_args"), Some(text), "the text itself is kept");
        }
        // What cannot be taken apart is one setting.
        for text in ["lab/model", "a=1,b", "{'rope_scaling': {'factor': 2}, 'dtype': 'auto'}"] {
            let details = Details::read(&json!({"model_args": text}));
            assert_eq!(details.settings(), [("model_args".to_owned(), text.to_owned())]);
        }
    }
}
