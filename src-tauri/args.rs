//! The command line: `partway [--data-dir D] [--hidden] [FILE…]`.

use std::path::PathBuf;

use clap::Parser;

/// Uploads files that are too big to lose, in parts, and goes on from part way whatever happens in between.
#[derive(Debug, Parser)]
#[command(name = "partway", version)]
pub(crate) struct Args {
    /// Keep everything under this folder.
    #[arg(long, value_name = "D")]
    pub data_dir: Option<PathBuf>,
    /// Start without showing the window.
    #[arg(long)]
    pub hidden: bool,
    /// Seconds after which a hidden window lets its web view go. For tests: nobody else needs another time.
    #[arg(long, value_name = "S", hide = true)]
    pub patience: Option<u64>,
    /// Files and folders to upload.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Reads the command line; says how it is meant and ends with 2 where it cannot be read.
pub(crate) fn parse() -> Args {
    Args::parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_options_are_told_apart() {
        let args =
            Args::try_parse_from(["partway", "--data-dir", "/d", "a b.mov", "--hidden", "--", "--c.mov"])
                .unwrap();
        assert_eq!(args.data_dir, Some("/d".into()));
        assert!(args.hidden);
        assert_eq!(args.files, [PathBuf::from("a b.mov"), "--c.mov".into()]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(Args::try_parse_from(["partway", "--hiden"]).is_err());
        assert!(Args::try_parse_from(["partway", "--data-dir"]).is_err());
    }
}
