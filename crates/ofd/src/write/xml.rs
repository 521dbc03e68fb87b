//! XML as readers of OFD expect it: every element with the prefix `ofd:`, no blank between elements.

/// Namespace of OFD (GB/T 33190—2016, 7.2).
pub(crate) const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// An XML document being written.
#[derive(Debug)]
pub(crate) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins a document with its root element.
    pub(crate) fn new(root: &'static str, attributes: &[(&str, &str)]) -> Self {
        let mut xml = Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() };
        let mut all = vec![("xmlns:ofd", NAMESPACE)];
        all.extend_from_slice(attributes);
        xml.begin(root, &all);
        xml
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push_str("<ofd:");
        self.text.push_str(name);
        for (key, value) in attributes {
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
    }

    /// Opens an element.
    pub(crate) fn begin(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push('>');
        self.open.push(name);
    }

    /// Closes the innermost open element.
    pub(crate) fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.push_str("</ofd:");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push_str("/>");
    }

    /// An element with text and nothing else.
    pub(crate) fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes);
        self.text.push('>');
        escape(text, &mut self.text);
        self.text.push_str("</ofd:");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// Closes what is open and gives the bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.end();
        }
        self.text.into_bytes()
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A parser would turn these into blanks inside attributes.
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// Whether XML 1.0 can hold the text.
pub(crate) fn holds(text: &str) -> bool {
    let refused =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    !text.chars().any(refused)
}

/// A number of millimetres with at most three decimals.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() { "0".to_owned() } else { text.to_owned() }
}

/// Numbers with exactly one blank between them: some readers fail on two.
pub(crate) fn numbers(values: &[f64]) -> String {
    values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut xml = Xml::new("A", &[("k", "\"<\n")]);
        xml.element("B", &[], "a & b > c");
        xml.empty("C", &[]);
        let text = String::from_utf8(xml.finish()).unwrap();
        assert!(text.ends_with(
            "<ofd:A xmlns:ofd=\"http://www.ofdspec.org/2016\" k=\"&quot;&lt;&#10;\"><ofd:B>a &amp; b &gt; c</ofd:B>\
             <ofd:C/></ofd:A>"
        ));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(numbers(&[210.0, 0.25, -0.0001, 5.6444]), "210 0.25 0 5.644");
    }

    #[test]
    fn control_characters_are_not_held() {
        assert!(holds("一\n") && !holds("\u{1}") && !holds("\u{FFFE}"));
    }
}
