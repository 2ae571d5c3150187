// Runs dv8-snapshot: the engine of the app to be, in a process of its own.
#pragma once

#include <chrono>
#include <set>
#include <span>
#include <string>

#include "packager/bundle/bundle.h"
#include "runtime/payload/asset_index.h"
#include "runtime/payload/fingerprint.h"
#include "runtime/payload/mapped_file.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Which runtime the app is made from (see runtime/bindings/registry.h).
enum class Template { kSmall, kFull };

enum class SnapshotMode { kCode, kApp, kNone };

// "code", "app", "none".
const char* SnapshotModeName(SnapshotMode mode);

struct SnapshotOptions {
  SnapshotMode mode = SnapshotMode::kCode;
  Template runtime = Template::kSmall;
  std::string v8_flags;
  std::string library;                  // The file of Node's library; empty for programs without.
  std::span<const AssetFile> files;     // The program's, where it is its modules; borrowed.
  std::vector<std::string> env;         // What the app's top level sees of the environment: NAME=VALUE.
  std::string exec_argv;                // Options of Node's that the app starts with.
  bool leaves_out_sources = false;      // Of the code that it compiles.
  std::span<const std::byte> icu_data;  // For kApp: what the app gets; borrowed.
  bool heap_image = true;               // Also make one. Not for apps whose flags may change V8's heap.
  bool has_threads = false;             // Whose isolates start from the image, too.
  bool has_sandboxes = false;           // Which start from an image of their own.
  std::chrono::seconds time_limit{60};
};

struct Snapshot {
  Fingerprint fingerprint;
  MappedFile file;                  // Of the fingerprint and the blob.
  std::span<const std::byte> blob;  // Empty: the app starts from the heap image.
  MappedFile heap_image;
  MappedFile sandbox_image;        // Where it may have sandboxes.
  std::set<std::string> left_out;  // Virtual paths of the files whose source it does not need.
  std::string evaluated;           // Ids of the files of Node's library that are evaluated in it, a line each.
};

// Makes the snapshot of `app` on top of `stdlib`. `messages` gets what the app prints on
// standard output and error while it is made, and the builder's own words. `builder` is the
// file of dv8-snapshot.
Result<Snapshot> MakeSnapshot(const std::string& builder, const std::string& temp_dir, const AppBundle& app, const Script& stdlib,
                              const SnapshotOptions& options, std::string* messages);

// Whether the options of --exec-argv are such as a program can have; gives V8's among them.
Result<std::string> CheckExecArgv(const std::string& builder, const std::string& options);

// Whether V8 knows all of `flags`; the error names the one it does not.
Result<Done> CheckV8Flags(const std::string& builder, const std::string& flags);

}  // namespace dv8
