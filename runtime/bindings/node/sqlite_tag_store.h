// db.createTagStore(): statements by the text of a template literal, the least recently used of which go first.
#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/bindings/node/sqlite_statement.h"

namespace dv8::node::sqlite {

class TagStore final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(TagStore, NativeObject)
  static constexpr const char* kClassName = "SQLTagStore";
  static constexpr int kFields = 2;

  static v8::MaybeLocal<v8::Object> Make(Database* database, size_t capacity);

  void All(const CallInfo& info) { Execute(info, &Statement::AllRows); }
  void Get(const CallInfo& info) { Execute(info, &Statement::FirstRow); }
  void Run(const CallInfo& info) { Execute(info, &Statement::RunResult); }
  void Iterate(const CallInfo& info) { Execute(info, &Statement::NewIterator); }
  void Clear();
  double Capacity() { return static_cast<double>(capacity_); }
  double Size() { return static_cast<double>(order_.size()); }
  v8::Local<v8::Value> DatabaseOf() { return object()->GetInternalField(kDatabaseField).As<v8::Value>(); }

 private:
  static constexpr int kDatabaseField = 1;
  using Entry = std::pair<std::string, v8::Global<v8::Object>>;

  TagStore(Environment* env, v8::Local<v8::Object> object, size_t capacity) : NativeObject(env, object), capacity_(capacity) {}
  void Execute(const CallInfo& info, v8::MaybeLocal<v8::Value> (Statement::*then)());
  Statement* Find(const std::string& sql);
  Statement* Add(Database* database, std::string sql);

  size_t capacity_;
  std::list<Entry> order_;  // The last used first.
  std::unordered_map<std::string, std::list<Entry>::iterator> by_sql_;
};

}  // namespace dv8::node::sqlite
