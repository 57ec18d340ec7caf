//! *Progress* on a terminal: one line on standard error that goes away when the work is done.

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
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> Bar {
        Bar(ProgressBar::new_spinner())
    }

    /// Says something beside the bar.
    pub fn say(&self, text: &str) {
        self.0.suspend(|| eprintln!("{text}"));
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&self, name: &'static str, steps: usize) {
        let template = if steps > 0 { "{msg:>18} {wide_bar} {human_pos}/{human_len} {eta}" } else { "{msg:>18} …" };
        // The templates are constants; a wrong one would show in every test of the terminal.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style.progress_chars("━╸ "));
        }
        self.0.set_length(steps as u64);
        self.0.set_position(0);
        self.0.set_message(name);
        self.0.enable_steady_tick(Duration::from_millis(100));
    }

    fn step(&self) {
        self.0.inc(1);
    }
}
