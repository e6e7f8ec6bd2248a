//! Files of the engine import each other in no circle: whatever one needs can be read before it.
//! Only the rules may, where a sale, its lots and its commands speak of each other.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module by its path within the crate: `["store", "log"]`.
type Module = Vec<String>;

/// What a file says: names that it re-exports or imports, with where they come from, and every path.
struct Source {
    names: BTreeMap<String, Module>,
    paths: BTreeSet<Module>,
}

struct Files(BTreeMap<Module, String>);

impl Files {
    fn read() -> Self {
        let mut files = BTreeMap::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        collect(&root, &Vec::new(), &mut files);
        assert!(files.len() > 50, "the engine was found");
        Self(files)
    }

    /// A path as written in a module, from the root of the crate; `None` if it leads elsewhere.
    fn absolute(&self, module: &[String], path: &str) -> Option<Module> {
        let mut parts = path.split("::").map(str::trim).peekable();
        let mut base: Module = match parts.peek().copied()? {
            "crate" => Vec::new(),
            "self" | "super" => module.to_vec(),
            child => {
                let child = [module, &[child.to_owned()]].concat();
                return self.0.contains_key(&child).then(|| {
                    let rest = parts.map(str::to_owned);
                    module.iter().cloned().chain(rest).collect()
                });
            }
        };
        for part in parts {
            match part {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                name => base.push(name.to_owned()),
            }
        }
        Some(base)
    }

    fn source(&self, module: &[String], text: &str) -> Source {
        let (mut names, mut paths) = (BTreeMap::new(), BTreeSet::new());
        let mut code = String::new();
        let mut tree: Option<String> = None;
        for line in text.lines() {
            let begins = line.trim_start().trim_start_matches("pub(crate) ");
            let begins = begins.trim_start_matches("pub ");
            match (&mut tree, begins.strip_prefix("use ")) {
                (Some(open), _) => open.push_str(line),
                (None, Some(rest)) => tree = Some(rest.to_owned()),
                (None, None) => {
                    code.push_str(line);
                    code.push('\n');
                }
            }
            if let Some(whole) = tree.take_if(|tree| tree.contains(';')) {
                for path in leaves(whole.trim_end().trim_end_matches(';')) {
                    if let Some(path) = self.absolute(module, &path) {
                        names.insert(path.last().cloned().unwrap_or_default(), path);
                    }
                }
            }
        }
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        for word in code
            .split(|c| !is_path(c))
            .filter(|word| word.contains("::"))
        {
            paths.extend(self.absolute(module, word));
        }
        Source { names, paths }
    }
}

fn collect(folder: &Path, module: &Module, files: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let child = [module.as_slice(), std::slice::from_ref(&stem)].concat();
        if path.is_dir() {
            collect(&path, &child, files);
            continue;
        }
        let is_root = ["mod", "lib"].contains(&stem.as_str());
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<&str> = text
            .lines()
            .map(|line| line.split("//").next().unwrap())
            .collect();
        if !stem.ends_with("_tests") {
            let module = if is_root { module.clone() } else { child };
            files.insert(module, code.join("\n"));
        }
    }
}

/// The paths of a tree of imports: `a::{b, c::d}` has two.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((front, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap();
        return vec![path.trim().to_owned()];
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap();
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (',', 0) => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts
        .flat_map(|part| leaves(&format!("{front}{}", part.trim())))
        .collect()
}

/// The file that a path leads to, through whatever passes a name on.
fn target(sources: &BTreeMap<Module, Source>, path: &[String], steps: usize) -> Option<Module> {
    let (module, rest) = (0..=path.len())
        .rev()
        .map(|end| path.split_at(end))
        .find(|(module, _)| sources.contains_key(*module))?;
    let passed_on = rest
        .first()
        .and_then(|name| sources[module].names.get(name));
    match passed_on {
        Some(from) if steps > 0 => {
            let further = [from.as_slice(), rest.get(1..).unwrap_or_default()].concat();
            target(sources, &further, steps - 1)
        }
        _ => Some(module.to_vec()),
    }
}

/// Takes away, again and again, what imports nothing that is left, and what nothing left imports.
fn circles(mut imports: BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    loop {
        let before = imports.len();
        let left: BTreeSet<Module> = imports.keys().cloned().collect();
        for targets in imports.values_mut() {
            targets.retain(|target| left.contains(target));
        }
        let imported: BTreeSet<Module> = imports.values().flatten().cloned().collect();
        imports.retain(|module, targets| !targets.is_empty() && imported.contains(module));
        if imports.len() == before {
            return imports;
        }
    }
}

fn imports() -> BTreeMap<Module, BTreeSet<Module>> {
    let files = Files::read();
    let sources: BTreeMap<Module, Source> = files
        .0
        .iter()
        .map(|(module, text)| (module.clone(), files.source(module, text)))
        .collect();
    let all = |module: &Module| {
        let source = &sources[module];
        let paths = source.names.values().chain(&source.paths);
        paths
            .filter_map(|path| target(&sources, path, 8))
            .filter(|target| target != module)
            .collect()
    };
    // Who only passes a name on has not imported the file behind it; who uses it has.
    let is_facade = |module: &Module| {
        let text = &files.0[module];
        !["fn ", "struct ", "enum ", "trait "]
            .iter()
            .any(|item| text.contains(item))
    };
    let modules = sources.keys().filter(|module| !is_facade(module));
    modules
        .map(|module| (module.clone(), all(module)))
        .collect()
}

#[test]
fn files_import_each_other_in_no_circle() {
    let mut imports = imports();
    let is_rule = |module: &Module| module.first().is_some_and(|first| first == "domain");
    imports.retain(|module, _| !is_rule(module));
    let left = circles(imports);
    let told = left.iter().map(|(module, targets)| {
        let targets: Vec<String> = targets.iter().map(|target| target.join("::")).collect();
        format!("{} -> {}", module.join("::"), targets.join(", "))
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "a circle of imports:\n{}", told.join("\n"));
}

/// The search itself: it finds the circle that the rules do have, and follows what a folder passes
/// on.
#[test]
fn circles_are_found() {
    let of = |module: &str| module.split("::").map(str::to_owned).collect::<Module>();
    let edge = |from: &str, to: &[&str]| (of(from), to.iter().map(|to| of(to)).collect());
    let graph = [
        edge("a", &["b"]),
        edge("b", &["c"]),
        edge("c", &["b", "d"]),
        edge("d", &[]),
    ];
    let left = circles(graph.into());
    assert_eq!(left.into_keys().collect::<Vec<_>>(), [of("b"), of("c")]);
    let imports = imports();
    assert!(imports[&of("engine")].contains(&of("writer::task")));
    assert!(imports[&of("writer::task")].contains(&of("store::port")));
}
