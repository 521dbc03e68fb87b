//! Over which way an application comes in: a phone or another browser, as the browser itself says.

use axum::http::{HeaderMap, header};
use catalogue::domain::Item;
use kernel::Channel;

/// The channel of a request, as far as the item takes it: on items that a phone may not apply for, a phone's browser is a
/// browser like any other.
pub(crate) fn channel(headers: &HeaderMap, item: &Item) -> Channel {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mobile = match text("sec-ch-ua-mobile") {
        "?1" => true,
        "?0" => false,
        _ => {
            let agent = text(header::USER_AGENT.as_str());
            ["Mobile", "Android", "HarmonyOS", "iPhone"].iter().any(|word| agent.contains(word))
        }
    };
    if mobile && item.channels.contains(&Channel::Mobile) { Channel::Mobile } else { Channel::Web }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(channels: &[Channel]) -> Item {
        let mut item = crate::showing::tests::an_item();
        item.channels = channels.to_vec();
        item
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_browser_says_whether_it_is_a_phone() {
        let both = item(&[Channel::Web, Channel::Mobile]);
        let phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36";
        let desk = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36";
        assert_eq!(channel(&headers(&[("user-agent", phone)]), &both), Channel::Mobile);
        assert_eq!(channel(&headers(&[("user-agent", desk)]), &both), Channel::Web);
        assert_eq!(channel(&headers(&[("user-agent", desk), ("sec-ch-ua-mobile", "?1")]), &both), Channel::Mobile);
        assert_eq!(channel(&headers(&[("user-agent", phone), ("sec-ch-ua-mobile", "?0")]), &both), Channel::Web);
        assert_eq!(channel(&headers(&[]), &both), Channel::Web);
        assert_eq!(channel(&headers(&[("user-agent", phone)]), &item(&[Channel::Web])), Channel::Web, "not offered");
    }
}
