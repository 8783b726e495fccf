//! A file system whose reads come back when the test wants it: FUSE's protocol over `/dev/fuse`, as far as reading files needs it
//! (linux/fuse.h, version 7.31).

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What the files of a name do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// They can be read.
    Good,
    /// A read of them does not come back until they are good.
    Hangs,
    /// Not even a look at them does.
    Lost,
    /// The next read is answered with EIO, and then they are good.
    FailsOnce,
}

/// One file; the first has number 2, because 1 is the folder.
#[derive(Debug)]
struct Node {
    name: String,
    size: u64,
    how: How,
}

#[derive(Default)]
struct Inside {
    files: Vec<Node>,
    /// What was asked and not answered.
    held: Vec<Request>,
    /// Reads that were answered with EIO.
    failed: u32,
    /// No look at the folder itself comes back.
    folder_hangs: bool,
}

/// The file system. It ends with the process that it is mounted for.
pub(crate) struct Fuse {
    device: File,
    inside: Arc<(Mutex<Inside>, Condvar)>,
}

/// Something that the kernel asks.
struct Request {
    opcode: u32,
    unique: u64,
    node: u64,
    body: Vec<u8>,
}

/// The byte of every file at that place.
pub(crate) fn byte_at(offset: u64) -> u8 {
    (offset % 251) as u8
}

const EIO: i32 = -5;
const ENOENT: i32 = -2;
const EINTR: i32 = -4;
const ENOSYS: i32 = -38;

impl Fuse {
    /// With files of these names and sizes.
    pub(crate) fn with(files: &[(String, u64, How)]) -> Self {
        let device = File::options().read(true).write(true).open("/dev/fuse").unwrap();
        let files = files.iter().map(|(name, size, how)| Node { name: name.clone(), size: *size, how: *how });
        let inside = Inside { files: files.collect(), ..Inside::default() };
        let fuse = Self { device, inside: Arc::new((Mutex::new(inside), Condvar::new())) };
        let server = Self { device: fuse.device.try_clone().unwrap(), inside: Arc::clone(&fuse.inside) };
        // It ends when the file system is gone from where it was mounted.
        std::thread::spawn(move || server.serve());
        fuse
    }

    /// The device, for whoever mounts.
    pub(crate) fn device(&self) -> Stdio {
        self.device.try_clone().unwrap().into()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.0.lock().unwrap()
    }

    /// Waits until so many requests are held.
    pub(crate) fn holds(&self, count: usize) {
        let (inside, held) = self
            .inside
            .1
            .wait_timeout_while(self.inside(), Duration::from_secs(120), |inside| inside.held.len() < count)
            .unwrap();
        assert!(!held.timed_out(), "{} of {count} are held", inside.held.len());
    }

    /// Reads that were answered with EIO.
    pub(crate) fn failed(&self) -> u32 {
        self.inside().failed
    }

    /// From now on no look at the folder itself comes back.
    pub(crate) fn folder_hangs(&self) {
        self.inside().folder_hangs = true;
    }

    /// From now on all can be read, and what is held is answered.
    pub(crate) fn answers(&self) {
        let held = {
            let mut inside = self.inside();
            inside.folder_hangs = false;
            inside.files.iter_mut().for_each(|file| file.how = How::Good);
            std::mem::take(&mut inside.held)
        };
        held.into_iter().for_each(|request| self.take(request));
    }

    fn serve(self) {
        // The kernel wants room for its largest request.
        let mut room = vec![0; 1 << 18];
        loop {
            let Ok(length) = (&self.device).read(&mut room) else {
                // Not mounted yet (EPERM), or no more (ENODEV).
                if self.is_over() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            let told = &room[..length];
            self.take(Request {
                opcode: u32_at(told, 4),
                unique: u64_at(told, 8),
                node: u64_at(told, 16),
                body: told[40..].to_vec(),
            });
        }
    }

    /// Whether nobody but this thread has the file system any more.
    fn is_over(&self) -> bool {
        Arc::strong_count(&self.inside) == 1
    }

    fn take(&self, request: Request) {
        let mut inside = self.inside();
        let at = |node: u64| usize::try_from(node).ok()?.checked_sub(2);
        let named = |name: &[u8], files: &[Node]| {
            files.iter().position(|file| file.name.as_bytes() == name.strip_suffix(b"\0").unwrap_or(name))
        };
        let answer = match request.opcode {
            // LOOKUP
            1 => match named(&request.body, &inside.files) {
                None => Err(ENOENT),
                Some(index) if inside.files[index].how == How::Lost => return self.hold(inside, request),
                Some(index) => {
                    let node = index as u64 + 2;
                    let mut entry = [node, 0, 0, 0, 0].map(u64::to_le_bytes).concat();
                    entry.extend(attributes(node, &inside.files));
                    Ok(entry)
                }
            },
            // FORGET and BATCH_FORGET want no answer.
            2 | 42 => return,
            // INTERRUPT: who asked is told to end. The kernel would let no process end before its request is answered.
            36 => {
                let unique = u64_at(&request.body, 0);
                let Some(index) = inside.held.iter().position(|held| held.unique == unique) else { return };
                inside.held.swap_remove(index);
                drop(inside);
                return self.answer(unique, Err(EINTR));
            }
            // GETATTR and OPENDIR
            3 | 27 if request.node == 1 && inside.folder_hangs => return self.hold(inside, request),
            3 => {
                let mut answer = [0_u64, 0].map(u64::to_le_bytes).concat();
                answer.extend(attributes(request.node, &inside.files));
                Ok(answer)
            }
            // OPEN and OPENDIR: with each read asked here (FOPEN_DIRECT_IO).
            14 | 27 => Ok([0_u64, 1].map(u64::to_le_bytes).concat()),
            // READ. Whether there is something behind the end is asked before anything is read.
            15 => {
                let index = at(request.node).unwrap();
                let is_inside = u64_at(&request.body, 8) < inside.files[index].size;
                match inside.files[index].how {
                    How::Hangs | How::Lost if is_inside => return self.hold(inside, request),
                    How::FailsOnce if is_inside => {
                        inside.files[index].how = How::Good;
                        inside.failed += 1;
                        Err(EIO)
                    }
                    _ => {
                        let from = u64_at(&request.body, 8);
                        let end = (from + u64::from(u32_at(&request.body, 16)))
                            .min(inside.files[index].size)
                            .max(from);
                        Ok((from..end).map(byte_at).collect())
                    }
                }
            }
            // READDIR (a folder that seems empty), RELEASE, FLUSH, RELEASEDIR, DESTROY
            28 | 18 | 25 | 29 | 38 => Ok(Vec::new()),
            // INIT: version 7.31, looks at a folder side by side (FUSE_PARALLEL_DIROPS), requests of at most 128 KiB, times in nanoseconds.
            26 => {
                let mut answer = [7_u32, 31, 0, 1 << 18, 0, 1 << 17, 1].map(u32::to_le_bytes).concat();
                answer.resize(64, 0);
                Ok(answer)
            }
            _ => Err(ENOSYS),
        };
        drop(inside);
        self.answer(request.unique, answer);
    }

    fn hold(&self, mut inside: MutexGuard<'_, Inside>, request: Request) {
        inside.held.push(request);
        drop(inside);
        self.inside.1.notify_all();
    }

    fn answer(&self, unique: u64, answer: Result<Vec<u8>, i32>) {
        let (error, body) = match answer {
            Ok(body) => (0, body),
            Err(error) => (error, Vec::new()),
        };
        let length = u32::try_from(16 + body.len()).unwrap();
        let mut told = length.to_le_bytes().to_vec();
        told.extend(error.to_le_bytes());
        told.extend(unique.to_le_bytes());
        told.extend(body);
        // Who asked may be gone.
        let _ = (&self.device).write(&told);
    }
}

/// `struct fuse_attr` of a file, or of the folder.
fn attributes(node: u64, files: &[Node]) -> Vec<u8> {
    let file = node.checked_sub(2).and_then(|index| files.get(usize::try_from(index).ok()?));
    let size = file.map_or(0, |file| file.size);
    let made = 1_700_000_000;
    let mut attributes = [node, size, size.div_ceil(512), made, made, made].map(u64::to_le_bytes).concat();
    let mode = if file.is_some() { 0o100_644 } else { 0o040_755 };
    attributes.extend([0_u32, 0, 0, mode, 1, 0, 0, 0, 4096, 0].map(u32::to_le_bytes).concat());
    attributes
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}
