//! Stands between the operator and a real server, and lets the connection die at a chosen place.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Where the connection dies.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// When `DATA` comes, before the server sees it.
    AtData,
    /// After the letter, before the dot that ends it.
    BeforeDot,
    /// After the server has answered the dot, before the answer passes.
    AfterDot,
    /// As `AfterDot`, but silent instead of closed.
    Silent,
}

/// Starts a proxy to `server` and returns its port.
pub async fn start(server: (String, u16), cut: Cut) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect((server.0.as_str(), server.1)).await.unwrap();
            tokio::spawn(pass(client, server, cut));
        }
    });
    port
}

async fn pass(mut client: TcpStream, mut server: TcpStream, cut: Cut) {
    let (mut asked, mut answer) = ([0; 65536], [0; 65536]);
    // The letter, from the server's 354 on.
    let mut letter: Option<Vec<u8>> = None;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(read @ 1..) = read else { return };
                let bytes = &asked[..read];
                if matches!(cut, Cut::AtData) && bytes == b"DATA\r\n" {
                    return;
                }
                let Some(letter) = &mut letter else {
                    server.write_all(bytes).await.unwrap();
                    continue;
                };
                letter.extend_from_slice(bytes);
                let Some(whole) = letter.strip_suffix(b"\r\n.\r\n") else { continue };
                server.write_all(whole).await.unwrap();
                if matches!(cut, Cut::BeforeDot) {
                    server.flush().await.unwrap();
                    return;
                }
                server.write_all(b"\r\n.\r\n").await.unwrap();
                let read = server.read(&mut answer).await.unwrap();
                assert!(answer[..read].starts_with(b"250 "), "{}", String::from_utf8_lossy(&answer[..read]));
                if matches!(cut, Cut::Silent) {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                return;
            }
            read = server.read(&mut answer) => {
                let Ok(read @ 1..) = read else { return };
                if answer.starts_with(b"354") {
                    letter = Some(Vec::new());
                }
                client.write_all(&answer[..read]).await.unwrap();
            }
        }
    }
}
