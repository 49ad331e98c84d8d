#!/usr/bin/env python3
"""House rules as a test: include directions, sizes, and words that have a better one here.

Relies on clang-format's layout, which the lint step holds. Prints every breach with its place and
exits 1 if there is any. The include directions are read from CMakeLists.txt, the one place where
modules say what they use.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES = 500, 700, 60
COLUMNS, PARAMETERS, NESTING = 100, 5, 3

# What is banned, where it is allowed all the same, and what to use instead.
BANNED = [
    (r"\bstd::(mt19937|random_device|uniform_\w+_distribution|rand)\b", (), "Rng (harness/base/rng.hpp)"),
    (r"\bstd::chrono::(system|steady)_clock\b", ("harness/host/",), "World::now()"),
    (r"\bstd::(thread|jthread|async|mutex)\b", ("harness/host/", "harness/base/parallel."), "World::call_at; threads live in harness/host"),
    (r"#include <boost/", ("harness/host/",), "harness/world/world.hpp"),
    (r"#include <pcap", ("harness/host/", "harness/capture/"), "harness/capture/pcap_writer.hpp"),
    (r"#include <(sys/socket|netinet/\w+)\.h>", ("harness/host/",), "harness/world/world.hpp"),
    (r'#include ".*\.cpp"', (), "its header"),
    (r"\bassert\(", (), "SIPHARNESS_ASSERT"),
    (r"\bstd::(cout|cerr)\b", (), "fmt::print"),
    (r"\b(atoi|sprintf|strcpy|strcat|gets)\(", (), "std::from_chars, fmt::format"),
    (r"\busing namespace std;", (), "names in full"),
    # What clang-tidy's bugprone-reserved-identifier finds, which took a sixth of its time; not the
    # labels of a DNS name in a text, "_sip._udp".
    (r"(?<![\"`.\\])\b(?!_exit\b|_Exit\b|_IOFBF\b|__(?:FILE__|LINE__|fpurge|builtin_\w+)\b)(_\w+|\w+__\w*)\b", (),
     "a name that is not the compiler's"),
    (r"\b(TODO|FIXME|XXX)\b", (), "an issue"),
]

# The same, but only there. Rules look at facts that harness/observed finds once and keeps sorted: a
# loop over everything in each of them is how judging became quadratic.
BANNED_IN = {
    "harness/check/": [
        (r"\bphone_?\.messages\b", "phone.message(index), a fact of harness/observed"),
        (r"\btrace\.(messages|journal)\b", "phone.journal.all<Event>()"),
    ],
    "harness/cli/": [(r"\bfmt::print\b", "print or tell (harness/cli/console.hpp)")],
}

CONTROL = re.compile(r"(if|for|while|switch|do|else|try|catch)\b")
NOT_A_FUNCTION = re.compile(
    r"\s*(namespace|struct|class|enum|union|if|for|while|switch|do|else|case|default|try|catch|return|extern|})\b")


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.hpp"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    return sorted({ROOT / name for name in listed.stdout.split()})


def modules():
    """Folder -> modules it may include, itself among them, and breaches of the bottom-up order."""
    text = (ROOT / "CMakeLists.txt").read_text()
    reach, folders, breaches = {}, {}, []
    for folder, rest in re.findall(r"sipharness_(?:module|program)\((\S+)([^)]*)\)", text):
        name = pathlib.Path(folder).name
        uses = re.search(r"USES ([\w ]+?)(?: LINKS| ALONE|$)", rest.strip())
        reach[name] = {name}
        for used in uses.group(1).split() if uses else []:
            if used not in reach:
                breaches.append(f"CMakeLists.txt: {folder} uses {used}, which does not stand above it")
            reach[name] |= reach.get(used, {used})
        folders[folder] = reach[name]
    return folders, breaches


def check_includes(path, lines, folders):
    relative = path.relative_to(ROOT).as_posix()
    home = max((f for f in folders if relative.startswith(f + "/")), key=len, default=None)
    if home is None:
        return
    for number, line in enumerate(lines, 1):
        match = re.match(r'#include "((?:harness|fake_servers|reports)/[^"]*)"', line)
        if not match:
            continue
        target = max((f for f in folders if match.group(1).startswith(f + "/")), key=len, default=None)
        if target is None or pathlib.Path(target).name not in folders[home]:
            yield number, f"{home} may not include {match.group(1)}"


def without_raw_strings(text):
    """The text with raw string literals emptied, line numbers kept."""
    return re.sub(r'R"(\w*)\((.*?)\)\1"', lambda m: '""' + "\n" * m.group(0).count("\n"), text, flags=re.DOTALL)


def function_spans(lines):
    """(first line, last line, head) of every function body, 0-based."""
    for index, line in enumerate(lines):
        if not line.endswith("{") or line.lstrip().startswith(("//", "#")):
            continue
        start = index
        while start > 0 and not re.search(r"[;{}]\s*$|^\s*$|^\s*(public|private|protected):|^\s*//|^#",
                                          lines[start - 1]):
            start -= 1
        head = " ".join(l.strip() for l in lines[start:index + 1])
        if "(" not in head or NOT_A_FUNCTION.match(head) or re.search(r"=\s*\{$|\)\s*\{\{|\breturn\b|\[[^\]]*\]\s*[({]", head):
            continue
        indent = len(lines[start]) - len(lines[start].lstrip())
        closing = " " * indent + "}"
        end = next((i for i in range(index + 1, len(lines)) if lines[i].startswith(closing)
                    and not lines[i][indent + 1:].startswith((" else", " catch"))), None)
        if end is not None:
            yield start, end, head


def parameters(head):
    depth, count, seen = 0, 0, False
    for char in head[head.index("("):]:
        if char in "(<[{":
            depth += 1
        elif char in ")>]}":
            depth -= 1
            if depth == 0:
                break
        elif char == "," and depth == 1:
            count += 1
        elif not char.isspace() and depth >= 1:
            seen = True
    return count + 1 if seen else 0


def nesting(body):
    """Deepest control statement inside control statements."""
    stack, deepest = [], 0
    for line in body:
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        while stack and indent <= stack[-1]:
            stack.pop()
        if CONTROL.match(text.removeprefix("} ")):
            stack.append(indent)
            deepest = max(deepest, len(stack))
    return deepest


def check_functions(lines):
    for start, end, head in function_spans(lines):
        if head.startswith(("TEST", "INSTANTIATE", "TYPED_TEST", "BENCHMARK")):
            continue
        if end - start + 1 > FUNCTION_LINES:
            yield start + 1, f"function of {end - start + 1} lines (limit {FUNCTION_LINES})"
        if parameters(head) > PARAMETERS:
            yield start + 1, f"function of {parameters(head)} parameters (limit {PARAMETERS})"
        if nesting(lines[start + 1:end]) > NESTING:
            yield start + 1, f"control statements nested deeper than {NESTING}"


def check_text(path, lines):
    relative = path.relative_to(ROOT).as_posix()
    limit = TEST_FILE_LINES if relative.startswith("tests/") else FILE_LINES
    if len(lines) > limit:
        yield limit, f"file of {len(lines)} lines (limit {limit})"
    if path.suffix == ".hpp" and (not lines or lines[0] != "#pragma once"):
        yield 1, "a header begins with #pragma once"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"line of {len(line)} columns (limit {COLUMNS})"
        for pattern, allowed, instead in BANNED:
            if relative.startswith("tests/") or relative.startswith(allowed):
                continue
            if re.search(pattern, line.split("//")[0] if "TODO" not in pattern else line):
                yield number, f"{re.search(pattern, line).group(0)} -> use {instead}"


def check_using(path, lines):
    """Using-declarations of a source that nothing below them needs."""
    text = "\n".join(line.split("//")[0] for line in lines)
    for number, line in enumerate(lines, 1):
        name = re.match(r"\s*using [\w:]*::(\w+);", line)
        if path.suffix == ".cpp" and name and len(re.findall(rf"\b{name.group(1)}\b", text)) == 1:
            yield number, f"unused using-declaration of {name.group(1)}"


def check_folder_bans(path, lines):
    relative = path.relative_to(ROOT).as_posix()
    bans = [ban for folder, listed in BANNED_IN.items() if relative.startswith(folder) for ban in listed]
    for number, line in enumerate(lines, 1):
        for pattern, instead in bans:
            if match := re.search(pattern, line.split("//")[0]):
                yield number, f"{match.group(0)} -> use {instead}"


def main():
    folders, breaches = modules()
    picture = (ROOT / "harness/README.md").read_text()
    breaches += [f"harness/README.md: does not show {folder}" for folder in folders if folder not in picture]
    checked = sources()
    for path in checked:
        text = path.read_text()
        lines = text.splitlines()
        found = [*check_includes(path, lines, folders), *check_text(path, lines),
                 *check_folder_bans(path, lines), *check_using(path, lines),
                 *check_functions(without_raw_strings(text).splitlines())]
        breaches += [f"{path.relative_to(ROOT)}:{number}: {what}" for number, what in found]
    print("\n".join(breaches) if breaches else f"{len(checked)} files keep the house rules")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
