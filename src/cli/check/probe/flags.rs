//! The flags of `--probe`.

use clap::ValueEnum;

use super::questions::ProbeQuestion;
use crate::api::Span;

/// What a probe is told.
#[derive(clap::Args, Debug)]
pub struct Flags {
    /// Find out how the directory behaves where no document says it. It asks before each step, sends real mails, and removes
    /// the guests that it made. Only for a spare directory.
    #[arg(long)]
    pub(super) probe: bool,

    /// The letters of the questions to answer, separated by commas. The default is all twelve.
    #[arg(long, requires = "probe", value_delimiter = ',', value_name = "LETTERS")]
    pub(super) only: Vec<ProbeQuestion>,

    /// An address to invite, twice if two are needed: first a mailbox that you can read, then one for a guest with a
    /// sponsor. What is not given is asked for.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    pub(super) address: Vec<String>,

    /// Question g: object id or sign-in name of a user of the directory who can be named as a sponsor.
    #[arg(long, requires = "probe", value_name = "USER")]
    pub(super) sponsor: Option<String>,

    /// Question i: an address of an organisation with automatic redemption.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    pub(super) automatic: Option<String>,

    /// Question j: an address of a domain that the directory's collaboration restrictions block.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    pub(super) blocked: Option<String>,

    /// Question j: the address of a group.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    pub(super) group: Option<String>,

    /// How long to wait for the directory to show something. After this time, nothing shown is the answer.
    #[arg(long, requires = "probe", default_value = "3m", value_name = "DURATION")]
    pub(super) wait: Span,

    /// How to print what was found.
    #[arg(long, requires = "probe", value_enum, default_value_t = Output::Table)]
    pub(super) output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For a person.
    Table,
    /// For a program.
    Json,
}
