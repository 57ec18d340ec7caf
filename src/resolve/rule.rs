//! What the measurement rules ([`crate::load::measurement_rules`]) tell of results.

use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::load::Loaded;
use crate::load::measurement_rules::{MeasurementRules, Rule, RuleEffect, RuleField};
use crate::load::record::EvaluationResult;

/// Applies rules; what is told by fields that many results share is worked out once for all of them.
pub struct RuleBook<'a> {
    rules: &'a [Rule],
    /// By the addresses of the shared fields, which are a key for as long as the inputs live.
    known: HashMap<[*const u8; 6], Shared>,
    /// Each answer once, so that its address is a key as well.
    all: HashSet<Rc<RuleEffect>>,
}

/// What the shared fields leave open.
#[derive(Clone)]
enum Shared {
    Told(Option<Rc<RuleEffect>>),
    /// The rules, by place, that fields of the record decide.
    Open(Rc<[usize]>),
}

impl<'a> RuleBook<'a> {
    pub fn new(rules: &'a MeasurementRules) -> Self {
        RuleBook { rules: &rules.rules, known: HashMap::default(), all: HashSet::default() }
    }

    /// What the first rule that holds tells of `result`; `None` if none holds.
    pub fn effect_on(&mut self, loaded: &Loaded, result: &EvaluationResult) -> Option<Rc<RuleEffect>> {
        let collection = &loaded.origin.collection;
        let key = [
            collection.as_ptr(),
            result.name.as_ptr(),
            Arc::as_ptr(&result.data).cast(),
            Arc::as_ptr(&result.metric).cast(),
            Arc::as_ptr(&loaded.record.source).cast(),
            loaded.record.library.as_ref().map_or(std::ptr::null(), Arc::as_ptr).cast(),
        ];
        let field = |field: &RuleField| text_of(field, loaded, result);
        let shared = self.known.entry(key).or_insert_with(|| {
            let holds = |rule: &Rule| {
                let mut shared = rule.when.iter().filter(|condition| condition.field.is_shared());
                shared.all(|condition| field(&condition.field).is_some_and(|text| condition.pattern.is_match(text)))
            };
            let is_shared = |rule: &Rule| rule.when.iter().all(|condition| condition.field.is_shared());
            let mut open: Vec<usize> = (0..self.rules.len()).filter(|at| holds(&self.rules[*at])).collect();
            if let Some(end) = open.iter().position(|at| is_shared(&self.rules[*at])) {
                open.truncate(end + 1);
            }
            match open[..] {
                [] => Shared::Told(None),
                [only] if is_shared(&self.rules[only]) => {
                    Shared::Told(self.rules[only].apply(field).map(|told| once(&mut self.all, told)))
                }
                _ => Shared::Open(open.into()),
            }
        });
        match shared {
            Shared::Told(told) => told.clone(),
            Shared::Open(open) => {
                let told = open.iter().find_map(|at| self.rules[*at].apply(field))?;
                Some(once(&mut self.all, told))
            }
        }
    }
}

fn once(all: &mut HashSet<Rc<RuleEffect>>, told: RuleEffect) -> Rc<RuleEffect> {
    match all.get(&told) {
        Some(known) => known.clone(),
        None => {
            let told = Rc::new(told);
            all.insert(told.clone());
            told
        }
    }
}

fn text_of<'t>(field: &RuleField, loaded: &'t Loaded, result: &'t EvaluationResult) -> Option<&'t str> {
    let (record, metric, data) = (&loaded.record, &result.metric, &result.data);
    match field {
        RuleField::Collection => Some(&loaded.origin.collection),
        RuleField::EvaluationName => Some(&result.name),
        RuleField::ResultId => result.id.as_deref(),
        RuleField::DatasetName => data.dataset_name.as_deref(),
        RuleField::HfRepo => data.hf_repo.as_deref(),
        RuleField::Library => record.library.as_ref()?.name.as_deref(),
        RuleField::SourceName => record.source.name.as_deref(),
        RuleField::MetricId => metric.id.as_deref(),
        RuleField::MetricName => metric.name.as_deref(),
        RuleField::MetricKind => metric.kind.as_deref(),
        RuleField::MetricUnit => metric.unit.as_deref(),
        RuleField::Description => metric.description.as_deref(),
        RuleField::Data(key) => data.details.get(key),
        RuleField::Metric(key) => metric.details.get(key),
        RuleField::Details(key) => result.details.get(key),
        RuleField::Model(key) => record.model.details.get(key),
    }
}
