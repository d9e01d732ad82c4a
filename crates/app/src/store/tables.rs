//! The tables of `slipway.db`, and how those of earlier versions become these.

use rusqlite::{Connection, TransactionBehavior};

/// The version of the tables. A file of a later version is left alone and nothing is remembered.
const VERSION: i64 = 9;

/// The tables of version 1.
const LEDGER: &str = "
    CREATE TABLE compressed (
        diff_id TEXT NOT NULL, method TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
        PRIMARY KEY (diff_id, method)) WITHOUT ROWID;
    CREATE TABLE checked (digest TEXT PRIMARY KEY, diff_id TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE homes (
        registry TEXT NOT NULL, digest TEXT NOT NULL, path TEXT NOT NULL, seen INTEGER NOT NULL,
        PRIMARY KEY (registry, digest, path)) WITHOUT ROWID;
    CREATE TABLE sessions (
        registry TEXT NOT NULL, path TEXT NOT NULL, blob TEXT NOT NULL, location TEXT NOT NULL,
        run TEXT NOT NULL, PRIMARY KEY (registry, path, blob)) WITHOUT ROWID;
";

/// What version 2 added.
const HISTORY: &str = "
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY, state TEXT NOT NULL, run TEXT NOT NULL, file TEXT, find TEXT NOT NULL,
        view TEXT NOT NULL);
    CREATE INDEX jobs_by_state ON jobs (state, id);
    CREATE TABLE jobs_set_aside (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, view BLOB NOT NULL);
";

/// What version 3 added.
const SEEN: &str = "
    CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL);
    CREATE TABLE rates (registry TEXT PRIMARY KEY, rate REAL NOT NULL) WITHOUT ROWID;
    INSERT OR IGNORE INTO files (path, seen) SELECT file, 0 FROM jobs WHERE file IS NOT NULL ORDER BY id;
";

/// What version 4 added.
const ACCOUNTS: &str = "
    CREATE TABLE accounts (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
";

/// What version 5 added: the history goes by when a job ended, as one that is taken up after days ends later than what
/// began after it.
const ENDED: &str = "
    ALTER TABLE jobs ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET ended = coalesce(view ->> '$.ended', view ->> '$.started', 0)
        WHERE typeof(view) = 'text' AND json_valid(view);
    CREATE INDEX jobs_by_end ON jobs (ended, id);
";

/// What version 6 added.
const PARTS: &str = "
    CREATE TABLE parts (path TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
";

/// What version 7 added: what the registry confirmed of an upload.
const CONFIRMED: &str = "ALTER TABLE sessions ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;";

/// What version 8 added: the highest handle that a job was given, by whichever process.
const HANDLES: &str = "
    CREATE TABLE handles (last INTEGER NOT NULL);
    INSERT INTO handles SELECT max(
        (SELECT coalesce(max(id), 0) FROM jobs), (SELECT coalesce(max(id), 0) FROM jobs_set_aside));
";

/// What version 9 added: which job made what lies unfinished, 0 where that is not known, and when it began to.
const MADE_BY: &str = "
    ALTER TABLE parts ADD COLUMN job INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE parts ADD COLUMN began INTEGER NOT NULL DEFAULT 0;
";

/// What each version added.
const STEPS: [(i64, &str); 9] = [
    (1, LEDGER),
    (2, HISTORY),
    (3, SEEN),
    (4, ACCOUNTS),
    (5, ENDED),
    (6, PARTS),
    (7, CONFIRMED),
    (8, HANDLES),
    (9, MADE_BY),
];

/// Makes the tables, or what they lack.
pub(super) fn make(database: &mut Connection) -> Result<(), Box<dyn std::error::Error>> {
    let making = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match making.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? {
        known @ 0..VERSION => {
            for (_, tables) in STEPS.iter().filter(|(version, _)| known < *version) {
                making.execute_batch(tables)?;
            }
            making.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        later => return Err(format!("it is of version {later}, this Slipway knows {VERSION}").into()),
    }
    Ok(making.commit()?)
}
