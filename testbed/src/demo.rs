//! The demo: everything started, the examples applied, and the story of ten guests.
//! With `--once` it plays the guests too and checks each; without, it waits for a person to play them.

use std::{process::ExitCode, sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Error, Operator, PlaneConfig, Result, World, WorldConfig, world::Entra};

mod cast;
mod checks;
mod complete;
mod directory;
mod folder;
mod guest;
mod guests;
mod once;
mod page;
mod progress;

use cast::CAST;
use checks::Checks;
use guests::Declared;
use progress::step;

/// What Kubernetes itself has to do for what can be typed: a list that goes takes its guests along, or leaves them.
const CONTROLLERS: [&str; 2] = ["garbage-collector-controller", "namespace-controller"];

/// What a person can type once everybody is invited, and what comes of it.
pub const NEXT: [(&str, &str); 4] = [
    (
        "kubectl annotate ginv -n partners sam guestlist.dev/resend=\"$(date)\" --overwrite",
        "one more mail, while sam has not accepted",
    ),
    (
        "kubectl delete ginv -n finance grace; kubectl patch ginv -n partners grace --type=merge -p '{\"spec\":{\"groups\":null}}'",
        "grace leaves the group once neither team wants her there",
    ),
    (
        "kubectl patch ginv -n partners tess --type=merge -p '{\"spec\":{\"accessUntil\":\"2020-01-01T00:00:00Z\"}}'",
        "the last day of tess is past: the user is deleted (deletionPolicy: Delete)",
    ),
    (
        "kubectl delete ginv -n partners quiet",
        "the resource goes, the guest stays (deletionPolicy: Retain, the default)",
    ),
];

/// What comes of killing the operator.
const KILLED: &str =
    "the operator is killed, in the midst of whatever you like: another one goes on, and mails nobody twice";

/// How long it takes until an operator that ended by itself is replaced.
const REPLACED_AFTER: Duration = Duration::from_secs(1);

/// Tries Guestlist out on this machine.
#[derive(Debug, clap::Parser)]
#[command(name = "demo")]
pub struct Args {
    /// Play the whole story, check every guest, and end.
    #[arg(long)]
    pub once: bool,
}

/// Runs the demo until its end or a signal. Whatever happens, everything that it started has ended when this returns.
pub async fn run(args: Args) -> ExitCode {
    crate::install_crypto();
    let interrupted = async {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        futures::future::select(interrupt.recv().boxed(), terminate.recv().boxed()).await;
    };
    tokio::select! {
        () = interrupted => {
            eprintln!("\nEnding everything.");
            if args.once { ExitCode::from(130) } else { ExitCode::SUCCESS }
        }
        outcome = play(&args) => match outcome {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("\nThe demo failed. {error}");
                ExitCode::FAILURE
            }
        }
    }
}

async fn play(args: &Args) -> Result<bool> {
    let place = folder::Place::take()?;
    let config = WorldConfig { judged: false, folder: Some(place.world().to_path_buf()), ..config() };
    let what = "starting etcd, kube-apiserver and the simulator, and applying crds/";
    let world = match step(what, World::start(config)).await {
        Ok(world) => world,
        Err(error) => {
            place.keep();
            return Err(error);
        }
    };
    let played = story(args, &world).await;
    if !matches!(played, Ok(true)) {
        // An error of a wait carries the logs already.
        if matches!(played, Ok(false)) {
            eprintln!("\n{}", world.account_of_it());
        }
        eprintln!("\nAll logs are in {}", place.keep().display());
    }
    played
}

fn config() -> WorldConfig {
    WorldConfig {
        entra: Some(directory::config()),
        tenant: None,
        operator: false,
        plane: PlaneConfig { controllers: CONTROLLERS.to_vec(), ..PlaneConfig::default() },
        ..WorldConfig::default()
    }
}

/// The demo's world as a person finds it: every guest of the examples is declared and invited.
///
/// # Errors
/// Where it does not start, or a guest is not invited in time.
pub async fn ready() -> Result<World> {
    crate::install_crypto();
    let world = World::start(config()).await?;
    if let Some(entra) = &world.entra {
        directory::declare(&world, entra).await?;
        world.start_operator()?;
        directory::invite_three_days_ago(&world, entra).await?;
        let declared = guests::apply_all(&world).await?;
        let all: Vec<&Declared> = declared.iter().collect();
        let late = guests::wait_all(&world, &all, "be invited", cast::has_arrived, cast::INVITED_WITHIN).await;
        if let Some(error) = late.into_iter().next() {
            return Err(error);
        }
    }
    Ok(world)
}

async fn story(args: &Args, world: &World) -> Result<bool> {
    let Some(entra) = &world.entra else { return Ok(false) };
    step("declaring the tenant, with a mail server of its own", directory::declare(world, entra)).await?;
    let operator = step("starting the operator", async { world.start_operator() }).await?;
    tokio::select! {
        // Nothing will happen any more, so there is nothing to wait for.
        status = operator.wait() => {
            return Err(Error::NotStarted {
                what: "the operator".into(),
                why: format!("it ended by itself ({status})"),
                log: operator.log_path().to_path_buf(),
                tail: operator.log_tail(30),
            });
        }
        played = play_guests(args, world, entra, &operator) => {
            let good = played?;
            if args.once {
                return Ok(good);
            }
        }
    }
    stay(world, operator).await
}

/// Waits for a person to end the demo. An operator that ends meanwhile is replaced, as Kubernetes would.
async fn stay(world: &World, mut operator: Arc<Operator>) -> Result<bool> {
    loop {
        let status = operator.wait().await;
        tokio::time::sleep(REPLACED_AFTER).await;
        operator = world.start_operator()?;
        println!("\nThe operator ended ({status}) and another one goes on. Its log: {}", operator.log_path().display());
        println!("  kill -9 {} # ends this one", operator.pid());
    }
}

async fn play_guests(args: &Args, world: &World, entra: &Entra, operator: &Operator) -> Result<bool> {
    directory::invite_three_days_ago(world, entra).await?;
    let declared = step("applying examples/guests", guests::apply_all(world)).await?;
    for role in CAST {
        eprintln!("    {:24} {}", role.email, role.story);
    }
    let refusal =
        step("applying examples/refused/bad-address.yaml, which must be refused", guests::refused(world)).await?;
    eprintln!("    the API server says: {refusal}");

    step("trying examples/complete.yaml, which has every field (a dry run)", complete::check(world)).await?;

    let all: Vec<&Declared> = declared.iter().collect();
    let what = "waiting until every guest is in the directory, mailed, reminded and in their group";
    let late = step(what, async {
        Ok(guests::wait_all(world, &all, "be invited", cast::has_arrived, cast::INVITED_WITHIN).await)
    })
    .await?;
    for error in &late {
        // The rest of it is the logs, which would come once for each guest.
        eprintln!("    {}", error.to_string().lines().next().unwrap_or_default());
    }
    if args.once {
        let mut checks = Checks::default();
        checks.equal("bad-address.yaml", "is refused", true, true);
        checks.equal("complete.yaml", "has every field and is taken", true, true);
        once::play(world, entra, &declared, &mut checks).await?;
        complete::invite(world, entra, &mut checks).await?;
        show_guests(world).await;
        println!("\n{checks}");
        return Ok(late.is_empty() && checks.all_good());
    }
    show_guests(world).await;
    println!("\nTo look at it, and to play the guests yourself:\n");
    println!("  export KUBECONFIG={}", world.plane.kubeconfig_path().display());
    println!("  kubectl get ginv -A -o wide --watch");
    println!("\n  The guests' mailbox: {}", entra.mailbox());
    println!("  (the browser warns of the certificate, which is the simulator's own; any password will do)");
    println!("\nTo go on with the story:\n");
    for (line, what) in NEXT {
        println!("  # {what}\n  {line}");
    }
    println!("  # {KILLED}\n  kill -9 {}", operator.pid());
    println!("\nThe operator's log: {}", operator.log_path().display());
    println!("Ctrl-C ends everything.");
    Ok(late.is_empty())
}

/// What the teams see of their guests, and what the platform team sees of all people.
async fn show_guests(world: &World) {
    for args in [&["get", "ginv", "-A", "-o", "wide"][..], &["get", "guests"]] {
        println!("\n$ kubectl {}", args.join(" "));
        match world.kubectl(args).await {
            Ok(table) => print!("{table}"),
            Err(error) => println!("({error})"),
        }
    }
}
