//! The JSON objects of an answer that is told while it comes.

use serde_json::Value;

/// Objects that come in pieces of any size, with or without ends of lines between them.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    unread: Vec<u8>,
    /// How often it was tried to read some.
    #[cfg(test)]
    tries: usize,
}

impl Objects {
    /// The objects that are whole with this piece; and whether more than `most` bytes had to be dropped, which became none.
    pub(crate) fn take(&mut self, data: &[u8], most: usize) -> (Vec<Value>, bool) {
        self.unread.extend_from_slice(data);
        let mut whole = Vec::new();
        // A long one comes in thousands of pieces, and is read once its end may be there.
        if data.contains(&b'}') {
            let mut objects = serde_json::Deserializer::from_slice(&self.unread).into_iter::<Value>();
            while let Some(Ok(object)) = objects.next() {
                whole.push(object);
            }
            let read = objects.byte_offset();
            self.unread.drain(..read);
            #[cfg(test)]
            {
                self.tries += 1;
            }
        }
        let dropped = self.unread.len() > most;
        if dropped {
            self.unread.clear();
        }
        (whole, dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_object_is_read_once_and_not_at_each_piece() {
        let text = format!("{{\"aux\":\"{}\"}}\r\n{{\"a\":1}}", "x".repeat(10_000));
        let mut objects = Objects::default();
        let mut whole = Vec::new();
        for piece in text.as_bytes().chunks(1) {
            whole.extend(objects.take(piece, 1 << 20).0);
        }
        assert_eq!((whole.len(), objects.tries), (2, 2));
        assert_eq!(whole[1]["a"], 1);
    }

    #[test]
    fn what_becomes_no_object_is_not_kept() {
        let mut objects = Objects::default();
        assert_eq!(objects.take(&[b'x'; 10], 10), (Vec::new(), false));
        assert_eq!(objects.take(b"}", 10), (Vec::new(), true));
        assert_eq!(objects.take(b"{}", 10).0.len(), 1);
    }
}
