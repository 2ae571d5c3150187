// V8 with one function in a snapshot and nothing of ours: what the engine costs by itself.
//
//   bare_v8 --make FILE   writes the snapshot
//   bare_v8 FILE          starts from it and calls main()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>

#include "libplatform/libplatform.h"
#include "v8.h"

namespace {

constexpr char kSource[] = "function main() { print('hello world'); }";

void Print(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::String::Utf8Value text(info.GetIsolate(), info[0]);
  const bool written =
      write(STDOUT_FILENO, *text, text.length()) == static_cast<ssize_t>(text.length()) && write(STDOUT_FILENO, "\n", 1) == 1;
  if (!written) _exit(1);
}

const intptr_t kReferences[] = {reinterpret_cast<intptr_t>(Print), 0};

v8::Isolate::CreateParams Params() {
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = v8::ArrayBuffer::Allocator::NewDefaultAllocator();
  params.external_references = kReferences;
  return params;
}

int Make(const char* path) {
  v8::SnapshotCreator creator(Params());
  v8::Isolate* isolate = creator.GetIsolate();
  {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope context_scope(context);
    context->Global()
        ->Set(context, v8::String::NewFromUtf8Literal(isolate, "print"), v8::Function::New(context, Print).ToLocalChecked())
        .Check();
    v8::Script::Compile(context, v8::String::NewFromUtf8Literal(isolate, kSource)).ToLocalChecked()->Run(context).ToLocalChecked();
    creator.SetDefaultContext(v8::Context::New(isolate));
    creator.AddContext(context);
  }
  const v8::StartupData blob = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return 1;
  const bool written = std::fwrite(blob.data, 1, blob.raw_size, file) == size_t(blob.raw_size);
  return std::fclose(file) == 0 && written ? 0 : 1;
}

int Run(const char* path) {
  const int fd = open(path, O_RDONLY);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) return 1;
  const void* bytes = mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  v8::StartupData blob{static_cast<const char*>(bytes), static_cast<int>(info.st_size)};
  v8::Isolate::CreateParams params = Params();
  params.snapshot_blob = &blob;
  v8::Isolate* isolate = v8::Isolate::New(params);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = v8::Context::FromSnapshot(isolate, 0).ToLocalChecked();
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> main = context->Global()->Get(context, v8::String::NewFromUtf8Literal(isolate, "main")).ToLocalChecked();
  main.As<v8::Function>()->Call(context, context->Global(), 0, nullptr).ToLocalChecked();
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const bool make = argc == 3 && std::strcmp(argv[1], "--make") == 0;
  if (!make && argc != 2) return 2;
  v8::V8::SetFlagsFromString("--single-threaded");
  std::unique_ptr<v8::Platform> platform = v8::platform::NewSingleThreadedDefaultPlatform();
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  return make ? Make(argv[2]) : Run(argv[1]);
}
