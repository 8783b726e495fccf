//! A desktop of a test's own: screen, window manager, session bus, home.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::failed;
use super::process::{self, MARK};
use super::wait::until;

/// Wide enough for the window and a file manager beside it.
const SCREEN: &str = "1640x800x24";
/// What a program of the desktop gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);
/// A bus on which nothing is started by itself: a notification service would put its windows over ours.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

/// A desktop. When it goes, everything that was started on it goes with it.
pub(crate) struct Desk {
    folder: TempDir,
    mark: String,
    display: String,
    bus: String,
    children: Vec<Child>,
}

impl Desk {
    /// Sets one up.
    pub(crate) async fn set_up() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = TempDir::with_prefix("partway-desk-").unwrap();
        for name in ["home", "run", "data"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let mut desk =
            Self { folder, mark, display: String::new(), bus: String::new(), children: Vec::new() };
        desk.screen().await;
        desk.session_bus().await;
        desk.window_manager().await;
        desk
    }

    /// The data folder of the app on this desk.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What marks everything that runs on it.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// The address of its session's bus.
    pub(crate) fn bus(&self) -> &str {
        &self.bus
    }

    /// The file in which its programs' own words are.
    pub(crate) fn said_in(&self) -> PathBuf {
        self.folder.path().join("said")
    }

    /// The name of its screen.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Where a program's words go: a desktop's programs say much, and it is worth reading only where something failed.
    pub(crate) fn said(&self) -> Stdio {
        File::options().create(true).append(true).open(self.said_in()).unwrap().into()
    }

    /// A folder of that name on this desk, made.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A program that will run on this desk, in a process group of its own.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.folder.path().join("home");
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env(MARK, &self.mark)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            // Nothing of the machine: what asks its system bus asks this one.
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Starts a program that runs as long as the desk, and gives its number. What it says goes where a journey that fails shows it.
    pub(crate) fn start(&mut self, mut command: Command) -> u32 {
        let child = command.stderr(self.said()).spawn().unwrap();
        let pid = child.id().unwrap();
        self.children.push(child);
        pid
    }

    /// Runs a program to its end, which must be a good one.
    pub(crate) async fn run<A: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = A>,
    ) -> String {
        let output = self.output(program, args).await;
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs a program to its end.
    pub(crate) async fn output<A: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = A>,
    ) -> Output {
        let output = self.command(program).args(args).output();
        tokio::time::timeout(UP, output).await.unwrap_or_else(|_| panic!("{program} does not end")).unwrap()
    }

    /// Starts the app as a user does, with nothing that drives its page.
    pub(crate) fn start_app(&self) -> Child {
        let mut app = self.command(process::program("partway"));
        app.arg("--data-dir").arg(self.data()).stderr(self.said()).spawn().unwrap()
    }

    /// A second start of the app: it tells the first one, and ends with 0, or with 1 where one of the files is not there.
    pub(crate) async fn start_again(&self, files: &[&Path]) {
        let (app, data) = (process::program("partway"), self.data());
        let options = [OsStr::new("--data-dir"), data.as_os_str()];
        let args = options.into_iter().chain(files.iter().map(|file| file.as_os_str()));
        let ended = self.output(app.to_str().unwrap(), args).await;
        let all_there = files.iter().all(|file| file.exists());
        assert_eq!(ended.status.code(), Some(i32::from(!all_there)), "{ended:?}");
    }

    /// A second start with a file.
    pub(crate) async fn hand_over(&self, file: &Path) {
        self.start_again(&[file]).await;
    }

    /// The helper behind *Practice*, once it runs: only then can it be put to sleep.
    pub(crate) async fn helper(&self) -> Vec<u32> {
        until("the helper behind Practice", UP, async || {
            Some(self.running("partway-sandbox")).filter(|running| !running.is_empty())
        })
        .await
    }

    /// The processes on this desk that run one of the programs under test.
    pub(crate) fn running(&self, name: &str) -> Vec<u32> {
        process::named(&self.mark, &process::program(name))
    }

    /// `kill -9` of the app and of the helper that it started for *Practice*, at once.
    pub(crate) async fn crash(&self) {
        let both = || ["partway-sandbox", "partway"].map(|name| self.running(name)).concat();
        process::kill_now(&both());
        until("the end of both", UP, async || both().is_empty().then_some(())).await;
    }

    /// `kill -9` of the app alone.
    pub(crate) async fn crash_app(&self) {
        process::kill_now(&self.running("partway"));
        until("its end", UP, async || self.running("partway").is_empty().then_some(())).await;
    }

    /// Closes the app's window as its close button does.
    pub(crate) async fn close_window(&self) {
        self.run("wmctrl", ["-c", "Partway"]).await;
    }

    /// Waits until the app's window is on the screen, or off it.
    pub(crate) async fn window_is_shown(&self, shown: bool) {
        until(&format!("the window's being shown: {shown}"), UP, async || {
            let found = self.output("xdotool", ["search", "--onlyvisible", "--name", "^Partway$"]).await;
            (found.stdout.is_empty() != shown).then_some(())
        })
        .await;
    }

    /// A second start with files, and the window of that title in front again before anything came of them: a start brings the app forward.
    pub(crate) async fn start_behind(&self, files: &[&Path], title: &str) {
        let app = self.running("partway");
        let helpers = self.running("partway-sandbox");
        // The vendor sleeps meanwhile, so nothing can come to an end while the app is in front.
        process::stop(&helpers);
        self.start_again(files).await;
        assert_eq!(self.running("partway"), app, "it was handed over");
        self.in_front(title).await;
        process::resume(&helpers);
    }

    /// How many windows there are, of all programs.
    pub(crate) async fn windows(&self) -> usize {
        self.run("wmctrl", ["-l"]).await.lines().count()
    }

    async fn screen(&mut self) {
        let mut x = self.command("Xvfb");
        x.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
        self.display = format!(":{}", self.first_line(x).await);
    }

    async fn session_bus(&mut self) {
        let config = self.folder.path().join("bus.conf");
        fs::write(&config, BUS).unwrap();
        let mut bus = self.command("dbus-daemon");
        bus.arg(concat("--config-file=", &config)).args(["--nofork", "--print-address=1"]);
        self.bus = self.first_line(bus).await;
    }

    async fn window_manager(&mut self) {
        let openbox = self.command("openbox");
        self.start(openbox);
        until("the window manager", UP, async || {
            self.output("wmctrl", ["-m"]).await.status.success().then_some(())
        })
        .await;
    }

    /// Starts a program that runs as long as the desk, and waits for the first line that it says.
    pub(crate) async fn first_line(&mut self, mut command: Command) -> String {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.children.push(child);
        let line = tokio::time::timeout(UP, lines.next_line()).await;
        line.unwrap_or_else(|_| panic!("{command:?} says nothing")).unwrap().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            failed::show(self);
        }
        process::kill_now(&process::of_desk(&self.mark));
    }
}

fn concat(option: &str, path: &Path) -> std::ffi::OsString {
    let mut joined = std::ffi::OsString::from(option);
    joined.push(path);
    joined
}
