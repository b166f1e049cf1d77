//! Large objects. Where a column that refers to them is emptied, or its rows go, they must not be in the dump.

use std::io::Write;

use super::super::catalogue::Catalogue;
use super::super::conversation::Conversation;
use super::super::objects::{Referring, referring};
use super::super::plan::Plan;
use crate::database::DatabaseError;
use crate::docker::RunError;

/// The large objects of a dump.
pub(super) struct Objects {
    /// The query for those that are left out; none where pg_dump writes them all.
    left_out: Option<String>,
}

impl Objects {
    pub(super) fn of(plan: &Plan, catalogue: &Catalogue) -> Self {
        let left_out = referring(plan, catalogue).map(|Referring { before, after }| {
            format!("SELECT object FROM ({before}) AS before WHERE object IS NOT NULL EXCEPT SELECT object FROM ({after}) AS after")
        });
        Self { left_out }
    }

    /// Whether pg_dump is to leave them to us.
    pub(super) fn are_chosen(&self) -> bool {
        self.left_out.is_some()
    }

    /// Writes those that stay, in pg_dump's form.
    pub(super) fn write(&self, conversation: &mut Conversation, to: &mut dyn Write) -> Result<(), DatabaseError> {
        let Some(left_out) = &self.left_out else { return Ok(()) };
        let failed = |error| DatabaseError::from(RunError::Streams(error));
        to.write_all(b"--\n-- Data for Name: BLOBS; Type: BLOBS; Schema: -; Owner: -\n--\n\n").map_err(failed)?;
        let sql = QUESTION.replace("{left_out}", left_out).replace('\n', " ");
        conversation.copy(&sql, &mut |piece| to.write_all(piece).map_err(failed))?;
        to.write_all(b"\n").map_err(failed)
    }
}

/// A row for each line. Neither the delimiter nor the quote stands in one, so that they come as they are.
const QUESTION: &str = r"
COPY (
  SELECT line FROM (
    SELECT o.oid, (SELECT lo_lseek64(fd, 0, 2) + 0 * lo_close(fd) FROM (SELECT lo_open(o.oid, 262144) AS fd OFFSET 0) AS opened) AS size
    FROM pg_largeobject_metadata o WHERE o.oid NOT IN ({left_out}) ORDER BY o.oid OFFSET 0) AS object,
  LATERAL (
    SELECT -4 AS place, format('SELECT pg_catalog.lo_create(''%s'');', oid) AS line
    UNION ALL SELECT -3, 'BEGIN;'
    UNION ALL SELECT -2, format('SELECT pg_catalog.lo_open(''%s'', 131072);', oid)
    UNION ALL SELECT piece, 'SELECT pg_catalog.lowrite(0, ''\x' || encode(lo_get(oid, piece * 16384, 16384), 'hex') || ''');'
      FROM generate_series(0, (size - 1) / 16384) AS piece WHERE size > 0
    UNION ALL SELECT 9223372036854775806, 'SELECT pg_catalog.lo_close(0);'
    UNION ALL SELECT 9223372036854775807, 'COMMIT;') AS lines
  ORDER BY oid, place
) TO STDOUT WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02');
";
