//! A browser without script: a cookie, links that are followed, forms that are filled in and sent as a browser sends them.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};

use crate::town::{PASSWORD, Reply, Town};

const MARK: &str = "story-boundary-2f61";

/// One browser with somebody signed in.
pub(crate) struct Browser<'a> {
    pub(crate) town: &'a Town,
    cookie: String,
    /// What it says it is.
    pub(crate) agent: &'static str,
}

/// A file for an upload: name of the control, file name, declared kind, bytes.
pub(crate) type Upload<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

/// The names and values of a form, in its order.
pub(crate) type Pairs = Vec<(String, String)>;

impl<'a> Browser<'a> {
    /// Signs in through the page.
    pub(crate) async fn of(town: &'a Town, username: &str) -> Self {
        let mut browser = Self { town, cookie: String::new(), agent: "Mozilla/5.0 (X11; Linux x86_64)" };
        let pairs = [("username", username), ("password", PASSWORD), ("next", "/")];
        let reply = browser.post("/sign-in", &pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{username}: {}", reply.text);
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    /// Nobody.
    pub(crate) fn stranger(town: &'a Town) -> Self {
        Self { town, cookie: String::new(), agent: "Mozilla/5.0 (X11; Linux x86_64)" }
    }

    async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Reply {
        let path = path.split('#').next().unwrap();
        let mut request = Request::builder().method(method).uri(path).header(header::USER_AGENT, self.agent);
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.town.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// The page at `path`, which must be there.
    pub(crate) async fn open(&self, path: &str) -> String {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.text
    }

    pub(crate) async fn post(&self, path: &str, pairs: &[(String, String)]) -> Reply {
        let body = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into_bytes()).await
    }

    pub(crate) async fn upload(&self, path: &str, pairs: &[(String, String)], files: &[Upload<'_>]) -> Reply {
        let mut body = Vec::new();
        for (name, file, kind, bytes) in files {
            body.extend_from_slice(
                format!(
                    "--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        for (name, value) in pairs {
            body.extend_from_slice(
                format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        body.extend_from_slice(format!("--{MARK}--\r\n").as_bytes());
        self.send(Method::POST, path, Some(&format!("multipart/form-data; boundary={MARK}")), body).await
    }
}

impl Reply {
    /// Where it leads.
    pub(crate) fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn decoded(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The value of an attribute in the text of one tag; the empty text for one without a value.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let inside = tag.trim_end_matches('>');
    if let Some(start) = inside.find(&format!(" {name}=\"")) {
        let rest = &inside[start + name.len() + 3..];
        return Some(decoded(&rest[..rest.find('"')?]));
    }
    let bare = format!(" {name}");
    (inside.contains(&format!("{bare} ")) || inside.ends_with(&bare)).then(String::new)
}

/// The form of `page` that is sent to an address that begins with `action`: that address, and what a browser would send
/// as it stands, buttons left out.
pub(crate) fn form(page: &str, action: &str) -> (String, Pairs) {
    let at = page.find(&format!("action=\"{action}")).unwrap_or_else(|| panic!("no form for {action} in {page}"));
    let start = page[..at].rfind("<form").unwrap();
    let end = start + page[start..].find("</form>").unwrap();
    let text = &page[start..end];
    let address = attribute(&text[..=text.find('>').unwrap()], "action").unwrap();
    let mut pairs = Pairs::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let Some(close) = rest.find('>') else { break };
        let tag = &rest[..=close];
        rest = &rest[close + 1..];
        if tag.starts_with("<input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let ticked = attribute(tag, "checked").is_some();
            let (Some(name), value) = (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default()) else {
                continue;
            };
            match kind.as_str() {
                "file" | "submit" => {}
                "radio" | "checkbox" if !ticked => {}
                _ => pairs.push((name, value)),
            }
        } else if tag.starts_with("<textarea") {
            let inner = &rest[..rest.find("</textarea>").unwrap()];
            pairs.push((attribute(tag, "name").unwrap(), decoded(inner.strip_prefix('\n').unwrap_or(inner))));
        } else if tag.starts_with("<select") {
            let inner = &rest[..rest.find("</select>").unwrap()];
            let options: Vec<&str> =
                inner.split("<option").skip(1).map(|option| &option[..=option.find('>').unwrap()]).collect();
            let chosen = options.iter().find(|option| attribute(option, "selected").is_some()).or(options.first());
            let value = chosen.and_then(|option| attribute(option, "value")).unwrap_or_default();
            pairs.push((attribute(tag, "name").unwrap(), value));
        }
    }
    (address, pairs)
}

/// Answers a question: whatever stood there is replaced.
pub(crate) fn answer(pairs: &mut Pairs, name: &str, values: &[&str]) {
    pairs.retain(|(key, _)| key != name);
    pairs.extend(values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
}

/// Every value under a name.
pub(crate) fn all<'p>(pairs: &'p Pairs, name: &str) -> Vec<&'p str> {
    pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

/// Names of the file controls of a page, each once.
pub(crate) fn uploads(page: &str) -> Vec<String> {
    let inputs = page.split("<input").skip(1).map(|rest| &rest[..=rest.find('>').unwrap()]);
    let files = inputs.filter(|tag| attribute(tag, "type").as_deref() == Some("file"));
    let mut names: Vec<String> = files.filter_map(|tag| attribute(tag, "name")).collect();
    names.dedup();
    names
}
