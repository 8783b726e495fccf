//! Maps the journal's absolute paths back to the paths given on the command line.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use partway_api::RawPath;
use partway_app::real;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Time limit per path. A sleeping disk takes longer; then only how the path is shown is affected.
const IN_TIME: Duration = Duration::from_secs(3);

/// Bytes of paths in one request, so that its line stays under the bridge's 4 MiB after base64.
const PATHS_A_REQUEST: usize = 2 << 20;

/// The given paths, without duplicates.
pub(crate) struct Named {
    absolute: Vec<PathBuf>,
    given: HashMap<PathBuf, PathBuf>,
}

/// The paths of one request.
#[derive(Default)]
pub(crate) struct Share {
    /// The absolute paths.
    pub(crate) paths: Vec<RawPath>,
    /// The same paths as they were given.
    pub(crate) given: Vec<String>,
}

impl Named {
    /// Collects the given paths; a path named twice counts once.
    ///
    /// # Errors
    /// The current folder is gone, so that a relative path means nothing.
    pub(crate) fn new(files: &[PathBuf]) -> io::Result<Self> {
        let mut named = Self { absolute: Vec::new(), given: HashMap::new() };
        for file in files {
            let absolute = std::path::absolute(file)?;
            if named.given.contains_key(&absolute) {
                continue;
            }
            named.given.insert(absolute.clone(), file.clone());
            named.absolute.push(absolute);
        }
        Ok(named)
    }

    /// Resolves all paths, so that different spellings of one path count once. Paths whose drive does not
    /// answer in time stay unresolved. If this is cancelled, all paths stay as they were named.
    pub(crate) async fn straighten(&mut self) {
        let (sender, mut told) = mpsc::unbounded_channel();
        let asked = self.absolute.clone();
        // A thread that hangs is abandoned: adding the files will hit the same problem and report it.
        let looking = std::thread::Builder::new().spawn(move || {
            let told = |absolute: &PathBuf| sender.send(Real::of(absolute)).is_ok();
            asked.iter().all(told)
        });
        if looking.is_err() {
            return;
        }
        let mut new = Vec::with_capacity(self.absolute.len());
        let mut all = self.absolute.clone().into_iter();
        let (mut places, mut targets) = (HashSet::new(), Vec::new());
        while let Ok(Some(real)) = timeout(IN_TIME, told.recv()).await {
            let Some(absolute) = all.next() else { break };
            let given = self.given.get(&absolute).unwrap_or(&absolute).clone();
            let place = real.place.unwrap_or_else(|| absolute.clone());
            targets.extend(real.target.map(|target| (target, given.clone())));
            // The first spelling determines how it is shown.
            if places.insert(place.clone()) {
                self.given.insert(place, given);
                new.push(absolute);
            }
        }
        new.extend(all);
        // What a link leads to is shown under the link's name, unless it was named itself.
        for (target, given) in targets {
            self.given.entry(target).or_insert(given);
        }
        self.absolute = new;
    }

    /// All paths, split into shares that fit one request each.
    pub(crate) fn shares(&self) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        let mut room = 0;
        for path in &self.absolute {
            let bytes = raw(path);
            if bytes.len() > room || shares.is_empty() {
                shares.push(Share::default());
                room = PATHS_A_REQUEST;
            }
            room = room.saturating_sub(bytes.len());
            if let Some(last) = shares.last_mut() {
                last.paths.push(RawPath::from_bytes(&bytes));
                let given = self.given.get(path).unwrap_or(path);
                last.given.push(given.to_string_lossy().into_owned());
            }
        }
        shares
    }

    /// A path from the journal as it was given: the path itself, or its given folder with the rest appended.
    pub(crate) fn given(&self, file: &str) -> String {
        let path = Path::new(file);
        for folder in path.ancestors() {
            if let (Some(given), Ok(rest)) = (self.given.get(folder), path.strip_prefix(folder)) {
                let whole = if rest.as_os_str().is_empty() { given.clone() } else { given.join(rest) };
                return whole.to_string_lossy().into_owned();
            }
        }
        // A name that is not UTF-8 reaches us with replacement characters, so compare lossily.
        let lossy = self.given.iter().find(|(absolute, _)| absolute.to_string_lossy() == file);
        lossy.map_or_else(|| file.to_owned(), |(_, given)| given.to_string_lossy().into_owned())
    }
}

/// Where a path really is.
struct Real {
    /// Its folder without symbolic links, and its own name. Two paths with one place are one name; a link and what it leads to are two.
    place: Option<PathBuf>,
    /// What it is without any symbolic link.
    target: Option<PathBuf>,
}

impl Real {
    fn of(absolute: &Path) -> Self {
        let target = real(absolute).ok();
        let link = absolute.symlink_metadata().is_ok_and(|seen| seen.is_symlink());
        let below = || Some(real(absolute.parent()?).ok()?.join(absolute.file_name()?));
        // The system knows how a name is spelled where case does not matter.
        let place = if link { below() } else { target.clone().or_else(below) };
        Self { place, target }
    }
}

/// A path in the system's encoding.
pub(crate) fn raw_path(path: &Path) -> RawPath {
    RawPath::from_bytes(&raw(path))
}

#[cfg(unix)]
fn raw(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(windows)]
fn raw(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt as _;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn named(files: &[&str]) -> Named {
        Named::new(&files.iter().map(PathBuf::from).collect::<Vec<_>>()).unwrap()
    }

    #[tokio::test]
    async fn what_was_named_is_still_known_where_the_look_at_it_is_broken_off() {
        // More than can be resolved within the first poll.
        let files: Vec<_> = (0..20_000).map(|n| format!("/elsewhere/{n}.mov")).collect();
        let mut named = named(&files.iter().map(String::as_str).collect::<Vec<_>>());
        tokio::select! {
            biased;
            () = named.straighten() => {}
            () = std::future::ready(()) => {}
        }
        let given: usize = named.shares().iter().map(|share| share.given.len()).sum();
        assert_eq!(given, files.len());
    }

    #[test]
    fn paths_come_back_as_they_were_written() {
        let here = std::env::current_dir().unwrap();
        let named = named(&["a.mov", "./dir/", "/elsewhere/b.mov", "a.mov"]);
        let given = |path: PathBuf| named.given(path.to_str().unwrap());
        assert_eq!(given(here.join("a.mov")), "a.mov");
        assert_eq!(given(here.join("dir/sub/c.mov")), "./dir/sub/c.mov");
        assert_eq!(given("/elsewhere/b.mov".into()), "/elsewhere/b.mov");
        assert_eq!(given("/not/named.mov".into()), "/not/named.mov");
        let shares = named.shares();
        assert_eq!(shares[0].given, ["a.mov", "./dir/", "/elsewhere/b.mov"]);
        assert_eq!((shares.len(), shares[0].paths.len()), (1, 3));
    }

    #[tokio::test]
    async fn a_link_and_what_it_leads_to_are_two_names_in_whatever_order() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        std::fs::create_dir(real.join("dir")).unwrap();
        std::fs::write(real.join("a.mov"), "a").unwrap();
        for (link, of) in [("link", "dir"), ("link.mov", "a.mov")] {
            std::os::unix::fs::symlink(real.join(of), real.join(link)).unwrap();
            for files in [[link, of], [of, link]] {
                let files = files.map(|file| real.join(file));
                let mut named = Named::new(&files).unwrap();
                named.straighten().await;
                let given = files.clone().map(|file| file.to_str().unwrap().to_owned());
                assert_eq!(named.shares()[0].given, given);
                assert_eq!(files.map(|file| named.given(file.to_str().unwrap())), given);
            }
        }
    }

    #[tokio::test]
    async fn what_lies_below_a_link_is_found_under_the_name_of_the_link() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("real");
        std::fs::create_dir(&real).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut named = Named::new(std::slice::from_ref(&link)).unwrap();
        named.straighten().await;
        assert_eq!(named.given(real.join("x").to_str().unwrap()), link.join("x").to_str().unwrap());
    }

    #[tokio::test]
    async fn one_place_under_two_spellings_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        std::fs::create_dir(real.join("dir")).unwrap();
        std::fs::write(real.join("dir/a.mov"), "a").unwrap();
        std::os::unix::fs::symlink(real.join("dir"), real.join("link")).unwrap();
        let mut named =
            Named::new(&[real.join("link/a.mov"), real.join("dir/a.mov"), real.join("dir/../dir/a.mov")])
                .unwrap();
        named.straighten().await;
        assert_eq!(named.shares()[0].given, [real.join("link/a.mov").to_str().unwrap()]);
    }

    #[tokio::test]
    async fn what_is_named_through_a_folder_above_is_found_under_the_place_that_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(real.join("a/b")).unwrap();
        std::fs::write(real.join("x"), "x").unwrap();
        std::os::unix::fs::symlink(real.join("x"), real.join("link")).unwrap();
        let files = ["a/..", "a/b/../../link"].map(|file| folder.path().join(file));
        let mut named = Named::new(&files).unwrap();
        named.straighten().await;
        assert_eq!(named.given(real.join("link").to_str().unwrap()), files[1].to_str().unwrap());
        assert_eq!(named.given(real.join("y/z").to_str().unwrap()), files[0].join("y/z").to_str().unwrap());
    }

    #[test]
    fn names_that_are_no_text_are_handed_over_as_bytes() {
        use std::os::unix::ffi::OsStringExt as _;
        let name = PathBuf::from(std::ffi::OsString::from_vec(b"/x/bad\xff.mov".to_vec()));
        let named = Named::new(std::slice::from_ref(&name)).unwrap();
        assert_eq!(named.shares()[0].paths[0].bytes().unwrap(), b"/x/bad\xff.mov");
        assert_eq!(named.given("/x/bad\u{fffd}.mov"), "/x/bad\u{fffd}.mov");
    }

    #[test]
    fn very_many_paths_are_handed_over_in_several_shares() {
        let names: Vec<PathBuf> = (0..30_000).map(|n| PathBuf::from(format!("/{n:0>100}"))).collect();
        let shares = Named::new(&names).unwrap().shares();
        assert_eq!(shares.iter().map(|share| share.paths.len()).sum::<usize>(), 30_000);
        assert!(shares.iter().all(|share| share.paths.len() == share.given.len()));
        assert_eq!(shares.len(), 2);
    }
}
