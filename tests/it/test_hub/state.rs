//! What the Hub knows: accounts, organisations, repositories.

use std::collections::BTreeMap;

use super::repo::Repo;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Model,
    Dataset,
}

impl Kind {
    /// As answers call it.
    pub fn name(self) -> &'static str {
        if self == Kind::Model { "model" } else { "dataset" }
    }

    /// What stands before the id in the address of a page.
    pub fn prefix(self) -> &'static str {
        if self == Kind::Model { "" } else { "datasets/" }
    }
}

/// How the old name of a repository leads to the new one.
#[derive(Clone, Debug)]
pub enum Moved {
    /// As the Hub does it: a path, without the query.
    Relative,
    /// The whole address, of this server.
    Absolute,
    /// An address at another origin, such as `http://127.0.0.1:9`.
    Elsewhere(String),
}

/// A token and whose it is.
#[derive(Clone)]
pub struct Account {
    pub name: String,
    pub token: String,
    pub role: String,
}

#[derive(Default)]
pub struct State {
    /// Where this server is, and where its pages are said to be.
    pub endpoint: String,
    pub pages: String,
    /// The origin of large files.
    pub storage: String,
    pub accounts: Vec<Account>,
    /// Members of organisations with their roles, by the organisation's name.
    pub members: BTreeMap<String, Vec<(String, String)>>,
    /// By kind and lower-case id.
    pub repos: BTreeMap<(Kind, String), Repo>,
    pub moved: BTreeMap<(Kind, String), (String, Moved)>,
    pub discussions_per_page: usize,
    pub entries_per_page: usize,
}

impl State {
    #[track_caller]
    pub fn repo(&mut self, kind: Kind, id: &str) -> &mut Repo {
        self.repos.get_mut(&(kind, id.to_lowercase())).unwrap_or_else(|| panic!("the test Hub has no {kind:?} {id}"))
    }

    /// Whether the account is the namespace of the repository or may write for it.
    pub fn owns(&self, name: &str, id: &str) -> bool {
        let namespace = id.split('/').next().unwrap_or_default();
        let member = |(member, role): &(String, String)| member == name && role != "read";
        name == namespace || self.members.get(namespace).is_some_and(|members| members.iter().any(member))
    }

    /// Whether a name is an organisation: the namespaces that are no account.
    pub fn is_org(&self, name: &str) -> bool {
        self.members.contains_key(name) || !self.accounts.iter().any(|account| account.name == name)
    }
}
