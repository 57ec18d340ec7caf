//! *Trace*: are these the bytes of a public record?

use super::Proofs;
use crate::load::Origin;
use crate::load::datastore::LockFile;
use crate::load::quarantine::Reason;

/// Where the bytes of a record are known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// From this disk only.
    Local(Untraced),
    /// The lock has these bytes under this path, at a commit of a public datastore.
    Pinned,
    /// An index that the lock pins names them as well.
    PinnedAndIndexed,
}

/// Why the bytes count for no more than those of this disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untraced {
    /// Nobody fetched them.
    NoLock,
    /// The lock file cannot be trusted.
    BrokenLock,
    /// The lock has no such path.
    NotInLock,
    /// The lock has other bytes under this path.
    Changed,
    /// An index names other bytes for this path.
    IndexDisagrees,
}

impl Untraced {
    /// The key of the sentence among the words of the interface.
    pub fn key(self) -> &'static str {
        match self {
            Untraced::NoLock => "evidence.trace.no_lock",
            Untraced::BrokenLock => "evidence.trace.broken_lock",
            Untraced::NotInLock => "evidence.trace.not_in_lock",
            Untraced::Changed => "evidence.trace.changed",
            Untraced::IndexDisagrees => "evidence.trace.index_disagrees",
        }
    }
}

/// True if an index names a hash or size that the object does not have.
pub fn is_wrong(reason: Reason) -> bool {
    matches!(reason, Reason::WrongHash | Reason::WrongSize)
}

impl Proofs<'_> {
    pub(super) fn trace(&self, origin: &Origin) -> Trace {
        let lock = match &self.inputs.datastores[usize::from(origin.datastore)].lock {
            LockFile::Absent => return Trace::Local(Untraced::NoLock),
            LockFile::Broken(_) => return Trace::Local(Untraced::BrokenLock),
            LockFile::Sound(pinned) => &pinned.lock,
        };
        let pin = lock.objects.get(&*origin.path);
        match pin {
            None => Trace::Local(Untraced::NotInLock),
            Some(_) if !origin.is_pinned => Trace::Local(Untraced::Changed),
            Some(_) if self.doubtful_paths.contains(&(origin.datastore, &*origin.path)) => {
                Trace::Local(Untraced::IndexDisagrees)
            }
            Some(_) if origin.is_indexed => Trace::PinnedAndIndexed,
            Some(_) => Trace::Pinned,
        }
    }
}
