//! The address of the Hub and the token, from the environment variables that all Hub tools share.

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use reqwest::Url;
use reqwest::header::HeaderValue;

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// Endpoint and token.
#[derive(Debug)]
pub struct Settings {
    endpoint: Url,
    token: Option<Token>,
    wait_scale: f64,
}

/// What is wrong with the environment, and what to do.
#[derive(Debug)]
pub struct SettingsError(String);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingsError {}

/// An access token. It never prints; it leaves this module only as a header that does not print
/// either.
#[derive(Clone)]
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

impl Token {
    fn new(text: &str) -> Result<Option<Token>, ()> {
        let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\r' | '\n')).collect();
        match text {
            text if text.is_empty() => Ok(None),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(Token(text))),
            _ => Err(()),
        }
    }

    pub(super) fn header(&self) -> HeaderValue {
        // Made of visible ASCII only, see `new`.
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(&self.0, "****")
    }
}

impl Settings {
    /// Reads `HF_ENDPOINT`, `HF_HUB_OFFLINE`, `HF_TOKEN`, `HF_TOKEN_PATH`, `HF_HOME` by way of
    /// `variable`; an empty variable counts as unset.
    pub fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Settings, SettingsError> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        if let Some(name) = Settings::offline(variable) {
            return Err(SettingsError(format!("{name} is set: the Hub was not contacted\n  help: unset {name}")));
        }
        let endpoint = endpoint(variable("HF_ENDPOINT").as_deref().unwrap_or(DEFAULT_ENDPOINT))?;
        let wait_scale = wait_scale(&endpoint, variable);
        Ok(Settings { endpoint, token: token(&variable)?, wait_scale })
    }

    /// No account: there is no token to send, to `address` or any other.
    pub(super) fn of_everybody(address: &Url, variable: impl Fn(&str) -> Option<String>) -> Settings {
        Settings { endpoint: address.clone(), token: None, wait_scale: wait_scale(address, variable) }
    }

    /// The variable that forbids to ask the Hub, if one is set.
    pub(super) fn offline(variable: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
        let is_true = |name: &str| {
            variable(name).is_some_and(|value| matches!(value.to_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE"))
        };
        ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].into_iter().find(|name| is_true(name))
    }

    pub(super) fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    pub(super) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    pub(super) fn wait_scale(&self) -> f64 {
        self.wait_scale
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.endpoint)
    }

    /// True if `url` is of the endpoint's scheme, host and port: only there goes the token.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin()
    }

    /// True if a file may be read from `url` without a token.
    pub(super) fn may_read_from(&self, url: &Url) -> bool {
        url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url) && self.is_loopback())
    }

    /// `url` on the endpoint: as it stands, or moved from the Hub's own address, which the Hub
    /// writes into its answers even behind another one.
    pub(super) fn as_own(&self, url: Url) -> Result<Url, Url> {
        if self.is_own(&url) {
            return Ok(url);
        }
        let own = url.as_str().strip_prefix(DEFAULT_ENDPOINT).filter(|rest| rest.starts_with('/'));
        let own =
            own.and_then(|rest| Url::parse(&format!("{}{rest}", self.endpoint.as_str().trim_end_matches('/'))).ok());
        own.ok_or(url)
    }
}

/// For tests; a server that is not ours is never asked faster than it wants.
fn wait_scale(endpoint: &Url, variable: impl Fn(&str) -> Option<String>) -> f64 {
    let scale = variable("EVALCARDS_WAIT_SCALE").and_then(|text| text.parse::<f64>().ok());
    scale.filter(|scale| is_loopback(endpoint) && (0.0..=1.0).contains(scale)).unwrap_or(1.0)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn endpoint(text: &str) -> Result<Url, SettingsError> {
    let refuse = |why: &str| {
        Err(SettingsError(format!(
            "HF_ENDPOINT {why}\n  help: unset it, or set it to an address such as {DEFAULT_ENDPOINT}"
        )))
    };
    let Ok(url) = Url::parse(text.trim().trim_end_matches('/')) else { return refuse("is no address") };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("contains a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("contains `?` or `#`");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => refuse("is http:// to another machine, which would send the token unencrypted"),
        _ => refuse("begins with neither https:// nor http://"),
    }
}

/// The token, where the official client looks for it.
fn token(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<Token>, SettingsError> {
    for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
        if let Some(text) = variable(name) {
            return Token::new(&text)
                .map_err(|()| SettingsError(format!("{name} contains characters that are not allowed in a token")));
        }
    }
    let Some(path) = token_path(variable) else { return Ok(None) };
    match fs::read_to_string(&path) {
        Ok(text) => Token::new(&text).map_err(|()| {
            SettingsError(format!("{} contains characters that are not allowed in a token", path.display()))
        }),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(SettingsError(format!("cannot read the token in {}: {err}", path.display()))),
    }
}

fn token_path(variable: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let home = |path: String| match path.strip_prefix("~/") {
        Some(rest) => variable("HOME").map_or(PathBuf::from(&path), |home| PathBuf::from(home).join(rest)),
        None => PathBuf::from(path),
    };
    if let Some(path) = variable("HF_TOKEN_PATH") {
        return Some(home(path));
    }
    let hub = variable("HF_HOME").map(home).or_else(|| {
        let cache = variable("XDG_CACHE_HOME").map(home);
        let cache = cache.or_else(|| {
            let home = variable("HOME").or_else(|| variable("USERPROFILE"))?;
            Some(PathBuf::from(home).join(".cache"))
        });
        cache.map(|cache| cache.join("huggingface"))
    });
    hub.map(|hub| hub.join("token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::from(find).map_err(|err| err.to_string())
    }

    #[test]
    fn a_token_goes_only_where_nobody_listens() {
        for good in [
            "https://huggingface.co",
            "https://hub.example:8443/",
            "http://127.0.0.1:1",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            settings(&[("HF_ENDPOINT", good)]).unwrap();
        }
        for bad in ["http://hub.example", "http://127.0.0.1.hub.example", "ftp://a", "x", "https://a:b@hub.example"] {
            let err = settings(&[("HF_ENDPOINT", bad)]).unwrap_err();
            assert!(err.contains("HF_ENDPOINT") && !err.contains("a:b"), "{err}");
        }
    }

    #[test]
    fn only_the_endpoint_is_our_own() {
        let settings = settings(&[("HF_ENDPOINT", "http://127.0.0.1:4000")]).unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(settings.is_own(&url("http://127.0.0.1:4000/api/x")));
        for other in ["http://127.0.0.1:4001/", "https://127.0.0.1:4000/", "http://127.0.0.1.evil.example:4000/"] {
            assert!(!settings.is_own(&url(other)), "{other}");
            assert!(settings.as_own(url(other)).is_err(), "{other}");
        }
        let moved = settings.as_own(url("https://huggingface.co/api/models/a/b?cursor=1")).unwrap();
        assert_eq!(moved.as_str(), "http://127.0.0.1:4000/api/models/a/b?cursor=1");
        assert!(settings.as_own(url("https://huggingface.co.evil.example/api")).is_err());
    }

    #[test]
    fn tokens_do_not_print() {
        let settings = settings(&[("HF_TOKEN", " hf_secret\n")]).unwrap();
        assert!(!format!("{settings:?}").contains("secret"));
        let token = settings.token().unwrap();
        assert!(!format!("{:?}", token.header()).contains("secret"));
        assert_eq!(token.redact("Bearer hf_secret!"), "Bearer ****!");
        assert!(self::settings(&[("HF_TOKEN", "hf_sé")]).is_err_and(|err| !err.contains("hf_s")));
    }

    #[test]
    fn offline_is_offline() {
        assert!(settings(&[("HF_HUB_OFFLINE", "yes")]).is_err());
        assert!(settings(&[("HF_HUB_OFFLINE", "0")]).is_ok());
    }
}
