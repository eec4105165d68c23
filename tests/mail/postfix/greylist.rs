//! A greylist as postfix asks one (its policy delegation protocol): a stranger's first try is put off, the next is let in.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// Starts a greylist and returns its port.
pub async fn start() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(HashSet::new()));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(answer(client, Arc::clone(&seen)));
        }
    });
    port
}

async fn answer(client: TcpStream, seen: Arc<Mutex<HashSet<String>>>) {
    let mut client = BufReader::new(client);
    let (mut who, mut line) = (String::new(), String::new());
    while client.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if ["client_address=", "sender=", "recipient="].iter().any(|key| line.starts_with(key)) {
            who.push_str(&line);
        }
        if line == "\n" {
            let known = !seen.lock().unwrap().insert(std::mem::take(&mut who));
            let action = if known { "DUNNO" } else { "DEFER 4.7.1 Greylisted, come again" };
            if client.write_all(format!("action={action}\n\n").as_bytes()).await.is_err() {
                return;
            }
        }
        line.clear();
    }
}
