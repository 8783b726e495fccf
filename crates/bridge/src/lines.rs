//! NDJSON: one JSON object per line, each of bounded length.

use std::io;

use serde::Serialize;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// Most bytes in a line to the holder: about 30,000 paths of 100 bytes in base64. Longer lists take several
/// requests.
pub const REQUEST_LIMIT: usize = 4 << 20;
/// Most bytes in a line from the holder: a list of about 100,000 jobs.
pub const ANSWER_LIMIT: usize = 64 << 20;

/// The result of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line, without its line break.
    Whole(Vec<u8>),
    /// A line longer than the limit; it was skipped without being stored.
    TooLong,
    /// There are no more lines.
    End,
}

/// Reads a line of at most `limit` bytes. What follows the last line break counts as a line, too.
pub(crate) async fn read_line(reader: &mut (impl AsyncBufRead + Unpin), limit: usize) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let buffer = reader.fill_buf().await?;
        if buffer.is_empty() {
            return Ok(match (too_long, line.is_empty()) {
                (true, _) => Line::TooLong,
                (false, true) => Line::End,
                (false, false) => Line::Whole(line),
            });
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let piece = &buffer[..end.unwrap_or(buffer.len())];
        if line.len() + piece.len() > limit {
            too_long = true;
            line = Vec::new();
        }
        if !too_long {
            line.extend_from_slice(piece);
        }
        let used = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(if too_long { Line::TooLong } else { Line::Whole(line) });
        }
    }
}

/// Serializes a value as one line, including the line break.
pub(crate) fn to_line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Writes and flushes a line: the peer waits for each message.
pub(crate) async fn write_line(writer: &mut (impl AsyncWrite + Unpin), line: &[u8]) -> io::Result<()> {
    writer.write_all(line).await?;
    writer.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(input: &[u8], limit: usize) -> Vec<Line> {
        // A buffer of three bytes, so that every line arrives in pieces.
        let mut reader = tokio::io::BufReader::with_capacity(3, input);
        let mut lines = Vec::new();
        loop {
            let line = read_line(&mut reader, limit).await.unwrap();
            let last = line == Line::End;
            lines.push(line);
            if last {
                return lines;
            }
        }
    }

    #[tokio::test]
    async fn lines_are_split_and_the_last_needs_no_break() {
        let whole = |text: &str| Line::Whole(text.as_bytes().to_vec());
        assert_eq!(
            lines(b"one\n\nthree, longer\nfour", 100).await,
            [whole("one"), whole(""), whole("three, longer"), whole("four"), Line::End]
        );
    }

    #[tokio::test]
    async fn a_line_over_the_limit_is_skipped_and_the_next_is_read() {
        let whole = |text: &str| Line::Whole(text.as_bytes().to_vec());
        assert_eq!(
            lines(b"12345\n123456\n1234567890123\nok\n123456", 5).await,
            [whole("12345"), Line::TooLong, Line::TooLong, whole("ok"), Line::TooLong, Line::End]
        );
    }
}
