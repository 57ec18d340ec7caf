//! *Progress* on a terminal: one line on standard error that goes away when the work is done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use evalcards::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Shows nothing.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// A bar; hidden by itself where standard error is no terminal.
pub struct TerminalProgress {
    bar: ProgressBar,
    /// Files of a transfer: here, and all.
    files: [AtomicUsize; 2],
}

impl TerminalProgress {
    pub fn new() -> TerminalProgress {
        TerminalProgress { bar: ProgressBar::new_spinner(), files: Default::default() }
    }

    /// Says something beside the bar.
    pub fn say(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    fn begin(&self, template: &str, length: u64) {
        // The templates are constants; a wrong one would show in every test of the terminal.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("━╸ "));
        }
        self.bar.set_length(length);
        self.bar.reset();
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for TerminalProgress {
    fn stage(&self, name: &'static str, steps: usize) {
        let template = if steps > 0 { "{msg:>18} {wide_bar} {human_pos}/{human_len} {eta}" } else { "{msg:>18} …" };
        self.begin(template, steps as u64);
        self.bar.set_message(name);
    }

    fn step(&self) {
        self.bar.inc(1);
    }

    fn transfer(&self, _: &'static str, files: usize, bytes: u64) {
        self.files[0].store(0, Ordering::Relaxed);
        self.files[1].store(files, Ordering::Relaxed);
        self.begin("{msg:>18} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}", bytes);
        self.bar.set_message(format!("0/{files} files"));
    }

    fn passed(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn received(&self, bytes: u64) {
        let here = self.files[0].fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(format!("{here}/{} files", self.files[1].load(Ordering::Relaxed)));
        self.bar.inc(bytes);
    }
}
