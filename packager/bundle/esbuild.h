// esbuild as a service: one process that bundles and transforms as often as it is asked to, asks
// back where imports lead, and tells what it finds as data.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/esbuild_protocol.h"
#include "packager/bundle/target.h"
#include "packager/process/process.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Our one script is a classic script for the engine that dv8pack is built with.
inline constexpr char kTarget[] = "--target=" DV8_ESBUILD_TARGET;

// An import that esbuild is about to resolve.
struct EsbuildImport {
  std::string path;        // As the importer wrote it.
  std::string importer;    // Absolute for files.
  std::string name_space;  // The importer's: "file" for files.
  std::string kind;        // "import-statement", "require-call", "dynamic-import", "require-resolve", …
  std::string type;        // Its attribute: `with { type: 'file' }`.
};

struct EsbuildResolution {
  std::string path;
  std::string name_space;  // Empty for files.
  bool external = false;
};

struct EsbuildSource {
  std::string contents;
  std::string loader;
  std::string resolve_dir;  // Where its own imports are looked for.
};

// A warning or an error. `file` is relative to the folder of the build; line and column are from 1
// and from 0; `id` is what --log-override takes.
struct EsbuildMessage {
  explicit EsbuildMessage(EsbuildValue message);

  std::string id;
  std::string text;
  std::string file;
  int line = 0;
  int column = 0;
  EsbuildValue value;
};

struct EsbuildBuild {
  std::string folder;                                        // That paths are relative to.
  std::string input;                                         // A script without a file of its own, unless there are `entries`.
  std::vector<std::pair<std::string, std::string>> entries;  // Names of outputs, and the files they are made of.
  std::vector<std::string> flags;                            // As on the command line.
  // Go regular expressions of the imports and the absolute paths that esbuild asks about; empty
  // for none. Sources with a namespace of ours are always asked for.
  std::string import_filter;
  std::string load_filter;
  // Called with where esbuild itself would resolve to, if `own_resolution` says that it is wanted.
  std::function<bool(const EsbuildImport&)> own_resolution;
  std::function<std::optional<EsbuildResolution>(const EsbuildImport&, const EsbuildResolution* own)> resolve;
  std::function<std::optional<EsbuildSource>(const std::string& path, const std::string& name_space)> load;
};

struct EsbuildFile {
  std::string path;
  std::string bytes;
};

struct EsbuildScript {
  std::string code;
  std::string map;
};

struct EsbuildResult {
  std::vector<EsbuildMessage> errors;
  std::vector<EsbuildMessage> warnings;
  std::vector<EsbuildFile> files;  // None is written.
  std::string metafile;
};

// The namespace of sources that dv8pack makes up.
inline constexpr char kStubNamespace[] = "dv8";

class Esbuild {
 public:
  // `program` is esbuild's file.
  static Result<std::unique_ptr<Esbuild>> Start(const std::string& program);

  // A build with errors is a result too; the Diagnostic is for a service that does not answer.
  Result<EsbuildResult> Build(const EsbuildBuild& build);
  // One script without its imports. The map leads on from `map`, that of `code`, which may be empty.
  Result<EsbuildScript> Transform(const std::string& code, const std::string& map, const std::vector<std::string>& flags);
  // Ends the service, which is asked nothing more.
  void Stop() { session_->Kill(); }
  // The messages as esbuild's command prints them, with a piece of the source.
  Result<std::string> Format(const std::vector<EsbuildMessage>& messages, bool are_warnings, bool color);

 private:
  explicit Esbuild(std::unique_ptr<ToolSession> session) : session_(std::move(session)) {}

  // Sends `request` and answers what esbuild asks until the response is there. `build` may be null.
  Result<EsbuildValue> Call(EsbuildValue request, const EsbuildBuild* build);
  uint32_t Send(EsbuildValue request);
  void Respond(uint32_t id, EsbuildValue value);
  void AnswerResolve(uint32_t id, const EsbuildValue& request, const EsbuildBuild& build);
  void AnswerLoad(uint32_t id, const EsbuildValue& request, const EsbuildBuild& build);
  // The next packet; nothing when the service has ended.
  std::optional<EsbuildPacket> Receive();
  Diagnostic Gone();

  std::unique_ptr<ToolSession> session_;
  std::string received_;
  uint32_t next_id_ = 0;
  bool greeted_ = false;
  // Imports that wait for esbuild's own resolution, by the id of our question.
  std::vector<std::pair<uint32_t, std::pair<uint32_t, EsbuildImport>>> waiting_;
};

// The comment behind a script that gives it this map.
std::string MapComment(const std::string& map);

// What we add to esbuild's errors for the user; empty when there is nothing to add.
std::string EsbuildHint(const std::vector<EsbuildMessage>& errors);

// "x" of "Could not resolve "x""; nothing for other messages.
std::optional<std::string> UnresolvedSpecifier(const EsbuildMessage& message);

// "name" of "name/sub/path", "@scope/name" of "@scope/name/sub".
std::string PackageName(std::string_view specifier);
// Whether `specifier` names a package, and not a path, a URL or a package's own "#import".
bool IsPackage(std::string_view specifier);

// `text` for a regular expression that means just it.
std::string QuoteRegexp(std::string_view text);

}  // namespace dv8
