#include "runtime/bindings/node/sqlite_tag_store.h"

namespace dv8::node::sqlite {

v8::MaybeLocal<v8::Object> TagStore::Make(Database* database, size_t capacity) {
  v8::Local<v8::Object> object;
  if (!NewInstanceOf(database->env(), kClassName).ToLocal(&object)) return {};
  new TagStore(database->env(), object, capacity);
  object->SetInternalField(kDatabaseField, database->object());
  return object;
}

void TagStore::Clear() {
  by_sql_.clear();
  order_.clear();
}

// Null when there is none that lives.
Statement* TagStore::Find(const std::string& sql) {
  const auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) return nullptr;
  auto* statement = NativeObject::Cast<Statement>(found->second->second.Get(env()->isolate()));
  if (statement != nullptr && !statement->is_finalized()) {
    order_.splice(order_.begin(), order_, found->second);
    return statement;
  }
  order_.erase(found->second);
  by_sql_.erase(found);
  return nullptr;
}

Statement* TagStore::Add(Database* database, std::string sql) {
  sqlite3_stmt* compiled = database->Compile(sql);
  if (compiled == nullptr) return nullptr;
  Statement* statement = Statement::Make(database, compiled, database->statement_options());
  if (statement == nullptr) return nullptr;
  order_.emplace_front(sql, v8::Global<v8::Object>(env()->isolate(), statement->object()));
  by_sql_[std::move(sql)] = order_.begin();
  if (order_.size() > capacity_) {
    by_sql_.erase(order_.back().first);
    order_.pop_back();
  }
  return statement;
}

// store.all(strings, ...values)
void TagStore::Execute(const CallInfo& info, v8::MaybeLocal<v8::Value> (Statement::*then)()) {
  v8::Isolate* isolate = env()->isolate();
  auto* database = NativeObject::Cast<Database>(DatabaseOf());
  if (database == nullptr || !database->RequireOpen()) return;
  if (!info[0]->IsArray()) return ThrowArgumentType(isolate, "First argument must be an array of strings (template literal).");
  v8::Local<v8::Array> strings = info[0].As<v8::Array>();
  const int parameters = info.Length() - 1;
  std::string sql;
  for (uint32_t i = 0; i < strings->Length(); i++) {
    v8::Local<v8::Value> part;
    if (!strings->Get(env()->context(), i).ToLocal(&part)) return;
    if (!part->IsString()) return ThrowArgumentType(isolate, "Template literal parts must be strings.");
    sql += Utf8(isolate, part).view();
    if (static_cast<int64_t>(i) < parameters) sql += '?';
  }
  if (!database->RequireOpen()) return;
  Statement* statement = Find(sql);
  if (statement == nullptr) statement = Add(database, std::move(sql));
  if (statement == nullptr || !statement->RequireIdle()) return;
  // It may leave the store while its functions run.
  const v8::Local<v8::Object> held = statement->object();
  if (!statement->Reset()) return;
  if (sqlite3_bind_parameter_count(statement->statement()) != parameters) {
    return ThrowArgumentValue(isolate, "SQLite parameters must be bound using template literal placeholders.");
  }
  for (int i = 1; i <= parameters; i++) {
    if (!statement->BindValue(info[i], i)) return;
  }
  v8::Local<v8::Value> result;
  if ((statement->*then)().ToLocal(&result)) info.GetReturnValue().Set(result);
  (void)held;
}

}  // namespace dv8::node::sqlite
