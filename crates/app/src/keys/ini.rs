//! Parses AWS CLI files the way it does, and tolerates errors that don't matter for a key.
//!
//! The AWS CLI reads them with Python's `configparser.RawConfigParser` (botocore,
//! `configloader.raw_config_parse`). An INI library would treat comments and backslashes differently, and
//! only three names are needed.

/// Decodes such a file: UTF-8 with or without a byte order mark, or UTF-16 as PowerShell writes it. Comments
/// in another code page decode to replacement characters.
pub(super) fn text(bytes: &[u8]) -> String {
    let wide = |two: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| two([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The settings of the sections whose header matches `is`, in file order; `None` if there is no such section.
///
/// Indentation is ignored: people indent for readability. Text after a value is part of it.
pub(super) fn section(text: &str, is: impl Fn(&str) -> bool) -> Option<Vec<(String, String)>> {
    let (mut inside, mut found) = (false, None);
    for line in text.split(['\n', '\r']).map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some((head, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            inside = is(head.trim());
            if inside {
                found.get_or_insert_with(Vec::new);
            }
        } else if inside
            && let Some(settings) = &mut found
            && let Some((name, value)) = line.split_once(['=', ':'])
        {
            settings.push((name.trim().to_ascii_lowercase(), unquoted(value.trim()).to_owned()));
        }
    }
    found
}

/// Removes surrounding quotes. The AWS CLI keeps them, so no quoted key works there; no working key has them
/// at both ends.
pub(super) fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|inner| !inner.is_empty())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Id and secret of the section `default`, separated by a bar, with `-` for a missing one.
    fn read(bytes: &[u8]) -> String {
        let Some(settings) = section(&text(bytes), |head| head == "default") else { return "none".into() };
        let value = |name: &str| {
            settings
                .iter()
                .rev()
                .find(|(known, _)| known == name)
                .map_or("-", |(_, value)| value.as_str())
                .to_owned()
        };
        format!("{}|{}", value("aws_access_key_id"), value("aws_secret_access_key"))
    }

    #[test]
    fn a_file_reads_as_the_aws_cli_reads_it() {
        // What botocore 1.43 returns for each of them.
        for (file, found) in [
            ("[default]\naws_access_key_id = A\naws_secret_access_key = B\n", "A|B"),
            ("[default]\n  aws_access_key_id = A\n  aws_secret_access_key = B\n", "A|B"),
            ("[default]\n\taws_access_key_id=A\n\taws_secret_access_key=B", "A|B"),
            ("[default]\n    aws_access_key_id = A\n  aws_secret_access_key = B\n", "A|B"),
            ("  [default]\n  aws_access_key_id = A\n  aws_secret_access_key = B\n", "A|B"),
            ("[default]\naws_access_key_id: A\naws_secret_access_key:B=C:D\n", "A|B=C:D"),
            ("[default]\naws_access_key_id = A\naws_secret_access_key = B:C=D/+\n", "A|B:C=D/+"),
            ("[default]\r\naws_access_key_id = A\r\naws_secret_access_key = B\r\n", "A|B"),
            ("[default]\raws_access_key_id = A\raws_secret_access_key = B\r", "A|B"),
            ("[default]\nAWS_ACCESS_KEY_ID = A\nAws_Secret_Access_Key = B\n", "A|B"),
            (
                "[default] # mine\naws_access_key_id = A\n  # or\n\n;aws_access_key_id = C\naws_secret_access_key = B\n",
                "A|B",
            ),
            (
                "[default]\ns3 =\n  max_queue_size = 1\naws_access_key_id = A\naws_secret_access_key = B%(x)s\n",
                "A|B%(x)s",
            ),
            ("[default]\naws_access_key_id = A # x\naws_secret_access_key = B ; y\n", "A # x|B ; y"),
            ("[DEFAULT]\naws_access_key_id = A\naws_secret_access_key = B\n", "none"),
            ("[default]\naws_access_key_id = A\n", "A|-"),
        ] {
            assert_eq!(read(file.as_bytes()), found, "{file:?}");
        }
    }

    #[test]
    fn what_makes_the_aws_cli_give_up_and_says_nothing_of_the_key_is_passed_over() {
        let plain = "[default]\naws_access_key_id = A\naws_secret_access_key = B\n";
        let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            [mark.to_vec(), plain.encode_utf16().flat_map(bytes).collect()].concat()
        };
        for file in [
            b"# f\xfcr mich\n[default]\naws_access_key_id = A\naws_secret_access_key = B\n".to_vec(),
            [b"\xef\xbb\xbf", plain.as_bytes()].concat(),
            wide(u16::to_le_bytes, [0xff, 0xfe]),
            wide(u16::to_be_bytes, [0xfe, 0xff]),
            b"[ default ]\naws_access_key_id = A\naws_secret_access_key = B\n".to_vec(),
            b"[default]\naws_access_key_id = \"A\"\naws_secret_access_key = 'B'\n".to_vec(),
            b"stray = 1\n[default]\nstray\naws_access_key_id = A\naws_secret_access_key = B\n".to_vec(),
            b"[default]\naws_access_key_id = A\n    aws_secret_access_key = B\n".to_vec(),
            b"[x]\na = 1\n  [default]\n  aws_access_key_id = A\n  aws_secret_access_key = B\n".to_vec(),
            // The later one wins, as in AWS's other tools.
            b"[default]\naws_access_key_id = C\n[x]\naws_access_key_id = D\n[default]\naws_access_key_id = A\naws_secret_access_key = B\n"
                .to_vec(),
        ] {
            assert_eq!(read(&file), "A|B", "{:?}", text(&file));
        }
    }

    #[test]
    fn quotes_go_only_in_pairs_around_something() {
        for (typed, read) in [
            ("\"a\"", "a"),
            ("'a'", "a"),
            ("\"a'", "\"a'"),
            ("\"", "\""),
            ("\"\"", "\"\""),
            ("a\"b\"", "a\"b\""),
        ] {
            assert_eq!(unquoted(typed), read);
        }
    }
}
