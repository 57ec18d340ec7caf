//! A JSON *object* whose members are located but not parsed, so that one pass over a record finds its blocks.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::strict_json::twice;

/// Most members that are compared one by one.
const FEW: usize = 16;

/// The members of an object, in the order of the file. Each key is given once.
#[derive(Debug, Default)]
pub(super) struct RawObject<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> RawObject<'a> {
    /// The member `key`; `null` is as good as absent.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.iter().find(|(found, raw)| *found == key && raw.get() != "null").map(|(_, raw)| raw)
    }

    /// The member `key` read as a `T`; its default if it is absent or no `T`.
    pub fn read<T: Deserialize<'a> + Default>(&self, key: &str) -> T {
        self.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    /// All members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, raw)| (&**key, *raw))
    }

    fn refuse_twins<E: Error>(self) -> Result<Self, E> {
        let keys = || self.iter().map(|(key, _)| key);
        // Nearly all objects have so few members that to compare all takes less than to sort them.
        let twin = match self.0.len() {
            0..=FEW => {
                keys().enumerate().find(|(at, key)| keys().take(*at).any(|before| before == *key)).map(|(_, key)| key)
            }
            _ => {
                let mut keys: Vec<&str> = keys().collect();
                keys.sort_unstable();
                keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
            }
        };
        match twin.map(twice) {
            Some(message) => Err(E::custom(message)),
            None => Ok(self),
        }
    }
}

/// The root of a record: its members, and of each result an `R`.
pub(super) struct Root<'a, R> {
    /// All but the results.
    pub members: RawObject<'a>,
    /// `evaluation_results`.
    pub results: Option<Vec<R>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = RawObject<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = RawObject(Vec::with_capacity(8));
                while let Some(MemberKey(key)) = map.next_key()? {
                    object.0.push((key, map.next_value()?));
                }
                object.refuse_twins()
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl<'de: 'a, 'a, R: Deserialize<'de>> Deserialize<'de> for Root<'a, R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RootVisitor<R>(PhantomData<R>);
        impl<'de, R: Deserialize<'de>> Visitor<'de> for RootVisitor<R> {
            type Value = Root<'de, R>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a record")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut members, mut results) = (RawObject(Vec::with_capacity(16)), None);
                let mut has_results = false;
                while let Some(MemberKey(key)) = map.next_key()? {
                    match &*key {
                        "evaluation_results" if has_results => return Err(A::Error::custom(twice(&key))),
                        "evaluation_results" => {
                            has_results = true;
                            results = map.next_value()?;
                        }
                        _ => members.0.push((key, map.next_value()?)),
                    }
                }
                Ok(Root { members: members.refuse_twins()?, results })
            }
        }
        deserializer.deserialize_map(RootVisitor(PhantomData))
    }
}

struct MemberKey<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for MemberKey<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = MemberKey<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(MemberKey(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(MemberKey(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_what_their_keys_mean() {
        let text = r#"{"model_info": null, "k\u0065y": 1, "evaluation_results": [{"a": 2}]}"#;
        let root: Root<RawObject> = serde_json::from_str(text).unwrap();
        assert_eq!(root.members.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["model_info", "key"]);
        assert_eq!(root.members.read::<u8>("key"), 1);
        assert!(root.members.get("model_info").is_none());
        assert_eq!(root.results.unwrap()[0].read::<u8>("a"), 2);
    }

    #[test]
    fn a_key_that_is_given_twice_is_refused() {
        let many: String = (0..40).map(|n| format!("\"k{n}\": 1, ")).collect();
        for text in [
            &format!("{{{many}\"k7\": 1}}"),
            r#"{"a": 1, "b": 2, "\u0061": 1}"#,
            r#"{"evaluation_results": [], "evaluation_results": []}"#,
            r#"{"evaluation_results": [{"a": 1, "a": 1}]}"#,
        ] {
            let err = serde_json::from_str::<Root<RawObject>>(text).map(|_| ()).unwrap_err().to_string();
            assert!(err.contains("is given twice"), "{text}: {err}");
        }
    }
}
