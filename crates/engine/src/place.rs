//! On which drive a path lies, told without touching the drive: one that does not answer would keep whoever asks it.

use std::path::{Component, Path, PathBuf};

/// A drive, as far as a path's words tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// By its device number, as `stat` tells it.
    Device(u64),
    /// By the name of its volume, where the system tells no more without a look.
    Volume(PathBuf),
}

/// What is mounted where, at one moment.
#[derive(Debug, Default)]
pub(crate) struct Mounts(Vec<(PathBuf, u64)>);

impl Mounts {
    /// As it is now. Only Linux has to be asked; it answers from memory.
    pub(crate) fn now() -> Self {
        if !cfg!(target_os = "linux") {
            return Self::default();
        }
        Self::of(&std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
    }

    /// From the lines of `mountinfo` (proc_pid_mountinfo(5)).
    fn of(lines: &str) -> Self {
        let mount = |line: &str| {
            let mut words = line.split(' ').skip(2);
            let (major, minor) = words.next()?.split_once(':')?;
            let device = device(major.parse().ok()?, minor.parse().ok()?);
            Some((PathBuf::from(unescaped(words.nth(1)?)), device))
        };
        Self(lines.lines().filter_map(mount).collect())
    }

    /// The drive that the path names. Links in it are not followed, which would be a look.
    pub(crate) fn place(&self, path: &Path) -> Place {
        let above = self.0.iter().filter(|(mount, _)| path.starts_with(mount));
        // Of two at the same place the later one lies above.
        match above.max_by_key(|(mount, _)| mount.components().count()) {
            Some((_, device)) => Place::Device(*device),
            None => Place::Volume(volume(path)),
        }
    }
}

/// `C:` or `\\server\share` on Windows, `/Volumes/T7` on macOS, else all is one.
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

/// Linux' device number of the two halves, as glibc's and musl's `makedev` put it together.
const fn device(major: u64, minor: u64) -> u64 {
    (major & 0xffff_f000) << 32 | (major & 0xfff) << 8 | (minor & 0xffff_ff00) << 12 | minor & 0xff
}

/// Blanks and the like stand there as `\040`.
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
