#include "packager/cli/option_table.h"

#include <algorithm>

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;
using Section = OptionSpec::Section;

constexpr CommandSpec kCommands[] = {
    {"", "[options] <entry> -o <file>",
     "pack a file, or a folder by its package.json; without -o, the output is named after the entry or the package"},
    {"run", "run [options] <entry> [args]", "pack into memory and run"},
    {"image", "image [options] <entry> [-o <file>]", "pack into a container image: an archive for docker load, podman load and skopeo"},
    {"vm", "vm [options] <entry> [-o <file>]", "pack as the only program of a virtual machine: an initramfs for a Linux kernel"},
    {"init", "init [<template> [<folder>]]", "start a program from a template; without one, list them"},
    {"repl", "repl", "read JavaScript, evaluate it, print the value"},
    {"inspect", "inspect [--json] <app>", "say what is in a packed app"},
    {"completion", "completion bash|zsh|fish", "print the shell's completion for dv8pack, to be sourced"},
};

constexpr OptionSpec kOptions[] = {
    {"--bundle", Kind::kFlag, 0, Section::kBundling, "", "one module of all files, as esbuild makes it"},
    {"--minify", Kind::kFlag, 0, Section::kBundling, "", "shorter code"},
    {"--define", Kind::kList, 0, Section::kBundling, "NAME=VALUE", "replace a name by a value"},
    {"--external", Kind::kList, 0, Section::kBundling, "MODULE",
     "leave a module (\"*\" for any part of its name) to the run time, which looks for it from the executable's folder, "
     "then from the working folder"},
    {"--banner", Kind::kValue, 0, Section::kBundling, "CODE",
     "put code at the head of the entry, behind its directives; its imports are followed"},
    {"--alias", Kind::kList, 0, Section::kBundling, "NAME=MODULE", "take one module for another"},
    {"--loader", Kind::kList, 0, Section::kBundling, ".EXT=LOADER",
     "how files are read: text, binary, base64, file, json, js, ... (text: .txt .md .html .sql .graphql; binary: "
     ".bin .wasm; file: images, fonts, .svg, .pdf)"},
    {"--tsconfig", Kind::kValue, 0, Section::kBundling, "FILE", "instead of the nearest tsconfig.json"},
    {"--jsx", Kind::kEsbuild, 0, Section::kBundling, "transform|automatic", "what JSX becomes"},
    {"--jsx-factory", Kind::kEsbuild, 0, Section::kBundling, "NAME", "for React.createElement"},
    {"--jsx-fragment", Kind::kEsbuild, 0, Section::kBundling, "NAME", "for React.Fragment"},
    {"--jsx-import-source", Kind::kEsbuild, 0, Section::kBundling, "MODULE", "for react, with --jsx=automatic"},
    {"--jsx-dev", Kind::kEsbuildFlag, 0, Section::kBundling, "", "with --jsx=automatic: its development calls"},
    {"--jsx-side-effects", Kind::kEsbuildFlag, 0, Section::kBundling, "", "keep JSX that nothing uses"},
    {"--conditions", Kind::kEsbuild, 0, Section::kBundling, "LIST", "more conditions of package.json's \"exports\""},
    {"--main-fields", Kind::kEsbuild, 0, Section::kBundling, "LIST", "in place of package.json's \"main\""},
    {"--resolve-extensions", Kind::kEsbuild, 0, Section::kBundling, "LIST", "that imports leave out, in their order"},
    {"--tsconfig-raw", Kind::kEsbuild, 0, Section::kBundling, "JSON", "in place of a tsconfig.json"},
    {"--legal-comments", Kind::kEsbuild, 0, Section::kBundling, "none|inline|eof", "where they go"},
    {"--keep-names", Kind::kEsbuildFlag, 0, Section::kBundling, "", "of functions and classes, with --minify"},
    {"--drop", Kind::kEsbuildList, 0, Section::kBundling, "console|debugger", "leave such calls or statements out"},
    {"--pure", Kind::kEsbuildList, 0, Section::kBundling, "NAME", "calls of it may go when nothing uses their result"},
    {"--strict", Kind::kFlag, 0, Section::kBundling, "",
     "an error for what is not found or computed: require() and import() that are left to the run time"},
    // What it allowed is the rule now.
    {"--allow-dynamic", Kind::kFlag, 0, Section::kBundling, "", "does nothing: it is the rule"},

    {"--asset", Kind::kList, 0, Section::kContents, "FILE|FOLDER", "embed files; the app reads them by their path under /app"},
    {"--exclude", Kind::kList, 0, Section::kContents, "GLOB",
     "files that never go in: as in a .gitignore, a name anywhere or a path from here"},
    {"--native", Kind::kList, 0, Section::kContents, "FILE", "a module of your own in C++ (.a, .o), compiled with dv8pack's SDK"},
    {"--globals", Kind::kValue, 0, Section::kContents, "named|all", "named (default): the web's globals that the code names"},
    {"--env", Kind::kList, 0, Section::kContents, "default|core|NAME=VALUE",
     "core: dv8's globals and the language's, and no others but those that the code names; bare module names are dv8's. "
     "NAME=VALUE: a variable of an image's containers, or of a virtual machine"},
    {"--dv8", Kind::kValue, 0, Section::kContents, "0.0.4|0.0.5|0.0.6",
     "whose calls are meant where dv8's vintages collide (default: 0.0.6)"},
    {"--include", Kind::kList, 0, Section::kContents, "MODULE|GLOB",
     "pack what no import names, with what it imports: a package, files by a path from here, a module of the standard library"},
    {"--icu", Kind::kValue, 0, Section::kContents, "none|en|full|LIST",
     "languages of Intl: en (default), or a list such as de,pt-BR; \"encodings\" in it: TextDecoder's of East Asia, "
     "without the languages"},
    {"--sourcemap", Kind::kValue, 0, Section::kContents, "none|linked|external",
     "linked (default): in the app, whose stacks name your lines; external: in a file beside it (OUTPUT.map)"},
    {"--sourceless", Kind::kFlag, 0, Section::kContents, "",
     "compile all of the app's code and leave its text out: functions print as native code"},

    {"--snapshot", Kind::kValue, 0, Section::kStart, "code|app|none",
     "code (default): the library is ready and the app compiled; app: the app's top level has run too; none: start "
     "from source"},
    {"--snapshot-timeout", Kind::kValue, 0, Section::kStart, "SECONDS", "for making it (default: 60)"},
    {"--snapshot-env", Kind::kList, 0, Section::kStart, "NAME",
     "with --snapshot=app: a variable of the environment that the top level sees; the others are not there before the "
     "app starts (repeatable)"},
    {"--compress", Kind::kValue, 0, Section::kStart, "lz4|none", "lz4: a smaller file that starts slower (default: none)"},
    {"--arg", Kind::kList, 0, Section::kStart, "ARGUMENT", "that the app always gets, before those it is started with"},
    {"--port", Kind::kList, 0, Section::kStart, "PORT[/udp]", "where a server of dv8:serve listens by default; an image tells of it"},
    {"--env-file", Kind::kList, 0, Section::kStart, "FILE",
     "variables of an .env file, packed in: the app has those that its environment does not set"},
    {"--exec-argv", Kind::kValue, 0, Section::kStart, "OPTIONS",
     "options of Node's that the app runs with, such as --no-warnings; its process.execArgv"},
    {"--v8-flags", Kind::kValue, 0, Section::kStart, "FLAGS", "for the app's engine"},
    {"--ca", Kind::kValue, 0, Section::kStart, "system|debian|none|FILE",
     "whose certificates the app trusts: those of the machine that it runs on (default), Debian's or a file's in PEM, "
     "which are packed in, or nobody's"},
    {"--allow-env-ca", Kind::kFlag, 0, Section::kStart, "",
     "the app trusts the certificates that its environment names: SSL_CERT_FILE in place of --ca's, "
     "NODE_EXTRA_CA_CERTS besides"},
    {"--allow-v8-flags", Kind::kFlag, 0, Section::kStart, "", "the app takes more of them when it starts: ./app --v8-flags=\"...\""},

    {"--watch", Kind::kFlag, 0, Section::kDebugging, "", "with run: pack and start again when a file of the app changes"},
    {"--inspect", Kind::kOptional, 0, Section::kDebugging, "[HOST:]PORT",
     "the app listens for Chrome DevTools' protocol (127.0.0.1:9229); an app without it never does"},
    {"--inspect-brk", Kind::kOptional, 0, Section::kDebugging, "[HOST:]PORT", "likewise, and waits for a client before its first line"},

    {"--tag", Kind::kValue, 0, Section::kImage, "NAME[:TAG]", "of the image (default: the program's name, and \"latest\")"},
    {"--base", Kind::kValue, 0, Section::kImage, "FOLDER|FILE",
     "an image to put the program on: an OCI layout or its archive, with :TAG behind it when it has several (default: none)"},
    {"--workdir", Kind::kValue, 0, Section::kImage, "PATH", "the working folder, which is the user's (default: /)"},
    {"--user", Kind::kValue, 0, Section::kImage, "UID[:GID]", "that the program runs as (default: 65532, \"nonroot\")"},
    {"--label", Kind::kList, 0, Section::kImage, "NAME=VALUE", "beside those of package.json and git"},
    {"--file", Kind::kList, 0, Section::kImage, "FILE:PATH", "one more file or folder, at an absolute path"},
    {"--compression", Kind::kValue, 0, Section::kImage, "gzip|zstd", "of its layer (default: gzip); zstd: smaller, and slower to make"},

    {"--modules", Kind::kValue, 0, Section::kMachine, "FOLDER",
     "of the kernel's modules, such as /lib/modules/6.1.0-1-amd64: the drivers of virtio are taken out of it"},
    {"--ip", Kind::kValue, 0, Section::kMachine, "dhcp|none|ADDRESS",
     "of the first network device (default: dhcp), or ADDRESS/BITS[,ROUTER[,NAMESERVER]]"},

    {"--output", Kind::kValue, 'o', Section::kElse, "FILE", "the executable, or the file of an image or a virtual machine"},
    {"--out-dir", Kind::kValue, 0, Section::kElse, "FOLDER", "for the executables of several entries, each named after its own"},
    {"--sbom", Kind::kList, 0, Section::kElse, "FILE",
     "write a bill of materials: CycloneDX into a .cdx.json, SPDX into an .spdx.json; images refer to it"},
    {"--inputs", Kind::kValue, 0, Section::kElse, "FILE",
     "pack from copies of the files that FILE lists, and no others (docs/bazel.md): for build systems"},
    {"--metafile", Kind::kValue, 0, Section::kElse, "FILE", "write what went in, as esbuild's metafile"},
    {"--json", Kind::kFlag, 0, Section::kElse, "", "result and errors as JSON on standard output"},
    {"--quiet", Kind::kFlag, 'q', Section::kElse, "", "no warnings and notices"},
    {"--verbose", Kind::kFlag, 'v', Section::kElse, "", "name what goes in"},
    {"--timing", Kind::kFlag, 0, Section::kElse, "", "what each phase took"},
    {"--sdk", Kind::kFlag, 0, Section::kInformation, "", "print the folder of the SDK for --native"},
    {"--licenses", Kind::kFlag, 0, Section::kInformation, "",
     "the notices of everything linked or shipped; with an entry, of its npm packages, too"},
    {"--schema", Kind::kFlag, 0, Section::kInformation, "", "print the JSON schema of dv8pack.json"},
    {"--help", Kind::kFlag, 'h', Section::kInformation, "", "this text"},
    {"--version", Kind::kFlag, 'V', Section::kInformation, "", "dv8pack's version"},
};

constexpr std::string_view kSections[] = {"Bundling", "What goes in",     "Start-up", "Debugging",
                                          "Images",   "Virtual machines", "Else",     "Information"};

constexpr size_t kColumn = 28;
constexpr size_t kWidth = 100;

// `head`, then `text` in words from kColumn on, in as many lines as it takes.
std::string Row(std::string head, std::string_view text) {
  std::string out;
  if (head.size() + 1 > kColumn) {
    out = head + "\n";
    head.clear();
  }
  std::string line = head + std::string(kColumn - head.size(), ' ');
  bool is_first = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!is_first && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line = std::string(kColumn, ' ');
      is_first = true;
    }
    line.append(is_first ? "" : " ").append(word);
    is_first = false;
  }
  return out + line + "\n";
}

std::string Head(const OptionSpec& option) {
  std::string head = "  ";
  if (option.letter != 0) head.append("-").append(1, option.letter).append(", ");
  head += option.name;
  if (option.kind == Kind::kOptional) return head + "[=" + std::string(option.value) + "]";
  if (option.value.empty()) return head;
  return head + (IsChoice(option) ? "=" : " ") + std::string(option.value);
}

template <typename Function>
void ForEachAlternative(std::string_view value, Function function) {
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find('|'));
    value.remove_prefix(std::min(word.size() + 1, value.size()));
    function(word);
  }
}

bool HasCapital(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::span<const OptionSpec> OptionTable() { return kOptions; }

std::span<const CommandSpec> CommandTable() { return kCommands; }

std::string_view SectionTitle(Section section) { return kSections[static_cast<size_t>(section)]; }

const OptionSpec* FindOption(std::string_view word) {
  if (word.size() >= 2 && word[0] == '-' && word[1] != '-') {
    for (const OptionSpec& option : kOptions) {
      if (option.letter == word[1]) return &option;
    }
    return nullptr;
  }
  const std::string_view name = word.substr(0, word.find_first_of("=:"));
  for (const OptionSpec& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

bool TakesValue(OptionSpec::Kind kind) { return kind != Kind::kFlag && kind != Kind::kEsbuildFlag && kind != Kind::kOptional; }

bool IsList(OptionSpec::Kind kind) { return kind == Kind::kList || kind == Kind::kEsbuildList; }

std::vector<std::string_view> Choices(const OptionSpec& option) {
  std::vector<std::string_view> choices;
  ForEachAlternative(option.value, [&](std::string_view word) {
    if (!HasCapital(word)) choices.push_back(word);
  });
  return choices;
}

bool IsChoice(const OptionSpec& option) { return !option.value.empty() && !HasCapital(option.value); }

bool IsPath(const OptionSpec& option) {
  bool is_path = false;
  ForEachAlternative(option.value, [&](std::string_view word) { is_path |= word.starts_with("FILE") || word == "FOLDER"; });
  return is_path;
}

std::string WrongValue(const OptionSpec& option, const std::string& value) {
  if (value.empty()) return "needs a value";
  const bool is_list = option.value.ends_with("LIST");
  if (is_list && ("," + value + ",").find(",,") != std::string::npos) return "is a list of names, not '" + value + "'";
  const std::vector<std::string_view> choices = Choices(option);
  if (!IsChoice(option) || std::find(choices.begin(), choices.end(), value) != choices.end()) return "";
  std::string list;
  for (size_t i = 0; i < choices.size(); i++) {
    list.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  }
  return "is " + list + ", not '" + value + "'";
}

std::string HelpText() {
  std::string help = "Packs a JavaScript or TypeScript app into one static executable.\n\n";
  for (const CommandSpec& command : kCommands) {
    help += "  dv8pack " + std::string(command.usage) + "\n" + Row("", command.text);
  }
  Section section = Section::kElse;
  for (const OptionSpec& option : kOptions) {
    if (&option == kOptions || option.section != section) {
      section = option.section;
      help.append("\n").append(SectionTitle(section)).append("\n");
    }
    help += Row(Head(option), option.text);
  }
  return help + "\n" + std::string(kConfigHelp) + "\n\n" + std::string(kExitCodesHelp) + "\n";
}

}  // namespace dv8
