//! The holder's address: a socket file in the data folder, or on Windows a pipe named after it.

use std::io;
use std::path::Path;

use interprocess::local_socket::tokio::{Listener, Stream};

/// Listens for front ends. Only the folder's owner may connect.
pub(crate) fn listen(folder: &Path) -> io::Result<Listener> {
    system::listen(folder)
}

/// Connects to the listener; `None` if there is none.
pub(crate) async fn connect(folder: &Path) -> io::Result<Option<Stream>> {
    match system::connect(folder).await {
        Ok(stream) => Ok(Some(stream)),
        // WouldBlock: so many are connecting that the queue is full; like the other two, this is temporary.
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::WouldBlock
            ) =>
        {
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// Removes the socket, so that no front end connects to a process that is ending.
pub(crate) fn clear(folder: &Path) {
    system::clear(folder);
}

#[cfg(unix)]
mod system {
    use std::fs::{self, File, Permissions};
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
    use interprocess::local_socket::{GenericFilePath, ListenerOptions};

    /// The name of the socket in the data folder.
    const SOCKET: &str = "socket";
    /// Most bytes in a socket's path, with its final NUL: 108 on Linux (unix(7)), 104 on macOS and the BSDs
    /// (sys/un.h). The smaller fits all.
    const SUN_PATH: usize = 104;
    /// A running holder empties its queue at once; if connecting takes longer than this, it is stopped or
    /// hung.
    const CONNECT_WAIT: Duration = Duration::from_secs(5);

    pub(super) fn listen(folder: &Path) -> io::Result<Listener> {
        let socket = folder.join(SOCKET);
        // The lock holder may remove what an earlier holder left behind.
        match fs::remove_file(&socket) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let way = Way::to(folder)?;
        let name = way.socket().to_fs_name::<GenericFilePath>()?;
        let listener = ListenerOptions::new().name(name).reclaim_name(false).create_tokio()?;
        // After the bind, because not every system can set it before; until then the folder's 0700 keeps
        // others out.
        fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        Ok(listener)
    }

    pub(super) async fn connect(folder: &Path) -> io::Result<Stream> {
        let way = Way::to(folder)?;
        let name = way.socket().to_fs_name::<GenericFilePath>()?;
        tokio::time::timeout(CONNECT_WAIT, Stream::connect(name)).await?
    }

    pub(super) fn clear(folder: &Path) {
        // Failure is harmless: the next holder removes what is left.
        let _ = fs::remove_file(folder.join(SOCKET));
    }

    /// A short path to the folder. Needed only while a socket is bound or connected.
    pub(super) enum Way {
        /// The folder's own path is short enough.
        Plain(PathBuf),
        /// `/proc/self/fd/N`, while the folder is open (proc(5)). Writes nothing outside the folder.
        Descriptor(File),
        /// A symbolic link in /tmp under a unique name, removed right after use: for systems without /proc.
        Link(PathBuf),
    }

    impl Way {
        pub(super) fn to(folder: &Path) -> io::Result<Self> {
            if folder.join(SOCKET).as_os_str().len() < SUN_PATH {
                Ok(Self::Plain(folder.to_path_buf()))
            } else if Path::new("/proc/self/fd").is_dir() {
                File::open(folder).map(Self::Descriptor)
            } else {
                Self::link(folder)
            }
        }

        pub(super) fn link(folder: &Path) -> io::Result<Self> {
            let mut n = 0_u32;
            loop {
                let link = PathBuf::from(format!("/tmp/.partway-{}-{n}", std::process::id()));
                match symlink(folder, &link) {
                    Ok(()) => return Ok(Self::Link(link)),
                    // An existing name is never followed, whoever created it.
                    Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < 1000 => n += 1,
                    Err(e) => return Err(e),
                }
            }
        }

        pub(super) fn socket(&self) -> PathBuf {
            match self {
                Self::Plain(folder) => folder.join(SOCKET),
                Self::Descriptor(folder) => {
                    PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(SOCKET)
                }
                Self::Link(link) => link.join(SOCKET),
            }
        }
    }

    impl Drop for Way {
        fn drop(&mut self) {
            if let Self::Link(link) = self {
                let _ = fs::remove_file(link);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::system::Way;

    #[test]
    fn a_link_names_a_deep_folder_in_few_bytes_and_leaves_nothing_behind() {
        let deep = tempfile::tempdir().unwrap();
        std::fs::write(deep.path().join("socket"), "here").unwrap();
        let way = Way::link(deep.path()).unwrap();
        let socket = way.socket();
        assert!(socket.as_os_str().len() < 60);
        assert_eq!(std::fs::read_to_string(&socket).unwrap(), "here");
        drop(way);
        assert!(!socket.parent().unwrap().is_symlink());
    }
}

#[cfg(windows)]
mod system {
    use std::fmt::Write as _;
    use std::io;
    use std::path::Path;

    use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
    use interprocess::local_socket::{GenericNamespaced, ListenerOptions, Name};
    use interprocess::os::windows::local_socket::ListenerOptionsExt as _;
    use interprocess::os::windows::security_descriptor::SecurityDescriptor;
    use sha2::{Digest as _, Sha256};

    pub(super) fn listen(folder: &Path) -> io::Result<Listener> {
        // SDDL: protected from inheritance, all rights to the owner, none to others. By default everyone can
        // read a pipe (learn.microsoft.com, "Named Pipe Security and Access Rights").
        let owner_only = SecurityDescriptor::deserialize(widestring::u16cstr!("D:P(A;;GA;;;OW)"))?;
        ListenerOptions::new().name(name(folder)?).security_descriptor(owner_only).create_tokio()
    }

    pub(super) async fn connect(folder: &Path) -> io::Result<Stream> {
        Stream::connect(name(folder)?).await
    }

    pub(super) fn clear(_folder: &Path) {}

    fn name(folder: &Path) -> io::Result<Name<'static>> {
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let mut name = String::from("partway-");
        for byte in &digest[..16] {
            let _ = write!(name, "{byte:02x}");
        }
        name.to_ns_name::<GenericNamespaced>()
    }
}
