//! From the bytes of a file to the text of its table: the encodings that are certain, and what programs write above the header.

use super::fault::TableFault;

/// The text of a table, with what stands above its header set aside.
#[derive(Debug)]
pub struct TableText {
    text: String,
    begins: usize,
    /// Where its lines end.
    ends: Vec<usize>,
    /// The separator that the file itself names, as Excel does.
    pub separator: Option<u8>,
}

impl TableText {
    /// Reads `bytes`: UTF-8, or UTF-16 with its mark.
    ///
    /// # Errors
    /// When it is neither, or has a NUL in it.
    pub fn read(bytes: &[u8]) -> Result<Self, TableFault> {
        let text = match bytes {
            [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes)?,
            [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes)?,
            _ => utf_8(bytes)?,
        };
        let ends = ends(text.as_bytes()).collect();
        let mut read = Self { text, begins: 0, ends, separator: None };
        if let Some(at) = read.text.find('\0') {
            return Err(TableFault::Nul { line: read.line_of(at) });
        }
        read.set_aside();
        Ok(read)
    }

    /// What PowerShell and Excel write above the header: the type of the objects, and the separator.
    fn set_aside(&mut self) {
        while let Some(line) = self.table().lines().next() {
            let named = line.to_lowercase();
            let (length, is_type) = (line.len(), line.starts_with("#TYPE"));
            match named.trim_end().strip_prefix("sep=").map(str::as_bytes) {
                Some([separator]) => self.separator = Some(*separator),
                _ if is_type => {}
                _ => return,
            }
            self.begins += length;
            self.begins += self.table().bytes().take_while(|byte| b"\r\n".contains(byte)).count();
        }
    }

    /// The table, with its header first.
    pub fn table(&self) -> &str {
        &self.text[self.begins..]
    }

    /// The line that an editor shows for what stands at this byte of the table, or behind the line ends there.
    pub fn line(&self, at: usize) -> u64 {
        self.line_of(self.begins + at)
    }

    fn line_of(&self, at: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let at = at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| b"\r\n".contains(byte)).count();
        1 + self.ends.partition_point(|end| *end < at) as u64
    }

    /// The line on which a quoted cell begins that has no end, if there is one. All that follows would be swallowed by it.
    pub fn unclosed(&self, separator: u8) -> Option<u64> {
        let (mut opened, mut at_begin) = (None, true);
        let mut bytes = self.table().bytes().enumerate().peekable();
        while let Some((at, byte)) = bytes.next() {
            match opened {
                Some(_) if byte != b'"' => {}
                Some(_) if bytes.next_if(|(_, next)| *next == b'"').is_some() => {}
                Some(_) => opened = None,
                None if byte == b'"' && at_begin => (opened, at_begin) = (Some(at), false),
                None => at_begin = byte == separator || b"\r\n".contains(&byte),
            }
        }
        opened.map(|at| self.line(at))
    }
}

/// Where lines end: at a line feed, or at a carriage return that none follows.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let is_end = |at: &usize| bytes[*at] == b'\n' || bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    (0..bytes.len()).filter(is_end)
}

fn utf_8(bytes: &[u8]) -> Result<String, TableFault> {
    let text = std::str::from_utf8(bytes).map_err(|source| {
        let line = 1 + bytes.iter().take(source.valid_up_to()).filter(|byte| **byte == b'\n').count();
        TableFault::NotUtf8 { line, source }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, TableFault> {
    let units = bytes.chunks(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        // Half a unit at the end is no text; nor is this.
        _ => 0xdc00,
    });
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| TableFault::NotUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_one_that_an_editor_shows() {
        for ends in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "\"1", "2\",x", "", "y,z"].join(ends);
            let read = TableText::read(text.as_bytes()).unwrap();
            let at = |word: &str| read.line(read.table().find(word).unwrap());
            assert_eq!(["a", "\"1", "x", "y"].map(at), [1, 2, 3, 5], "{ends:?}");
            // Where the reader stands before the line ends of the row before.
            assert_eq!(read.line(read.table().find('x').unwrap() + 1), 5, "{ends:?}");
        }
    }

    #[test]
    fn what_stands_above_the_header_is_set_aside_and_counted() {
        let read = TableText::read(b"#TYPE Some.Object\r\nsep=;\r\nemail;name\r\n").unwrap();
        assert_eq!((read.table(), read.separator, read.line(0)), ("email;name\r\n", Some(b';'), 3));
        let read = TableText::read(b"").unwrap();
        assert_eq!((read.table(), read.separator), ("", None));
    }

    #[test]
    fn both_orders_of_utf_16_are_read_and_what_is_none_is_not() {
        let units =
            |order: fn(u16) -> [u8; 2]| -> Vec<u8> { "\u{feff}é,😀\n".encode_utf16().flat_map(order).collect() };
        for bytes in [units(u16::to_le_bytes), units(u16::to_be_bytes)] {
            assert_eq!(TableText::read(&bytes).unwrap().table(), "é,😀\n");
            assert!(matches!(TableText::read(&bytes[..bytes.len() - 1]), Err(TableFault::NotUtf16)));
        }
    }

    #[test]
    fn a_quote_without_an_end_is_found_where_it_begins() {
        let unclosed = |text: &str| TableText::read(text.as_bytes()).unwrap().unclosed(b',');
        assert_eq!(unclosed("a,b\n1,\"two\nthree\n"), Some(2));
        assert_eq!(unclosed("a,b\n1,\"two\"\"\n\",x\ny,\"z"), Some(4));
        assert_eq!(unclosed("a,b\n1,\"two \"\"2\"\" \"\n3,in\"ch\n"), None);
    }
}
