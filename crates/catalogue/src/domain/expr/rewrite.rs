//! From the parsed tree to the one that is evaluated: names become plain variables, everything unknown is refused.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr as Node, LiteralValue, SelectExpr, operators};
use regex::RegexBuilder;

use super::{ExprError, Names};

/// Deepest tree that is evaluated, on the caller's stack: a level takes up to 64 KiB in a build without optimisation.
/// Long chains of `&&` or `||` are balanced by the parser and count only their logarithm.
const MAX_DEPTH: usize = 12;
/// Most loops (`all`, `exists`, `exists_one`, `filter`, `map`), none inside another.
const MAX_LOOPS: usize = 4;
/// Longest duration, seconds: what CEL can hold, about 292 years.
const MAX_SECONDS: i64 = 9_000_000_000;

/// Members of `applicant`.
pub(super) const APPLICANT: [&str; 4] = ["kind", "age", "sex", "region"];

const OPERATORS: [&str; 18] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
    operators::IN,
];
/// Functions by name, with the number of arguments besides the target and whether there is a target.
const FUNCTIONS: [(&str, usize, bool); 16] = [
    ("size", 1, false),
    ("size", 0, true),
    ("int", 1, false),
    ("double", 1, false),
    ("string", 1, false),
    ("duration", 1, false),
    ("contains", 1, true),
    ("startsWith", 1, true),
    ("endsWith", 1, true),
    ("matches", 1, true),
    ("matches", 2, false),
    ("getFullYear", 0, true),
    ("getMonth", 0, true),
    ("getDate", 0, true),
    ("getDayOfWeek", 0, true),
    (operators::NOT_STRICTLY_FALSE, 1, false),
];

/// The variable `form.key` becomes.
pub(super) fn form(key: &str) -> String {
    format!("form.{key}")
}

/// The variable a member of a certificate becomes.
pub(super) fn certificate(kind: &str, member: &str) -> String {
    format!("certificates.{kind}.{member}")
}

/// The variable `has(name)` becomes.
fn presence(name: &str) -> String {
    format!("has {name}")
}

/// The tree to evaluate and the names in it.
pub(super) fn rewrite(parsed: IdedExpr) -> Result<(IdedExpr, Names), ExprError> {
    let mut walk = Walk { names: Names::default(), locals: Vec::new(), loops: 0 };
    let root = walk.node(parsed, 0)?;
    Ok((root, walk.names))
}

struct Walk {
    names: Names,
    /// The variables of the loop being walked.
    locals: Vec<String>,
    loops: usize,
}

impl Walk {
    fn node(&mut self, node: IdedExpr, depth: usize) -> Result<IdedExpr, ExprError> {
        if depth > MAX_DEPTH {
            return Err(ExprError::TooDeep);
        }
        let id = node.id;
        let expr = match node.expr {
            Node::Unspecified => return Err(ExprError::Syntax { column: 1, what: "empty expression".to_owned() }),
            Node::Literal(LiteralValue::Bytes(_) | LiteralValue::UInt(_)) => {
                return Err(ExprError::Unsupported("字节串和无符号数"));
            }
            Node::Literal(literal) => Node::Literal(literal),
            Node::Ident(name) => Node::Ident(self.ident(name)?),
            Node::Select(select) => self.select(&select)?,
            Node::Call(call) => self.call(call, depth)?,
            Node::List(mut list) if list.optional_indices.is_empty() => {
                list.elements = self.nodes(list.elements, depth)?;
                Node::List(list)
            }
            Node::Comprehension(comprehension) => self.comprehension(*comprehension, depth)?,
            Node::List(_) => return Err(ExprError::Unsupported("可选元素")),
            Node::Map(_) | Node::Struct(_) => return Err(ExprError::Unsupported("花括号")),
        };
        Ok(IdedExpr { id, expr })
    }

    fn nodes(&mut self, nodes: Vec<IdedExpr>, depth: usize) -> Result<Vec<IdedExpr>, ExprError> {
        nodes.into_iter().map(|node| self.node(node, depth + 1)).collect()
    }

    fn ident(&mut self, name: String) -> Result<String, ExprError> {
        if self.locals.contains(&name) {
            return Ok(name);
        }
        match name.as_str() {
            "today" => self.names.today = true,
            "materials_complete" => self.names.materials_complete = true,
            "rules_ok" => self.names.rules_ok = true,
            "form" | "applicant" => {
                return Err(ExprError::Unsupported("单独使用 form 或 applicant（应写成 form.字段键）"));
            }
            "certificates" | "materials" => {
                return Err(ExprError::Unsupported(
                    "单独使用 certificates 或 materials（应写成 certificates[\"类型\"].成员）",
                ));
            }
            _ => return Err(ExprError::UnknownName(name)),
        }
        Ok(name)
    }

    /// `form.x`, `applicant.x`, `certificates["k"].x`, `materials["k"].provided`, alone or inside `has(…)`.
    fn select(&mut self, select: &SelectExpr) -> Result<Node, ExprError> {
        let name = match &select.operand.expr {
            Node::Ident(root) => self.member(root, &select.field)?,
            operand => {
                let (root, key) = keyed(operand).ok_or(ExprError::Unsupported("在其他值上取成员"))?;
                self.keyed_member(root, key, &select.field)?
            }
        };
        Ok(Node::Ident(if select.test { presence(&name) } else { name }))
    }

    fn member(&mut self, root: &str, field: &str) -> Result<String, ExprError> {
        match root {
            _ if self.locals.iter().any(|local| local == root) => Err(ExprError::Unsupported("在其他值上取成员")),
            "form" => {
                self.names.form.insert(field.to_owned());
                Ok(form(field))
            }
            "applicant" if APPLICANT.contains(&field) => {
                self.names.applicant.insert(field.to_owned());
                Ok(format!("applicant.{field}"))
            }
            _ => Err(ExprError::UnknownName(format!("{root}.{field}"))),
        }
    }

    fn keyed_member(&mut self, root: &str, key: &str, member: &str) -> Result<String, ExprError> {
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let unknown = || ExprError::UnknownName(format!("{root}[\"{key}\"].{member}"));
        if !plain(key) || !plain(member) {
            return Err(unknown());
        }
        match (root, member) {
            ("certificates", _) => {
                self.names.certificates.entry(key.to_owned()).or_default().insert(member.to_owned());
                Ok(certificate(key, member))
            }
            ("materials", "provided") => {
                self.names.materials.insert(key.to_owned());
                Ok(format!("materials.{key}.provided"))
            }
            _ => Err(unknown()),
        }
    }

    fn call(&mut self, call: CallExpr, depth: usize) -> Result<Node, ExprError> {
        let CallExpr { func_name, target, args } = call;
        if func_name == operators::INDEX
            && let [
                IdedExpr { expr: Node::Ident(root), .. },
                IdedExpr { expr: Node::Literal(LiteralValue::String(key)), .. },
            ] = args.as_slice()
            && matches!(root.as_str(), "form" | "applicant")
            && !self.locals.contains(root)
        {
            return Ok(Node::Ident(self.member(root, key.inner())?));
        }
        let known = OPERATORS.contains(&func_name.as_str()) && target.is_none()
            || FUNCTIONS.contains(&(func_name.as_str(), args.len(), target.is_some()));
        if !known {
            return Err(ExprError::UnknownFunction(func_name.chars().take(40).collect()));
        }
        let args = match func_name.as_str() {
            "duration" => vec![duration(&args)?],
            "matches" => {
                pattern(args.last())?;
                self.nodes(args, depth)?
            }
            _ => self.nodes(args, depth)?,
        };
        let target = target.map(|target| self.node(*target, depth + 1)).transpose()?.map(Box::new);
        Ok(Node::Call(CallExpr { func_name, target, args }))
    }

    fn comprehension(&mut self, c: ComprehensionExpr, depth: usize) -> Result<Node, ExprError> {
        self.loops += 1;
        if !self.locals.is_empty() {
            return Err(ExprError::TooCostly("循环套循环"));
        }
        if self.loops > MAX_LOOPS {
            return Err(ExprError::TooCostly("循环过多"));
        }
        let reserved = ["form", "applicant", "certificates", "materials", "today", "materials_complete", "rules_ok"];
        if c.iter_var2.is_some() || reserved.contains(&c.iter_var.as_str()) || c.iter_var == c.accu_var {
            return Err(ExprError::Unsupported("这样的循环变量"));
        }
        let iter_range = self.node(c.iter_range, depth + 1)?;
        self.locals = vec![c.iter_var.clone(), c.accu_var.clone()];
        let inner = Node::Comprehension(Box::new(ComprehensionExpr {
            iter_range,
            iter_var: c.iter_var,
            iter_var2: None,
            accu_var: c.accu_var,
            accu_init: self.node(c.accu_init, depth + 1)?,
            loop_cond: self.node(c.loop_cond, depth + 1)?,
            loop_step: self.node(c.loop_step, depth + 1)?,
            result: self.node(c.result, depth + 1)?,
        }));
        self.locals.clear();
        Ok(inner)
    }
}

/// `certificates["k"]` or `certificates.k`, as root and key.
fn keyed(node: &Node) -> Option<(&str, &str)> {
    let (root, key) = match node {
        Node::Call(call) if call.func_name == operators::INDEX && call.target.is_none() => match call.args.as_slice() {
            [root, IdedExpr { expr: Node::Literal(LiteralValue::String(key)), .. }] => (root, key.inner()),
            _ => return None,
        },
        Node::Select(select) if !select.test => (&*select.operand, select.field.as_str()),
        _ => return None,
    };
    match &root.expr {
        Node::Ident(root) if matches!(root.as_str(), "certificates" | "materials") => Some((root, key)),
        _ => None,
    }
}

/// The argument of `duration`, with days turned into seconds.
fn duration(args: &[IdedExpr]) -> Result<IdedExpr, ExprError> {
    let [IdedExpr { id, expr: Node::Literal(LiteralValue::String(text)) }] = args else {
        return Err(ExprError::Unsupported("duration 中使用非文字的时长"));
    };
    let text = text.inner();
    let seconds = parse_duration(text).ok_or_else(|| ExprError::BadDuration(text.chars().take(40).collect()))?;
    Ok(IdedExpr { id: *id, expr: Node::Literal(LiteralValue::String(format!("{seconds}s").into())) })
}

/// Whole seconds of texts such as `90d`, `-1d12h`, `1h30m`, `45s`.
fn parse_duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut total = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => 86_400,
            b'h' => 3_600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (total <= MAX_SECONDS).then_some(sign * total)
}

/// The pattern of `matches` must be written out and small.
fn pattern(arg: Option<&IdedExpr>) -> Result<(), ExprError> {
    let Some(IdedExpr { expr: Node::Literal(LiteralValue::String(text)), .. }) = arg else {
        return Err(ExprError::Unsupported("matches 中使用非文字的正则表达式"));
    };
    let text = text.inner();
    compile_pattern(text).map(|_| ()).ok_or_else(|| ExprError::BadPattern(text.chars().take(80).collect()))
}

/// A regular expression of modest size.
pub(crate) fn compile_pattern(text: &str) -> Option<regex::Regex> {
    if text.len() > 400 {
        return None;
    }
    RegexBuilder::new(text).size_limit(1 << 18).nest_limit(32).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_would_run_or_grow_without_end_do_no_harm() {
        // Catastrophic for engines that go back; this one reads each character once.
        for evil in ["^(a+)+$", "^(a|aa)+$", "^(.*a){20}$", "^([a-z]+)*[0-9]$"] {
            let pattern = compile_pattern(evil).unwrap_or_else(|| panic!("{evil}"));
            assert!(!pattern.is_match(&format!("{}!", "a".repeat(100_000))), "{evil}");
        }
        for large in ["(a{1000}){1000}", "((a{100}){100}){100}", "\\p{Han}{100000}"] {
            assert!(compile_pattern(large).is_none(), "{large}");
        }
        assert!(compile_pattern(&format!("{}a{}", "(".repeat(40), ")".repeat(40))).is_none(), "too deep");
        assert!(compile_pattern(&"a".repeat(401)).is_none(), "too long");
        for none in ["(", "[a", "a{2,1}", "(?<=a)b", "\\1"] {
            assert!(compile_pattern(none).is_none(), "{none}");
        }
    }

    #[test]
    fn durations_know_days() {
        assert_eq!(parse_duration("90d"), Some(90 * 86_400));
        assert_eq!(parse_duration("1d12h"), Some(36 * 3_600));
        assert_eq!(parse_duration("-1h30m"), Some(-5_400));
        assert_eq!(parse_duration("45s"), Some(45));
        for bad in ["", "-", "d", "90", "90D", "1.5d", "9999999999999999999d", "110000d", "1d ", "1d-1d", "1天"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
