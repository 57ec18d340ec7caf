//! *Agreement* in settings: what is known of why readings differ.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bigdecimal::BigDecimal;

use super::setup::{EXAMPLES, HARNESS, HARNESS_VERSION, Setting};

/// How several readings agree in one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// At least two different values are reported, be it by one reading.
    Different,
    /// All report one value.
    Same,
    /// One reports it.
    OnlyOne,
    /// Some report it, all of them one value.
    OnlySome(usize),
    /// Nobody reports it.
    Nobody,
}

/// A setting, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<'a> {
    /// Which.
    pub name: Cow<'a, str>,
    /// How the readings agree.
    pub agreement: Agreement,
    /// What each of them reports.
    pub values: Vec<Option<Cow<'a, str>>>,
}

/// Settings that are listed even if nobody reports them, as each is known to move scores.
pub const ESSENTIAL: [&str; 6] = [HARNESS, HARNESS_VERSION, EXAMPLES, "temperature", "token limit", "prompt template"];

/// The settings of several readings side by side: the different ones first, then by name.
pub fn side_by_side<'a>(readings: &[Vec<Setting<'a>>]) -> Vec<Compared<'a>> {
    // A reading may state a setting under several keys.
    let mut rows: BTreeMap<Cow<'a, str>, Vec<Vec<&'a str>>> = BTreeMap::new();
    for name in ESSENTIAL {
        rows.insert(Cow::Borrowed(name), vec![Vec::new(); readings.len()]);
    }
    for (at, settings) in readings.iter().enumerate() {
        for setting in settings {
            let stated = &mut rows.entry(setting.name.clone()).or_insert_with(|| vec![Vec::new(); readings.len()])[at];
            if !stated.iter().any(|value| same_value(value, setting.value)) {
                stated.push(setting.value);
            }
        }
    }
    let in_one = |values: Vec<&'a str>| match values[..] {
        [] => None,
        [value] => Some(Cow::Borrowed(value)),
        _ => Some(Cow::Owned(values.join(" · "))),
    };
    let compared = rows.into_iter().map(|(name, values)| Compared {
        agreement: agreement(&values),
        name,
        values: values.into_iter().map(in_one).collect(),
    });
    let mut compared: Vec<Compared> = compared.collect();
    let place = |agreement| match agreement {
        Agreement::Different => 0,
        Agreement::OnlyOne | Agreement::OnlySome(_) => 1,
        Agreement::Same => 2,
        Agreement::Nobody => 3,
    };
    compared.sort_by_key(|row| (place(row.agreement), !is_essential(&row.name)));
    compared
}

fn agreement(values: &[Vec<&str>]) -> Agreement {
    let n = values.iter().filter(|values| !values.is_empty()).count();
    let mut stated = values.iter().flatten();
    let Some(first) = stated.next() else { return Agreement::Nobody };
    match n {
        _ if stated.any(|value| !same_value(first, value)) => Agreement::Different,
        n if n == values.len() => Agreement::Same,
        1 => Agreement::OnlyOne,
        n => Agreement::OnlySome(n),
    }
}

/// How many readings agree in each setting: essential ones always, others where one reports them.
pub fn agreements<'a>(readings: impl Iterator<Item = Vec<Setting<'a>>>) -> Vec<(Cow<'a, str>, Agreement)> {
    struct SharedValue<'a> {
        value: &'a str,
        n: usize,
        /// The last reading that states it.
        last: usize,
        differs: bool,
    }
    let mut found: BTreeMap<Cow<'a, str>, Option<SharedValue<'a>>> = BTreeMap::new();
    found.extend(ESSENTIAL.map(|name| (Cow::Borrowed(name), None)));
    let mut n_readings = 0;
    for settings in readings {
        n_readings += 1;
        for Setting { name, value } in settings {
            match found.entry(name).or_default() {
                Some(known) => {
                    known.n += usize::from(known.last != n_readings);
                    known.last = n_readings;
                    known.differs |= !same_value(known.value, value);
                }
                none => *none = Some(SharedValue { value, n: 1, last: n_readings, differs: false }),
            }
        }
    }
    let agreement = |found: &Option<SharedValue>| match found {
        None => Agreement::Nobody,
        Some(found) if found.differs => Agreement::Different,
        Some(found) if found.n == n_readings => Agreement::Same,
        Some(found) if found.n == 1 => Agreement::OnlyOne,
        Some(found) => Agreement::OnlySome(found.n),
    };
    found.into_iter().map(|(name, it)| (name, agreement(&it))).collect()
}

/// True for the settings that are each known to move scores.
pub fn is_essential(name: &str) -> bool {
    ESSENTIAL.contains(&name)
}

/// True for two ways to write one value.
fn same_value(a: &str, b: &str) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// One text for values that are the same: `0.0` is `0`, `True` is `true`, and `torch.bfloat16` and `bf16` are `bfloat16`.
pub fn canonical(value: &str) -> Cow<'_, str> {
    if let Some(number) = value.parse::<BigDecimal>().ok().filter(|_| value.len() <= 40) {
        let (digits, scale) = number.normalized().into_bigint_and_exponent();
        // Not written out: 1e999999999 has as many digits.
        return Cow::Owned(if scale == 0 { digits.to_string() } else { format!("{digits}e{}", -scale) });
    }
    // PyTorch writes its types of numbers with the name of the library, and people shorten them.
    let format = value.strip_prefix("torch.").unwrap_or(value);
    let known = match format.to_ascii_lowercase().as_str() {
        "true" => "true",
        "false" => "false",
        "bf16" | "bfloat16" => "bfloat16",
        "fp16" | "float16" => "float16",
        "fp32" | "float32" => "float32",
        _ => format,
    };
    Cow::Borrowed(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_canonical_text() {
        for (a, b) in [
            ("0", "0.0"),
            ("1e2", "100"),
            ("True", "true"),
            ("0.7", "0.70"),
            ("torch.bfloat16", "bfloat16"),
            ("BF16", "bfloat16"),
            ("fp16", "torch.float16"),
            ("torch.int8", "int8"),
        ] {
            assert!(same_value(a, b), "{a} {b}");
        }
        for (a, b) in [("0.7", "7"), ("float16", "bfloat16"), ("auto", "float16"), ("int8", "int4")] {
            assert!(!same_value(a, b), "{a} {b}");
        }
        assert!(canonical("1e999999999").len() < 20);
    }

    #[test]
    fn settings_side_by_side() {
        let setting = |name: &'static str, value| Setting { name: Cow::Borrowed(name), value };
        let three = [
            vec![setting("temperature", "0"), setting("precision", "float16"), setting("seed", "1")],
            vec![setting("temperature", "0.0"), setting("precision", "bfloat16"), setting("harness", "helm")],
            vec![
                setting("temperature", "0e0"),
                setting("seed", "1"),
                setting("top p", "0.9"),
                setting("top p", "0.90"),
                setting("top k", "40"),
                setting("top k", "50"),
                // As often as there are readings.
                setting("token limit", "100"),
                setting("token limit", "100"),
                setting("token limit", "1e2"),
            ],
        ];
        let rows = side_by_side(&three);
        let agreement = |name: &str| rows.iter().find(|row| row.name == name).unwrap().agreement;
        assert_eq!(agreement("temperature"), Agreement::Same);
        assert_eq!(agreement("precision"), Agreement::Different);
        assert_eq!(agreement("harness"), Agreement::OnlyOne);
        assert_eq!(agreement("seed"), Agreement::OnlySome(2));
        assert_eq!(agreement("prompt template"), Agreement::Nobody);
        assert_eq!(agreement("top p"), Agreement::OnlyOne, "one reading says it twice");
        assert_eq!(agreement("token limit"), Agreement::OnlyOne, "one reading says it three times");
        assert_eq!(agreement("top k"), Agreement::Different, "one reading contradicts itself");
        for (name, counted) in agreements(three.clone().into_iter()) {
            assert_eq!(counted, agreement(&name), "counting and laying side by side agree on {name}");
        }
        assert_eq!(rows[0].name, "precision", "what differs comes first");
        assert_eq!(rows[0].values, [Some("float16".into()), Some("bfloat16".into()), None]);
        assert_eq!(rows[1].values, [None, None, Some("40 · 50".into())]);
    }
}
