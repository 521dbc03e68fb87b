//! XML of strangers as a tree, under limits. Namespaces' prefixes are dropped: files of many makers differ in them.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::finding::{Code, Finding};

/// Deepest nesting.
const MOST_DEPTH: usize = 64;
/// Most elements of a file.
const MOST_ELEMENTS: usize = 500_000;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Name without prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// Elements in it, in order.
    pub(crate) children: Vec<Element>,
    text: String,
}

impl Element {
    /// The attribute `name`, without regard to prefixes.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child called `name`.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children called `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The child reached by a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The element's own text as it stands.
    pub(crate) fn raw_text(&self) -> &str {
        &self.text
    }

    /// The element's own text without blanks around it.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Text of the child called `name`.
    pub(crate) fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text)
    }
}

/// Reads the XML `bytes` of the file `name`.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Element, Finding> {
    let fault = |code| Finding::new(code, name);
    let text = std::str::from_utf8(bytes).map_err(|_| fault(Code::XmlEncoding))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0;
    loop {
        let event = reader.read_event().map_err(|_| fault(Code::BadXml))?;
        match event {
            Event::Start(start) => {
                elements += 1;
                if stack.len() >= MOST_DEPTH || elements > MOST_ELEMENTS {
                    return Err(fault(Code::XmlTooDeep));
                }
                stack.push(element(&start).map_err(fault)?);
            }
            Event::Empty(start) => {
                elements += 1;
                if stack.len() >= MOST_DEPTH || elements > MOST_ELEMENTS {
                    return Err(fault(Code::XmlTooDeep));
                }
                let element = element(&start).map_err(fault)?;
                close(element, &mut stack, &mut root).map_err(fault)?;
            }
            Event::End(_) => {
                let element = stack.pop().ok_or_else(|| fault(Code::BadXml))?;
                close(element, &mut stack, &mut root).map_err(fault)?;
            }
            Event::Text(text) => append(&text.xml10_content(), &mut stack).map_err(fault)?,
            Event::CData(text) => append(&text.xml10_content(), &mut stack).map_err(fault)?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|_| fault(Code::BadXml))?;
                let text = match (character, reference.xml10_content().as_ref()) {
                    (Some(c), _) => c.to_string(),
                    (None, "amp") => "&".to_owned(),
                    (None, "lt") => "<".to_owned(),
                    (None, "gt") => ">".to_owned(),
                    (None, "quot") => "\"".to_owned(),
                    (None, "apos") => "'".to_owned(),
                    _ => return Err(fault(Code::XmlEntity)),
                };
                append(&text, &mut stack).map_err(fault)?;
            }
            Event::DocType(_) => return Err(fault(Code::XmlEntity)),
            Event::Decl(declaration) => {
                let utf8 = match declaration.encoding() {
                    None => true,
                    Some(encoding) => encoding
                        .map_err(|_| fault(Code::BadXml))?
                        .chars()
                        .filter(|c| *c != '-')
                        .collect::<String>()
                        .eq_ignore_ascii_case("utf8"),
                };
                if !utf8 {
                    return Err(fault(Code::XmlEncoding));
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if stack.is_empty() { root.ok_or_else(|| fault(Code::BadXml)) } else { Err(fault(Code::BadXml)) }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Code> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Code::BadXml)?;
        let key = attribute.key.local_name();
        let key: &str = key.as_ref();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|error| match error {
            quick_xml::Error::Escape(_) => Code::XmlEntity,
            _ => Code::BadXml,
        })?;
        attributes.push((key.to_owned(), value.into_owned()));
    }
    let name = start.local_name();
    let name: &str = name.as_ref();
    Ok(Element { name: name.to_owned(), attributes, ..Element::default() })
}

fn close(element: Element, stack: &mut [Element], root: &mut Option<Element>) -> Result<(), Code> {
    match (stack.last_mut(), root.is_some()) {
        (Some(parent), _) => parent.children.push(element),
        (None, false) => *root = Some(element),
        (None, true) => return Err(Code::BadXml),
    }
    Ok(())
}

fn append(text: &str, stack: &mut [Element]) -> Result<(), Code> {
    match stack.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(Code::BadXml),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(xml: &str) -> Code {
        parse("x.xml", xml.as_bytes()).unwrap_err().code
    }

    #[test]
    fn prefixes_references_and_cdata_are_read() {
        let root = parse("x", b"\xEF\xBB\xBF<?xml version=\"1.0\"?><o:A x:k=\"a&amp;&#20013;\"><B>1&lt;2</B><o:B><![CDATA[<]]></o:B></o:A>");
        let root = root.unwrap();
        assert_eq!(root.attribute("k"), Some("a&中"));
        let texts: Vec<_> = root.all("B").map(Element::text).collect();
        assert_eq!(texts, ["1<2", "<"]);
    }

    #[test]
    fn entities_and_types_are_refused() {
        assert_eq!(code("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), Code::XmlEntity);
        assert_eq!(code("<a>&x;</a>"), Code::XmlEntity);
        assert_eq!(code("<a k=\"&x;\"/>"), Code::XmlEntity);
    }

    #[test]
    fn broken_xml_is_refused() {
        for xml in ["", "x", "<a>", "<a></b>", "<a/><b/>", "</a>", "<a/>x", "<a k='1' k='2'/>", "<a>&#0;</a>"] {
            assert_eq!(code(xml), Code::BadXml, "{xml}");
        }
    }

    #[test]
    fn depth_and_encoding_have_limits() {
        assert_eq!(code(&"<a>".repeat(65)), Code::XmlTooDeep);
        assert!(parse("x", format!("{}{}", "<a>".repeat(64), "</a>".repeat(64)).as_bytes()).is_ok());
        assert_eq!(code("<?xml version=\"1.0\" encoding=\"GB18030\"?><a/>"), Code::XmlEncoding);
        assert_eq!(parse("x", b"<a>\xFF</a>").unwrap_err().code, Code::XmlEncoding);
    }
}
