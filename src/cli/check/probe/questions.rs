//! The twelve questions that no document answers, each with its letter.

use std::fmt;

use clap::ValueEnum;

/// One of the twelve questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum ProbeQuestion {
    /// What inviting a pending guest again does.
    A,
    /// What inviting a guest again does who has accepted.
    B,
    /// What inviting a soft-deleted guest does.
    C,
    /// Whether an application may invite when only administrators and guest inviters may.
    D,
    /// Whether a delta query tells that a guest has accepted.
    E,
    /// Whether the look-up of an address needs an advanced query.
    F,
    /// How an invitation takes sponsors.
    G,
    /// Who sponsors a guest that an application invites without naming any.
    H,
    /// What automatic redemption makes of the state.
    I,
    /// How a blocked domain, a group's address and a plus sign are refused.
    J,
    /// What the state shows right after a reset.
    K,
    /// Whether an application may delete a user for good.
    L,
}

impl ProbeQuestion {
    /// The letter of the question.
    pub fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
            Self::C => 'c',
            Self::D => 'd',
            Self::E => 'e',
            Self::F => 'f',
            Self::G => 'g',
            Self::H => 'h',
            Self::I => 'i',
            Self::J => 'j',
            Self::K => 'k',
            Self::L => 'l',
        }
    }

    /// The subject of the question, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::A => "inviting a pending guest again",
            Self::B => "inviting an accepted guest again",
            Self::C => "inviting a deleted guest",
            Self::D => "an application under restricted invite settings",
            Self::E => "acceptance in a delta query",
            Self::F => "looking an address up",
            Self::G => "sponsors in an invitation",
            Self::H => "the sponsor that nobody named",
            Self::I => "automatic redemption",
            Self::J => "refused addresses",
            Self::K => "the state after a reset",
            Self::L => "deleting for good",
        }
    }
}

impl fmt::Display for ProbeQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}
