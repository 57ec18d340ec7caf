//! All results that `fetch --evidence` found *posted* on the Hub: those that agree with the records, and those that
//! differ.

use serde::Serialize;

use super::Cards;
use super::hub_readings::HubReading;

/// How many entries of the Hub agree with the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PostedCounts {
    /// Entries that the Hub shows.
    pub shown: usize,
    /// Those with the value of every record of the leaderboard.
    pub agree: usize,
    /// Those with another value than a record.
    pub differ: usize,
    /// Those without a record.
    pub alone: usize,
    /// Those posted from a record.
    pub echoes: usize,
}

/// How an entry stands to the records, in the order of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    Differs,
    Agrees,
    Alone,
}

impl PostedCounts {
    /// Of `readings`.
    pub fn of(readings: &[HubReading]) -> PostedCounts {
        let count = |wanted: Stands| readings.iter().filter(|it| stands(it) == wanted).count();
        PostedCounts {
            shown: readings.len(),
            agree: count(Stands::Agrees),
            differ: count(Stands::Differs),
            alone: count(Stands::Alone),
            echoes: readings.iter().filter(|it| it.is_echo).count(),
        }
    }
}

fn stands(reading: &HubReading) -> Stands {
    match reading.beside.as_slice() {
        [] => Stands::Alone,
        beside if beside.iter().all(|it| it.agrees) => Stands::Agrees,
        _ => Stands::Differs,
    }
}

impl<'a> Cards<'a> {
    /// All that the Hub shows: what differs from a record first, then what agrees.
    pub fn posted(&self) -> Vec<HubReading<'a>> {
        let places = 0..self.dataset.inputs.content.hub.posted.len() as u32;
        let mut readings: Vec<HubReading> = places.map(|place| self.hub_reading(place)).collect();
        readings.sort_by_key(stands);
        readings
    }
}
