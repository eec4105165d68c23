//! One small shell for each process of ours, which ends what we leave behind.
//! It reads from a pipe what we have started; when the pipe closes we are gone, and it kills the rest and clears the folders.

use std::{
    io::Write as _,
    path::Path,
    process::{ChildStdin, Command, Stdio},
};

use parking_lot::Mutex;

use crate::{Error, Result};

/// A pid is noted with its start time and killed only if both still agree: pids are used again.
/// Where there is no /proc the start time is empty on both sides.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
started() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  set -- ${stat##*) }
  echo "${20}"
}
pids=
folders=
while read -r verb what; do
  case $verb in
    pid) pids="$pids $what:$(started "$what")" ;;
    no-pid)
      left=
      for p in $pids; do [ "${p%%:*}" = "$what" ] || left="$left $p"; done
      pids=$left ;;
    folder) folders="$folders$what
" ;;
    no-folder)
      folders=$(printf '%s' "$folders" | grep -vxF -e "$what")
      [ -z "$folders" ] || folders="$folders
" ;;
  esac
done
for p in $pids; do
  pid=${p%%:*}
  [ "$(started "$pid")" = "${p#*:}" ] && kill -9 "$pid" 2>/dev/null
done
[ -z "$folders" ] && exit
sleep 1
printf '%s' "$folders" | while read -r folder; do
  [ -n "$folder" ] && rm -rf -- "$folder"
done
"#;

static PIPE: Mutex<Option<ChildStdin>> = Mutex::new(None);

/// Has a process killed when we are gone.
pub(crate) fn note_pid(pid: u32) -> Result<()> {
    say(&format!("pid {pid}"))
}

/// The process has ended.
pub(crate) fn forget_pid(pid: u32) {
    let _ = say(&format!("no-pid {pid}"));
}

/// Has a folder removed when we are gone.
pub(crate) fn note_folder(path: &Path) -> Result<()> {
    say(&format!("folder {}", path.display()))
}

/// The folder is removed, or shall stay.
pub(crate) fn forget_folder(path: &Path) {
    let _ = say(&format!("no-folder {}", path.display()));
}

fn say(line: &str) -> Result<()> {
    let mut pipe = PIPE.lock();
    let pipe = match &mut *pipe {
        Some(pipe) => pipe,
        none => none.insert(start()?),
    };
    pipe.write_all(format!("{line}\n").as_bytes()).map_err(Error::io(
        "telling the watchdog, which ends our children when we are killed; somebody must have killed it",
    ))
}

fn start() -> Result<ChildStdin> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "testbed-watchdog"]).current_dir("/");
    // Holding our output open would keep a pipe such as `make demo | tee log` from ending.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut shell = command.spawn().map_err(Error::io("starting the watchdog shell"))?;
    shell
        .stdin
        .take()
        .ok_or_else(|| Error::Other { what: "starting the watchdog shell".into(), why: "it has no input".into() })
}
