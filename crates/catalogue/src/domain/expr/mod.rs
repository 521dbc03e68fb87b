//! Conditions of the catalogue (`when`, `auto`, `expr`): CEL, held on a short lead.
//!
//! An expression is written by a department and evaluated for every applicant, so nothing it says may cost much:
//! [`Expr::compile`] bounds its length, its tokens, its nesting and its loops before the CEL parser sees it, allows the
//! few functions a condition needs, and rewrites every `form.x`, `applicant.x`, `certificates["k"].x` and
//! `materials["k"].provided` into one plain variable that [`Scope`] answers without building maps. What is left can
//! neither overflow the stack nor run long: work grows with tokens times the length of one multiple choice.
//!
//! # How absent things read
//!
//! | name | absent |
//! |---|---|
//! | `form.x`, bool | `false` |
//! | `form.x`, choices | `[]` |
//! | `form.x`, text, choice and the other written types | `""` when the field is optional or hidden; undecided while a required answer is awaited |
//! | `form.x`, number, money, date | undecided |
//! | `has(form.x)` | `false`: true only of an answer that was given |
//! | `applicant.x` | undecided |
//! | `certificates["k"].valid`, `materials["k"].provided` | `false` |
//! | other members of an absent certificate | `null`; comparing `null` by order is undecided |
//!
//! "Undecided" is an error of the sub-expression, and CEL's `&&` and `||` absorb it when the other side decides.
//!
//! # Values
//!
//! Dates (date fields, `today`, `issued_on`, `expires_on`, and data of certificates whose key ends in `_on` or `_date`)
//! are instants at midnight UTC, so that `duration('90d')` shifts them by whole days; `d` is 24 hours. Money is whole
//! fen, decimals are doubles, and integers and doubles compare with each other.

mod guard;
mod rewrite;
mod scope;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, IdedExpr, Value};

pub(crate) use rewrite::compile_pattern;
pub(crate) use scope::Scope;
pub(crate) use scope::{Given, Slot};
pub(crate) use types::Known;

/// Longest expression, bytes.
pub(crate) const MAX_BYTES: usize = 2_000;

/// Stack of the thread that compiles; only what is touched takes memory.
const STACK_BYTES: usize = 16 << 20;

/// The standard library of CEL without optional values.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::default().with_optional_support(false).with_stdlib()));

/// Why an expression cannot be compiled or has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExprError {
    /// Nothing is written.
    #[error("the expression is empty")]
    Empty,
    /// Longer than is allowed.
    #[error("the expression is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Brackets or operators nest too deeply.
    #[error("the expression nests too deeply")]
    TooDeep,
    /// Too many terms or loops.
    #[error("the expression is too large: {0}")]
    TooCostly(&'static str),
    /// Not CEL.
    #[error("syntax error at column {column}: {what}")]
    Syntax {
        /// Character position, from 1.
        column: usize,
        /// What the parser says.
        what: String,
    },
    /// A name nothing stands behind.
    #[error("unknown name {0}")]
    UnknownName(String),
    /// A function that conditions may not call.
    #[error("unknown function {0}")]
    UnknownFunction(String),
    /// CEL, but not offered here.
    #[error("not supported here: {0}")]
    Unsupported(&'static str),
    /// The text in `duration('…')`.
    #[error("bad duration {0:?}")]
    BadDuration(String),
    /// The text in `matches('…')`.
    #[error("bad regular expression {0:?}")]
    BadPattern(String),
    /// A choice field is compared with a text that is none of its options.
    #[error("{option:?} is not an option of {field}")]
    UnknownOption {
        /// Field key.
        field: String,
        /// The text.
        option: String,
    },
    /// Operands that do not fit together.
    #[error("wrong types: {0}")]
    WrongType(String),
    /// Values the verdict needs are not there; names as in the expression.
    #[error("no value for {}", .0.join(", "))]
    Missing(Vec<String>),
    /// Evaluation failed for another reason, such as a division by zero.
    #[error("evaluation failed: {0}")]
    Failed(String),
}

impl ExprError {
    /// Stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "expr-empty",
            Self::TooLong | Self::TooDeep | Self::TooCostly(_) => "expr-too-large",
            Self::Syntax { .. } => "expr-syntax",
            Self::UnknownName(_) => "expr-unknown-name",
            Self::UnknownFunction(_) => "expr-unknown-function",
            Self::Unsupported(_) => "expr-unsupported",
            Self::BadDuration(_) => "expr-bad-duration",
            Self::BadPattern(_) => "expr-bad-pattern",
            Self::UnknownOption { .. } => "expr-unknown-option",
            Self::WrongType(_) => "expr-wrong-type",
            Self::Missing(_) => "expr-missing-value",
            Self::Failed(_) => "expr-failed",
        }
    }

    /// What is wrong and what would be right, in Chinese, for the department that wrote the expression.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Empty => "表达式为空，请填写条件，或删去这一项".to_owned(),
            Self::TooLong => format!("表达式超过{MAX_BYTES}字节，请拆成几条较短的规则"),
            Self::TooDeep => "表达式的括号或运算嵌套过深，请拆成几条较简单的规则".to_owned(),
            Self::TooCostly(what) => format!("表达式过于复杂（{what}），请拆成几条较简单的规则"),
            Self::Syntax { column, .. } => {
                format!("表达式第{column}个字符附近有语法错误，请对照 CEL 语法检查括号、引号和运算符")
            }
            Self::UnknownName(name) => format!("表达式用到了不存在的名称“{name}”，请核对字段、材料或证照的键"),
            Self::UnknownFunction(name) => format!(
                "表达式不能使用函数“{name}”，可用 size、has、duration、contains、startsWith、endsWith、matches、all、exists 等"
            ),
            Self::Unsupported(what) => format!("表达式不支持{what}，请换一种写法"),
            Self::BadDuration(text) => format!("时长“{text}”写法不对，应写成如 '90d'、'36h'、'1h30m'"),
            Self::BadPattern(text) => format!("正则表达式“{text}”写法不对或过于复杂"),
            Self::UnknownOption { field, option } => {
                format!("“{option}”不是字段 {field} 的选项，条件永远不会按预期成立，请核对选项文字")
            }
            Self::WrongType(what) => format!("表达式中的类型不匹配：{what}"),
            Self::Missing(names) => format!("缺少判断所需的信息：{}", names.join("、")),
            Self::Failed(_) => "表达式无法得出结果，请检查除数是否为零、数值是否过大".to_owned(),
        }
    }
}

/// Everything an expression refers to, so that a checker can verify each name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Field keys after `form.`.
    pub form: BTreeSet<String>,
    /// Members after `applicant.`.
    pub applicant: BTreeSet<String>,
    /// Certificate types with the members used of each.
    pub certificates: BTreeMap<String, BTreeSet<String>>,
    /// Material keys.
    pub materials: BTreeSet<String>,
    /// Whether `today` is used.
    pub today: bool,
    /// Whether `materials_complete` is used.
    pub materials_complete: bool,
    /// Whether `rules_ok` is used.
    pub rules_ok: bool,
}

/// A compiled expression, immutable and cheap to share.
#[derive(Debug, Clone)]
pub struct Expr {
    source: Arc<str>,
    root: Arc<IdedExpr>,
    names: Arc<Names>,
}

impl Expr {
    /// Compiles `source`, refusing what is malformed, unknown or might be costly.
    ///
    /// # Errors
    /// Every [`ExprError`] but those of evaluation; types are checked when the item is known, by
    /// [`Procedure::compile`](super::Procedure::compile).
    pub fn compile(source: &str) -> Result<Self, ExprError> {
        with_deep_stack(|| Self::compile_here(source)).unwrap_or_else(Err)
    }

    /// As [`Expr::compile`], for callers already inside [`with_deep_stack`].
    pub(crate) fn compile_here(source: &str) -> Result<Self, ExprError> {
        guard::check(source)?;
        let parsed = cel::parser::Parser::new()
            .max_recursion_depth(guard::MAX_NESTING)
            .parse(source)
            .map_err(|errors| syntax(source, &errors))?;
        let (root, names) = rewrite::rewrite(parsed)?;
        Ok(Self { source: source.into(), root: Arc::new(root), names: Arc::new(names) })
    }

    /// The text as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it refers to.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Checks operand types, options of choices and that the result is a truth value.
    pub(crate) fn check(&self, known: &Known<'_>) -> Result<(), ExprError> {
        types::check(&self.root, known)
    }

    /// The verdict in `scope`.
    ///
    /// # Errors
    /// [`ExprError::Missing`] when it hangs on values that are not there, [`ExprError::Failed`] when the arithmetic
    /// fails, [`ExprError::WrongType`] when the result is no truth value.
    pub(crate) fn eval_bool(&self, scope: &Scope<'_>) -> Result<bool, ExprError> {
        let mut context = Context::with_env(Arc::clone(&ENV));
        context.set_variable_resolver(scope);
        match Value::resolve(&self.root, &context) {
            Ok(Value::Bool(verdict)) => Ok(verdict),
            Ok(other) => Err(ExprError::WrongType(format!("结果是 {}，应为真或假", other.type_of()))),
            Err(ExecutionError::UndeclaredReference(name)) => Err(ExprError::Missing(vec![name.to_string()])),
            Err(error) => Err(match self.nulls(scope) {
                nulls if nulls.is_empty() => ExprError::Failed(error.to_string()),
                nulls => ExprError::Missing(nulls),
            }),
        }
    }

    /// Members of absent certificates the expression names: the likely cause of an error.
    fn nulls(&self, scope: &Scope<'_>) -> Vec<String> {
        let members = self.names.certificates.iter().flat_map(|(kind, members)| members.iter().map(move |m| (kind, m)));
        members.filter(|(kind, member)| scope.is_null(kind, member)).map(|(k, m)| rewrite::certificate(k, m)).collect()
    }
}

/// Runs `work` on a thread of its own with room for the parser, which needs up to a quarter of a megabyte for each open
/// bracket: more than a request's thread can spare.
pub(crate) fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, ExprError> {
    let failed = |what: &str| ExprError::Failed(format!("the compiler's thread {what}"));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("expressions".to_owned()).stack_size(STACK_BYTES);
        let handle = thread.spawn_scoped(scope, work).map_err(|_| failed("did not start"))?;
        handle.join().map_err(|_| failed("stopped"))
    })
}

/// The first thing the parser complains of.
fn syntax(source: &str, errors: &cel::ParseErrors) -> ExprError {
    let Some(first) = errors.errors.first() else {
        return ExprError::Syntax { column: 1, what: errors.to_string() };
    };
    if first.msg.contains("ecursion") {
        return ExprError::TooDeep;
    }
    let column = usize::try_from(first.pos.1).unwrap_or(1).clamp(1, source.chars().count().max(1));
    ExprError::Syntax { column, what: first.msg.lines().next().unwrap_or_default().chars().take(200).collect() }
}

#[cfg(test)]
mod tests;
