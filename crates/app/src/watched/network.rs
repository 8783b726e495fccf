//! Whether a folder lies on another computer: what changes there is not told here.

use std::path::Path;

/// Whether the folder does, as far as this computer knows. Blocks.
#[cfg(target_os = "linux")]
pub(super) fn is_remote(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    std::fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| among(&mounts, &folder))
}

/// A share that was not given a letter says so by its name; of one that was it is not known.
#[cfg(windows)]
pub(super) fn is_remote(folder: &Path) -> bool {
    use std::path::{Component, Prefix};
    let prefix = folder.components().next();
    matches!(prefix, Some(Component::Prefix(prefix))
        if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)))
}

/// Not known there: the walk that comes every minute has to do.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn is_remote(_folder: &Path) -> bool {
    false
}

/// Kinds of file systems whose files lie elsewhere, or of which the system is not told what changes.
#[cfg(any(target_os = "linux", test))]
const REMOTE: &[&str] = &[
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

/// Whether the mount that the folder lies on is one of those, by the lines of `mountinfo` (proc_pid_mountinfo(5)).
#[cfg(any(target_os = "linux", test))]
fn among(mounts: &str, folder: &Path) -> bool {
    let mount = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let place = unescaped(before.split(' ').nth(4)?);
        let kind = after.split(' ').next()?.to_owned();
        folder.starts_with(&place).then(|| (Path::new(&place).components().count(), kind))
    };
    // Of two at the same place the later one lies above.
    let nearest = mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth);
    nearest.is_some_and(|(_, kind)| REMOTE.contains(&kind.as_str()))
}

/// Blanks and the like stand there as `\040`.
#[cfg(any(target_os = "linux", test))]
fn unescaped(text: &str) -> String {
    let escapes = [(r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", r"\")];
    escapes.iter().fold(text.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_says_where_a_folder_lies() {
        let mounts = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:50 / /mnt/share\\040one rw - cifs //server/share rw,vers=3
24 23 8:2 / /mnt/share\\040one/local rw - ext4 /dev/sdb1 rw
25 22 0:51 / /home/a/far rw,nosuid - fuse.sshfs a@b: rw
26 22 0:52 / /srv rw - ext4 /dev/sdc1 rw
27 22 0:53 / /srv rw - nfs4 server:/srv rw";
        let remote = |folder: &str| among(mounts, Path::new(folder));
        assert!(remote("/mnt/share one/films"));
        assert!(remote("/home/a/far"));
        assert!(remote("/srv/x"), "the later of two");
        assert!(!remote("/mnt/share one/local/films"));
        assert!(!remote("/home/a/farther"));
        assert!(!remote("/"));
        assert!(!among("nonsense\n- -", Path::new("/")));
    }
}
