//! The person at the terminal. Messages go to standard error, and answers come from standard input. Every question ends
//! with ` > `, and Ctrl-C ends every wait.

use std::fmt::Display;
use std::io::{BufRead, Write};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::Stop;
use crate::cli::signals;

/// The person whom a probe asks.
pub struct Person {
    answers: UnboundedReceiver<String>,
    out: Box<dyn Write>,
    interrupted: CancellationToken,
}

impl Person {
    /// The person at this terminal.
    pub fn at_terminal() -> Self {
        let (send, answers) = unbounded_channel();
        // The thread is needed because nothing can interrupt the wait for a line. It ends with the process.
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let interrupted = CancellationToken::new();
        tokio::spawn({
            let interrupted = interrupted.clone();
            async move {
                signals::ended().await;
                interrupted.cancel();
            }
        });
        Self { answers, out: Box::new(std::io::stderr()), interrupted }
    }

    #[cfg(test)]
    fn scripted(answers: &[&str]) -> (Self, std::sync::Arc<parking_lot::Mutex<Vec<u8>>>) {
        let (send, receive) = unbounded_channel();
        for answer in answers {
            send.send((*answer).to_owned()).unwrap();
        }
        let heard = std::sync::Arc::default();
        let out = Box::new(tests::Heard(std::sync::Arc::clone(&heard)));
        (Self { answers: receive, out, interrupted: CancellationToken::new() }, heard)
    }

    /// Prints a line.
    pub fn say(&mut self, line: impl Display) {
        self.write(format_args!("{line}\n"));
    }

    /// Prints a dot, to show that the probe is still working.
    pub fn dot(&mut self) {
        self.write(format_args!("."));
    }

    // If standard error is closed, the probe goes on with the answers alone.
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
        let _ = self.out.flush();
    }

    /// Asks for a line of text.
    ///
    /// # Errors
    /// When the person stops: Ctrl-C, or the end of the input.
    pub async fn line(&mut self, prompt: impl Display) -> Result<String, Stop> {
        self.write(format_args!("{prompt} > "));
        tokio::select! {
            () = self.interrupted.cancelled() => Err(Stop::Interrupted),
            line = self.answers.recv() => line.map(|line| line.trim().to_owned()).ok_or(Stop::Quit),
        }
    }

    /// Asks whether to do what was just printed.
    ///
    /// # Errors
    /// When the person stops.
    pub async fn go_on(&mut self) -> Result<bool, Stop> {
        loop {
            match self.line("  Go on? [y]es, [s]kip, [q]uit").await?.to_lowercase().as_str() {
                "y" | "yes" => return Ok(true),
                "s" | "skip" => return Ok(false),
                "q" | "quit" => return Err(Stop::Quit),
                _ => {}
            }
        }
    }

    /// Asks for something that only the person can see. Returns nothing if they cannot tell.
    ///
    /// # Errors
    /// When the person stops.
    pub async fn saw(&mut self, question: impl Display) -> Result<Option<bool>, Stop> {
        loop {
            let asked = format!("  {question} [y]es, [n]o, [s]kip, [q]uit");
            match self.line(asked).await?.to_lowercase().as_str() {
                "y" | "yes" => return Ok(Some(true)),
                "n" | "no" => return Ok(Some(false)),
                "s" | "skip" => return Ok(None),
                "q" | "quit" => return Err(Stop::Quit),
                _ => {}
            }
        }
    }

    /// Waits for `length`.
    ///
    /// # Errors
    /// When the person stops meanwhile.
    pub async fn pause(&self, length: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = self.interrupted.cancelled() => Err(Stop::Interrupted),
            () = tokio::time::sleep(length) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    pub(super) struct Heard(pub(super) Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_person_is_asked_until_the_answer_is_one() {
        let (mut person, heard) = Person::scripted(&["", "perhaps", " Y ", "skip", "q"]);
        assert!(person.go_on().await.unwrap());
        assert!(!person.go_on().await.unwrap());
        assert!(matches!(person.go_on().await, Err(Stop::Quit)));
        let heard = String::from_utf8(heard.lock().clone()).unwrap();
        assert_eq!(heard.matches(" > ").count(), 5, "{heard}");
    }

    #[tokio::test]
    async fn whoever_goes_away_quits_and_whoever_interrupts_ends_the_wait() {
        let (mut person, _) = Person::scripted(&["n", "s"]);
        assert!(matches!(person.saw("Is it so?").await, Ok(Some(false))));
        assert!(matches!(person.saw("Is it so?").await, Ok(None)));
        assert!(matches!(person.saw("Is it so?").await, Err(Stop::Quit)), "the input has ended");
        person.interrupted.cancel();
        assert!(matches!(person.pause(Duration::from_secs(3600)).await, Err(Stop::Interrupted)));
    }
}
