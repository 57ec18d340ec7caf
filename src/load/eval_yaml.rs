//! The `eval.yaml` of a dataset: how the Hub describes a benchmark, and its tasks.

use serde::Deserialize;

/// What is read of it; all other keys are how a framework runs it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an eval.yaml")]
pub struct EvalYaml {
    /// Display name.
    pub name: Option<String>,
    /// What it tests.
    pub description: Option<String>,
    /// For example `inspect-ai`.
    pub evaluation_framework: Option<String>,
    /// Its tasks.
    #[serde(default)]
    pub tasks: Vec<EvalYamlTask>,
    /// Id of the benchmark, for a file of the site's own.
    #[serde(skip)]
    pub benchmark: Option<String>,
    /// Dataset id, for a file that `fetch` brought.
    #[serde(skip)]
    pub dataset: Option<String>,
    /// Commit of the dataset.
    #[serde(skip)]
    pub commit: Option<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    /// All of it, for a file of the site's own.
    #[serde(skip)]
    pub text: String,
}

/// One task.
#[derive(Clone, Debug, Deserialize)]
pub struct EvalYamlTask {
    /// As results name it.
    pub id: String,
    /// Config of the dataset.
    pub config: Option<String>,
    /// Split of the dataset.
    pub split: Option<String>,
}

impl EvalYaml {
    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<EvalYaml, serde_yaml::Error> {
        crate::text::yaml(text)
    }
}
