//! A module and all that it imports as one module, without comments, and the texts that it says: what a
//! page needs comes in one piece, which is packed better than thirty. Modules stay as they are written;
//! the build makes the pieces in release, the server at every request while developing.

mod bare;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use self::bare::{bare, expression, is_expression, is_of_name, piece};

/// Why there is no bundle: a module is missing, or says something that this file cannot take apart.
#[derive(Debug)]
pub(crate) struct NoBundle(String);

impl std::error::Error for NoBundle {}

impl std::fmt::Display for NoBundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the vendors ask for, since their own notes are comments.
const LICENCES: &str = "/* licences: ../vendor/licences */\n";

/// The modules that pages start.
pub(crate) const STARTS: [&str; 8] = [
    "public", "bidder", "clerk", "hall", "analyst", "enter", "admin", "device",
];

/// What a page gets after what it starts, once its first purpose is served: the start, and the rest.
pub(crate) const LATER: [(&str, &str); 1] = [("bidder", "bidder-later")];

/// The style sheets of pages; each holds what all share.
pub(crate) const STYLES: [&str; 5] = [
    "css/public.css",
    "css/room.css",
    "css/desk.css",
    "css/hall.css",
    "css/admin.css",
];

/// The name of the file with what a page starts.
pub(crate) fn script(start: &str) -> String {
    format!("js/{start}.js")
}

/// The name of the file with the texts that it says.
pub(crate) fn texts_of(start: &str, lang: &str) -> String {
    format!("locales/{start}.{lang}.ftl")
}

/// Reads a file of the pages by its name.
type Read<'a> = &'a dyn Fn(&str) -> io::Result<String>;

/// The modules of a page, the ones that others need first.
struct Bundle<'a> {
    read: Read<'a>,
    code: String,
    /// What each module that is in the code gives to others.
    exports: BTreeMap<String, BTreeSet<String>>,
    /// Modules on the way to the one that is read: none may need one of them.
    open: Vec<String>,
    /// Modules that are in another piece, which comes first.
    first: BTreeSet<String>,
    /// Those of them that this piece takes.
    needs: BTreeSet<String>,
}

/// The style sheet of a page with those that all pages share, without comments and indents.
pub(crate) fn style(name: &str, read: Read<'_>) -> Result<String, NoBundle> {
    let mut style = String::new();
    let shared = ["css/tokens.css", "css/base.css"];
    // A desk is a room with more in it, which bidders need not load.
    let of_room = (name == "css/desk.css").then_some("css/room.css");
    for part in shared.into_iter().chain(of_room).chain([name]) {
        let sheet = read(part).map_err(|why| NoBundle(format!("{part}: {why}")))?;
        let mut rest = sheet.as_str();
        while let Some((before, after)) = rest.split_once("/*") {
            style.push_str(before);
            rest = after.split_once("*/").map_or("", |(_, after)| after);
        }
        style.push_str(rest);
    }
    let lines = style.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// One module that stands for what a page starts. If more comes later, it gives that what both need.
pub(crate) fn bundle(start: &str, read: Read<'_>) -> Result<String, NoBundle> {
    let (first, rest) = in_two(start, read)?;
    let Some(Rest { needs, .. }) = rest else {
        return Ok(first);
    };
    Ok(format!("{first}export{{{}}};\n", needs.join(",")))
}

/// One module that stands for what comes after what a page starts: what is there already is taken from
/// there, so that there is one of each.
pub(crate) fn later(start: &str, read: Read<'_>) -> Result<String, NoBundle> {
    let (_, rest) = in_two(start, read)?;
    let Rest { code, needs, gives } =
        rest.ok_or_else(|| NoBundle(format!("nothing comes after {start}")))?;
    let needs = needs.join(",");
    Ok(format!(
        "{LICENCES}import{{{needs}}}from'./{start}.js';\n{code}export const{{{}}}={};\n",
        gives.names.join(","),
        gives.of
    ))
}

/// What comes after a start.
struct Rest {
    code: String,
    /// Modules of the start that it takes, by what they are called in the code.
    needs: Vec<String>,
    gives: Given,
}

/// What a module gives, by names, and what it is called in the code.
struct Given {
    of: String,
    names: Vec<String>,
}

fn in_two(start: &str, read: Read<'_>) -> Result<(String, Option<Rest>), NoBundle> {
    let mut bundle = Bundle {
        read,
        code: LICENCES.to_owned(),
        exports: BTreeMap::new(),
        open: Vec::new(),
        first: BTreeSet::new(),
        needs: BTreeSet::new(),
    };
    bundle.add(&script(start))?;
    let rest = LATER.iter().find(|(first, _)| *first == start);
    let Some((_, rest)) = rest else {
        return Ok((bundle.code, None));
    };
    let first = std::mem::take(&mut bundle.code);
    bundle.first = bundle.exports.keys().cloned().collect();
    let rest = script(rest);
    bundle.add(&rest)?;
    let names = bundle.exports.get(&rest).into_iter().flatten().cloned();
    let gives = Given {
        of: variable(&rest),
        names: names.collect(),
    };
    let rest = Rest {
        code: bundle.code,
        needs: bundle.needs.iter().map(|name| variable(name)).collect(),
        gives,
    };
    Ok((first, Some(rest)))
}

/// The texts of a language that a script names, in the order of their file. A name that the script puts
/// together from a code stands for all that begin like it.
pub(crate) fn texts(script: &str, file: &str) -> String {
    let mut said = String::new();
    let mut is_said = false;
    for line in file.lines() {
        if line.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            let key = line.split(' ').next().unwrap_or_default();
            is_said = is_named(script, key);
        } else if line.is_empty() || line.starts_with('#') {
            is_said = false;
        }
        if is_said {
            said.push_str(line);
            said.push('\n');
        }
    }
    said
}

fn is_named(script: &str, key: &str) -> bool {
    let whole = ['\'', '"', '`']
        .iter()
        .any(|quote| script.contains(&format!("{quote}{key}{quote}")));
    let begins = key
        .split_once('-')
        .map(|(first, _)| format!("`{first}-${{"));
    whole || begins.is_some_and(|begins| script.contains(&begins))
}

impl Bundle<'_> {
    fn add(&mut self, name: &str) -> Result<(), NoBundle> {
        if self.exports.contains_key(name) {
            if self.first.contains(name) {
                self.needs.insert(name.to_owned());
            }
            return Ok(());
        }
        if self.open.iter().any(|open| open == name) {
            return Err(NoBundle(format!("{name} needs itself")));
        }
        self.open.push(name.to_owned());
        let source = (self.read)(name).map_err(|why| NoBundle(format!("{name}: {why}")))?;
        let module = Module::of(name, &bare(&source))?;
        for import in &module.imports {
            self.add(&import.from)?;
            let known = self.exports.get(&import.from);
            let missing = import
                .names
                .iter()
                .find(|(theirs, _)| !known.is_some_and(|known| known.contains(theirs)));
            if let Some((theirs, _)) = missing {
                return Err(NoBundle(format!("{name}: {} has no {theirs}", import.from)));
            }
        }
        self.code.push_str(&module.wrapped());
        self.exports
            .insert(name.to_owned(), module.exports.into_keys().collect());
        self.open.pop();
        Ok(())
    }
}

/// An import, or a re-export: what another module calls something, and what it is called here.
struct Import {
    from: String,
    names: Vec<(String, String)>,
}

struct Module {
    name: String,
    imports: Vec<Import>,
    /// What others call something, and what it is called here.
    exports: BTreeMap<String, String>,
    body: String,
}

impl Module {
    /// Takes the imports and exports out of a module without comments. They stand at the beginning of a
    /// line or behind a semicolon, as in every file here and in those of the vendors.
    fn of(name: &str, code: &str) -> Result<Self, NoBundle> {
        let mut module = Self {
            name: name.to_owned(),
            imports: Vec::new(),
            exports: BTreeMap::new(),
            body: String::new(),
        };
        let mut rest = code;
        let mut depth = 0_i32;
        let mut is_start = true;
        while !rest.is_empty() {
            if is_start
                && depth == 0
                && let Some(after) = module.statement(rest)?
            {
                rest = after;
                continue;
            }
            let length = if rest.starts_with('/') && is_expression(&module.body) {
                expression(rest)
            } else {
                piece(rest)
            };
            let (piece, after) = rest.split_at(length);
            match piece {
                "{" | "(" | "[" => depth = depth.saturating_add(1),
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            is_start = matches!(piece, ";" | "\n" | "}");
            module.body.push_str(piece);
            rest = after;
        }
        Ok(module)
    }

    /// Takes one import or export off, if one begins here.
    fn statement<'a>(&mut self, code: &'a str) -> Result<Option<&'a str>, NoBundle> {
        if let Some(after) = word(code, "import").filter(|after| !after.starts_with(['(', '.'])) {
            let (what, after) = until_end(after);
            let (names, from) = match what.rsplit_once("from") {
                Some((names, from)) => (names, from),
                None => ("", what),
            };
            let names = match names.trim() {
                "" => Vec::new(),
                names if names.starts_with('{') => pairs(names),
                one => vec![("default".to_owned(), one.to_owned())],
            };
            self.imports.push(Import {
                from: self.beside(from)?,
                names,
            });
            return Ok(Some(after));
        }
        let Some(after) = word(code, "export") else {
            return Ok(None);
        };
        if after.starts_with('{') {
            let (what, after) = until_end(after);
            let (names, from) = what.split_once('}').unwrap_or((what, ""));
            let given = pairs(names);
            if let Some(from) = from.trim().strip_prefix("from") {
                // What goes through has a name of its own here.
                let through = |theirs: &str| format!("through_{theirs}");
                let names = given
                    .iter()
                    .map(|(theirs, _)| (theirs.clone(), through(theirs)));
                self.imports.push(Import {
                    from: self.beside(from)?,
                    names: names.collect(),
                });
                self.exports.extend(
                    given
                        .iter()
                        .map(|(theirs, named)| (named.clone(), through(theirs))),
                );
            } else {
                self.exports
                    .extend(given.into_iter().map(|(here, named)| (named, here)));
            }
            return Ok(Some(after));
        }
        if let Some(after) = word(after, "default") {
            self.exports
                .insert("default".to_owned(), "the_default".to_owned());
            self.body.push_str("const the_default=");
            return Ok(Some(after));
        }
        let named = ["async", "function", "class", "const"]
            .iter()
            .fold(after, |rest, kind| word(rest, kind).unwrap_or(rest));
        let end = named
            .find(|letter: char| !is_of_name(letter))
            .unwrap_or(named.len());
        let said = named
            .get(..end)
            .filter(|said| !said.is_empty() && named.len() < after.len());
        let said =
            said.ok_or_else(|| NoBundle(format!("{}: what is exported here?", self.name)))?;
        self.exports.insert(said.to_owned(), said.to_owned());
        Ok(Some(after))
    }

    /// The name of a file that is named relative to this one.
    fn beside(&self, quoted: &str) -> Result<String, NoBundle> {
        let path = quoted.trim().trim_matches(['\'', '"', ';']);
        let mut folders: Vec<&str> = self.name.split('/').collect();
        folders.pop();
        for part in path.split('/') {
            match part {
                "." => {}
                ".." => drop(folders.pop()),
                name => folders.push(name),
            }
        }
        let is_relative = path.starts_with('.');
        is_relative
            .then(|| folders.join("/"))
            .ok_or_else(|| NoBundle(format!("{} imports {path}", self.name)))
    }

    fn wrapped(&self) -> String {
        let imports = self
            .imports
            .iter()
            .filter(|import| !import.names.is_empty());
        let taken: String = imports
            .map(|import| {
                let names: Vec<String> = import
                    .names
                    .iter()
                    .map(|(theirs, here)| format!("{theirs}:{here}"))
                    .collect();
                format!("const{{{}}}={};", names.join(","), variable(&import.from))
            })
            .collect();
        let given: Vec<String> = self
            .exports
            .iter()
            .map(|(named, here)| format!("{named}:{here}"))
            .collect();
        format!(
            "const {}=(()=>{{{taken}{}\nreturn{{{}}}}})();\n",
            variable(&self.name),
            self.body.trim(),
            given.join(",")
        )
    }
}

/// What a module is called in the bundle.
fn variable(name: &str) -> String {
    let letters = name.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    format!("in_{}", letters.collect::<String>())
}

/// `{ a, b as c }` as pairs of what stands before and after `as`.
fn pairs(list: &str) -> Vec<(String, String)> {
    let names = list
        .trim_matches(['{', '}', ' ', '\n'])
        .split(',')
        .map(str::trim);
    let pair = |name: &str| {
        let (before, after) = name.split_once(" as ").unwrap_or((name, name));
        (before.trim().to_owned(), after.trim().to_owned())
    };
    names.filter(|name| !name.is_empty()).map(pair).collect()
}

/// What follows a word that stands here.
fn word<'a>(code: &'a str, word: &str) -> Option<&'a str> {
    let rest = code.strip_prefix(word)?;
    (!rest.starts_with(is_of_name)).then(|| rest.trim_start())
}

/// Up to the end of an import or an export list, and what follows it.
fn until_end(code: &str) -> (&str, &str) {
    let closed = code
        .find('}')
        .filter(|_| code.starts_with('{'))
        .unwrap_or(0);
    let end = code
        .get(closed..)
        .and_then(|rest| rest.find([';', '\n']))
        .map_or(code.len(), |end| closed.saturating_add(end));
    let (what, after) = code.split_at(end);
    (what, after.trim_start_matches([';', '\n']))
}
