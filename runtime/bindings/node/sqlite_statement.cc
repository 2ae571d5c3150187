#include "runtime/bindings/node/sqlite_statement.h"

#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::sqlite {
namespace {

v8::Local<v8::Object> MakeObject(v8::Isolate* isolate, v8::Local<v8::Value> prototype, std::span<const char* const> names,
                                 v8::Local<v8::Value> values[]) {
  std::vector<v8::Local<v8::Name>> keys;
  for (const char* name : names) keys.push_back(Internalized(isolate, name));
  return v8::Object::New(isolate, prototype, keys.data(), values, keys.size());
}

}  // namespace

Statement* Statement::Make(Database* database, sqlite3_stmt* statement, const StatementOptions& options) {
  v8::Local<v8::Object> object;
  if (NewInstanceOf(database->env(), kClassName).ToLocal(&object)) return new Statement(database, object, statement, options);
  sqlite3_finalize(statement);
  return nullptr;
}

Statement::Statement(Database* database, v8::Local<v8::Object> object, sqlite3_stmt* statement, const StatementOptions& options)
    : NativeObject(database->env(), object), database_(database), statement_(statement), options_(options) {
  object->SetInternalField(kDatabaseField, database->object());
  database->statements().insert(this);
}

Statement::~Statement() {
  if (database_ != nullptr) database_->statements().erase(this);
  Finalize();
}

void Statement::Finalize() {
  sqlite3_finalize(statement_);
  statement_ = nullptr;
  database_ = nullptr;
}

bool Statement::RequireLive() {
  if (is_finalized()) {
    ThrowState(env()->isolate(), "statement has been finalized");
    return false;
  }
  return true;
}

bool Statement::RequireIdle() {
  if (!RequireLive() || !database_->RequireOpen()) return false;
  if (!running_) return true;
  ThrowState(env()->isolate(), "statement is currently in use");
  return false;
}

bool Statement::Reset() {
  generation_++;
  return database_->Check(sqlite3_reset(statement_)) && database_->Check(sqlite3_clear_bindings(statement_));
}

int Statement::Step() {
  const Database::Running running(database_);
  running_ = true;
  const int code = sqlite3_step(statement_);
  running_ = false;
  return code;
}

bool Statement::Bind(const CallInfo& info) {
  if (!RequireIdle() || !Reset()) return false;
  int first = 0;
  if (info[0]->IsObject() && !IsBufferOrView(info[0])) {
    if (!BindNames(info[0].As<v8::Object>())) return false;
    first = 1;
  }
  int index = 1;
  for (int i = first; i < info.Length(); i++, index++) {
    // The next parameter without a name.
    for (const char* name; (name = sqlite3_bind_parameter_name(statement_, index)) != nullptr && *name != '?';) index++;
    if (!BindValue(info[i], index)) return false;
  }
  return true;
}

// Getters of `values` may run the statement, or close the database.
bool Statement::BindNames(v8::Local<v8::Object> values) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Array> keys;
  if (!values->GetOwnPropertyNames(env()->context()).ToLocal(&keys) || !RequireIdle()) return false;
  if (options_.allow_bare_names && !CollectBareNames()) return false;
  for (uint32_t i = 0; i < keys->Length(); i++) {
    v8::Local<v8::Value> key, value;
    if (!keys->Get(env()->context(), i).ToLocal(&key)) return false;
    const std::string name(Utf8(isolate, key).view());
    const int index = IndexOfName(name);
    if (index == 0) {
      if (options_.allow_unknown_names) continue;
      ThrowState(isolate, "Unknown named parameter '" + name + "'");
      return false;
    }
    if (!values->Get(env()->context(), key).ToLocal(&value) || !RequireIdle() || !BindValue(value, index)) return false;
  }
  return true;
}

bool Statement::CollectBareNames() {
  if (bare_names_) return true;
  std::map<std::string, std::string> names;
  const int count = sqlite3_bind_parameter_count(statement_);
  for (int i = 1; i <= count; i++) {
    const char* name = sqlite3_bind_parameter_name(statement_, i);
    if (name == nullptr) continue;
    const auto [entry, is_new] = names.emplace(name + 1, name);
    if (is_new || entry->second == name) continue;
    ThrowState(env()->isolate(), "Cannot create bare named parameter '" + entry->first + "' because of conflicting names '" +
                                     entry->second + "' and '" + name + "'.");
    return false;
  }
  bare_names_ = std::move(names);
  return true;
}

int Statement::IndexOfName(const std::string& name) const {
  if (const int index = sqlite3_bind_parameter_index(statement_, name.c_str()); index != 0) return index;
  if (!options_.allow_bare_names || !bare_names_) return 0;
  const auto bare = bare_names_->find(name);
  return bare == bare_names_->end() ? 0 : sqlite3_bind_parameter_index(statement_, bare->second.c_str());
}

bool Statement::BindValue(v8::Local<v8::Value> value, int index) {
  v8::Isolate* isolate = env()->isolate();
  int code;
  if (value->IsNumber()) {
    code = sqlite3_bind_double(statement_, index, value.As<v8::Number>()->Value());
  } else if (value->IsString()) {
    code = WithUtf8(isolate, value.As<v8::String>(), [&](std::string_view text) {
      return sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    });
  } else if (value->IsNull()) {
    code = sqlite3_bind_null(statement_, index);
  } else if (IsBufferOrView(value)) {
    const ReadBytes bytes(value);
    code = sqlite3_bind_blob64(statement_, index, bytes.size() == 0 ? "" : bytes.chars(), bytes.size(), SQLITE_TRANSIENT);
  } else if (value->IsBoolean()) {
    code = sqlite3_bind_int(statement_, index, int{value->IsTrue()});
  } else if (value->IsBigInt()) {
    bool lossless;
    const int64_t number = value.As<v8::BigInt>()->Int64Value(&lossless);
    if (!lossless) {
      ThrowArgumentValue(isolate, "BigInt value is too large to bind.");
      return false;
    }
    code = sqlite3_bind_int64(statement_, index, number);
  } else {
    ThrowArgumentType(isolate, "Provided value cannot be bound to SQLite parameter " + std::to_string(index) + ".");
    return false;
  }
  return database_->Check(code);
}

// A statement is compiled anew in the step that finds the schema changed; its columns may be others then.
bool Statement::UpdateColumnNames() {
  const int compilation = sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_REPREPARE, 0);
  if (compilation == names_compilation_) return true;
  v8::Isolate* isolate = env()->isolate();
  column_names_.clear();
  const int count = sqlite3_column_count(statement_);
  for (int i = 0; i < count; i++) {
    const char* name = sqlite3_column_name(statement_, i);
    v8::Local<v8::String> text;
    if (name == nullptr) {
      ThrowState(isolate, "Cannot get name of column " + std::to_string(i));
      return false;
    }
    if (!v8::String::NewFromUtf8(isolate, name, v8::NewStringType::kInternalized).ToLocal(&text)) return false;
    column_names_.emplace_back(isolate, text.As<v8::Name>());
  }
  names_compilation_ = compilation;
  return true;
}

v8::MaybeLocal<v8::Value> Statement::Row() {
  constexpr int kFew = 32;
  v8::Isolate* isolate = env()->isolate();
  v8::EscapableHandleScope scope(isolate);
  const int count = sqlite3_column_count(statement_);
  v8::Local<v8::Value> few_values[kFew];
  v8::Local<v8::Name> few_names[kFew];
  std::vector<v8::Local<v8::Value>> many_values(count > kFew ? count : 0);
  std::vector<v8::Local<v8::Name>> many_names(many_values.size());
  v8::Local<v8::Value>* values = count > kFew ? many_values.data() : few_values;
  v8::Local<v8::Name>* names = count > kFew ? many_names.data() : few_names;
  for (int i = 0; i < count; i++) {
    if (!ToValue(env(), Column{statement_, i}, integers()).ToLocal(&values[i])) return {};
  }
  if (options_.return_arrays) return scope.Escape(v8::Array::New(isolate, values, count));
  if (!UpdateColumnNames()) return {};
  for (int i = 0; i < count; i++) names[i] = column_names_[i].Get(isolate);
  return scope.Escape(v8::Object::New(isolate, v8::Null(isolate), names, values, count));
}

v8::MaybeLocal<v8::Value> Statement::AllRows() {
  v8::Isolate* isolate = env()->isolate();
  std::vector<v8::Local<v8::Value>> rows;
  int code;
  while ((code = Step()) == SQLITE_ROW) {
    v8::Local<v8::Value> row;
    if (!Row().ToLocal(&row)) {
      Rewind();
      return {};
    }
    rows.push_back(row);
  }
  const bool ok = database_->Check(code);
  Rewind();
  if (!ok) return {};
  return v8::Array::New(isolate, rows.data(), rows.size());
}

v8::MaybeLocal<v8::Value> Statement::FirstRow() {
  const int code = Step();
  v8::MaybeLocal<v8::Value> row;
  if (database_->Check(code)) {
    row = code == SQLITE_DONE || sqlite3_column_count(statement_) == 0 ? v8::Undefined(env()->isolate()).As<v8::Value>() : Row();
  }
  Rewind();
  return row;
}

v8::MaybeLocal<v8::Value> Statement::RunResult() {
  v8::Isolate* isolate = env()->isolate();
  Step();
  if (!database_->Check(sqlite3_reset(statement_))) return {};
  const auto number = [&](int64_t value) {
    if (options_.read_big_ints) return v8::BigInt::New(isolate, value).As<v8::Value>();
    return v8::Number::New(isolate, static_cast<double>(value)).As<v8::Value>();
  };
  v8::Local<v8::Value> values[] = {number(sqlite3_changes64(database_->connection())),
                                   number(sqlite3_last_insert_rowid(database_->connection()))};
  static constexpr const char* kNames[] = {"changes", "lastInsertRowid"};
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  for (size_t i = 0; i < std::size(kNames); i++) {
    result->CreateDataProperty(env()->context(), Internalized(isolate, kNames[i]), values[i]).Check();
  }
  return result;
}

v8::MaybeLocal<v8::Value> Statement::NewIterator() {
  v8::Local<v8::Object> iterator;
  if (!NewInstanceOf(env(), StatementIterator::kClassName).ToLocal(&iterator)) return {};
  new StatementIterator(env(), iterator, this);
  return iterator;
}

namespace {
void Return(const CallInfo& info, v8::MaybeLocal<v8::Value> result) {
  v8::Local<v8::Value> value;
  if (result.ToLocal(&value)) info.GetReturnValue().Set(value);
}
}  // namespace

void Statement::All(const CallInfo& info) {
  if (Bind(info)) Return(info, AllRows());
}
void Statement::Get(const CallInfo& info) {
  if (Bind(info)) Return(info, FirstRow());
}
void Statement::Run(const CallInfo& info) {
  if (Bind(info)) Return(info, RunResult());
}
void Statement::Iterate(const CallInfo& info) {
  if (Bind(info)) Return(info, NewIterator());
}

void Statement::Columns(const CallInfo& info) {
  if (!RequireLive()) return;
  v8::Isolate* isolate = env()->isolate();
  static constexpr const char* kNames[] = {"column", "database", "name", "table", "type"};
  const int count = sqlite3_column_count(statement_);
  std::vector<v8::Local<v8::Value>> columns(count);
  for (int i = 0; i < count; i++) {
    const char* texts[] = {sqlite3_column_origin_name(statement_, i), sqlite3_column_database_name(statement_, i),
                           sqlite3_column_name(statement_, i), sqlite3_column_table_name(statement_, i),
                           sqlite3_column_decltype(statement_, i)};
    v8::Local<v8::Value> values[std::size(kNames)];
    for (size_t j = 0; j < std::size(kNames); j++) {
      if (!TextOrNull(isolate, texts[j]).ToLocal(&values[j])) return;
    }
    columns[i] = MakeObject(isolate, v8::Null(isolate), kNames, values);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, columns.data(), columns.size()));
}

void Statement::SourceSql(const CallInfo& info) {
  if (RequireLive()) ReturnUtf8(info, sqlite3_sql(statement_));
}

void Statement::ExpandedSql(const CallInfo& info) {
  if (!RequireLive()) return;
  char* text = sqlite3_expanded_sql(statement_);
  if (text == nullptr) {
    return ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_SQLITE_ERROR", "Expanded SQL text would exceed configured limits");
  }
  ReturnUtf8(info, text);
  sqlite3_free(text);
}

void Statement::SetOption(const CallInfo& info, const char* argument, bool StatementOptions::* option) {
  if (!RequireLive()) return;
  if (!info[0]->IsBoolean()) {
    return ThrowArgumentType(env()->isolate(), std::string("The \"") + argument + "\" argument must be a boolean.");
  }
  options_.*option = info[0]->IsTrue();
}

StatementIterator::StatementIterator(Environment* env, v8::Local<v8::Object> object, Statement* statement)
    : NativeObject(env, object), statement_(statement), generation_(statement->generation()) {
  object->SetInternalField(kStatementField, statement->object());
}

void StatementIterator::Answer(const CallInfo& info, bool done, v8::Local<v8::Value> value) {
  static constexpr const char* kNames[] = {"done", "value"};
  v8::Local<v8::Value> values[] = {v8::Boolean::New(env()->isolate(), done), value};
  info.GetReturnValue().Set(MakeObject(env()->isolate(), v8::Null(env()->isolate()), kNames, values));
}

void StatementIterator::Next(const CallInfo& info) {
  if (!statement_->RequireIdle()) return;
  if (done_) return Answer(info, true, v8::Null(env()->isolate()));
  if (generation_ != statement_->generation()) return ThrowState(env()->isolate(), "iterator was invalidated");
  const int code = statement_->Step();
  if (!statement_->database()->Check(code)) return;
  v8::Local<v8::Value> row;
  if (code == SQLITE_ROW) {
    if (statement_->Row().ToLocal(&row)) Answer(info, false, row);
    return;
  }
  statement_->Rewind();
  done_ = true;
  Answer(info, true, v8::Null(env()->isolate()));
}

void StatementIterator::Return(const CallInfo& info) {
  if (!statement_->RequireIdle()) return;
  // What the statement runs now may be another's.
  if (!done_ && generation_ == statement_->generation()) statement_->Rewind();
  done_ = true;
  Answer(info, true, v8::Null(env()->isolate()));
}

}  // namespace dv8::node::sqlite
