//! *Codes*: enums whose values have a stable, machine-readable name. The code is written once, and the key of its phrase,
//! its JSON and its JSON Schema follow from it. `tests/it/codes.rs` tests that each code has words in every language.

/// Declares an enum of codes: `codes! { pub enum Reason in "reason" { WrongHash = "wrong-hash" } }`.
///
/// With `in`, `key` gives the key of the phrase: `reason.wrong-hash`. Codes that only machines read have no `in`.
macro_rules! codes {
    (
        $(#[$of_enum:meta])*
        $vis:vis enum $Name:ident in $words:literal {
            $($(#[$of_variant:meta])* $Variant:ident = $code:literal),+ $(,)?
        }
    ) => {
        $crate::codes::codes! {
            $(#[$of_enum])*
            $vis enum $Name {
                $($(#[$of_variant])* $Variant = $code),+
            }
        }

        impl $Name {
            /// The key of its phrase among the words of the interface.
            pub const fn key(self) -> &'static str {
                match self {
                    $($Name::$Variant => concat!($words, ".", $code)),+
                }
            }
        }
    };
    (
        $(#[$of_enum:meta])*
        $vis:vis enum $Name:ident {
            $($(#[$of_variant:meta])* $Variant:ident = $code:literal),+ $(,)?
        }
    ) => {
        $(#[$of_enum])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $Name {
            $($(#[$of_variant])* $Variant),+
        }

        impl $Name {
            /// All values in the order of their declaration.
            pub const ALL: [$Name; [$($code),+].len()] = [$($Name::$Variant),+];

            /// Stable and machine-readable.
            pub const fn code(self) -> &'static str {
                match self {
                    $($Name::$Variant => $code),+
                }
            }

            /// The value with this code.
            pub fn from_code(code: &str) -> Option<$Name> {
                $Name::ALL.into_iter().find(|it| it.code() == code)
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$Name, D::Error> {
                let code = <std::borrow::Cow<str>>::deserialize(deserializer)?;
                let unknown = || serde::de::Error::unknown_variant(&code, &[$($code),+]);
                $Name::from_code(&code).ok_or_else(unknown)
            }
        }

        impl schemars::JsonSchema for $Name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($Name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($code),+] })
            }
        }
    };
}

pub(crate) use codes;
