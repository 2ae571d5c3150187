// What the classes of internalBinding('sqlite') share: Node's errors, values of SQLite as JavaScript's and back, and
// objects of options.
#pragma once

// Sessions are in the library; its header declares them on demand.
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <sqlite3.h>

#include <string>

#include "runtime/binding/typed.h"

namespace dv8::node::sqlite {

void ThrowState(v8::Isolate* isolate, std::string_view message);          // ERR_INVALID_STATE
void ThrowArgumentType(v8::Isolate* isolate, std::string_view message);   // ERR_INVALID_ARG_TYPE
void ThrowArgumentValue(v8::Isolate* isolate, std::string_view message);  // ERR_INVALID_ARG_VALUE
void ThrowRange(v8::Isolate* isolate, std::string_view message);          // ERR_OUT_OF_RANGE

// ERR_SQLITE_ERROR with errcode and errstr: what `connection` failed with last, or what a code says alone.
v8::Local<v8::Object> SqliteError(v8::Isolate* isolate, sqlite3* connection);
v8::Local<v8::Object> SqliteError(v8::Isolate* isolate, int code);

// Null for a null pointer.
v8::MaybeLocal<v8::Value> TextOrNull(v8::Isolate* isolate, const char* text);

// A column of the row that a statement is at.
struct Column {
  sqlite3_stmt* statement;
  int index;
  int type() const { return sqlite3_column_type(statement, index); }
  int64_t integer() const { return sqlite3_column_int64(statement, index); }
  double number() const { return sqlite3_column_double(statement, index); }
  const unsigned char* text() const { return sqlite3_column_text(statement, index); }
  const void* blob() const { return sqlite3_column_blob(statement, index); }
  size_t size() const { return static_cast<size_t>(sqlite3_column_bytes(statement, index)); }
};
// An argument of a function.
struct Argument {
  sqlite3_value* value;
  int type() const { return sqlite3_value_type(value); }
  int64_t integer() const { return sqlite3_value_int64(value); }
  double number() const { return sqlite3_value_double(value); }
  const unsigned char* text() const { return sqlite3_value_text(value); }
  const void* blob() const { return sqlite3_value_blob(value); }
  size_t size() const { return static_cast<size_t>(sqlite3_value_bytes(value)); }
};

enum class Integers { kNumbers, kBigInts };

// Empty, with an exception, for integers that are no safe number, and without memory.
v8::MaybeLocal<v8::Value> ToValue(Environment* env, const Column& column, Integers integers);
v8::MaybeLocal<v8::Value> ToValue(Environment* env, const Argument& argument, Integers integers);

// Makes `value` what the function gives, or its error.
void SetResult(v8::Isolate* isolate, sqlite3_context* call, v8::Local<v8::Value> value);

bool IsBufferOrView(v8::Local<v8::Value> value);
// A copy of the bytes, as a Uint8Array.
v8::MaybeLocal<v8::Value> CopyToUint8Array(Environment* env, const void* data, size_t size);

// The path of a database: a string, the bytes of one, or a URL of the scheme file:, without NUL. False with an exception.
bool ReadDatabasePath(Environment* env, v8::Local<v8::Value> value, std::string* path);

// Reads properties of an object that a program gave. Those that are undefined leave their variable as it is; after the
// first failure, whose exception is pending, nothing is read. Getters may run JavaScript.
class Options {
 public:
  // `value` that is no object is an error, but for undefined, which has nothing.
  Options(Environment* env, v8::Local<v8::Value> value);
  bool ok() const { return ok_; }
  Options& Read(const char* name, bool* out);
  Options& Read(const char* name, std::string* out);
  Options& Read(const char* name, int* out);
  Options& Read(const char* name, v8::Local<v8::Function>* out);
  Options& Read(const char* name, v8::Local<v8::Value>* out);
  // Whether the object has an own property of the name.
  bool HasOwn(const char* name);
  void Fail(std::string_view message);  // ERR_INVALID_ARG_TYPE
  void FailType(const char* name, const char* expected);

 private:
  v8::Local<v8::Value> Get(const char* name);

  Environment* env_;
  v8::Local<v8::Object> object_;  // Empty for undefined.
  bool ok_ = true;
};

// Keeps the classes that only C++ makes instances of, by their names in `target`.
void KeepClass(Environment* env, v8::Local<v8::Object> target, const char* name);
v8::MaybeLocal<v8::Object> NewInstanceOf(Environment* env, const char* name);
// The constructor of these classes: throws when a program calls it.
void ConstructInternally(const CallInfo& info);

}  // namespace dv8::node::sqlite
