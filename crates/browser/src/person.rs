//! One person with one browser, told as people would tell it: goes to a page, reads it, fills in, presses.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use thirtyfour::{
    By, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, Key, WebDriver, WebElement,
    error::{WebDriverError, WebDriverErrorInner, WebDriverResult},
};

use crate::{
    Driver,
    barriers::{ASK, Barrier, read},
};

/// How the page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// Whether the browser runs the page's script.
    pub script: bool,
}

impl Screen {
    /// A phone.
    pub const PHONE: Self = Self { width: 390, height: 844, script: true };
    /// A desk.
    pub const WIDE: Self = Self { width: 1280, height: 900, script: true };

    /// The same without script.
    #[must_use]
    pub const fn without_script(self) -> Self {
        Self { script: false, ..self }
    }
    const fn is_phone(self) -> bool {
        self.width < 600
    }
}

/// One person with one browser of his own: own cookies, own storage.
#[derive(Debug)]
pub struct Person {
    browser: WebDriver,
    site: String,
    screen: Screen,
}

/// Longest wait for the page that follows: a guard against waiting for ever, not a measure.
const PATIENCE: Duration = Duration::from_secs(20);

fn failed(what: String) -> WebDriverError {
    WebDriverError::from_inner(WebDriverErrorInner::FatalError(what))
}

const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=zh-CN",
];

impl Person {
    /// Opens a fresh browser for the site at `site` (`http://127.0.0.1:PORT`). `profile` is an empty folder.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn open(driver: &Driver, site: &str, screen: Screen, profile: &Path) -> WebDriverResult<Self> {
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        wanted.add_arg(&format!("--window-size={},{}", screen.width, screen.height))?;
        if !screen.script {
            wanted
                .add_experimental_option("prefs", json!({"profile.managed_default_content_settings.javascript": 2}))?;
        }
        wanted.set("goog:loggingPrefs", json!({"browser": "ALL"}))?;
        let browser = WebDriver::new(driver.url(), wanted).await?;
        let person = Self { browser, site: site.trim_end_matches('/').to_owned(), screen };
        person.size(screen.height).await?;
        Ok(person)
    }

    async fn size(&self, height: u32) -> WebDriverResult<()> {
        let metrics = json!({
            "width": self.screen.width, "height": height, "deviceScaleFactor": 1, "mobile": self.screen.is_phone(),
        });
        self.browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let touch = json!({"enabled": self.screen.is_phone(), "maxTouchPoints": 5});
        self.browser.cdp().send_raw("Emulation.setTouchEmulationEnabled", touch).await?;
        Ok(())
    }

    /// Prefers a dark page, or a light one.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn prefer_dark(&self, dark: bool) -> WebDriverResult<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.browser.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Prefers the look of paper, or that of the screen.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn prefer_paper(&self, paper: bool) -> WebDriverResult<()> {
        let media = json!({"media": if paper { "print" } else { "" }});
        self.browser.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// The page as it is printed (PDF), on paper of the size that the page itself asks for.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn prints(&self) -> WebDriverResult<Vec<u8>> {
        let answer = self.browser.cdp().send_raw("Page.printToPDF", json!({"preferCSSPageSize": true})).await?;
        STANDARD
            .decode(answer.get("data").and_then(Value::as_str).unwrap_or_default())
            .map_err(|error| failed(error.to_string()))
    }

    /// Presses one key where the focus is.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn types(&self, key: Key) -> WebDriverResult<()> {
        self.browser.action_chain().key_down(key.clone()).key_up(key).perform().await
    }

    /// Writes where the focus is.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn types_text(&self, text: &str) -> WebDriverResult<()> {
        self.browser.action_chain().send_keys(text).perform().await
    }

    /// Goes to a path of the site.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn goes_to(&self, path: &str) -> WebDriverResult<()> {
        self.browser.goto(format!("{}{path}", self.site)).await
    }

    /// Path and query of the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn place(&self) -> WebDriverResult<String> {
        let url = self.browser.current_url().await?;
        Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// Title of the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn title(&self) -> WebDriverResult<String> {
        self.browser.title().await
    }

    /// All text that can be read in the page's main part.
    ///
    /// # Errors
    /// When there is none.
    pub async fn reads(&self) -> WebDriverResult<String> {
        self.browser.find(By::Css("main")).await?.text().await
    }

    /// The text of the page as it came, markup included.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn source(&self) -> WebDriverResult<String> {
        self.browser.source().await
    }

    /// One element.
    ///
    /// # Errors
    /// When there is none: names the place and what stands there instead.
    pub async fn finds(&self, css: &str) -> WebDriverResult<WebElement> {
        match self.browser.find(By::Css(css)).await {
            Ok(element) => Ok(element),
            Err(error) => Err(self.lost(&format!("no {css}: {error}")).await),
        }
    }

    /// Every element; none is no error.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn finds_all(&self, css: &str) -> WebDriverResult<Vec<WebElement>> {
        self.browser.find_all(By::Css(css)).await
    }

    async fn lost(&self, what: &str) -> WebDriverError {
        let place = self.place().await.unwrap_or_default();
        let text = self.reads().await.unwrap_or_default();
        failed(format!("at {place}: {what}; the page reads:\n{text}"))
    }

    /// Writes into the control with this name, in place of what stood there.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn writes(&self, name: &str, text: &str) -> WebDriverResult<()> {
        let control = self.finds(&format!("main [name=\"{name}\"]:not([type=hidden])")).await?;
        match control.attr("type").await?.as_deref() {
            // A native date control takes keys in its own order; its value is set as a person's picker would.
            Some("date") => self.sets_date(&control, text).await,
            _ => {
                control.clear().await?;
                control.send_keys(text).await
            }
        }
    }

    /// A date control takes year, month and day as keys in the order the browser's language writes them.
    async fn sets_date(&self, control: &WebElement, day: &str) -> WebDriverResult<()> {
        let mut parts = day.splitn(3, '-');
        let (year, month, date) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        // `06` + year: the year's box is six wide, so that a year of four is closed by a step to the right.
        for keys in [format!("{month}{date}{year}"), format!("{year}\u{e014}{month}{date}")] {
            control.clear().await?;
            control.send_keys(&keys).await?;
            if control.value().await?.as_deref() == Some(day) {
                return Ok(());
            }
        }
        Err(self.lost(&format!("the day {day} cannot be written")).await)
    }

    /// Chooses from a list by value.
    ///
    /// # Errors
    /// When there is no such list or value.
    pub async fn chooses(&self, name: &str, value: &str) -> WebDriverResult<()> {
        self.finds(&format!("main select[name=\"{name}\"] option[value=\"{value}\"]")).await?.click().await
    }

    /// Ticks a box, or one of several.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ticks(&self, name: &str, value: &str) -> WebDriverResult<()> {
        let of_value = if value.is_empty() { String::new() } else { format!("[value=\"{value}\"]") };
        let control = self.finds(&format!("main input[name=\"{name}\"]{of_value}")).await?;
        if !control.is_selected().await? {
            self.brings_into_view(&control).await?;
            control.click().await?;
        }
        Ok(())
    }

    /// Gives a file, or takes a photo with the phone: to the page both are a file.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn gives_file(&self, name: &str, file: &Path) -> WebDriverResult<()> {
        self.finds(&format!("main input[type=file][name=\"{name}\"]"))
            .await?
            .send_keys(file.display().to_string())
            .await
    }

    async fn brings_into_view(&self, element: &WebElement) -> WebDriverResult<()> {
        element.scroll_into_view().await
    }

    /// Presses a button or follows a link by its text or the beginning of it, first in the main part of the page, and
    /// waits for the page that follows.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses(&self, text: &str) -> WebDriverResult<()> {
        let says = [format!("normalize-space(.)='{text}'"), format!("starts-with(normalize-space(.),'{text}')")];
        for part in ["//main", "//body"] {
            for says in &says {
                let path = ["button", "a", "summary"].map(|tag| format!("{part}//{tag}[{says}]")).join(" | ");
                for element in self.browser.find_all(By::XPath(path.as_str())).await? {
                    if element.is_displayed().await? {
                        return self.clicks(&element).await;
                    }
                }
            }
        }
        Err(self.lost(&format!("nothing to press says 「{text}」")).await)
    }

    /// Presses what stands at a place of the page.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses_at(&self, css: &str) -> WebDriverResult<()> {
        let element = self.finds(css).await?;
        self.clicks(&element).await
    }

    /// Taps what changes the page where it stands, or what stands on it: no other page follows that could be waited for.
    ///
    /// # Errors
    /// When there is none.
    pub async fn taps(&self, css: &str) -> WebDriverResult<()> {
        let element = self.finds(css).await?;
        self.brings_into_view(&element).await?;
        element.click().await
    }

    /// Presses Enter in a form and waits for the page that follows.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn sends_by_enter(&self) -> WebDriverResult<()> {
        let before = self.browser.find(By::Css("html")).await?.element_id();
        self.types(Key::Enter).await?;
        self.comes_after(&before, false).await
    }

    /// Clicks and, where that leads to another page, waits until it is there.
    async fn clicks(&self, element: &WebElement) -> WebDriverResult<()> {
        self.brings_into_view(element).await?;
        let stays = !matches!(element.tag_name().await?.as_str(), "a" | "button");
        let before = self.browser.find(By::Css("html")).await?.element_id();
        element.click().await?;
        self.comes_after(&before, stays).await
    }

    /// Waits for another page than the one whose root element was `before`.
    async fn comes_after(&self, before: &thirtyfour::ElementId, stays: bool) -> WebDriverResult<()> {
        let begun = Instant::now();
        while !stays && begun.elapsed() < PATIENCE {
            match self.browser.find(By::Css("html")).await {
                Ok(now) if now.element_id() != *before && self.browser.find(By::Css("footer")).await.is_ok() => break,
                _ => tokio::time::sleep(Duration::from_millis(25)).await,
            }
        }
        Ok(())
    }

    /// Goes one page back.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn goes_back(&self) -> WebDriverResult<()> {
        self.browser.back().await
    }

    /// Presses these buttons of the footer, which set how pages look.
    ///
    /// # Errors
    /// When there is no such button.
    pub async fn sets(&self, pressed: &[&str]) -> WebDriverResult<()> {
        for set in pressed {
            self.goes_to("/help").await?;
            self.taps(&format!("footer button[value='{set}']")).await?;
        }
        Ok(())
    }

    /// Loses the session cookie alone: how pages look stays.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn loses_only_session(&self) -> WebDriverResult<()> {
        self.browser.delete_cookie("tongban").await
    }

    /// Loses the session cookie, as when it has expired.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn loses_session(&self) -> WebDriverResult<()> {
        self.browser.delete_all_cookies().await
    }

    /// The cookies as the browser sends them.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn cookies(&self) -> WebDriverResult<String> {
        let cookies = self.browser.get_all_cookies().await?;
        Ok(cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; "))
    }

    /// Runs script in the page (the test's own, allowed also where the page's is not).
    ///
    /// # Errors
    /// When it throws.
    pub async fn asks(&self, script: &str) -> WebDriverResult<Value> {
        Ok(self.browser.execute(script, Vec::new()).await?.json().clone())
    }

    /// The page's HTML as the site sent it, before the browser mended anything.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub async fn as_sent(&self) -> WebDriverResult<String> {
        let text = self.asks("return fetch(location.href).then((answer) => answer.text())").await?;
        text.as_str().map(str::to_owned).ok_or_else(|| failed(format!("no page: {text}")))
    }

    /// The page's HTML as the browser understood it, for a page that answered a form and cannot be fetched a second time.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn as_understood(&self) -> WebDriverResult<String> {
        let text = self.asks("return '<!DOCTYPE html>' + document.documentElement.outerHTML").await?;
        text.as_str().map(str::to_owned).ok_or_else(|| failed(format!("no page: {text}")))
    }

    /// Whether the page is wider than the screen: a fault on a phone.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn overflows(&self) -> WebDriverResult<bool> {
        let script = "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1";
        Ok(self.asks(script).await?.as_bool().unwrap_or(false))
    }

    /// Bytes transferred and requests made for the page just opened.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn weight(&self) -> WebDriverResult<(u64, u64)> {
        let script =
            "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
            return [all.reduce((sum, e) => sum + (e.transferSize || 0), 0), all.length]";
        let answer = self.asks(script).await?;
        let number = |place: usize| answer.get(place).and_then(Value::as_u64).unwrap_or(0);
        Ok((number(0), number(1)))
    }

    /// What the page's script wrote as errors since the last look.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn complaints(&self) -> WebDriverResult<Vec<String>> {
        let entries = self.browser.get_log("browser").await.unwrap_or_default();
        Ok(entries.into_iter().filter(|e| e.level.eq_ignore_ascii_case("SEVERE")).map(|e| e.message).collect())
    }

    /// A picture of the whole page.
    ///
    /// # Errors
    /// When the browser is gone or the file cannot be written.
    pub async fn pictures(&self, file: &Path) -> WebDriverResult<()> {
        let height = self.asks("return document.documentElement.scrollHeight").await?.as_u64().unwrap_or(900);
        let height = u32::try_from(height.clamp(200, 8000)).unwrap_or(900);
        self.size(height).await?;
        let answer = self.browser.cdp().send_raw("Page.captureScreenshot", json!({"format": "png"})).await?;
        self.size(self.screen.height).await?;
        let bytes = STANDARD
            .decode(answer.get("data").and_then(Value::as_str).unwrap_or_default())
            .map_err(|error| failed(error.to_string()))?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        }
        std::fs::write(file, bytes).map_err(|error| failed(error.to_string()))
    }

    /// Looks for barriers with axe-core, whose text is `axe`.
    ///
    /// # Errors
    /// When axe-core cannot run.
    pub async fn barriers(&self, axe: &str) -> WebDriverResult<Vec<Barrier>> {
        self.browser.execute(axe, Vec::new()).await?;
        let answer = self.browser.execute_async(ASK, Vec::new()).await?;
        read(answer.json()).map_err(WebDriverError::FatalError)
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn leaves(self) -> WebDriverResult<()> {
        self.browser.quit().await
    }
}
