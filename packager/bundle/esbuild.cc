#include "packager/bundle/esbuild.h"

#include <signal.h>

#include <algorithm>
#include <set>

#include "packager/bundle/json.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr char kPlugin[] = "dv8pack";
constexpr int32_t kBuildKey = 0;
constexpr int32_t kResolveId = 0, kLoadId = 1;
// Marks our own question, so that its answer is not asked for again.
constexpr int32_t kAsked = 1;
// esbuild's service runs for as long as its standard input is open; --ping makes it ask for
// life signs, which nobody needs here.
constexpr char kService[] = "--service=" DV8_ESBUILD_VERSION;
constexpr size_t kSizeBytes = 4;

constexpr int kGoFatal = 2;

// Go's runtime says so and exits with 2, or its collector crashes where an allocation failed; the kernel kills.
bool RanOutOfMemory(const Outcome& outcome) {
  if (outcome.exit_code == kGoFatal && outcome.err.starts_with("SIGSEGV") && outcome.err.find("runtime/mgc") != std::string::npos) {
    return true;
  }
  const size_t fatal = outcome.err.find("fatal error: ");
  return outcome.signal == SIGKILL ||
         (outcome.exit_code == kGoFatal && fatal != std::string::npos &&
          std::string_view(outcome.err).substr(fatal, outcome.err.find('\n', fatal) - fatal).find("memory") != std::string_view::npos);
}

EsbuildValue::Members Callback(int32_t id, const std::string& filter, const std::string& space) {
  return {{"id", id}, {"filter", filter}, {"namespace", space}};
}

EsbuildValue Plugin(const EsbuildBuild& build) {
  std::vector<EsbuildValue> resolves, loads;
  if (!build.import_filter.empty()) resolves.emplace_back(Callback(kResolveId, build.import_filter, ""));
  loads.emplace_back(Callback(kLoadId, ".*", kStubNamespace));
  if (!build.load_filter.empty()) loads.emplace_back(Callback(kLoadId, build.load_filter, "file"));
  return EsbuildValue::Members{{"name", kPlugin}, {"onStart", false}, {"onEnd", false}, {"onResolve", resolves}, {"onLoad", loads}};
}

std::vector<EsbuildMessage> Messages(const EsbuildValue& list) {
  std::vector<EsbuildMessage> messages;
  for (const EsbuildValue& item : list.items()) messages.emplace_back(item);
  return messages;
}

std::string EncodeBase64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; k++) {
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

EsbuildResolution ResolutionIn(const EsbuildValue& response) {
  return {response["path"].text(), response["namespace"].text(), response["external"].IsTrue()};
}

}  // namespace

EsbuildMessage::EsbuildMessage(EsbuildValue message) : id(message["id"].text()), text(message["text"].text()), value(std::move(message)) {
  const EsbuildValue& place = value["location"];
  file = place["file"].text();
  line = place["line"].Int();
  column = place["column"].Int();
}

Result<std::unique_ptr<Esbuild>> Esbuild::Start(const std::string& program) {
  Command command;
  command.args = {program, kService};
  // Go collects less often: most programs are built before that would free anything it needs.
  command.env = {"GOGC=400", "GOMEMLIMIT=" + std::to_string(MemoryLimit() / 2)};
  Result<std::unique_ptr<ToolSession>> session = ToolSession::Start(command);
  if (!session.ok()) return session.error();
  return std::unique_ptr<Esbuild>(new Esbuild(std::move(session.value())));
}

Result<EsbuildResult> Esbuild::Build(const EsbuildBuild& build) {
  std::vector<EsbuildValue> entries;
  for (const auto& [name, file] : build.entries) entries.push_back(EsbuildValue::Strings({name, file}));
  const EsbuildValue::Members request = {
      {"command", "build"},
      {"key", kBuildKey},
      {"entries", entries},
      {"flags", EsbuildValue::Strings(build.flags)},
      {"write", false},
      {"stdinContents", build.entries.empty() ? EsbuildValue::Bytes(build.input) : EsbuildValue()},
      {"stdinResolveDir", build.folder},
      {"absWorkingDir", build.folder},
      {"nodePaths", std::vector<EsbuildValue>()},
      {"context", false},
      {"plugins", std::vector<EsbuildValue>{Plugin(build)}},
  };
  Result<EsbuildValue> response = Call(request, &build);
  if (!response.ok()) return response.error();
  EsbuildResult result;
  result.errors = Messages(response.value()["errors"]);
  result.warnings = Messages(response.value()["warnings"]);
  result.metafile = response.value()["metafile"].text();
  for (const EsbuildValue& file : response.value()["outputFiles"].items()) {
    result.files.push_back({file["path"].text(), file["contents"].text()});
  }
  return result;
}

Result<EsbuildScript> Esbuild::Transform(const std::string& code, const std::string& map, const std::vector<std::string>& flags) {
  const std::string input = map.empty() ? code : code + MapComment(map);
  const EsbuildValue::Members request = {
      {"command", "transform"}, {"flags", EsbuildValue::Strings(flags)}, {"inputFS", false}, {"input", EsbuildValue::Bytes(input)}};
  Result<EsbuildValue> response = Call(request, nullptr);
  if (!response.ok()) return response.error();
  const std::vector<EsbuildMessage> errors = Messages(response.value()["errors"]);
  if (!errors.empty()) {
    return Diagnostic{errors[0].text, errors[0].file, errors[0].line, errors[0].column + 1};
  }
  return EsbuildScript{response.value()["code"].text(), response.value()["map"].text()};
}

std::string MapComment(const std::string& map) { return "\n//# sourceMappingURL=data:application/json;base64," + EncodeBase64(map) + "\n"; }

Result<std::string> Esbuild::Format(const std::vector<EsbuildMessage>& messages, bool are_warnings, bool color) {
  if (messages.empty()) return std::string();
  std::vector<EsbuildValue> values;
  for (const EsbuildMessage& message : messages) values.push_back(message.value);
  const EsbuildValue::Members request = {{"command", "format-msgs"}, {"messages", values}, {"isWarning", are_warnings}, {"color", color}};
  Result<EsbuildValue> response = Call(request, nullptr);
  if (!response.ok()) return response.error();
  std::string text;
  for (const EsbuildValue& message : response.value()["messages"].items()) text += message.text();
  return text;
}

Result<EsbuildValue> Esbuild::Call(EsbuildValue request, const EsbuildBuild* build) {
  const uint32_t id = Send(std::move(request));
  while (std::optional<EsbuildPacket> packet = Receive()) {
    if (packet->is_request) {
      const std::string& command = packet->value["command"].text();
      if (build != nullptr && command == "on-resolve") {
        AnswerResolve(packet->id, packet->value, *build);
      } else if (build != nullptr && command == "on-load") {
        AnswerLoad(packet->id, packet->value, *build);
      } else {
        // The start of a build, which nobody here waits for.
        Respond(packet->id, EsbuildValue::Members{{"errors", std::vector<EsbuildValue>()}, {"warnings", std::vector<EsbuildValue>()}});
      }
      continue;
    }
    if (packet->id == id) {
      const EsbuildValue& error = packet->value["error"];
      if (error.kind() == EsbuildValue::Kind::kString) {
        Diagnostic failed{error.text()};
        // A flag that it was called with.
        failed.is_usage = failed.text.starts_with("Invalid ");
        return failed;
      }
      return std::move(packet->value);
    }
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      if (at->first != packet->id) continue;
      const auto [asked, import] = at->second;
      waiting_.erase(at);
      const EsbuildResolution own = ResolutionIn(packet->value);
      const std::optional<EsbuildResolution> resolution = build->resolve(import, &own);
      EsbuildValue::Members answer;
      if (resolution) {
        answer = {
            {"id", kResolveId}, {"path", resolution->path}, {"namespace", resolution->name_space}, {"external", resolution->external}};
      }
      Respond(asked, answer);
      break;
    }
  }
  return Gone();
}

void Esbuild::AnswerResolve(uint32_t id, const EsbuildValue& request, const EsbuildBuild& build) {
  EsbuildImport import{request["path"].text(), request["importer"].text(), request["namespace"].text(), request["kind"].text(),
                       request["with"]["type"].text()};
  if (request["pluginData"].Int() == kAsked) return Respond(id, EsbuildValue::Members{});
  if (build.own_resolution && build.own_resolution(import)) {
    const uint32_t question = Send(EsbuildValue::Members{{"command", "resolve"},
                                                         {"path", import.path},
                                                         {"key", kBuildKey},
                                                         {"pluginName", kPlugin},
                                                         {"importer", import.importer},
                                                         {"namespace", import.name_space},
                                                         {"resolveDir", request["resolveDir"].text()},
                                                         {"kind", import.kind},
                                                         {"pluginData", kAsked}});
    waiting_.push_back({question, {id, std::move(import)}});
    return;
  }
  const std::optional<EsbuildResolution> resolution = build.resolve(import, nullptr);
  if (!resolution) return Respond(id, EsbuildValue::Members{});
  Respond(id,
          EsbuildValue::Members{
              {"id", kResolveId}, {"path", resolution->path}, {"namespace", resolution->name_space}, {"external", resolution->external}});
}

void Esbuild::AnswerLoad(uint32_t id, const EsbuildValue& request, const EsbuildBuild& build) {
  const std::optional<EsbuildSource> source = build.load(request["path"].text(), request["namespace"].text());
  if (!source) return Respond(id, EsbuildValue::Members{});
  Respond(id, EsbuildValue::Members{{"id", kLoadId},
                                    {"contents", EsbuildValue::Bytes(source->contents)},
                                    {"loader", source->loader},
                                    {"resolveDir", source->resolve_dir}});
}

uint32_t Esbuild::Send(EsbuildValue request) {
  const uint32_t id = next_id_++;
  session_->Write(EncodePacket({id, true, std::move(request)}));
  return id;
}

void Esbuild::Respond(uint32_t id, EsbuildValue value) { session_->Write(EncodePacket({id, false, std::move(value)})); }

std::optional<EsbuildPacket> Esbuild::Receive() {
  while (true) {
    if (received_.size() >= kSizeBytes) {
      const size_t size = DecodeSize(received_);
      if (received_.size() - kSizeBytes >= size) {
        // The first packet is the version, which the pin of esbuild's package fixes.
        const bool is_version = !std::exchange(greeted_, true);
        std::optional<EsbuildPacket> packet;
        if (!is_version) packet = DecodePacket(std::string_view(received_).substr(kSizeBytes, size));
        received_.erase(0, kSizeBytes + size);
        if (!is_version) return packet;
        continue;
      }
    }
    if (!session_->Read(&received_)) return std::nullopt;
  }
}

Diagnostic Esbuild::Gone() {
  if (Interrupted() != 0) return Diagnostic{"interrupted"};
  const Result<Outcome> ended = session_->End();
  if (!ended.ok()) return ended.error();
  const Outcome& outcome = ended.value();
  if (RanOutOfMemory(outcome)) {
    return Diagnostic{"bundling takes more than the " + MemoryLimitText() + " of memory that dv8pack allows it here", "", 0, 0,
                      "that is ulimit's, or three quarters of the machine's or the container's"};
  }
  std::string text = std::string(kOurFault) + "esbuild has ended";
  if (outcome.signal != 0) text += " by signal " + std::to_string(outcome.signal);
  if (!outcome.err.empty()) text += ":\n" + outcome.err;
  return Diagnostic{text};
}

std::string PackageName(std::string_view specifier) {
  size_t slash = specifier.find('/');
  if (!specifier.empty() && specifier[0] == '@' && slash != std::string_view::npos) {
    slash = specifier.find('/', slash + 1);
  }
  return std::string(specifier.substr(0, slash));
}

bool IsPackage(std::string_view specifier) {
  return !specifier.empty() && specifier[0] != '.' && specifier[0] != '/' && specifier[0] != '#' &&
         specifier.find(':') == std::string_view::npos;
}

std::optional<std::string> UnresolvedSpecifier(const EsbuildMessage& message) {
  static constexpr std::string_view kHead = "Could not resolve \"";
  if (!message.text.starts_with(kHead)) return std::nullopt;
  // Go quotes as JSON does, as far as names of modules go.
  const std::optional<Json> quoted = Json::Parse(std::string_view(message.text).substr(kHead.size() - 1));
  if (!quoted) return std::nullopt;
  return quoted->String();
}

std::string EsbuildHint(const std::vector<EsbuildMessage>& errors) {
  std::set<std::string> packages;
  std::string hint;
  for (const EsbuildMessage& error : errors) {
    const std::optional<std::string> specifier = UnresolvedSpecifier(error);
    if (specifier && IsPackage(*specifier)) packages.insert(PackageName(*specifier));
  }
  if (!packages.empty()) {
    hint = "npm install";
    for (const std::string& package : packages) hint += " " + package;
  }
  const auto says = [&errors](std::string_view text) {
    return std::any_of(errors.begin(), errors.end(),
                       [text](const EsbuildMessage& error) { return error.text.find(text) != std::string::npos; });
  };
  const auto add = [&hint](std::string_view line) {
    if (!hint.empty()) hint += "\n  hint: ";
    hint += line;
  };
  if (says("No loader is configured for \".node\"")) {
    add("native addons cannot be a part of a static executable");
  } else if (says("No loader is configured for \"")) {
    add("--loader:.ext=text, =binary, =file, … says how such files are to be read");
  }
  return hint;
}

std::string QuoteRegexp(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace dv8
