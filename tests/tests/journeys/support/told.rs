//! What a program prints, read while it runs, so that a journey can wait for a line of it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// Everything that was printed so far, byte for byte.
pub(crate) type Printed = Arc<Mutex<Vec<u8>>>;

/// Reads to the end in a thread of its own: what is printed, and its lines one by one.
pub(crate) fn told(by: impl Read + Send + 'static) -> (Printed, Receiver<String>) {
    let printed = Printed::default();
    let (sender, lines) = channel();
    let kept = Arc::clone(&printed);
    std::thread::spawn(move || read(by, &kept, &sender));
    (printed, lines)
}

fn read(by: impl Read, printed: &Printed, lines: &Sender<String>) {
    let mut reader = BufReader::new(by);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        printed.lock().unwrap().write_all(&line).unwrap();
        let line = String::from_utf8_lossy(&line);
        // Nobody waits for lines any more: they are still kept.
        let _ = lines.send(line.trim_end_matches('\n').to_owned());
    }
}

/// It as text.
pub(crate) fn text(printed: &Printed) -> String {
    String::from_utf8_lossy(&printed.lock().unwrap()).into_owned()
}
