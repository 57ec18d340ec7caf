//! *Trace*: are these the bytes of a public record?

use super::Proofs;
use crate::codes::codes;
use crate::load::Origin;
use crate::load::quarantine::Reason;
use crate::lock::LockFile;

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

codes! {
    /// Why the bytes count for no more than those of this disk.
    pub enum Untraced in "evidence.trace" {
        /// Nobody fetched them.
        NoLock = "no_lock",
        /// The lock file cannot be trusted.
        BrokenLock = "broken_lock",
        /// The lock has no such path.
        NotInLock = "not_in_lock",
        /// The lock has other bytes under this path.
        Changed = "changed",
        /// An index names other bytes for this path.
        IndexDisagrees = "index_disagrees",
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
