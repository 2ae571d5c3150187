// Writes what else is made of the table of options, when dv8pack is built:
//   reference man    the page dv8pack.1, in mdoc(7)
//   reference types  lib/main.d.ts of the package on npm: its API, whose options are the command line's in camel case
//   reference names  lib/options.json of that package: {"outDir": {"option": "--out-dir"}, …}, which the API reads
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "packager/bundle/json.h"
#include "packager/cli/option_table.h"
#include "runtime/core/version.h"

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;
using Section = OptionSpec::Section;

// "jsx-import-source" → "jsxImportSource".
std::string CamelCase(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); i++) {
    const bool is_dash = name[i] == '-' && i + 1 < name.size();
    if (is_dash) i++;
    out += is_dash ? static_cast<char>(std::toupper(name[i])) : name[i];
  }
  return out;
}

bool IsPairs(const OptionSpec& option) { return option.value.find('=') != std::string_view::npos; }
bool IsListText(const OptionSpec& option) { return option.value.ends_with("LIST"); }

// The API prints nothing, returns what --json tells, and runs no program.
bool IsOfApi(const OptionSpec& option) {
  static constexpr std::string_view kOthers[] = {"--json", "--quiet", "--verbose", "--timing", "--watch"};
  return option.section != Section::kInformation && std::find(std::begin(kOthers), std::end(kOthers), option.name) == std::end(kOthers);
}

std::string Names() {
  JsonObject names;
  for (const OptionSpec& option : OptionTable()) {
    if (!IsOfApi(option)) continue;
    JsonObject one;
    one.AddString("option", option.name);
    if (IsListText(option)) one.AddString("separator", ",");
    names.AddRaw(CamelCase(option.name.substr(2)), one.Text());
  }
  return names.Text() + "\n";
}

std::string TypeOf(const OptionSpec& option) {
  if (option.kind == Kind::kOptional) return "boolean | string | number";
  if (!TakesValue(option.kind)) return "boolean";
  std::string one;
  for (const std::string_view choice : Choices(option)) one.append(one.empty() ? "'" : " | '").append(choice).append("'");
  if (!IsChoice(option)) one = option.value == "SECONDS" || option.value.starts_with("PORT") ? "string | number" : "string";
  std::string type = one;
  if (IsList(option.kind) || IsListText(option)) type += " | " + (one == "string" ? "string[]" : "(" + one + ")[]");
  if (IsPairs(option)) type += " | Record<string, string>";
  return type;
}

// Those of the images' or the virtual machines' section, or of all others.
std::string Properties(std::optional<Section> section) {
  std::string text;
  for (const OptionSpec& option : OptionTable()) {
    const bool is_of_one = option.section == Section::kImage || option.section == Section::kMachine;
    if (!IsOfApi(option) || (section ? option.section != *section : is_of_one)) continue;
    text += "  /** ";
    // A comment ends with the first "*/".
    for (size_t i = 0; i < option.text.size(); i++) text.append(option.text.substr(i, 2) == "*/" ? "*\\" : option.text.substr(i, 1));
    text += " */\n  " + CamelCase(option.name.substr(2)) + "?: " + TypeOf(option) + ";\n";
  }
  return text;
}

constexpr std::string_view kApi = R"(
/** What was packed. */
export interface PackResult {
  /** The file that was written. */
  output: string;
  /** Its bytes. */
  size: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** The parts of the executable. */
  sections: { name: string; offset: number; stored: number; size: number; encoding: string }[];
  /** The modules of the standard library that went in. */
  modules: string[];
  /** The files that went in, by their paths in the program. */
  inputs: string[];
  /** Warnings and notices. */
  log: string;
}

export interface ImageResult extends PackResult {
  image: { name: string; digest: string; config: string; layers: string[]; size: number };
}

export interface VmResult extends PackResult {
  /** The kernel's modules in it, in the order in which they are loaded. */
  vm: { modules: string[] };
}

/** Why it could not be packed. */
export class PackError extends Error {
  readonly name: 'PackError';
  /** What is wrong; `message` has the place and the hint, too. */
  readonly text: string;
  /** The file at fault; empty without one. */
  readonly file: string;
  /** From 1; 0 without one. */
  readonly line: number;
  readonly column: number;
  /** What to do; may be empty. */
  readonly hint: string;
  /** 1: the input is at fault, 2: the options are, 70: dv8pack is. Null when a signal ended it. */
  readonly exitCode: number | null;
  /** What dv8pack wrote on standard error, with the pieces of source. */
  readonly log: string;
}

/** Packs a program into an executable; with `outDir` each of several. Rejects with a PackError, or an AbortError of `signal`. */
export function pack(options: PackOptions & { outDir: string }): Promise<{ outputs: PackResult[]; log: string }>;
export function pack(options: PackOptions): Promise<PackResult>;

/** Packs a program into an image of containers: `dv8pack image`. */
export function image(options: ImageOptions): Promise<ImageResult>;

/** Packs a program into a virtual machine's initramfs: `dv8pack vm`. */
export function vm(options: VmOptions): Promise<VmResult>;

/** What is in a packed program: `dv8pack inspect --json`. */
export function inspect(file: string, options?: RunOptions): Promise<Record<string, unknown> & { log: string }>;

export const version: string;
)";

std::string Types() {
  return "// dv8pack's API. Made of its table of options: `dv8pack --help` tells the same.\n\n"
         "export interface RunOptions {\n"
         "  /** The working folder, from which paths count (default: the process's). */\n"
         "  cwd?: string;\n"
         "  /** Ends it. */\n"
         "  signal?: AbortSignal;\n"
         "}\n\n"
         "export interface PackOptions extends RunOptions {\n"
         "  /** The file that the program starts with, or a folder by its package.json; several with `outDir`. */\n"
         "  entry: string | string[];\n" +
         Properties({}) +
         "}\n\n"
         "export interface ImageOptions extends PackOptions {\n" +
         Properties(Section::kImage) +
         "}\n\n"
         "export interface VmOptions extends PackOptions {\n" +
         Properties(Section::kMachine) + "}\n" + std::string(kApi);
}

// `text` as a line of mdoc's, in which a backslash, and a dot or an apostrophe at the head, mean something.
std::string Roff(std::string_view text) {
  std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (size_t i = 0; i < text.size(); i++) {
    // "\\&" is nothing: "require()" would be one of the page's own functions.
    out += text[i] == '\\' ? "\\e" : text.substr(i, 2) == "()" ? "\\&(" : std::string(1, text[i]);
  }
  return out;
}

// An argument of a macro: in quotes, so that no word of it is a macro's name.
std::string Word(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '"' ? "\\(dq" : c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  // What ends with a bracket would be taken apart.
  return "\"" + out + (text.ends_with(']') ? "\\&\"" : "\"");
}

// Each sentence on a line of its own, and none longer than mdoc(7) wants.
std::string Sentences(std::string_view text) {
  constexpr size_t kWidth = 74;
  std::string out, line;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) out += Roff(std::exchange(line, "")) + "\n";
    line.append(line.empty() ? "" : " ").append(word);
    if (word.ends_with('.') && !word.ends_with("..")) out += Roff(std::exchange(line, "")) + "\n";
  }
  return out + (line.empty() ? "" : Roff(line) + "\n");
}

// "2026-01-31" → "January 31, 2026".
std::string Date(std::string_view date) {
  static constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};
  const int month = std::stoi(std::string(date.substr(5, 2))), day = std::stoi(std::string(date.substr(8)));
  return std::string(kMonths[month - 1]) + " " + std::to_string(day) + ", " + std::string(date.substr(0, 4));
}

// "run [options] <entry>" in mdoc's macros is said by .Ar alone: brackets are text.
std::string Synopsis(const CommandSpec& command) {
  std::string out = ".Nm";
  std::string_view usage = command.usage;
  for (bool is_first = true; !usage.empty(); is_first = false) {
    const std::string_view word = usage.substr(0, usage.find(' '));
    usage.remove_prefix(std::min(word.size() + 1, usage.size()));
    if (is_first && word == command.name) out += " Cm " + std::string(word);
    else out += " Ns No " + Word(" " + std::string(word));
  }
  return out + "\n";
}

std::string Item(const OptionSpec& option) {
  std::string out = ".It";
  if (option.letter != 0) out += std::string(" Fl ") + option.letter + " ,";
  out += " Fl " + Word(option.name.substr(1));
  if (option.kind == Kind::kOptional) return out + " Ns Op = Ns Ar " + Word(option.value) + "\n";
  if (!option.value.empty()) out += std::string(IsChoice(option) ? " Ns = Ns Ar " : " Ar ") + Word(option.value);
  return out + "\n";
}

std::string ManPage() {
  std::string page = ".\\\" Made of dv8pack's table of options.\n.Dd " + Date(kVersionDate) +
                     "\n.Dt DV8PACK 1\n.Os\n.Sh NAME\n.Nm dv8pack\n"
                     ".Nd pack a JavaScript or TypeScript program into one static executable\n.Sh SYNOPSIS\n";
  for (const CommandSpec& command : CommandTable()) page += Synopsis(command);
  page += ".Sh DESCRIPTION\nEach command and what it does:\n.Bl -tag -width Ds\n";
  for (const CommandSpec& command : CommandTable()) {
    page += ".It " + (command.name.empty() ? "Ar " + Word("entry") : "Cm " + Word(command.name)) + "\n" + Sentences(command.text);
  }
  page += ".El\n";
  Section section = Section::kInformation;
  for (const OptionSpec& option : OptionTable()) {
    if (&option == OptionTable().data() || option.section != section) {
      if (&option != OptionTable().data()) page += ".El\n";
      section = option.section;
      page += ".Ss " + std::string(SectionTitle(section)) + "\n.Bl -tag -width Ds\n";
    }
    page += Item(option) + Sentences(option.text);
  }
  return page + ".El\n.Sh FILES\n.Bl -tag -width Ds\n.It Pa dv8pack.json\n" + Sentences(kConfigHelp) + ".El\n.Sh EXIT STATUS\n" +
         Sentences(kExitCodesHelp) +
         ".Sh EXAMPLES\n.Dl $ dv8pack app.ts -o app\n.Dl $ dv8pack image server.ts --port 8080 --tag team/server:1.0\n";
}

int Main(std::string_view what) {
  const std::string text = what == "man" ? ManPage() : what == "types" ? Types() : what == "names" ? Names() : "";
  return !text.empty() && std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 2;
}

}  // namespace
}  // namespace dv8

int main(int argc, char** argv) { return dv8::Main(argc == 2 ? argv[1] : ""); }
