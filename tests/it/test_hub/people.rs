//! Accounts and organisations.

use serde_json::{Value, json};

use super::git::any_id;
use super::http::Answer;
use super::routes::{Reply, error, no_page};
use super::state::{Account, State};

/// The fields that every answer about a person or an organisation has.
pub fn person(state: &State, name: &str) -> Value {
    json!({"_id": any_id(name)[..24], "name": name, "fullname": name, "isHf": false, "isHfAdmin": false,
        "isMod": false, "isPro": false, "type": if state.is_org(name) { "org" } else { "user" },
        "avatarUrl": format!("/avatars/{name}.svg")})
}

impl State {
    pub fn whoami(&self, who: Option<Account>) -> Reply {
        let who = who.ok_or_else(|| error(401, "", "Invalid username or password."))?;
        let orgs = self.members.iter().filter_map(|(org, members)| {
            let (_, role) = members.iter().find(|(member, _)| *member == who.name)?;
            Some(json!({"type": "org", "id": any_id(org)[..24], "name": org, "fullname": org, "email": null,
                "canPay": false, "periodEnd": null, "avatarUrl": format!("/avatars/{org}.svg"),
                "roleInOrg": role, "isEnterprise": false}))
        });
        let mut token = json!({"displayName": "test", "role": who.role, "createdAt": "2026-08-01T10:00:00.000Z"});
        if who.role == "fineGrained" {
            let entity = json!({"_id": any_id(&who.name)[..24], "type": "user", "name": who.name});
            token["fineGrained"] = json!({"canReadGatedRepos": false, "global": ["discussion.write"],
                "scoped": [{"entity": entity, "permissions": ["repo.content.read"]}]});
        }
        Ok(Answer::json(&json!({"type": "user", "id": any_id(&who.name)[..24], "name": who.name,
            "fullname": who.name, "email": format!("{}@example.org", who.name), "emailVerified": true,
            "isPro": false, "canPay": false, "periodEnd": null, "billingMode": "prepaid",
            "avatarUrl": format!("/avatars/{}.svg", who.name), "orgs": orgs.collect::<Vec<Value>>(),
            "auth": {"type": "access_token", "accessToken": token}})))
    }

    /// A user as everybody sees them, with their organisations.
    pub fn overview(&self, name: &str) -> Reply {
        if !self.accounts.iter().any(|account| account.name == name) {
            return Err(no_page());
        }
        let in_it = |members: &[(String, String)]| members.iter().any(|(member, _)| member == name);
        let orgs = self.members.iter().filter(|(_, members)| in_it(members));
        let orgs: Vec<Value> = orgs.map(|(org, _)| person(self, org)).collect();
        let mut user = person(self, name);
        user["user"] = json!(name);
        user["orgs"] = json!(orgs);
        Ok(Answer::json(&user))
    }

    pub fn members_of(&self, org: &str) -> Reply {
        let members = self.members.get(org).ok_or_else(no_page)?.iter();
        let members = members.map(|(name, _)| {
            let mut member = person(self, name);
            member["user"] = json!(name);
            member
        });
        Ok(Answer::json(&members.collect()))
    }
}
