//! A server that says what a test tells it to, and remembers what it heard.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Said instead of an answer: closes the connection.
pub const CLOSE: &[u8] = b"";
/// Said instead of an answer: nothing, for long.
pub const SILENCE: &[u8] = b"-";

/// A server for one connection.
pub struct Script {
    pub port: u16,
    heard: JoinHandle<String>,
}

impl Script {
    /// Greets with the first of `lines`, and answers each command, and the letter, with the next. After the last it
    /// listens on until the other side takes its leave.
    pub async fn start<const N: usize>(lines: [&'static [u8]; N]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (client, _) = listener.accept().await.unwrap();
            play(client, &lines).await
        });
        Self { port, heard }
    }

    /// All that it heard, once the other side has gone.
    pub async fn heard(self) -> String {
        tokio::time::timeout(Duration::from_secs(20), self.heard).await.unwrap().unwrap()
    }
}

async fn play(mut client: TcpStream, lines: &[&[u8]]) -> String {
    let mut heard = Vec::new();
    for (nth, line) in lines.iter().enumerate() {
        let in_letter = nth > 0 && lines[nth - 1].starts_with(b"354");
        let end: &[u8] = if in_letter { b"\r\n.\r\n" } else { b"\r\n" };
        let begun = heard.len();
        while nth > 0 && !heard[begun..].ends_with(end) {
            if client.read_buf(&mut heard).await.unwrap_or_default() == 0 {
                return text(&heard);
            }
        }
        if *line == SILENCE {
            break;
        }
        if *line == CLOSE || client.write_all(line).await.is_err() {
            return text(&heard);
        }
    }
    while !heard.ends_with(b"QUIT\r\n") && client.read_buf(&mut heard).await.is_ok_and(|read| read > 0) {}
    text(&heard)
}

fn text(heard: &[u8]) -> String {
    String::from_utf8_lossy(heard).into_owned()
}
