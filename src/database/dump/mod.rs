//! Dump files: how they are recognised, checked, filtered, restored and written.

pub(super) mod archive;
pub(super) mod check;
pub(super) mod checksum;
pub(super) mod classifier;
pub(super) mod cluster;
pub(super) mod counting_writer;
pub(super) mod format;
pub(super) mod lines;
pub(super) mod listing;
pub(super) mod notes;
pub(super) mod reader;
pub(super) mod restore;
pub(super) mod restore_role;
pub(super) mod rows;
pub(super) mod shape;
pub(super) mod sql_filter;
pub(super) mod sql_lexer;
pub(super) mod statement;
pub(super) mod tar;
pub(super) mod target;
