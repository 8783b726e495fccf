//! Names in any script, with any character that a file name can have.

use partway_core::RetryClass;

use super::super::destination::Destination;
use super::super::outcome::{MustGo, NotHeld, Outcome, broken, ensure};
use super::super::upload::{Example, Upload};

/// Real-world file names. No two collide on a file system that folds case or Unicode normalization.
fn names() -> Vec<String> {
    let long = "ä".repeat(125);
    let mut names: Vec<String> = [
        "plain.mov",
        "cut v7 (final) [2].mov",
        "nfc-\u{fc}\u{e9}\u{f1}.mov",
        "nfd-u\u{308}e\u{301}n\u{303}.mov",
        "family 👩\u{200d}👩\u{200d}👧\u{200d}👦 🏳\u{fe0f}\u{200d}🌈.mp4",
        "קובץ וידאו.mp4",
        "ملف فيديو ١٢.mp4",
        "映像 最終版.mov",
        "ภาพยนตร์.mov",
        "single 'quotes' and \"double\".mov",
        "100% a%20b %2F %zz.mov",
        "a+b=c & d;e,f.mov",
        "what? #7!.mov",
        "back\\slash.mov",
        "<tag> {brace} ^~`|$@.mov",
        "no extension",
        ".hidden",
        "many.dots.in.it..mov",
        "  spaces around  ",
    ]
    .map(str::to_owned)
    .into();
    // 255 bytes, the longest name on common file systems.
    names.push(format!("{long}x.mov"));
    names
}

/// Each name arrives, or is refused with a reason before a byte is sent.
pub async fn names_in_any_script_arrive(destination: &dyn Destination) -> Outcome {
    for (index, name) in names().into_iter().enumerate() {
        let size = 40 + index as u64;
        let example = Example::new(destination, &name, size);
        let foreseen = destination.open().await.refuses(&example.facts);
        let (unopened, started) = Upload::start(destination, example).await?;
        let started = match started {
            Ok(started) if foreseen.is_none() => started,
            Ok(_) => return broken(format!("{name:?} was foreseen to be refused, and was taken")),
            Err(failure) => {
                ensure(failure.class == RetryClass::Refused && !failure.detail.is_empty(), || {
                    format!(
                        "{name:?} is {:?}, and must be taken or Refused with a reason ({failure})",
                        failure.class
                    )
                })?;
                ensure(index > 1, || format!("a plain name is refused: {failure}"))?;
                continue;
            }
        };
        let mut upload = unopened.opened(started)?;
        for number in upload.numbers() {
            let bytes = upload.part(number).to_vec();
            upload.put(number, &bytes).await?.must(&format!("{name:?}"))?;
        }
        upload.finish().await.map_err(|not_held| match not_held {
            NotHeld::Broken(why) => NotHeld::Broken(format!("{name:?}: {why}")),
            skipped @ NotHeld::Skipped(_) => skipped,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn the_longest_name_is_as_long_as_a_file_system_takes() {
        assert_eq!(names().iter().map(String::len).max(), Some(255));
    }
}
