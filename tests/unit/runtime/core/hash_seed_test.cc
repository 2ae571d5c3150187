// The hash seed of a heap from a snapshot or an image is renewed at each start. The test makes both
// with dv8-snapshot, then starts itself several times from each: it prints V8's hash of a string.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string>

#include "bazel/third_party/v8/heap_image.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/fingerprint.h"

extern char** environ;

namespace dv8 {
namespace {

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the child does: prints the hash of "example" and whether names of the heap's own
// objects are still found under the new seed.
int PrintHash(const std::string& path, StartFrom from) {
  const std::string file = Slurp(path);
  v8::StartupData blob{file.data() + sizeof(Fingerprint), static_cast<int>(file.size() - sizeof(Fingerprint))};
  StartEngine(EngineMode::kRun, "");
  v8::Isolate::CreateParams params = IsolateParams();
  if (from == StartFrom::kSnapshot) {
    params.snapshot_blob = &blob;
  } else {
    UseHeapImage(std::as_bytes(std::span(file)), &params);
  }
  v8::Isolate* isolate = v8::Isolate::New(params);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  Environment env(isolate, Environment::Mode::kRun, nullptr);
  if (!RestoreContext(&env, SnapshotJob::Mode::kNone, from)) return 1;
  v8::Context::Scope context_scope(env.context());
  v8::Local<v8::Value> found = v8::Script::Compile(env.context(), v8::String::NewFromUtf8Literal(
                                                                      isolate, "typeof Math.imul + Object.keys(Intl.getCanonicalLocales)"))
                                   .ToLocalChecked()
                                   ->Run(env.context())
                                   .ToLocalChecked();
  std::printf("%d %s\n", v8::String::NewFromUtf8Literal(isolate, "example")->GetIdentityHash(), *v8::String::Utf8Value(isolate, found));
  std::fflush(stdout);
  _Exit(0);
}

std::string Output(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char chunk[256];
  while (std::fgets(chunk, sizeof(chunk), pipe) != nullptr) text += chunk;
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

std::string blob, image;  // The files that dv8-snapshot makes.

void MakeFiles() {
  const std::string folder = testing::TempDir();
  const std::string script = folder + "/empty.js";
  blob = folder + "/blob";
  image = folder + "/image";
  std::ofstream(script) << "(function () {})";
  const std::string builder = std::string(std::getenv("DV8_SNAPSHOT")) + " --stdlib=" + script + " --entry=/app/main.js --mode=none";
  Output(builder + " --out=" + blob);
  Output(builder + " --out=" + folder + "/fingerprint --heap-image=" + image);
}

void ExpectNewHashes(const std::string& variable) {
  std::set<std::string> hashes;
  constexpr int kStarts = 5;
  for (int i = 0; i < kStarts; i++) {
    const std::string line = Output(variable + " /proc/" + std::to_string(getpid()) + "/exe");
    EXPECT_NE(line.find(" function"), std::string::npos) << line;
    hashes.insert(line.substr(0, line.find(' ')));
  }
  EXPECT_EQ(hashes.size(), kStarts);
}

TEST(HashSeedTest, IsNewAtEachStartFromASnapshot) {
  MakeFiles();
  ExpectNewHashes("HASH_OF_BLOB=" + blob);
}

TEST(HashSeedTest, IsNewAtEachStartFromAnImage) {
  MakeFiles();
  ExpectNewHashes("HASH_OF_IMAGE=" + image);
}

}  // namespace
}  // namespace dv8

int main(int argc, char** argv) {
  if (const char* blob = std::getenv("HASH_OF_BLOB")) {
    return dv8::PrintHash(blob, dv8::StartFrom::kSnapshot);
  }
  if (const char* image = std::getenv("HASH_OF_IMAGE")) {
    return dv8::PrintHash(image, dv8::StartFrom::kHeapImage);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
