// dv8-snapshot: makes the start-up snapshot of one app. dv8pack runs it as a process of its
// own, so that whatever the app's top level does cannot take the packager with it.
//
//   dv8-snapshot --stdlib=F --entry=/app/main.js --mode=code|app|none --out=F
//                [--heap-image=F] [--stdlib-encoding=latin1|utf16] [--v8-flags=...]
//                [--source-map=F] [--template=small|full] [--library=F] [--evaluated=F] [--left-out=F]
//                [--files-index=F --files-data=F] [--icu=F] [--exec-argv=OPTIONS]
//   dv8-snapshot --check-v8-flags=...
//   dv8-snapshot --check-exec-argv=...   (prints V8's flags among them)
//   dv8-snapshot --list-extra-bindings=
//   dv8-snapshot --list-components=
//   dv8-snapshot --list-native-modules=
//
// The output is a Fingerprint followed by V8's blob, unless there is an image; --heap-image gets that, --evaluated the
// ids of the files of Node's library that are evaluated, --left-out the paths of the files that it is without the source
// of. Exit codes: 0 done, 1 the app threw or cannot be in a snapshot (told on stderr), 2 usage, 70 a bug of ours, 134 out
// of memory.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/bindings/registry.h"
#include "runtime/core/components.h"
#include "runtime/core/embedded_files.h"
#include "runtime/core/engine.h"
#include "runtime/core/icu_data.h"
#include "runtime/core/library.h"
#include "runtime/core/program_files.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/library_file.h"
#include "runtime/payload/mapped_file.h"

namespace {

using dv8::SnapshotJob;

constexpr int kUsage = 2;

// The file's bytes, mapped for the rest of the process.
std::optional<std::span<const std::byte>> Map(const std::string& path) {
  static auto* files = new std::vector<dv8::MappedFile>;
  dv8::Result<dv8::MappedFile> file = dv8::MappedFile::Open(path);
  if (!file.ok()) return std::nullopt;
  files->push_back(std::move(file.value()));
  return files->back().bytes();
}

bool WriteAll(const std::string& path, std::string_view bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file != nullptr) {
    const bool ok = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    if (std::fclose(file) == 0 && ok) return true;
  }
  std::fprintf(stderr, "dv8-snapshot: cannot write %s: %s\n", path.c_str(), std::strerror(errno));
  return false;
}

int Usage(const std::string& text) {
  std::fprintf(stderr, "dv8-snapshot: %s\n", text.c_str());
  return kUsage;
}

bool ParseEncoding(std::string_view value, dv8::TextEncoding* encoding) {
  if (value == "latin1") return *encoding = dv8::TextEncoding::kLatin1, true;
  if (value == "utf16") return *encoding = dv8::TextEncoding::kUtf16, true;
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  SnapshotJob job;
  std::string stdlib_path, map_path, out_path, image_path, thread_image_path, sandbox_image_path, library_path, evaluated_path,
      left_out_path;
  std::string files_index_path, files_data_path, icu_path;
  const std::map<std::string_view, std::string*> paths = {
      {"--stdlib", &stdlib_path},
      {"--library", &library_path},
      {"--evaluated", &evaluated_path},
      {"--left-out", &left_out_path},
      {"--files-index", &files_index_path},
      {"--files-data", &files_data_path},
      {"--source-map", &map_path},
      {"--out", &out_path},
      {"--heap-image", &image_path},
      {"--heap-image-for-threads", &thread_image_path},
      {"--sandbox-image", &sandbox_image_path},
      {"--icu", &icu_path},
  };
  for (int i = 1; i < argc; i++) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    if (equals == std::string_view::npos) return Usage("unknown argument " + std::string(argument));
    const std::string_view key = argument.substr(0, equals);
    const std::string value(argument.substr(equals + 1));
    if (key == "--check-v8-flags") {
      const std::string complaint = dv8::CheckFlags(value);
      if (complaint.empty()) return 0;
      std::fprintf(stderr, "%s\n", complaint.c_str());
      return 1;
    }
    if (key == "--check-exec-argv") {
      std::string v8_flags;
      const std::string complaint = dv8::HooksOfNode()->check_exec_argv(value, &v8_flags);
      std::fprintf(complaint.empty() ? stdout : stderr, "%s\n", complaint.empty() ? v8_flags.c_str() : complaint.c_str());
      return complaint.empty() ? 0 : 1;
    }
    if (key == "--list-extra-bindings") {
      for (const dv8::BindingSpec* binding : dv8::ExtraBindings()) std::puts(binding->name);
      for (const dv8::BindingSpec* binding : dv8::NodeBindings()) std::printf("library/%s\n", binding->name);
      return 0;
    }
    if (key == "--list-components") {
      static constexpr const char* kParts[] = {"every", "full", "node"};
      for (const dv8::Component& component : dv8::Components()) {
        std::printf("%s\t%s\t%s\t%s\n", kParts[static_cast<size_t>(component.part)], component.name, component.version.c_str(),
                    component.license);
      }
      return 0;
    }
    if (key == "--list-native-modules") {
      for (const dv8::BindingSpec* module : dv8::NativeModules()) std::puts(module->name);
      return 0;
    }
    if (const auto path = paths.find(key); path != paths.end()) {
      *path->second = value;
    } else if (key == "--entry") {
      job.entry = value;
    } else if (key == "--v8-flags") {
      job.v8_flags = value;
    } else if (key == "--exec-argv") {
      job.exec_argv = value;
    } else if (key == "--stdlib-encoding") {
      if (!ParseEncoding(value, &job.stdlib_encoding)) return Usage("bad " + std::string(key));
    } else if (key == "--template" && (value == "small" || value == "full")) {
      if (value == "small") dv8::LeaveOutExtraBindings();
    } else if (key == "--mode" && dv8::ModeFromName(value)) {
      job.mode = *dv8::ModeFromName(value);
    } else {
      return Usage("unknown argument " + std::string(argument));
    }
  }
  if (stdlib_path.empty() || out_path.empty() || job.entry.empty()) {
    return Usage("--stdlib, --entry and --out are needed");
  }

  const auto stdlib = Map(stdlib_path);
  if (!stdlib) return Usage("cannot read " + stdlib_path);
  std::optional<std::span<const std::byte>> map;
  if (!map_path.empty() && !(map = Map(map_path))) return Usage("cannot read " + map_path);
  if (!library_path.empty()) {
    const auto library = Map(library_path);
    if (!library) return Usage("cannot read " + library_path);
    const std::optional<dv8::LibraryFile> parts = dv8::SplitLibraryFile(*library);
    if (!parts) return Usage(library_path + " is no library");
    dv8::SetLibraryBytes(parts->index, parts->data);
  }
  if (!files_index_path.empty()) {
    const auto files_index = Map(files_index_path), files_data = Map(files_data_path);
    if (!files_index) return Usage("cannot read " + files_index_path);
    if (!files_data) return Usage("cannot read " + files_data_path);
    dv8::SetEmbeddedFiles(*files_index, *files_data);
    dv8::SetProgramFiles(nullptr);
  }
  if (!icu_path.empty()) {
    const auto icu = Map(icu_path);
    if (!icu) return Usage("cannot read " + icu_path);
    dv8::UseIcuData(*icu);
  }
  job.stdlib = *stdlib;
  if (map) job.source_map = *map;

  std::string blob;
  if (const int code = dv8::MakeSnapshot(job, &blob); code != 0) return code;
  const dv8::Fingerprint fingerprint = dv8::EngineFingerprint(job.v8_flags);
  std::string out(reinterpret_cast<const char*>(&fingerprint), sizeof(fingerprint));
  const bool starts_from_blob = image_path.empty() && thread_image_path.empty();
  if (!WriteAll(out_path, starts_from_blob ? out.append(blob) : out)) return 1;
  if (!evaluated_path.empty() && !WriteAll(evaluated_path, dv8::EvaluatedFiles())) return 1;
  if (!left_out_path.empty() && !WriteAll(left_out_path, dv8::LeftOutFiles())) return 1;
  using dv8::ImageUse;
  if (!sandbox_image_path.empty()) {
    // An image takes the process that makes it.
    const pid_t child = fork();
    if (child == 0) _exit(WriteAll(sandbox_image_path, dv8::MakeSandboxImage(blob)) ? 0 : 1);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  if (!image_path.empty() && !WriteAll(image_path, dv8::MakeHeapImage(blob, ImageUse::kFirstIsolate))) return 1;
  if (!thread_image_path.empty() && !WriteAll(thread_image_path, dv8::MakeHeapImage(blob, ImageUse::kAllIsolates))) return 1;
  return 0;
}
