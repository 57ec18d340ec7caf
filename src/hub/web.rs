//! The public *web*: a published site, and the public records that it names.
//!
//! It shares retries, waits, limits and errors with the Hub client, and has no token to send.

use std::time::Duration;

use reqwest::Url;

use super::{ErrorKind, Hub, HubError, Settings};

/// Reads files at any address.
pub struct Web {
    client: Hub,
    /// The variable that forbids to ask the Hub.
    offline: Option<&'static str>,
}

impl Web {
    /// A client for files at `address` and elsewhere. `variable` is the environment; `on_pause` is called before every pause.
    pub fn new(
        address: &Url,
        variable: impl Fn(&str) -> Option<String>,
        on_pause: impl Fn(&str, Duration) + Send + Sync + 'static,
    ) -> Result<Web, HubError> {
        let offline = Settings::offline(&variable);
        let client = Hub::connect(Settings::of_everybody(address, variable), on_pause)?;
        Ok(Web { client, offline })
    }

    /// The bytes at `url`, at most `cap`; `None` if there is no such file.
    pub fn read(&self, url: &Url, cap: u64) -> Result<Option<Vec<u8>>, HubError> {
        let request = self.client.request_of_everybody(url.clone(), cap);
        match self.client.send_with_retry(&request) {
            Ok(answer) => Ok(Some(answer.body)),
            Err(error) if error.kind.is_missing_file() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Why nothing may be asked of the Hub, if so: a variable of the environment.
    pub fn offline(&self) -> Option<&'static str> {
        self.offline
    }
}

impl ErrorKind {
    fn is_missing_file(self) -> bool {
        matches!(self, ErrorKind::EntryNotFound | ErrorKind::RevisionNotFound | ErrorKind::Refused(404 | 410))
    }
}
