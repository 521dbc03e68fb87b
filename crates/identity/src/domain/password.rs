//! Passwords: what a good one is, and Argon2id over it (GB/T 22239—2019 8.1.4.1; numbers of our own).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::Fault;

/// Fewest characters.
const MIN_CHARS: usize = 10;
/// Most characters, so that nobody makes the platform hash a book.
pub(crate) const MAX_CHARS: usize = 128;
/// Fewest different characters.
const MIN_DIFFERENT: usize = 6;
/// Of this many classes: lower case, upper case, digits, others.
const MIN_CLASSES: usize = 3;
/// Days after which staff must change it.
pub(crate) const STAFF_DAYS: i64 = 90;
/// How many earlier ones staff may not take again.
pub(crate) const STAFF_HISTORY: i64 = 5;

/// The stored form of a password: an Argon2id PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct Phc(String);

impl std::fmt::Debug for Phc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phc(…)")
    }
}

impl Phc {
    /// The text that is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Reads a stored text; none when it is not an Argon2id hash.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let parsed = PasswordHash::new(text).ok()?;
        (parsed.algorithm.as_str() == "argon2id").then(|| Self(text.to_owned()))
    }
}

/// What a password must not contain: the owner's name, username, phone and numbers.
#[derive(Debug, Clone, Default)]
pub struct PasswordContext {
    /// Texts that others know of the owner.
    pub known: Vec<String>,
}

/// What everybody chooses first, in lower case.
const COMMON: &[&str] = &[
    "password",
    "passwd",
    "qwerty",
    "qazwsx",
    "asdfgh",
    "zxcvbn",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "woaizhongguo",
    "admin",
    "administrator",
    "changeme",
    "dragon",
    "monkey",
    "sunshine",
    "princess",
    "football",
    "superman",
    "guiyang",
    "guizhou",
    "zhengwu",
    "tongban",
    "mima",
    "nihao",
    "aini",
    "wodemima",
    "secret",
    "master",
    "login",
    "default",
    "initial",
];
/// Rows of keys and of characters that people run along.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];
/// From this length on a run counts.
const RUN_CHARS: usize = 4;

/// Says everything that is wrong with a new password.
pub(crate) fn check(password: &str, context: &PasswordContext) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code: &str, detail: &str| faults.push(Fault::new("/password", code, detail));
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        fault("too_short", "密码至少 10 个字符。");
    }
    if chars > MAX_CHARS {
        fault("too_long", "密码最多 128 个字符。");
        return faults;
    }
    if classes(password) < MIN_CLASSES {
        fault("classes", "密码应包含大写字母、小写字母、数字、符号中的至少三种。");
    }
    if common(password) {
        fault("common", "这个密码太容易被猜到，请不要使用常见词语、连续字符或重复字符。");
    }
    let lower = password.to_lowercase();
    if context.known.iter().any(|known| known.chars().count() >= 2 && lower.contains(&known.to_lowercase())) {
        fault("personal", "密码中不要包含姓名、用户名、手机号或证件号码。");
    }
    faults
}

fn classes(password: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        |c| c.is_ascii_digit(),
        |c| !c.is_lowercase() && !c.is_uppercase() && !c.is_ascii_digit(),
    ];
    kinds.into_iter().filter(|kind| password.chars().any(kind)).count()
}

/// Whether a guesser would try it early: few different characters, or too little beside common words and runs.
fn common(password: &str) -> bool {
    let chars: Vec<char> = password.to_lowercase().chars().collect();
    let mut different = chars.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < MIN_DIFFERENT {
        return true;
    }
    let mut guessed = vec![false; chars.len()];
    mark_words(&chars, &mut guessed);
    mark_runs(&chars, &mut guessed);
    guessed.iter().filter(|guessed| !**guessed).count() < MIN_DIFFERENT
}

/// Marks the characters that make up common words, with the usual stand-ins read as what they stand for.
fn mark_words(chars: &[char], guessed: &mut [bool]) {
    let (places, letters): (Vec<usize>, String) =
        chars.iter().enumerate().filter_map(|(place, c)| stands_for(*c).map(|letter| (place, letter))).unzip();
    for word in COMMON {
        for (at, _) in letters.match_indices(word) {
            guessed[places[at]..=places[at + word.len() - 1]].fill(true);
        }
    }
}

/// The ASCII letter a character is or stands for.
fn stands_for(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | '!' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        c => c.is_ascii_lowercase().then_some(c),
    }
}

/// Marks runs along the alphabet or the keyboard, forwards or backwards, and repeated characters.
fn mark_runs(chars: &[char], guessed: &mut [bool]) {
    let follows = |a: char, b: char| {
        a == b
            || RUNS.iter().any(|run| run.chars().zip(run.chars().skip(1)).any(|pair| pair == (a, b) || pair == (b, a)))
    };
    let mut start = 0;
    for end in 1..=chars.len() {
        if end < chars.len() && follows(chars[end - 1], chars[end]) {
            continue;
        }
        if end - start >= RUN_CHARS {
            guessed[start..end].fill(true);
        }
        start = end;
    }
}

/// Hashes a password. Slow on purpose: call it off the runtime's threads, never inside a transaction.
///
/// None when the operating system has no random numbers.
pub(crate) fn hash(password: &str) -> Option<Phc> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| Phc(hash.to_string()))
}

/// Whether the password belongs to the stored hash. As slow as [`hash`].
pub(crate) fn verify(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that belongs to no password: for names that do not exist the same work is done as for those that do.
pub(crate) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_stumble(password in "\\PC{0,140}") {
            let faults = check(&password, &PasswordContext::default());
            prop_assert!(password.chars().count() >= MIN_CHARS || !faults.is_empty());
        }
    }

    fn codes(password: &str, known: &[&str]) -> Vec<String> {
        let context = PasswordContext { known: known.iter().map(|k| (*k).to_owned()).collect() };
        check(password, &context).into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_good_password_passes() {
        for good in ["Qing7-shan.Lv", "春风又绿江南岸Ab1", "t9#Kd2!vLmWq", "Four words 4 a hill"] {
            assert!(codes(good, &["王敏", "citizen1", "13800003210"]).is_empty(), "{good}: {:?}", codes(good, &[]));
        }
    }

    #[test]
    fn short_and_plain_passwords_are_refused() {
        assert_eq!(codes("Ab1#xyt", &[]), ["too_short"]);
        assert_eq!(codes("nurkleinezeichenhier", &[]), ["classes"]);
        assert_eq!(codes(&"aB3#".repeat(40), &[])[0], "too_long");
    }

    #[test]
    fn what_everybody_chooses_is_refused() {
        for bad in [
            "Password123!",
            "P@ssw0rd2026",
            "Qwerty12345!",
            "Admin@123456",
            "Woaini520!!",
            "Abcdefg123!",
            "1qaz2WSX3edc",
            "Aa1!Aa1!Aa1!",
            "Guiyang2026!",
            "Tongban@123",
            "Aaaaaaaa1!",
            "Zxcvbnm,1234",
        ] {
            assert!(codes(bad, &[]).contains(&"common".to_owned()), "{bad}");
        }
    }

    #[test]
    fn what_others_know_of_the_owner_is_refused() {
        let known = ["王小敏", "wangxiaomin", "13800003210", "520102199003071017", "19900307"];
        for bad in ["王小敏Rq7#kL2v", "xWangXiaomin#7qk", "Kv#13800003210", "Kq19900307#vLt"] {
            assert!(codes(bad, &known).contains(&"personal".to_owned()), "{bad}");
        }
    }

    #[test]
    fn a_hash_is_verified_and_tells_nothing() {
        let phc = hash("Qing7-shan.Lv").unwrap();
        assert!(phc.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(hash("Qing7-shan.Lv").unwrap(), phc, "salted");
        assert!(verify("Qing7-shan.Lv", phc.as_str()));
        assert!(!verify("Qing7-shan.Lw", phc.as_str()));
        assert!(!verify("", phc.as_str()));
        assert!(!verify("x", "not a hash"));
        assert_eq!(format!("{phc:?}"), "Phc(…)");
        assert_eq!(Phc::read(phc.as_str()), Some(phc));
        assert_eq!(Phc::read("plain"), None);
    }

    #[test]
    fn a_name_that_does_not_exist_costs_the_same_work() {
        let of = |text: &str| {
            let hash = PasswordHash::new(text).unwrap();
            (hash.algorithm.to_string(), hash.params.to_string(), hash.salt.unwrap().len(), hash.hash.unwrap().len())
        };
        assert_eq!(of(NOBODY), of(hash("x").unwrap().as_str()));
        assert!(!verify("", NOBODY));
    }
}
