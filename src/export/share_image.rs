//! The *share image* of a page: what sites that show a link show of it. It says what the page is about,
//! how much is known and from how many sides, and how far that is traced; never a rank or a score.
//!
//! What is said is known when the site is planned; it is drawn when it is written. The name of the file has
//! the hash of what it shows, so that an image that is there need not be drawn again.

use std::sync::LazyLock;

use anyhow::Result;

use super::drawing::{FONTS, HEIGHT, Ink, Pens, Sheet, Style, WIDTH};
use super::table::Coverage;
use crate::card::Paths;
use crate::config::Config;
use crate::hash::{Hasher, Sha256};
use crate::id::Id;
use crate::language::Language;
use crate::mark::{Counts, Level};
use crate::merge::{Dataset, Developer, Reading};
use crate::names::is_not_reported;
use crate::resolve::{Benchmark, Evaluator, Model};
use crate::signal::provenance::Reporters;
use crate::words::count;

/// Where the images stand, from the top of the site.
const FOLDER: &str = "assets/share";

const LABEL: Style = Style { is_serif: false, size: 40 };
const FACT: Style = Style { is_serif: false, size: 42 };
const ID: Style = Style { is_serif: false, size: 34 };
const SITE: Style = serif(40);
/// The title is as large as there is room.
const TITLES: [Style; 4] = [serif(100), serif(80), serif(62), serif(48)];

/// Pixels beside the text.
const LEFT: f32 = 84.0;
const ROOM: f32 = WIDTH as f32 - LEFT - 64.0;
/// The lines that letters stand on.
const LABEL_LINE: i32 = 92;
const LAST_FACT_LINE: i32 = 498;
const FACT_LINES: i32 = 54;
const SITE_LINE: i32 = 590;

const fn serif(size: u16) -> Style {
    Style { is_serif: true, size }
}

/// What the program draws with: another program draws anew.
static DRAWN_BY: LazyLock<Sha256> = LazyLock::new(|| {
    let mut hasher = Hasher::default();
    hasher.add(include_bytes!("share_image.rs"));
    hasher.add(include_bytes!("drawing.rs"));
    FONTS.iter().for_each(|font| hasher.add(font));
    hasher.finish()
});

/// One image.
#[derive(Debug, PartialEq)]
pub struct ShareImage {
    /// Its path from the top of the site.
    pub path: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    label: String,
    title: String,
    id: Option<String>,
    facts: Vec<String>,
    site: String,
    host: Option<String>,
}

impl ShareImage {
    /// The PNG.
    pub fn draw(&self, pens: &Pens) -> Result<Vec<u8>> {
        let mut sheet = Sheet::blank();
        sheet.bar(Ink::Accent, (0, 0), (24, HEIGHT));
        let mut line = |style, ink, y, text: &str| {
            sheet.text(pens, style, ink, (LEFT, y), &pens.shortened(style, text, ROOM));
        };
        line(LABEL, Ink::Accent, LABEL_LINE, &self.label);
        let first_fact = LAST_FACT_LINE - FACT_LINES * (self.facts.len() as i32 - 1).max(0);
        for (y, fact) in (first_fact..).step_by(FACT_LINES as usize).zip(&self.facts) {
            line(FACT, Ink::Text, y, fact);
        }
        let of_id = if self.id.is_some() { 50 } else { 0 };
        let (style, lines) = self.title_lines(pens, first_fact - LABEL_LINE - of_id - 74);
        let mut y = LABEL_LINE + 16;
        for title in &lines {
            y += height(style);
            line(style, Ink::Text, y, title);
        }
        if let Some(id) = &self.id {
            line(ID, Ink::Soft, y + 58, id);
        }
        let host = self.host.as_deref().map_or_else(Default::default, |host| pens.shortened(ID, host, ROOM / 2.0));
        let of_host = pens.width(ID, &host);
        let site = pens.shortened(SITE, &self.site, ROOM - of_host - 40.0);
        sheet.bar(Ink::Soft, (LEFT as usize, 534), (ROOM as usize, 2));
        sheet.text(pens, SITE, Ink::Text, (LEFT, SITE_LINE), &site);
        sheet.text(pens, ID, Ink::Soft, (LEFT + ROOM - of_host, SITE_LINE), &host);
        sheet.png()
    }

    /// The title in lines that fill no more than `room` pixels, in the largest size in which it fits.
    fn title_lines(&self, pens: &Pens, room: i32) -> (Style, Vec<String>) {
        let [.., least] = TITLES;
        let fitting = TITLES.map(|style| (style, pens.lines(style, &self.title, ROOM)));
        if let Some(found) = fitting.into_iter().find(|(style, lines)| lines.len() as i32 * height(*style) <= room) {
            return found;
        }
        let mut lines = pens.lines(least, &self.title, ROOM);
        lines.truncate((room / height(least)).max(1) as usize);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
        (least, lines)
    }
}

/// Pixels from one line of a title to the next.
fn height(style: Style) -> i32 {
    i32::from(style.size) * 11 / 10
}

/// Says what the images of a build show.
pub struct ShareImages<'a> {
    config: &'a Config,
    dataset: &'a Dataset,
    paths: &'a Paths,
    language: &'a Language,
    pens: Pens,
}

impl<'a> ShareImages<'a> {
    /// For pages in `language`; in English where the typefaces lack letters of it.
    pub fn new(config: &'a Config, dataset: &'a Dataset, paths: &'a Paths, language: &'a Language) -> ShareImages<'a> {
        let [a, b, c, d] = TITLES;
        let pens = Pens::new(&[LABEL, FACT, ID, SITE, a, b, c, d]);
        let can_say = ["image.", "count.", "level."]
            .iter()
            .all(|prefix| language.texts_below(prefix).all(|it| pens.can_draw(it)));
        ShareImages { config, dataset, paths, language: if can_say { language } else { Language::english() }, pens }
    }

    /// What they are drawn with.
    pub fn pens(&self) -> &Pens {
        &self.pens
    }

    /// Of the site, for pages without their own.
    pub fn of_site(&self) -> ShareImage {
        let entities = &self.dataset.entities;
        let evaluators = entities.evaluators.iter().filter(|(_, it)| !is_not_reported(&it.name)).count();
        let counts = [
            self.language.counted("count.models", entities.models.len()),
            self.language.counted("count.benchmarks", entities.benchmarks.len()),
            self.language.counted("count.evaluators", evaluators),
            self.language.counted("count.results", self.dataset.readings.len()),
        ];
        let description = self.config.site.description.as_deref();
        let description = description.unwrap_or_else(|| self.language.phrase("site.description"));
        let facts = vec![description.to_owned(), counts.join(" · ")];
        self.image("index", String::new(), [&self.config.site.title, "Eval Cards"], facts)
    }

    /// Of a model's card.
    pub fn of_model(&self, id: Id<Model>) -> ShareImage {
        let model = &self.dataset.entities.models[id];
        let readings = self.dataset.readings_of(id);
        let coverage = Coverage::of(self.dataset, id);
        let is_stated = self.dataset.model_meta(model).is_some_and(|meta| meta.stated_developer().is_some());
        let key = if is_stated || model.has_listed_developer { "image.made_by" } else { "image.claimed" };
        let developer = self.dataset.developer_of(id).map(|id| self.dataset.developers[id].name.as_str());
        let counts = [
            self.language.counted("count.results", readings.len()),
            self.language.counted("count.benchmarks", coverage.benchmarks),
            coverage.reporters.words(self.language),
        ];
        let facts =
            developer.map(|name| self.language.say(key, &[("name", name)])).into_iter().chain([counts.join(" · ")]);
        let facts = facts.chain(self.marker(&self.levels(readings)));
        self.image(
            self.paths.model(id),
            self.language.say("image.model", &[]),
            [&model.name, &model.id],
            facts.collect(),
        )
    }

    /// Of a benchmark's page, and of those of its rankings.
    pub fn of_benchmark(&self, id: Id<Benchmark>) -> ShareImage {
        let benchmark = &self.dataset.entities.benchmarks[id];
        let rows = self.dataset.rankings_of(id).flat_map(|(_, ranking)| &ranking.rows);
        let readings: Vec<&Reading> = rows.flat_map(|row| self.dataset.readings_in(row)).collect();
        let counts = [
            self.language.counted("count.results", readings.len()),
            self.language.counted("count.models", different(&readings, |it| it.resolved.model.index())),
            Reporters::of(self.dataset, readings.iter().map(|it| it.resolved.evaluator)).words(self.language),
        ];
        let facts = [counts.join(" · ")].into_iter().chain(self.marker(&self.levels(readings)));
        let label = self.language.say("image.benchmark", &[]);
        self.image(self.paths.benchmark(id), label, [&benchmark.name, &benchmark.id], facts.collect())
    }

    /// Of an evaluator's page.
    pub fn of_evaluator(&self, id: Id<Evaluator>) -> ShareImage {
        let evaluator = &self.dataset.entities.evaluators[id];
        let reported = self.dataset.reported_by(id);
        let counts = [
            self.language.counted("count.results", reported.iter().map(|it| it.results as usize).sum()),
            self.language.counted("count.benchmarks", reported.len()),
        ];
        let facts = [counts.join(" · ")].into_iter().chain(self.marker(&self.dataset.marks.by_evaluator[id.index()]));
        let label = self.language.say("image.evaluator", &[]);
        self.image(self.paths.evaluator(id), label, [&evaluator.name, &evaluator.id], facts.collect())
    }

    /// Of a developer's page.
    pub fn of_developer(&self, id: Id<Developer>) -> ShareImage {
        let developer = &self.dataset.developers[id];
        let readings: Vec<&Reading> =
            developer.models.iter().flat_map(|model| self.dataset.readings_of(*model)).collect();
        let counts = [
            self.language.counted("count.models", developer.models.len()),
            self.language.counted("count.results", readings.len()),
        ];
        let facts = [counts.join(" · ")].into_iter().chain(self.marker(&self.levels(readings)));
        let label = self.language.say("image.developer", &[]);
        self.image(self.paths.developer(id), label, [&developer.name, &developer.id], facts.collect())
    }

    fn levels<'r>(&self, readings: impl IntoIterator<Item = &'r Reading>) -> Counts {
        let mut counts = Counts::default();
        readings.into_iter().for_each(|reading| counts.add(self.dataset.level_of(reading)));
        counts
    }

    /// The highest level, and how many results have it.
    fn marker(&self, counts: &Counts) -> Option<String> {
        let total: usize = Level::ALL.into_iter().map(|level| counts.of(level)).sum();
        let highest = Level::ALL.into_iter().rev().find(|level| counts.of(*level) > 0)?;
        let (n, total) = (count(counts.of(highest)), count(total));
        Some(
            self.language
                .say("image.marker", &[("marker", self.language.phrase(highest.key())), ("n", &n), ("total", &total)]),
        )
    }

    /// The image of the page at `page`, called by the first of `names` whose letters there are, else by its path,
    /// which has plain letters only. A fact that cannot be drawn is left to the page.
    fn image(&self, page: &str, label: String, names: [&str; 2], facts: Vec<String>) -> ShareImage {
        let can_draw = |text: &str| self.pens.can_draw(text) && !text.trim().is_empty();
        let title = names.into_iter().find(|name| can_draw(name)).unwrap_or(page).to_owned();
        let id =
            Some(names[1]).filter(|id| page.starts_with("models/") && title != *id && can_draw(id)).map(str::to_owned);
        let base_url = self.config.base_url.as_deref().unwrap_or_default();
        let host = base_url.split("//").nth(1).and_then(|rest| rest.split('/').next());
        let said = [label.as_str(), names[0]].into_iter().chain(facts.iter().map(String::as_str));
        let said: Vec<&str> = said.map(|text| text.trim_end_matches('.')).filter(|text| !text.is_empty()).collect();
        let mut image = ShareImage {
            path: String::new(),
            alt: said.join(". "),
            facts: facts.iter().filter(|fact| can_draw(fact)).cloned().collect(),
            site: Some(self.config.site.title.as_str())
                .filter(|site| can_draw(site) && *site != title)
                .unwrap_or_default()
                .to_owned(),
            host: host.filter(|host| can_draw(host)).map(str::to_owned),
            label,
            title,
            id,
        };
        let mut hash = Sha256::of(format!("{} {image:?}", *DRAWN_BY).as_bytes()).to_string();
        hash.truncate(12);
        image.path = format!("{FOLDER}/{page}.{hash}.png");
        image
    }
}

fn different(readings: &[&Reading], key: impl Fn(&Reading) -> usize) -> usize {
    let mut keys: Vec<usize> = readings.iter().map(|reading| key(reading)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}
