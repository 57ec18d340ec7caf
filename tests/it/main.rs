//! Whole builds of whole small projects. Each file here is one part of what `build` promises.

mod adapters; // records as EEE's adapters write them: what they are of, what leads, what is a setting
mod board; // `init --benchmark`
mod browser; // the pages in headless Chromium
mod build; // pages and files of made-up projects, as snapshots
mod captures; // the same source captured again is one result, and copies of editors are no records
mod check; // what is wrong, where, and whether a copy's numbers hold
mod claims; // metadata wins where it speaks, and takes nothing away where it is silent
mod cli; // what people see: messages, exit codes, --json
mod codes; // every code has words and a line in the reference
mod datastore; // both layouts, every schema version, every reason to leave something out
mod documentation; // what the documentation says is so
mod embeds; // light pages for frames in other pages
mod example; // the example site shows what it is to show, and says that it is made up
mod excerpts; // rows of samples on a card
mod export; // what is taken away: read back by programs of others, and compared between builds
mod fetch; // collections of a datastore: checked, pinned, resumed
mod fetch_facts; // what the Hub says of models, benchmarks, submissions and posted results
mod fuzz; // every parser, on bytes that nobody meant
mod hostile; // nothing of a record becomes markup, a script or a path outside
mod hub; // the Hub's files: slots, rules, reasons, and what other YAML readers make of them
mod hub_fit; // what is proposed to the Hub fits its leaderboard, and says what a reader must know
mod init; // a new project
mod lab; // what becomes of the records of a lab
mod languages; // a site in each language: words, numbers, signs
mod layers; // which modules may know which
mod limits; // what is larger than it may be
mod manifest; // which Rust is old enough
mod markers; // what a marker needs, and every way to cheat that gets none
mod measurement; // which numbers measure the same, what leads, and that no two others meet
mod mistakes; // the usual mistakes of a newcomer are told with their remedies
mod names; // which names are one, by which step, and whose metadata counts
mod neighbours; // scores that the others of their source contradict
mod odd_files; // what editors and other programs leave in content and among records is read, or told
mod official_client; // the test Hub, as the official client sees it
mod output; // what reaches the disk: only what changed, only what is ours
mod over_time; // the best score over time, and what is not on its line
mod pairs; // two models on the same samples, and the statistics of it
mod portable; // what Windows and macOS ask of files, as far as Linux can tell
mod project; // the harness
mod promises; // what the documentation promises, each with its test
mod publish; // the audit, the report, the confirmation, pull requests
mod quotes; // sentences that one may quote
mod real; // the real records, where they are at hand
mod reference; // every flag, key, code and status is in the reference
mod runs; // what is solved within a budget, and how runs ended
mod samples; // whether a score is what its samples add up to
mod schema; // every value of every schema version has a place
mod serve; // the site while it is written
mod server; // a running `serve`
mod sources; // the pages of sources: fresh, complete, measured by whom
mod statements; // what cards say of odd records: no more than the records do
mod test_hub; // the Hub that programs talk to in tests
mod test_hub_holds; // what the tests rely on when they talk to it
mod trouble; // kills, full disks, builds at once, content that changes meanwhile
mod verdicts; // whether results can be compared, in the same words everywhere
mod words; // the interface's words come from one place
