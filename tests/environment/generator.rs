//! Files of the language, and files of characters that mean something in it.

use super::random::Random;

/// Names that the files assign; short ones, so that they meet.
pub(super) const NAMES: [&str; 8] = ["A", "B", "C", "AB", "_x", "Z9", "P", "EMPTY"];

/// What the calling process brings.
pub(super) const PROCESS: [(&str, &str); 7] = [
    ("A", "one two"),
    ("B", "/usr/lib:/lib.a"),
    ("Z9", "éa★"),
    ("P", "p:v *.x"),
    ("EMPTY", ""),
    ("Q", "a\\b*\\"),
    ("HOME", "/home/someone"),
];

/// Names that always hold something.
const SET: [&str; 6] = ["A", "B", "Z9", "P", "Q", "HOME"];

/// Names that only the process has.
const READABLE: [&str; 10] = ["A", "B", "C", "AB", "_x", "Z9", "P", "EMPTY", "Q", "HOME"];

const PLAIN: &[&str] = &[
    "a", "b", "x1", "A", "0", ".", "/", ":", "=", ",", "@", "%", "+", "-", "_", "é", "★", "#", "!", "^", "[", "]", "*",
    "?", "{", "}", "~", "a.b", "c:d", ":~", ":~/", "abc", "\u{a0}", "[a-c]", "😀",
];

/// A file of the language: whatever it says, bash must say the same.
pub(super) fn file(random: &mut Random) -> String {
    let mut file = String::new();
    for _ in 0..=random.below(6) {
        if random.once_in(8) {
            file.push_str(random.pick(&["# it's a \"comment\" $(no)\n", "\n", "  \t\n", "#\n"]));
        }
        statement(random, &mut file);
        file.push_str(random.pick(&["\n", "\n", "\n", ";", " ; ", " # comment 'x\n", "\n\n", " \\\n\n", ";#c\n"]));
        if file.ends_with(' ') || file.ends_with(';') {
            statement(random, &mut file);
            file.push('\n');
        }
    }
    if random.once_in(4) {
        file.pop();
    }
    file
}

fn statement(random: &mut Random, file: &mut String) {
    let export = random.once_in(5);
    if export {
        file.push_str(random.pick(&["export ", "export  ", "  export \\\n "]));
    }
    for order in 0..=random.below(3).saturating_sub(1) {
        if order > 0 {
            file.push_str(random.pick(&[" ", "\t", "  ", " \\\n"]));
        }
        let name = random.pick(&NAMES);
        file.push_str(name);
        if export && random.once_in(4) {
            continue;
        }
        file.push('=');
        let mut value = String::new();
        pieces(random, Place { depth: 0, ..Place::default() }, &mut value);
        if export {
            // A brace of its own is refused there.
            value = value.replace("${", "\u{1}").replace('{', "\\{").replace('\u{1}', "${");
        }
        file.push_str(&value);
    }
}

/// Where a piece of a value stands.
#[derive(Clone, Copy, Default)]
struct Place {
    depth: usize,
    /// Between double quotes, at any distance.
    quoted: bool,
    /// Directly in the word of an expansion.
    in_word: bool,
}

fn pieces(random: &mut Random, place: Place, value: &mut String) {
    for _ in 0..random.below(4) {
        piece(random, place, value);
    }
}

fn piece(random: &mut Random, place: Place, value: &mut String) {
    match random.below(if place.depth > 3 { 6 } else { 11 }) {
        0 | 1 => plain(random, place, value),
        2 => value
            .extend(["\\", random.pick(&["a", " ", "\"", "'", "\\", "$", "`", "\n", "}", "~", ":", "*", "é", ";"])]),
        3 if !(place.quoted) => {
            value.extend([
                "'",
                random.pick(&["", "a b", "\\", "$A", "\"", "\n", "}", "~", "*", "`x`", "\\\n", "é"]),
                "'",
            ]);
        }
        3 | 4 if !place.quoted || place.in_word => {
            value.push('"');
            let inner = Place { quoted: true, in_word: false, ..place };
            pieces(random, inner, value);
            value.push('"');
        }
        5 if !place.quoted => value.push_str(random.pick(&["~", "~/", "~:", "~/a", ":~", ":~/b:~", "\"a\":~", "~\\/"])),
        3..=6 => variable(random, value),
        _ => expansion(random, place, value),
    }
}

fn plain(random: &mut Random, place: Place, value: &mut String) {
    let text = random.pick(PLAIN);
    if place.in_word && text.contains('}') {
        return;
    }
    value.push_str(text);
    if (place.in_word || place.quoted) && random.once_in(3) {
        value.push_str(random.pick(&[" ", "\n", ";", "&", "|", "(", ")", "\t", "  ", " # "]));
    }
    if place.quoted && random.once_in(5) {
        value.push_str(random.pick(&["'a}b$B'", "'${U-x}}'", "<", ">", "'$'"]));
    }
    if place.quoted && !place.in_word && random.once_in(8) {
        value.push_str(random.pick(&["'", "it's", "$'x'", "$."]));
    }
}

fn variable(random: &mut Random, value: &mut String) {
    let name = if random.once_in(20) { random.pick(&READABLE) } else { random.pick(&SET) };
    if random.once_in(2) {
        value.extend(["${", name, "}"]);
    } else {
        value.extend(["$", name]);
    }
}

fn expansion(random: &mut Random, place: Place, value: &mut String) {
    if random.once_in(10) {
        return value.extend(["${#", random.pick(&SET), "}"]);
    }
    let operator = random.pick(&["-", ":-", "-", ":-", "+", ":+", "=", ":=", "?", ":?", "%", "%%", "#", "##"]);
    let must_be_set = operator.contains(['?', '%', '#']) && !random.once_in(20);
    let name = match () {
        () if must_be_set => random.pick(&SET),
        // So that the word is what counts.
        () if operator.contains(['-', '=']) && random.once_in(2) => random.pick(&["U", "V", "EMPTY"]),
        () => random.pick(&READABLE),
    };
    value.extend(["${", name]);
    value.push_str(operator);
    let is_pattern = operator.starts_with(['%', '#']);
    let inner = Place { depth: place.depth + 1, quoted: place.quoted && !is_pattern, in_word: true };
    pieces(random, inner, value);
    value.push('}');
}

/// Any sequence of what means something in the language. Only what we accept may be shown to a shell.
pub(super) fn chaos(random: &mut Random) -> String {
    const TOKENS: &[&str] = &[
        "A=", "B=", "export ", "C=", "\n", "\n", ";", " ", "\t", "'", "\"", "\\", "$", "${", "}", "${A", "${B", "$A",
        "$B", "${A:-", "${B-", "${C:=", "${A=", "${A+", "${A%", "${A##", "${#A}", "~", "/", ":", "*", "?", "[", "]",
        "a", "b", "#", "=", "\\\n", "{", ",", "é", "!", "^", "-", ".", "0", "A", "'x'", "\"y\"", "~/", ":~", "P", "$P",
        "${P%%", "${Q#",
    ];
    let mut file = String::from("A=");
    for _ in 0..random.below(14) {
        file.push_str(random.pick(TOKENS));
    }
    file
}
