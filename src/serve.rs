//! *Serve* shows the site while it is written, from memory: nothing is written to disk.
//!
//! One thread owns the site and handles one event at a time: it makes a page that a browser asks for, or reads changed
//! files again. The last good site stays up until the new content can be built. `http` speaks with browsers, `watch` with the file system.

mod http;
mod project;
mod watch;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::config;
use crate::diagnostic::Diagnostic;
use crate::export::SharedCards;
use crate::find::DataFile;
use crate::output::OutputFile;
use crate::stages::{Prepared, SiteFile};
use http::{Asked, HttpResponse, Server, SiteStatus};
use project::{Fresh, ServedProject};
use watch::{ChangedParts, Watch};

/// What is served, and where.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// As for a build; the base URL is ours.
    pub build: config::BuildOptions,
    /// The address to listen at; loopback unless somebody asked for another.
    pub host: IpAddr,
    /// The port; 0 for any that is free.
    pub port: u16,
}

/// What a person is told while the site is served.
#[derive(Debug)]
pub enum ServeNotice<'a> {
    /// The site can be looked at.
    Serving(SocketAddr, Duration),
    /// Content changed, and the site with it.
    Rebuilt(Duration),
    /// Content changed and cannot be used; the last good site stays.
    Failed(&'a str),
    /// The mistake is mended, and the site is as before.
    Mended,
    /// Findings that were not there before.
    Found(&'a [Diagnostic]),
    /// Changes in this place will not be seen.
    NotWatched(&'a str),
}

enum ServeEvent {
    Asked(Asked),
    Changed(ChangedParts),
}

/// Files are read when nothing happened for so long: some editors write in several steps.
const QUIET: Duration = Duration::from_millis(15);

/// Serves until the process ends. `tell` hears what happens.
pub fn serve(options: &ServeOptions, mut tell: impl FnMut(ServeNotice)) -> Result<()> {
    let start = Instant::now();
    let (sender, events) = mpsc::channel();
    let ask = sender.clone();
    let server = Server::start(options.host, options.port, move |asked| _ = ask.send(ServeEvent::Asked(asked)))?;
    let build = config::BuildOptions { base_url: Some(format!("http://{}/", server.address)), ..options.build.clone() };
    let mut watch = Watch::new(move |change| _ = sender.send(ServeEvent::Changed(change)))?;
    let mut project = ServedProject::read(build)?;
    let mut last_good = HashMap::new();
    let mut known = Vec::new();
    let mut began = None;
    for problem in watch.update(project.config()) {
        tell(ServeNotice::NotWatched(&problem));
    }
    for generation in 0_u64.. {
        let (fresh, moment) = {
            let exports = project.exports();
            let (site, found) = project.site(&exports);
            let files = project.prepared.shown(&site);
            let mut shown = Shown::new(&project.prepared, &files, &mut last_good);
            shown.announce(&server, generation);
            match began {
                None => tell(ServeNotice::Serving(server.address, start.elapsed())),
                Some(began) => tell(ServeNotice::Rebuilt(Instant::now() - began)),
            }
            let new: Vec<Diagnostic> = found.iter().filter(|finding| !known.contains(*finding)).cloned().collect();
            if !new.is_empty() {
                tell(ServeNotice::Found(&new));
            }
            known = found;
            shown.until_changed(&project, &events, &server, &mut watch, &mut tell)?
        };
        began = Some(moment);
        project = project.renewed(fresh);
    }
    Ok(())
}

/// The site between two changes.
struct Shown<'a> {
    prepared: &'a Prepared,
    files: &'a [SiteFile<'a>],
    places: HashMap<&'a str, usize>,
    /// Pages that were asked for, as they were when they could last be made.
    last_good: &'a mut HashMap<String, Vec<u8>>,
    status: SiteStatus,
    /// How many files were tried; a broken template is told even if nobody looks at its pages.
    tried: usize,
}

impl<'a> Shown<'a> {
    fn new(
        prepared: &'a Prepared,
        files: &'a [SiteFile<'a>],
        last_good: &'a mut HashMap<String, Vec<u8>>,
    ) -> Shown<'a> {
        let pages = files.iter().enumerate();
        let places = pages.filter_map(|(number, file)| Some((file.path().strip_prefix("pages/")?, number))).collect();
        Shown { prepared, files, places, last_good, status: SiteStatus::default(), tried: 0 }
    }

    /// Tells browsers that there is a new site.
    fn announce(&mut self, server: &Server, generation: u64) {
        // A browser may outlive us; the moment of our start keeps our first site apart from another's.
        let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.status = SiteStatus { version: format!("{generation}-{}", moment.as_nanos()), error: None };
        server.publish(&self.status);
    }

    /// Answers requests until files changed and were read; gives them with the moment of the change.
    fn until_changed(
        &mut self,
        project: &ServedProject,
        events: &Receiver<ServeEvent>,
        server: &Server,
        watch: &mut Watch,
        tell: &mut impl FnMut(ServeNotice),
    ) -> Result<(Fresh, Instant)> {
        let mut changed: Option<(ChangedParts, Instant)> = None;
        let mut due: Option<Instant> = None;
        loop {
            let wait = match due {
                Some(due) => due.saturating_duration_since(Instant::now()),
                None if self.tried < self.files.len() => Duration::ZERO,
                None => Duration::from_secs(3600),
            };
            match events.recv_timeout(wait) {
                Ok(ServeEvent::Asked(asked)) => {
                    let answer = self.answer(asked.path());
                    asked.answer(answer);
                }
                Ok(ServeEvent::Changed(change)) => {
                    let (so_far, moment) = changed.take().unwrap_or((ChangedParts::default(), Instant::now()));
                    // After a mistake, the time of mending is what counts.
                    let moment = if due.is_some() { moment } else { Instant::now() };
                    changed = Some((so_far.and(change), moment));
                    due = Some(Instant::now() + QUIET);
                }
                Err(RecvTimeoutError::Timeout) => match (due.take(), changed) {
                    (Some(_), Some((change, moment))) => match read_changed(project, change, watch, tell) {
                        Ok(Some(fresh)) => return Ok((fresh, moment)),
                        Ok(None) => {
                            changed = None;
                            if self.status.error.is_some() {
                                tell(ServeNotice::Mended);
                                self.fail(None, server);
                            }
                        }
                        Err(err) => {
                            let text = format!("{err:#}");
                            tell(ServeNotice::Failed(&text));
                            self.fail(Some(text), server);
                        }
                    },
                    _ => self.try_some(server, tell),
                },
                Err(RecvTimeoutError::Disconnected) => return Err(err_ended()),
            }
        }
    }

    fn fail(&mut self, error: Option<String>, server: &Server) {
        self.status.error = error;
        server.publish(&self.status);
    }

    /// Makes some of the pages that nobody asked for, to find what is wrong with them.
    fn try_some(&mut self, server: &Server, tell: &mut impl FnMut(ServeNotice)) {
        // So few that who saves a file or asks for a page hardly waits for them.
        let at_once = 2 * rayon::current_num_threads();
        let end = (self.tried + at_once).min(self.files.len());
        let some = &self.files[self.tried..end];
        self.tried = end;
        let pages = some.par_iter().filter(|file| file.path().ends_with(".html"));
        if let Some(err) = pages.find_map_first(|file| file.bytes(&mut SharedCards::default()).err()) {
            self.tried = self.files.len(); // one is enough
            let text = format!("{err:#}");
            tell(ServeNotice::Failed(&text));
            self.fail(Some(text), server);
        }
    }

    /// What the script looks things up in, if that is what is asked for.
    fn data(&self, path: &str) -> Option<&'a DataFile> {
        if !path.starts_with("assets/") || self.places.contains_key(path) {
            return None;
        }
        self.prepared.data().iter().find(|file| file.path.strip_prefix("pages/") == Some(path))
    }

    fn answer(&mut self, path: &str) -> HttpResponse {
        if let Some(data) = self.data(path) {
            return HttpResponse::file(200, path, data.bytes.clone(), &self.status.version);
        }
        let found = [path.to_owned(), format!("{path}.html"), format!("{path}index.html")]
            .into_iter()
            .find(|path| self.places.contains_key(path.as_str()));
        let (path, status) = found.map_or(("404.html".to_owned(), 404), |path| (path, 200));
        let Some(&place) = self.places.get(path.as_str()) else { return HttpResponse::text(404, "Page not found") };
        match self.files[place].bytes(&mut SharedCards::default()) {
            Ok(bytes) => {
                let bytes = bytes.into_owned();
                if path.ends_with(".html") {
                    self.last_good.insert(path.clone(), bytes.clone());
                }
                HttpResponse::file(status, &path, bytes, &self.status.version)
            }
            Err(err) => match self.last_good.get(&path) {
                // The message is shown over it, as all that are wrong.
                Some(bytes) => HttpResponse::file(status, &path, bytes.clone(), &self.status.version),
                None => HttpResponse::error(&format!("{err:#}"), &self.status.version),
            },
        }
    }
}

/// Watches folders that are new before they are read, so that no change falls between.
fn read_changed(
    project: &ServedProject,
    change: ChangedParts,
    watch: &mut Watch,
    tell: &mut impl FnMut(ServeNotice),
) -> Result<Option<Fresh>> {
    for problem in watch.update(project.config()) {
        tell(ServeNotice::NotWatched(&problem));
    }
    project.read_changed(change)
}

fn err_ended() -> anyhow::Error {
    anyhow::anyhow!("the web server stopped")
}

/// The addresses under which `host` is reached, as a message names them.
fn bind(host: IpAddr, port: u16) -> Result<std::net::TcpListener> {
    use std::io::ErrorKind;
    std::net::TcpListener::bind((host, port)).map_err(|err| match err.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {port} is in use by another program\n  help: choose another with --port {}, or any free one with --port 0",
            port.checked_add(1).unwrap_or(8000)
        ),
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!("port {port} is reserved for the system\n  help: choose one above 1023 with --port")
        }
        ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("{host} is not an address of this machine\n  help: omit --host to serve on this machine only")
        }
        _ => anyhow::Error::from(err).context(format!("cannot listen on {host} port {port}")),
    })
}

/// A runtime for the thread of the web server.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("failed to start the web server")
}
