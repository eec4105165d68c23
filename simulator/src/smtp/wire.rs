//! Lines on a connection: each ends with CR LF, and nothing else ends one.
//! Servers that took a bare LF for an end let one message hide another ("SMTP smuggling").

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(super) struct Wire(BufReader<Box<dyn Stream>>);

/// A whole reply, without the end of its last line.
pub(super) type Reply = String;

/// One line without its end, or what was wrong with it.
pub(super) enum Line {
    Text(Vec<u8>),
    TooLong,
    Malformed,
}

/// What came between DATA and the lone dot.
pub(super) enum Data {
    Message(Vec<u8>),
    TooLarge,
    Malformed(&'static str),
}

/// The longest line of a message with its end (RFC 5321, 4.5.3.1.6).
const TEXT_LINE: usize = 1000;

impl Wire {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self(BufReader::new(Box::new(stream)))
    }

    /// The stream below, if the client has not sent anything ahead.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.0.buffer().is_empty().then(|| self.0.into_inner())
    }

    pub(super) async fn say(&mut self, text: &str) -> Result<()> {
        self.0.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.0.flush().await
    }

    /// Reads a line of at most so many octets, its end included.
    pub(super) async fn line(&mut self, most: usize) -> Result<Line> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        let count = (&mut self.0).take(limit).read_until(b'\n', &mut bytes).await?;
        if count == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        if !bytes.ends_with(b"\n") {
            self.skip_line().await?;
            return Ok(Line::TooLong);
        }
        bytes.pop();
        if bytes.pop() != Some(b'\r') || bytes.contains(&b'\r') || bytes.contains(&0) {
            return Ok(Line::Malformed);
        }
        Ok(Line::Text(bytes))
    }

    /// Reads a message to its end, whatever is wrong with it, and takes the doubled dots back.
    pub(super) async fn data(&mut self, most: usize) -> Result<Data> {
        let mut message = Vec::new();
        let mut wrong = None;
        loop {
            match self.line(TEXT_LINE).await? {
                Line::Text(line) if line == b"." => break,
                Line::Text(line) => {
                    message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                    message.extend_from_slice(b"\r\n");
                    if message.len() > most {
                        wrong = Some(Data::TooLarge);
                        message.clear();
                    }
                }
                Line::TooLong => wrong = Some(Data::Malformed("a line is longer than 998 octets")),
                Line::Malformed => wrong = Some(Data::Malformed("a bare CR, a bare LF or a NUL")),
            }
        }
        Ok(wrong.unwrap_or(Data::Message(message)))
    }

    async fn skip_line(&mut self) -> Result<()> {
        loop {
            let buffer = self.0.fill_buf().await?;
            if buffer.is_empty() {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
            let (length, end) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            self.0.consume(length);
            if end {
                return Ok(());
            }
        }
    }
}
