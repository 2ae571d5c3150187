// internalBinding('wasi'): the imports of WASI programs (wasi_snapshot_preview1) over uvwasi.
//
// A function of WASI has the parameters of uvwasi's, where pointers are offsets in the program's memory. What reads and
// checks them, and writes the results, comes from the signature: Import<>.
#include <uvwasi.h>

#include <array>
#include <cstring>
#include <memory>
#include <tuple>

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

// The memory of a WebAssembly instance, for the time of one call.
struct Memory {
  char* data;
  size_t size;
  bool Has(uint64_t offset, uint64_t length) const { return offset <= size && length <= size - offset; }
};

// More vectors, or subscriptions, in one call are refused.
constexpr uint32_t kMostEntries = 1 << 16;

// What becomes a parameter of uvwasi's function: made of the argument and the one behind it, which is the length of what
// a pointer points to. Not usable when error() is not UVWASI_ESUCCESS. Store() follows a call that succeeded.
template <typename T>
class Slot {
  static_assert(std::is_integral_v<T>);

 public:
  Slot(const Memory&, uint64_t value, uint64_t) : value_(static_cast<T>(value)) {}
  uvwasi_errno_t error() const { return UVWASI_ESUCCESS; }
  T get() const { return value_; }
  void Store() {}

 private:
  T value_;
};

// Bytes: a path, or a buffer to fill.
template <typename T>
  requires std::is_same_v<std::remove_const_t<T>, char> || std::is_void_v<T>
class Slot<T*> {
 public:
  Slot(const Memory& memory, uint64_t offset, uint64_t length) : ok_(memory.Has(offset, length)), bytes_(memory.data + offset) {}
  uvwasi_errno_t error() const { return ok_ ? UVWASI_ESUCCESS : UVWASI_EOVERFLOW; }
  T* get() const { return bytes_; }
  void Store() {}

 private:
  bool ok_;
  T* bytes_;
};

// Vectors of buffers.
template <typename T>
  requires std::is_same_v<T, const uvwasi_iovec_t> || std::is_same_v<T, const uvwasi_ciovec_t>
class Slot<T*> {
  using Vector = std::remove_const_t<T>;

 public:
  Slot(const Memory& memory, uint64_t offset, uint64_t count) {
    if (!memory.Has(offset, count * UVWASI_SERDES_SIZE_iovec_t)) {
      error_ = UVWASI_EOVERFLOW;
    } else if (count > kMostEntries) {
      error_ = UVWASI_EINVAL;
    } else {
      vectors_.resize(count);
      if constexpr (std::is_same_v<Vector, uvwasi_iovec_t>) {
        error_ = uvwasi_serdes_readv_iovec_t(memory.data, memory.size, offset, vectors_.data(), static_cast<uvwasi_size_t>(count));
      } else {
        error_ = uvwasi_serdes_readv_ciovec_t(memory.data, memory.size, offset, vectors_.data(), static_cast<uvwasi_size_t>(count));
      }
    }
  }
  uvwasi_errno_t error() const { return error_; }
  T* get() const { return vectors_.data(); }
  void Store() {}

 private:
  uvwasi_errno_t error_ = UVWASI_ESUCCESS;
  std::vector<Vector> vectors_;
};

void Write(char* to, const uvwasi_fdstat_t& value) { uvwasi_serdes_write_fdstat_t(to, 0, &value); }
void Write(char* to, const uvwasi_filestat_t& value) { uvwasi_serdes_write_filestat_t(to, 0, &value); }
void Write(char* to, const uvwasi_prestat_t& value) { uvwasi_serdes_write_prestat_t(to, 0, &value); }
void Write(char* to, uint16_t value) { uvwasi_serdes_write_uint16_t(to, 0, value); }
void Write(char* to, uint32_t value) { uvwasi_serdes_write_uint32_t(to, 0, value); }
void Write(char* to, uint64_t value) { uvwasi_serdes_write_uint64_t(to, 0, value); }

template <typename T>
constexpr size_t kSizeInMemory = sizeof(T);
template <>
constexpr size_t kSizeInMemory<uvwasi_fdstat_t> = UVWASI_SERDES_SIZE_fdstat_t;
template <>
constexpr size_t kSizeInMemory<uvwasi_filestat_t> = UVWASI_SERDES_SIZE_filestat_t;
template <>
constexpr size_t kSizeInMemory<uvwasi_prestat_t> = UVWASI_SERDES_SIZE_prestat_t;

// A result.
template <typename T>
  requires(!std::is_const_v<T> && !std::is_void_v<T> && !std::is_same_v<T, char>)
class Slot<T*> {
 public:
  Slot(const Memory& memory, uint64_t offset, uint64_t) : ok_(memory.Has(offset, kSizeInMemory<T>)), target_(memory.data + offset) {}
  uvwasi_errno_t error() const { return ok_ ? UVWASI_ESUCCESS : UVWASI_EOVERFLOW; }
  T* get() { return &value_; }
  void Store() { Write(target_, value_); }

 private:
  bool ok_;
  char* target_;
  T value_{};
};

class Wasi final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Wasi, NativeObject)
  static constexpr int kFields = 2;

  Wasi(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~Wasi() override {
    if (ready_) uvwasi_destroy(&state_);
  }

  // new WASI(arguments, environment, [name, path, ...], [stdin, stdout, stderr])
  static void Construct(const CallInfo& info);
  void SetMemory(const CallInfo& info);
  void ProcExit(const CallInfo& info);

  uvwasi_t* state() { return &state_; }
  // Empty, with an exception, before the program has been started.
  std::optional<Memory> memory() {
    v8::Local<v8::Value> value = object()->GetInternalField(kMemoryField).As<v8::Value>();
    if (!ready_ || !value->IsWasmMemoryObject()) {
      ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_WASI_NOT_STARTED", "wasi.start() has not been called");
      return std::nullopt;
    }
    v8::Local<v8::ArrayBuffer> buffer = value.As<v8::WasmMemoryObject>()->Buffer();
    return Memory{static_cast<char*>(buffer->Data()), buffer->ByteLength()};
  }

 private:
  static constexpr int kMemoryField = 1;
  bool Init(const uvwasi_options_t& options);

  bool ready_ = false;
  uvwasi_t state_{};
};

// WebAssembly's i32 is a number, its i64 a BigInt.
template <typename T>
bool ReadRaw(v8::Local<v8::Value> value, uint64_t* out) {
  if constexpr (!std::is_pointer_v<T> && sizeof(T) == sizeof(uint64_t)) {
    if (!value->IsBigInt()) return false;
    *out = value.As<v8::BigInt>()->Uint64Value();
  } else {
    if (!value->IsUint32()) return false;
    *out = value.As<v8::Uint32>()->Value();
  }
  return true;
}

template <auto kFunction>
struct Import;
template <typename... Ts, uvwasi_errno_t (*kFunction)(uvwasi_t*, Ts...)>
struct Import<kFunction> {
  static void Invoke(const CallInfo& info) {
    auto* wasi = internal::Receiver<Wasi>(info);
    if (wasi != nullptr) Call(info, wasi, std::index_sequence_for<Ts...>());
  }

 private:
  template <size_t... Is>
  static void Call(const CallInfo& info, Wasi* wasi, std::index_sequence<Is...>) {
    std::array<uint64_t, sizeof...(Ts) + 1> raw{};
    if (info.Length() != sizeof...(Ts) || !(ReadRaw<Ts>(info[Is], &raw[Is]) && ...)) {
      return info.GetReturnValue().Set(uint32_t{UVWASI_EINVAL});
    }
    const std::optional<Memory> memory = wasi->memory();
    if (!memory) return;
    std::tuple<Slot<Ts>...> slots{Slot<Ts>(*memory, raw[Is], raw[Is + 1])...};
    uvwasi_errno_t error = UVWASI_ESUCCESS;
    ((error = error == UVWASI_ESUCCESS ? std::get<Is>(slots).error() : error), ...);
    if (error == UVWASI_ESUCCESS) error = kFunction(wasi->state(), std::get<Is>(slots).get()...);
    if (error == UVWASI_ESUCCESS) (std::get<Is>(slots).Store(), ...);
    info.GetReturnValue().Set(uint32_t{error});
  }
};

// A list of strings: where each begins goes to `list`, the strings themselves to `buffer`.
using GetStrings = uvwasi_errno_t (*)(uvwasi_t*, char**, char*);
template <GetStrings kGet, uvwasi_size_t uvwasi_t::* kCount, uvwasi_size_t uvwasi_t::* kSize>
void StringsGet(const CallInfo& info) {
  auto* wasi = internal::Receiver<Wasi>(info);
  if (wasi == nullptr) return;
  uint64_t list, buffer;
  if (info.Length() != 2 || !ReadRaw<uint32_t>(info[0], &list) || !ReadRaw<uint32_t>(info[1], &buffer)) {
    return info.GetReturnValue().Set(uint32_t{UVWASI_EINVAL});
  }
  const std::optional<Memory> memory = wasi->memory();
  if (!memory) return;
  const size_t count = wasi->state()->*kCount;
  if (!memory->Has(buffer, wasi->state()->*kSize) || !memory->Has(list, uint64_t{count} * sizeof(uint32_t))) {
    return info.GetReturnValue().Set(uint32_t{UVWASI_EOVERFLOW});
  }
  std::vector<char*> strings(count);
  const uvwasi_errno_t error = kGet(wasi->state(), strings.data(), memory->data + buffer);
  for (size_t i = 0; error == UVWASI_ESUCCESS && i < count; i++) {
    Write(memory->data + list + i * sizeof(uint32_t), static_cast<uint32_t>(strings[i] - memory->data));
  }
  info.GetReturnValue().Set(uint32_t{error});
}

// poll_oneoff(subscriptions, events, count of both, result)
void PollOneoff(const CallInfo& info) {
  auto* wasi = internal::Receiver<Wasi>(info);
  if (wasi == nullptr) return;
  uint64_t in, out, count, result;
  if (info.Length() != 4 || !ReadRaw<uint32_t>(info[0], &in) || !ReadRaw<uint32_t>(info[1], &out) || !ReadRaw<uint32_t>(info[2], &count) ||
      !ReadRaw<uint32_t>(info[3], &result) || count > kMostEntries) {
    return info.GetReturnValue().Set(uint32_t{UVWASI_EINVAL});
  }
  const std::optional<Memory> memory = wasi->memory();
  if (!memory) return;
  if (!memory->Has(in, count * UVWASI_SERDES_SIZE_subscription_t) || !memory->Has(out, count * UVWASI_SERDES_SIZE_event_t) ||
      !memory->Has(result, sizeof(uint32_t))) {
    return info.GetReturnValue().Set(uint32_t{UVWASI_EOVERFLOW});
  }
  std::vector<uvwasi_subscription_t> subscriptions(count);
  std::vector<uvwasi_event_t> events(count);
  for (size_t i = 0; i < count; i++) {
    uvwasi_serdes_read_subscription_t(memory->data, in + i * UVWASI_SERDES_SIZE_subscription_t, &subscriptions[i]);
  }
  uvwasi_size_t number = 0;
  const uvwasi_errno_t error =
      uvwasi_poll_oneoff(wasi->state(), subscriptions.data(), events.data(), static_cast<uvwasi_size_t>(count), &number);
  if (error == UVWASI_ESUCCESS) {
    Write(memory->data + result, number);
    for (size_t i = 0; i < count; i++) {
      uvwasi_serdes_write_event_t(memory->data, out + i * UVWASI_SERDES_SIZE_event_t, &events[i]);
    }
  }
  info.GetReturnValue().Set(uint32_t{error});
}

// The strings of an array; false, with an exception, when it is none of strings.
bool ReadStrings(Environment* env, const CallInfo& info, int index, std::vector<std::string>* strings) {
  v8::Local<v8::Array> list;
  if (!ArgumentReader<v8::Local<v8::Array>>::Read(env->isolate(), info[index], index, &list)) return false;
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> value;
    if (!list->Get(env->context(), i).ToLocal(&value)) return false;
    std::string& text = strings->emplace_back();
    if (!ArgumentReader<std::string>::Read(env->isolate(), value, index, &text)) return false;
  }
  return true;
}

std::vector<const char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<const char*> pointers;
  for (const std::string& text : strings) pointers.push_back(text.c_str());
  return pointers;
}

void Wasi::Construct(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  std::vector<std::string> arguments, environment, folders;
  v8::Local<v8::Array> stdio;
  if (!ReadStrings(env, info, 0, &arguments) || !ReadStrings(env, info, 1, &environment) || !ReadStrings(env, info, 2, &folders) ||
      !ArgumentReader<v8::Local<v8::Array>>::Read(env->isolate(), info[3], 3, &stdio)) {
    return;
  }
  uvwasi_options_t options;
  uvwasi_options_init(&options);
  uvwasi_fd_t* const descriptors[] = {&options.in, &options.out, &options.err};
  for (uint32_t i = 0; i < std::size(descriptors); i++) {
    v8::Local<v8::Value> value;
    InRange<int32_t, 0, INT32_MAX> fd;
    if (!stdio->Get(env->context(), i).ToLocal(&value) ||
        !ArgumentReader<InRange<int32_t, 0, INT32_MAX>>::Read(env->isolate(), value, 3, &fd)) {
      return;
    }
    // The program may close it.
    if (env->has_loop() && env->IsOfLoop(fd)) {
      env->isolate()->ThrowException(UvError(env->isolate(), UV_EBADF, "uvwasi_init"));
      return;
    }
    *descriptors[i] = static_cast<uvwasi_fd_t>(fd.value);
  }
  const std::vector<const char*> argv = Pointers(arguments);
  std::vector<const char*> envp = Pointers(environment);
  envp.push_back(nullptr);
  std::vector<uvwasi_preopen_t> preopens;
  for (size_t i = 0; i + 1 < folders.size(); i += 2) preopens.push_back({folders[i].c_str(), folders[i + 1].c_str()});
  options.fd_table_size = std::size(descriptors);
  options.argc = static_cast<uvwasi_size_t>(argv.size());
  options.argv = const_cast<const char**>(argv.data());
  options.envp = envp.data();
  options.preopenc = static_cast<uvwasi_size_t>(preopens.size());
  options.preopens = preopens.data();
  (new Wasi(env, info.This()))->Init(options);
}

bool Wasi::Init(const uvwasi_options_t& options) {
  const uvwasi_errno_t error = uvwasi_init(&state_, &options);
  ready_ = error == UVWASI_ESUCCESS;
  if (ready_) return true;
  const std::string code = uvwasi_embedder_err_code_to_string(error);
  v8::Local<v8::Object> exception = CodedError(env()->isolate(), ErrorKind::kError, code.c_str(), code + ", uvwasi_init");
  const std::pair<const char*, v8::Local<v8::Value>> properties[] = {{"errno", v8::Integer::New(env()->isolate(), error)},
                                                                     {"syscall", Internalized(env()->isolate(), "uvwasi_init")}};
  for (const auto& [name, value] : properties) {
    exception->CreateDataProperty(env()->context(), Internalized(env()->isolate(), name), value).Check();
  }
  env()->isolate()->ThrowException(exception);
  return false;
}

void Wasi::SetMemory(const CallInfo& info) {
  if (!info[0]->IsWasmMemoryObject()) {
    return ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
                      "\"instance.exports.memory\" property must be a WebAssembly.Memory object");
  }
  object()->SetInternalField(kMemoryField, info[0]);
}

void Wasi::ProcExit(const CallInfo& info) {
  uint64_t code;
  if (info.Length() == 1 && ReadRaw<uint32_t>(info[0], &code)) env()->EndProgram(static_cast<int>(code));
}

#define V(name) \
  FunctionSpec { #name, &Import<&uvwasi_##name>::Invoke }
constexpr FunctionSpec kMethods[] = {
    {"args_get", &StringsGet<uvwasi_args_get, &uvwasi_t::argc, &uvwasi_t::argv_buf_size>},
    V(args_sizes_get),
    V(clock_res_get),
    V(clock_time_get),
    {"environ_get", &StringsGet<uvwasi_environ_get, &uvwasi_t::envc, &uvwasi_t::env_buf_size>},
    V(environ_sizes_get),
    V(fd_advise),
    V(fd_allocate),
    V(fd_close),
    V(fd_datasync),
    V(fd_fdstat_get),
    V(fd_fdstat_set_flags),
    V(fd_fdstat_set_rights),
    V(fd_filestat_get),
    V(fd_filestat_set_size),
    V(fd_filestat_set_times),
    V(fd_pread),
    V(fd_prestat_get),
    V(fd_prestat_dir_name),
    V(fd_pwrite),
    V(fd_read),
    V(fd_readdir),
    V(fd_renumber),
    V(fd_seek),
    V(fd_sync),
    V(fd_tell),
    V(fd_write),
    V(path_create_directory),
    V(path_filestat_get),
    V(path_filestat_set_times),
    V(path_link),
    V(path_open),
    V(path_readlink),
    V(path_remove_directory),
    V(path_rename),
    V(path_symlink),
    V(path_unlink_file),
    {"poll_oneoff", &PollOneoff},
    Method<&Wasi::ProcExit>("proc_exit"),
    V(proc_raise),
    V(random_get),
    V(sched_yield),
    V(sock_accept),
    V(sock_recv),
    V(sock_send),
    V(sock_shutdown),
    Method<&Wasi::SetMemory>("_setMemory"),
};
#undef V

constexpr ClassSpec kClasses[] = {{"WASI", Wasi::Construct, kMethods, Wasi::kFields}};

}  // namespace

extern const BindingSpec kNodeWasi;
constexpr BindingSpec kNodeWasi{"wasi", {}, {}, kClasses};

}  // namespace dv8::node
