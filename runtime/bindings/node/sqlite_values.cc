#include "runtime/bindings/node/sqlite_values.h"

#include <map>

#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::sqlite {
namespace {

constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

v8::Local<v8::Object> MakeError(v8::Isolate* isolate, int code, const char* message) {
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Object> error = CodedError(isolate, ErrorKind::kError, "ERR_SQLITE_ERROR", message);
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, sqlite3_errstr(code)).ToLocal(&text)) text = v8::String::Empty(isolate);
  error->Set(context, Internalized(isolate, "errcode"), v8::Integer::New(isolate, code)).Check();
  error->Set(context, Internalized(isolate, "errstr"), text).Check();
  return error;
}

template <typename Cell>
v8::MaybeLocal<v8::Value> CellToValue(Environment* env, const Cell& cell, Integers integers) {
  v8::Isolate* isolate = env->isolate();
  switch (cell.type()) {
    case SQLITE_INTEGER: {
      const int64_t number = cell.integer();
      if (integers == Integers::kBigInts) return v8::BigInt::New(isolate, number);
      if (number >= -kMaxSafeInteger && number <= kMaxSafeInteger) {
        return v8::Number::New(isolate, static_cast<double>(number));
      }
      ThrowRange(isolate, "Value is too large to be represented as a JavaScript number: " + std::to_string(number));
      return {};
    }
    case SQLITE_FLOAT: return v8::Number::New(isolate, cell.number());
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(cell.text());
      if (text == nullptr) break;
      return FromUtf8(isolate, {text, cell.size()});
    }
    case SQLITE_BLOB: {
      const void* data = cell.blob();  // Before the size, which it may change.
      return CopyToUint8Array(env, data, cell.size());
    }
    default: return v8::Null(isolate);
  }
  ThrowCoded(isolate, ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  return {};
}

}  // namespace

void ThrowState(v8::Isolate* isolate, std::string_view message) { ThrowCoded(isolate, ErrorKind::kError, "ERR_INVALID_STATE", message); }
void ThrowArgumentType(v8::Isolate* isolate, std::string_view message) {
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", message);
}
void ThrowArgumentValue(v8::Isolate* isolate, std::string_view message) {
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", message);
}
void ThrowRange(v8::Isolate* isolate, std::string_view message) {
  ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", message);
}

v8::Local<v8::Object> SqliteError(v8::Isolate* isolate, sqlite3* connection) {
  return MakeError(isolate, sqlite3_extended_errcode(connection), sqlite3_errmsg(connection));
}
v8::Local<v8::Object> SqliteError(v8::Isolate* isolate, int code) { return MakeError(isolate, code, sqlite3_errstr(code)); }

v8::MaybeLocal<v8::Value> TextOrNull(v8::Isolate* isolate, const char* text) {
  if (text == nullptr) return v8::Null(isolate);
  return FromUtf8(isolate, text);
}

v8::MaybeLocal<v8::Value> ToValue(Environment* env, const Column& column, Integers integers) { return CellToValue(env, column, integers); }
v8::MaybeLocal<v8::Value> ToValue(Environment* env, const Argument& argument, Integers integers) {
  return CellToValue(env, argument, integers);
}

void SetResult(v8::Isolate* isolate, sqlite3_context* call, v8::Local<v8::Value> value) {
  if (value->IsNullOrUndefined()) return sqlite3_result_null(call);
  if (value->IsNumber()) return sqlite3_result_double(call, value.As<v8::Number>()->Value());
  if (value->IsString()) {
    return WithUtf8(isolate, value.As<v8::String>(), [call](std::string_view text) {
      sqlite3_result_text64(call, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    });
  }
  if (IsBufferOrView(value)) {
    const ReadBytes bytes(value);
    return sqlite3_result_blob64(call, bytes.size() == 0 ? "" : bytes.chars(), bytes.size(), SQLITE_TRANSIENT);
  }
  if (value->IsBigInt()) {
    bool lossless;
    const int64_t number = value.As<v8::BigInt>()->Int64Value(&lossless);
    if (lossless) return sqlite3_result_int64(call, number);
    return sqlite3_result_error(call, "BigInt value is too large for SQLite", -1);
  }
  sqlite3_result_error(call,
                       value->IsPromise() ? "Asynchronous user-defined functions are not supported"
                                          : "Returned JavaScript value cannot be converted to a SQLite value",
                       -1);
}

bool IsBufferOrView(v8::Local<v8::Value> value) {
  return value->IsArrayBufferView() || value->IsArrayBuffer() || value->IsSharedArrayBuffer();
}

v8::MaybeLocal<v8::Value> CopyToUint8Array(Environment* env, const void* data, size_t size) {
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, size);
  if (store == nullptr) return {};
  if (size > 0) std::memcpy(store->Data(), data, size);
  return v8::Uint8Array::New(v8::ArrayBuffer::New(env->isolate(), std::move(store)), 0, size);
}

bool ReadDatabasePath(Environment* env, v8::Local<v8::Value> value, std::string* path) {
  v8::Isolate* isolate = env->isolate();
  const auto take = [path](std::string_view text) {
    *path = text;
    return path->find('\0') == std::string::npos;
  };
  if (value->IsString()) {
    if (take(Utf8(isolate, value).view())) return true;
  } else if (value->IsUint8Array()) {
    const ReadBytes bytes(value);
    if (take({bytes.chars(), bytes.size()})) return true;
  } else if (value->IsObject()) {
    v8::Local<v8::Value> href;
    if (!value.As<v8::Object>()->Get(env->context(), Internalized(isolate, "href")).ToLocal(&href)) return false;
    if (href->IsString() && take(Utf8(isolate, href).view())) {
      if (path->starts_with("file:")) return true;
      ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file:");
      return false;
    }
  }
  ThrowArgumentType(isolate, "The \"path\" argument must be a string, Uint8Array, or URL without null bytes.");
  return false;
}

Options::Options(Environment* env, v8::Local<v8::Value> value) : env_(env) {
  if (value->IsObject()) {
    object_ = value.As<v8::Object>();
  } else if (!value->IsUndefined()) {
    Fail("The \"options\" argument must be an object.");
  }
}

void Options::Fail(std::string_view message) {
  ok_ = false;
  ThrowArgumentType(env_->isolate(), message);
}

void Options::FailType(const char* name, const char* expected) {
  Fail(std::string("The \"options.") + name + "\" argument must be " + expected + ".");
}

v8::Local<v8::Value> Options::Get(const char* name) {
  v8::Local<v8::Value> value = v8::Undefined(env_->isolate());
  if (ok_ && !object_.IsEmpty()) ok_ = object_->Get(env_->context(), Internalized(env_->isolate(), name)).ToLocal(&value);
  return ok_ ? value : v8::Undefined(env_->isolate()).As<v8::Value>();
}

Options& Options::Read(const char* name, bool* out) {
  const v8::Local<v8::Value> value = Get(name);
  if (value->IsBoolean()) {
    *out = value->IsTrue();
  } else if (!value->IsUndefined()) {
    FailType(name, "a boolean");
  }
  return *this;
}

Options& Options::Read(const char* name, std::string* out) {
  const v8::Local<v8::Value> value = Get(name);
  if (value->IsString()) {
    *out = Utf8(env_->isolate(), value).view();
  } else if (!value->IsUndefined()) {
    FailType(name, "a string");
  }
  return *this;
}

Options& Options::Read(const char* name, int* out) {
  const v8::Local<v8::Value> value = Get(name);
  if (value->IsInt32()) {
    *out = value.As<v8::Int32>()->Value();
  } else if (!value->IsUndefined()) {
    FailType(name, "an integer");
  }
  return *this;
}

Options& Options::Read(const char* name, v8::Local<v8::Function>* out) {
  const v8::Local<v8::Value> value = Get(name);
  if (value->IsFunction()) {
    *out = value.As<v8::Function>();
  } else if (!value->IsUndefined()) {
    FailType(name, "a function");
  }
  return *this;
}

Options& Options::Read(const char* name, v8::Local<v8::Value>* out) {
  *out = Get(name);
  return *this;
}

bool Options::HasOwn(const char* name) {
  bool has = false;
  if (ok_ && !object_.IsEmpty()) ok_ = object_->HasOwnProperty(env_->context(), Internalized(env_->isolate(), name)).To(&has);
  return ok_ && has;
}

namespace {

// The kept classes, which prepare() and iterate() need often.
struct Classes {
  explicit Classes(Environment*) {}
  std::map<std::string_view, v8::Global<v8::Function>> by_name;
  v8::Global<v8::External> made_by_us;
};

std::string KeptName(const char* name) { return std::string("sqlite.") + name; }

}  // namespace

void KeepClass(Environment* env, v8::Local<v8::Object> target, const char* name) {
  env->Keep(KeptName(name).c_str(), target->Get(env->context(), Internalized(env->isolate(), name)).ToLocalChecked());
}

v8::MaybeLocal<v8::Object> NewInstanceOf(Environment* env, const char* name) {
  v8::Isolate* isolate = env->isolate();
  auto& classes = env->State<Classes>();
  v8::Global<v8::Function>& type = classes.by_name[name];
  if (type.IsEmpty()) type.Reset(isolate, env->Kept(KeptName(name).c_str()).As<v8::Function>());
  if (classes.made_by_us.IsEmpty()) classes.made_by_us.Reset(isolate, v8::External::New(isolate, env));
  v8::Local<v8::Value> made_by_us = classes.made_by_us.Get(isolate);
  return type.Get(isolate)->NewInstance(env->context(), 1, &made_by_us);
}

void ConstructInternally(const CallInfo& info) {
  if (!info.IsConstructCall() || !info[0]->IsExternal()) RefuseConstruction(info);
}

}  // namespace dv8::node::sqlite
