//! Why a file cannot be divided as asked, with the figures.

use thiserror::Error;

/// Why a file cannot be divided as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The file is larger than the destination takes.
    #[error("the file has {size} bytes, the destination takes at most {limit}")]
    FileTooLarge {
        /// Bytes of the file.
        size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The server named parts of 0 bytes for a file that is not empty.
    #[error("the server named a part size of 0 bytes")]
    PartSizeZero,
    /// The server named a part size that cannot be meant.
    #[error("the server named a part size of {part_size} bytes, more than {limit}")]
    PartSizeAbsurd {
        /// The size it named, bytes.
        part_size: u64,
        /// The most that is believed, bytes.
        limit: u64,
    },
    /// The server gave fewer links than the file has parts.
    #[error("the server gave {given} links, the file needs {needed}")]
    TooFewLinks {
        /// How many came.
        given: usize,
        /// How many parts there are.
        needed: u32,
    },
    /// The server gave more links than the file has parts.
    #[error("the server gave {given} links, the file needs only {needed}")]
    TooManyLinks {
        /// How many came.
        given: usize,
        /// How many parts there are.
        needed: u32,
    },
    /// The file would need more parts than the destination takes.
    #[error("the file would need {needed} parts, the destination takes at most {limit}")]
    TooManyParts {
        /// How many parts it would need.
        needed: u64,
        /// The most parts.
        limit: u32,
    },
    /// A part that is not the last is smaller than the destination takes.
    #[error("parts of {part_size} bytes are smaller than the {limit} that the destination asks for")]
    PartTooSmall {
        /// Bytes of a part.
        part_size: u64,
        /// The fewest bytes.
        limit: u64,
    },
    /// A part is larger than the destination takes.
    #[error("a part of {part_size} bytes is larger than the {limit} that the destination takes")]
    PartTooLarge {
        /// Bytes of the largest part.
        part_size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The three figures do not belong together.
    #[error("{count} parts of {part_size} bytes are not a plan for {file_size} bytes")]
    Inconsistent {
        /// Bytes of the file.
        file_size: u64,
        /// Bytes of a part.
        part_size: u64,
        /// How many parts.
        count: u32,
    },
}
