//! Which drive a path is on, determined without touching the drive: an unresponsive one would block the
//! caller.

use std::path::{Component, Path, PathBuf, Prefix};

/// A drive, as far as a path reveals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// By its device number, as in `stat`.
    Device(u64),
    /// By its volume name, if the system reveals no more without a look.
    Volume(PathBuf),
}

/// The mount table at one moment.
#[derive(Debug, Default)]
pub struct Mounts(Vec<Mount>);

#[derive(Debug)]
struct Mount {
    id: u64,
    device: u64,
    at: PathBuf,
    /// Its files are elsewhere, or the system is not notified of changes.
    far: bool,
}

impl Mount {
    /// Parses a line of `mountinfo` (proc_pid_mountinfo(5)).
    fn of(line: &str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let mut words = before.split(' ');
        let id = words.next()?.parse().ok()?;
        let (major, minor) = words.nth(1)?.split_once(':')?;
        let device = device(major.parse().ok()?, minor.parse().ok()?);
        let at = PathBuf::from(unescaped(words.nth(1)?));
        Some(Self { id, device, at, far: FAR.contains(&after.split(' ').next()?) })
    }
}

impl Mounts {
    /// Reads the current table. Only Linux needs this; it answers from memory.
    #[must_use]
    pub fn now() -> Self {
        if !cfg!(target_os = "linux") {
            return Self::default();
        }
        Self::of(&std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
    }

    fn of(lines: &str) -> Self {
        Self(lines.lines().filter_map(Mount::of).collect())
    }

    /// The mount that the path names. Links in it are not followed, since that would touch the drive.
    fn above(&self, path: &Path) -> Option<&Mount> {
        let above = self.0.iter().filter(|mount| path.starts_with(&mount.at));
        // Of two at the same place, the later one is on top.
        above.max_by_key(|mount| mount.at.components().count())
    }

    /// The drive that the path names.
    pub(crate) fn place(&self, path: &Path) -> Place {
        self.device(path).map_or_else(|| Place::Volume(volume(path)), Place::Device)
    }

    /// The device number of the mount that the path names, without touching it; `None` if the system does
    /// not report it.
    #[must_use]
    pub fn device(&self, path: &Path) -> Option<u64> {
        self.above(path).map(|mount| mount.device)
    }

    /// The device number for a mount id, as in `/proc/PID/fdinfo`.
    #[must_use]
    pub fn device_of_mount(&self, id: u64) -> Option<u64> {
        self.0.iter().find(|mount| mount.id == id).map(|mount| mount.device)
    }

    fn is_far(&self, path: &Path) -> bool {
        self.above(path).is_some_and(|mount| mount.far)
    }
}

/// Whether a folder is on another computer, as far as this one knows; changes there are not notified.
/// Blocks.
#[must_use]
pub fn is_remote(folder: &Path) -> bool {
    if cfg!(target_os = "linux") {
        let real = folder.canonicalize();
        return Mounts::now().is_far(real.as_deref().unwrap_or(folder));
    }
    // A share without a drive letter shows it by its name; for one with a letter it is unknown, and so it
    // is on macOS.
    matches!(folder.components().next(), Some(Component::Prefix(prefix))
        if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)))
}

/// File system types whose files are elsewhere, or whose changes the system is not notified of.
const FAR: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "ceph",
    "glusterfs",
    "afs",
    "ncpfs",
    "davfs",
    "virtiofs",
    "vboxsf",
    "fuse.vmhgfs-fuse",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.gvfsd-fuse",
    "fuse.s3fs",
];

/// `C:` or `\\server\share` on Windows, `/Volumes/T7` on macOS; elsewhere everything is one volume.
fn volume(path: &Path) -> PathBuf {
    let mut parts = path.components();
    match parts.next() {
        Some(prefix @ Component::Prefix(_)) => PathBuf::from(prefix.as_os_str()),
        Some(root @ Component::RootDir) if cfg!(target_os = "macos") => {
            let mut volume = PathBuf::from(root.as_os_str());
            if path.starts_with("/Volumes") {
                volume.extend(parts.take(2));
            }
            volume
        }
        Some(root @ Component::RootDir) => PathBuf::from(root.as_os_str()),
        _ => PathBuf::new(),
    }
}

/// Linux's device number from its two halves, as composed by `makedev` of glibc and musl.
const fn device(major: u64, minor: u64) -> u64 {
    (major & 0xffff_f000) << 32 | (major & 0xfff) << 8 | (minor & 0xffff_ff00) << 12 | minor & 0xff
}

/// Whitespace is escaped as `\040` etc.
fn unescaped(text: &str) -> String {
    let escapes = [(r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", r"\")];
    escapes.iter().fold(text.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_nearest_mount_and_of_two_to_the_later() {
        let mounts = Mounts::of(
            "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:50 / /mnt/share\\040one rw - cifs //server/share rw,vers=3
24 23 8:2 / /mnt/share\\040one/local rw - ext4 /dev/sdb1 rw
26 22 0:52 / /srv rw - ext4 /dev/sdc1 rw
27 22 259:300 / /srv rw - nfs4 server:/srv rw
nonsense",
        );
        let on = |path: &str| mounts.place(Path::new(path));
        assert_eq!(on("/home/a"), Place::Device(0x801));
        assert_eq!(on("/mnt/share one/films"), Place::Device(50));
        assert_eq!(on("/mnt/share one/local/films"), Place::Device(0x802));
        assert_eq!(on("/mnt/share ones"), Place::Device(0x801));
        assert_eq!(on("/srv/x"), Place::Device(0x0011_032c), "259:300");
        assert_eq!((mounts.device_of_mount(24), mounts.device_of_mount(99)), (Some(0x802), None));
    }

    #[test]
    fn the_nearest_mount_says_whether_a_folder_lies_on_another_computer() {
        let mounts = Mounts::of(
            "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:50 / /mnt/share\\040one rw - cifs //server/share rw,vers=3
24 23 8:2 / /mnt/share\\040one/local rw - ext4 /dev/sdb1 rw
25 22 0:51 / /home/a/far rw,nosuid - fuse.sshfs a@b: rw
26 22 0:52 / /srv rw - ext4 /dev/sdc1 rw
27 22 0:53 / /srv rw - nfs4 server:/srv rw",
        );
        let far = |folder: &str| mounts.is_far(Path::new(folder));
        assert!(far("/mnt/share one/films"));
        assert!(far("/home/a/far"));
        assert!(far("/srv/x"), "the later of two");
        assert!(!far("/mnt/share one/local/films"));
        assert!(!far("/home/a/farther"));
        assert!(!far("/"));
        assert!(!Mounts::of("nonsense\n- -").is_far(Path::new("/")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_mounts_say_is_what_a_look_says() {
        use std::os::unix::fs::MetadataExt as _;

        let mounts = Mounts::now();
        for path in ["/proc", "/dev"] {
            let seen = std::fs::metadata(path).unwrap().dev();
            assert_eq!(mounts.place(Path::new(path)), Place::Device(seen), "{path}");
        }
    }
}
