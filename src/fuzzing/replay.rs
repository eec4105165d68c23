//! Runs every target as an ordinary test: over the corpus, and over inputs of a new seed each time. GUESTLIST_SEED=... repeats
//! a run.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use fastrand::Rng;

use super::choices::random;

/// The longest input that is made here, and that the corpus may hold.
const LONGEST: usize = 4096;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let inputs: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(!inputs.is_empty() && inputs.len() <= 120, "{} inputs in {}", inputs.len(), folder.display());
    assert!(inputs.iter().all(|input| input.len() <= LONGEST), "an input in {} is too long", folder.display());
    inputs
}

/// Another input near `input`.
fn mutated(rng: &mut Rng, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut input = rng.choice(inputs).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=input.len());
        match rng.u8(..6) {
            0 => input.truncate(at),
            1 => input.insert(at, rng.u8(..)),
            2 if at < input.len() => drop(input.remove(at)),
            3 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
            4 => {
                let other = rng.choice(inputs).cloned().unwrap_or_default();
                input.truncate(at);
                input.extend(other.iter().skip(at));
            }
            _ if at < input.len() => input[at] = rng.u8(..),
            _ => {}
        }
    }
    input.truncate(LONGEST);
    input
}

/// The corpus, and as many inputs more.
fn replay(name: &str, target: fn(&[u8]), more: usize) {
    let seed = std::env::var("GUESTLIST_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    let mut rng = Rng::with_seed(seed);
    let inputs = corpus(name);
    let made = (0..more).map(|n| {
        let length = rng.usize(..700);
        if n % 2 == 0 { random(&mut rng, length) } else { mutated(&mut rng, &inputs) }
    });
    let began = std::time::Instant::now();
    for (n, input) in inputs.iter().cloned().chain(made).enumerate() {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&input))) {
            let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("fuzz {name}: input {n} of GUESTLIST_SEED={seed} fails, in hexadecimal {hex}");
            resume_unwind(panic);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "fuzz {name}: {} inputs of the corpus and {more} of GUESTLIST_SEED={seed} in {seconds:.1} s",
        inputs.len()
    );
}

#[test]
fn answers_of_graph() {
    replay("answers", super::answers, 3_000);
}

#[test]
fn errors_of_graph() {
    replay("errors", super::errors, 40_000);
}

#[test]
fn how_long_graph_asks_to_wait() {
    replay("retry_after", super::retry_after, 50_000);
}

#[test]
fn what_the_sign_in_says() {
    replay("sign_in", super::sign_in, 50_000);
}

#[test]
fn mails_of_any_text() {
    replay("mail", super::mail, 40_000);
}

#[test]
fn tables_of_any_program() {
    replay("csv", super::csv, 20_000);
}

#[test]
fn a_decision_on_anything() {
    replay("plan", super::plan, 60_000);
}
