//! Whole builds of whole small projects. Each file here is one part of what `build` promises.

mod build; // pages and files of made-up projects, as snapshots
mod cli; // what people see: messages, exit codes, --json
mod datastore; // both layouts, every schema version, every reason to leave something out
mod export; // what is taken away: read back by programs of others, and compared between builds
mod hostile; // nothing of a record becomes markup, a script or a path outside
mod hub; // the Hub's files: slots, rules, reasons, and what other YAML readers make of them
mod layers; // which modules may know which
mod official_client; // the test Hub, as the official client sees it
mod output; // what reaches the disk: only what changed, only what is ours
mod project; // the harness
mod publish; // the audit, the report, the confirmation, pull requests
mod real; // the real records, where they are at hand
mod test_hub; // the Hub that programs talk to in tests
mod test_hub_holds; // what the tests rely on when they talk to it
