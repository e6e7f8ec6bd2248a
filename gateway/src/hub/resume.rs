//! Where a client's picture may go on from: the one decision behind resuming without gap or repeat.

use mazad_projections::live::EpochStart;
use mazad_proto::v1;

/// How somebody who joins is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resume {
    Snapshot,
    /// With what came after this revision.
    After(u64),
}

/// A cursor is good if it names an epoch of this stream and a public revision that was reached in it
/// or before it, and that still exists. A stream that was restored from a backup and written on in a
/// new epoch has other events at those revisions; its clients start afresh.
pub(crate) fn resume(cursor: Option<v1::Cursor>, epochs: &[EpochStart], head: u64) -> Resume {
    let Some(cursor) = cursor else {
        return Resume::Snapshot;
    };
    let Ok(index) = epochs.binary_search_by_key(&cursor.epoch, |epoch| epoch.epoch) else {
        return Resume::Snapshot;
    };
    let next = index.checked_add(1).and_then(|next| epochs.get(next));
    let before_next = next.is_none_or(|next| cursor.revision <= next.from);
    if cursor.revision <= head && before_next {
        Resume::After(cursor.revision)
    } else {
        Resume::Snapshot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_resumes_only_in_the_history_that_it_comes_from() {
        let epochs = [
            EpochStart { epoch: 1, from: 0 },
            EpochStart { epoch: 4, from: 9 },
            EpochStart { epoch: 5, from: 19 },
        ];
        for (epoch, revision, expected) in [
            (1, 9, Resume::After(9)),
            (1, 10, Resume::Snapshot),
            (1, 25, Resume::Snapshot),
            (4, 10, Resume::After(10)),
            (4, 19, Resume::After(19)),
            (4, 20, Resume::Snapshot),
            (5, 20, Resume::After(20)),
            (5, 30, Resume::After(30)),
            (5, 31, Resume::Snapshot),
            (0, 0, Resume::Snapshot),
            (2, 5, Resume::Snapshot),
            (6, 30, Resume::Snapshot),
        ] {
            let cursor = v1::Cursor { epoch, revision };
            assert_eq!(
                resume(Some(cursor), &epochs, 30),
                expected,
                "{epoch} {revision}"
            );
        }
        assert_eq!(resume(None, &epochs, 30), Resume::Snapshot);
        assert_eq!(
            resume(Some(v1::Cursor::default()), &[], 0),
            Resume::Snapshot
        );
    }
}
