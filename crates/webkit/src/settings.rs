//! How a browser wants pages to look (显示设置): kept in a cookie, without an account.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the cookie.
const COOKIE: &str = "tongban-look";
/// One year, seconds.
const KEPT_S: u32 = 31_536_000;

/// Size of type and targets (GB/T 37668; 适老化).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Comfort {
    /// 标准.
    #[default]
    Normal,
    /// 长辈版: larger type and targets, less on a page.
    Large,
}

/// Contrast of text and edges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Contrast {
    /// As the device asks for.
    #[default]
    Auto,
    /// The ordinary one (WCAG AA), whatever the device asks for.
    Normal,
    /// 高对比 (WCAG AAA).
    High,
}

/// Light or dark ground.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device asks for.
    #[default]
    Auto,
    /// 浅色.
    Light,
    /// 深色.
    Dark,
}

/// How this browser wants pages to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Size.
    pub comfort: Comfort,
    /// Contrast.
    pub contrast: Contrast,
    /// Ground.
    pub theme: Theme,
}

impl Settings {
    /// What the request's cookie says; words that are none count as not chosen.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut settings = Self::default();
        if let Some((_, words)) = pairs.find(|(name, _)| *name == COOKIE) {
            for word in words.split('.').take(3) {
                settings.choose(word);
            }
        }
        settings
    }

    /// Takes one word of a choice; a word that is none changes nothing.
    pub fn choose(&mut self, word: &str) {
        match word {
            "comfort-normal" => self.comfort = Comfort::Normal,
            "comfort-large" => self.comfort = Comfort::Large,
            "contrast-auto" => self.contrast = Contrast::Auto,
            "contrast-normal" => self.contrast = Contrast::Normal,
            "contrast-high" => self.contrast = Contrast::High,
            "theme-auto" => self.theme = Theme::Auto,
            "theme-light" => self.theme = Theme::Light,
            "theme-dark" => self.theme = Theme::Dark,
            _ => {}
        }
    }

    /// The words that [`Settings::choose`] takes.
    #[must_use]
    pub const fn words(self) -> [&'static str; 3] {
        [
            match self.comfort {
                Comfort::Normal => "comfort-normal",
                Comfort::Large => "comfort-large",
            },
            match self.contrast {
                Contrast::Auto => "contrast-auto",
                Contrast::Normal => "contrast-normal",
                Contrast::High => "contrast-high",
            },
            match self.theme {
                Theme::Auto => "theme-auto",
                Theme::Light => "theme-light",
                Theme::Dark => "theme-dark",
            },
        ]
    }

    /// Value of `data-comfort`, where it is not the ordinary one.
    pub(crate) fn comfort_word(self) -> Option<&'static str> {
        (self.comfort == Comfort::Large).then_some("large")
    }

    /// Value of `data-contrast`, where one was chosen.
    pub(crate) fn contrast_word(self) -> Option<&'static str> {
        match self.contrast {
            Contrast::Auto => None,
            Contrast::Normal => Some("normal"),
            Contrast::High => Some("high"),
        }
    }

    /// Value of `data-theme`, where one was chosen.
    pub(crate) fn theme_word(self) -> Option<&'static str> {
        match self.theme {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// Value of the `Set-Cookie` header that keeps the choice for a year.
    pub(crate) fn cookie(self, secure: bool) -> HeaderValue {
        let secure = if secure { "; Secure" } else { "" };
        let words = self.words().join(".");
        HeaderValue::from_str(&format!("{COOKIE}={words}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT_S}{secure}"))
            .unwrap_or(HeaderValue::from_static("tongban-look=; Path=/; Max-Age=0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_back_with_the_cookie() {
        for words in
            [["comfort-large", "contrast-high", "theme-dark"], ["comfort-normal", "contrast-normal", "theme-light"]]
        {
            let mut chosen = Settings::default();
            for word in words {
                chosen.choose(word);
            }
            assert_eq!(chosen.words(), words);
            let cookie = chosen.cookie(false);
            let sent = cookie.to_str().unwrap().split(';').next().unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, format!("a=b; {sent}; c=d").parse().unwrap())]);
            assert_eq!(Settings::of(&headers), chosen);
        }
        assert!(Settings::default().cookie(true).to_str().unwrap().ends_with("; Secure"));
    }

    #[test]
    fn a_spoilt_cookie_changes_nothing() {
        for sent in ["tongban-look=", "tongban-look=<b>.large.", "tongban-look=large", "other=comfort-large"] {
            let headers = HeaderMap::from_iter([(header::COOKIE, sent.parse().unwrap())]);
            assert_eq!(Settings::of(&headers), Settings::default(), "{sent}");
        }
    }
}
