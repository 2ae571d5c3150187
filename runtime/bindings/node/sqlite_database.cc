#include "runtime/bindings/node/sqlite_database.h"

#include <ada.h>

#include <cmath>

#include "runtime/bindings/node/sqlite_session.h"
#include "runtime/bindings/node/sqlite_statement.h"
#include "runtime/bindings/node/sqlite_tag_store.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node::sqlite {
namespace {

// The path that a location names on the disk; empty for databases in memory.
std::string PathOf(const std::string& location) {
  if (location == ":memory:" || location.empty()) return "";
  if (!location.starts_with("file:")) return location;
  const auto url = ada::parse<ada::url_aggregator>(location);
  if (!url) return "";
  const std::string_view path = url->get_pathname();
  return ada::unicode::percent_decode(path, path.find('%'));
}

// The name of a database of the connection; "main" when `value` is undefined. False with an exception.
bool ReadDatabaseName(v8::Isolate* isolate, v8::Local<v8::Value> value, std::string* name) {
  *name = "main";
  if (value->IsUndefined()) return true;
  if (!value->IsString()) {
    ThrowArgumentType(isolate, "The \"dbName\" argument must be a string.");
    return false;
  }
  *name = Utf8(isolate, value).view();
  return true;
}

// At the end of the process: a closed database leaves no log beside its file.
void CloseDatabases() {
  v8::Isolate* isolate = v8::Isolate::TryGetCurrent();
  Environment* env = isolate == nullptr ? nullptr : Environment::From(isolate);
  if (env == nullptr) return;
  for (NativeObject* object : env->native_objects()) {
    if (object->class_tag() == &Database::kClass) static_cast<Database*>(object)->CloseAtExit();
  }
}

bool ReadLimits(Environment* env, v8::Local<v8::Value> value, OpenOptions* options) {
  if (value->IsUndefined()) return true;
  if (!value->IsObject()) {
    ThrowArgumentType(env->isolate(), "The \"options.limits\" argument must be an object.");
    return false;
  }
  for (const Limit& limit : kLimits) {
    v8::Local<v8::Value> number;
    if (!value.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), limit.name)).ToLocal(&number)) return false;
    if (number->IsUndefined()) continue;
    const std::string argument = std::string("The \"options.limits.") + limit.name + "\" argument must be ";
    if (!number->IsInt32()) {
      ThrowArgumentType(env->isolate(), argument + "an integer.");
      return false;
    }
    if (number.As<v8::Int32>()->Value() < 0) {
      ThrowRange(env->isolate(), argument + "non-negative.");
      return false;
    }
    options->limits[limit.id] = number.As<v8::Int32>()->Value();
  }
  return true;
}

}  // namespace

void Database::Construct(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (!info.IsConstructCall()) {
    return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`");
  }
  OpenOptions options;
  if (!ReadDatabasePath(env, info[0], &options.location)) return;
  bool open = true;
  v8::Local<v8::Value> limits = v8::Undefined(env->isolate());
  if (info.Length() > 1) {
    if (!info[1]->IsObject()) return ThrowArgumentType(env->isolate(), "The \"options\" argument must be an object.");
    const bool ok = Options(env, info[1])
                        .Read("open", &open)
                        .Read("readOnly", &options.read_only)
                        .Read("enableForeignKeyConstraints", &options.foreign_keys)
                        .Read("enableDoubleQuotedStringLiterals", &options.double_quoted_strings)
                        .Read("allowExtension", &options.allow_extension)
                        .Read("timeout", &options.timeout)
                        .Read("readBigInts", &options.statements.read_big_ints)
                        .Read("returnArrays", &options.statements.return_arrays)
                        .Read("allowBareNamedParameters", &options.statements.allow_bare_names)
                        .Read("allowUnknownNamedParameters", &options.statements.allow_unknown_names)
                        .Read("defensive", &options.defensive)
                        .Read("limits", &limits)
                        .ok();
    if (!ok || !ReadLimits(env, limits, &options)) return;
  }
  auto* database = new Database(env, info.This(), std::move(options));
  info.This()
      ->CreateDataProperty(env->context(), v8::Symbol::For(env->isolate(), Internalized(env->isolate(), "sqlite-type")),
                           Internalized(env->isolate(), "node:sqlite"))
      .Check();
  if (open) database->Open();
}

Database::~Database() { CloseConnection(); }

bool Database::RequireOpen() {
  if (!is_open()) {
    ThrowState(env()->isolate(), "database is not open");
    return false;
  }
  if (authorizing_) {
    ThrowState(env()->isolate(), "the database cannot be used by its authorizer");
    return false;
  }
  return true;
}

// Open, and nothing of it in the midst of its work.
bool Database::RequireIdle() {
  if (!RequireOpen()) return false;
  if (running_ == 0) return true;
  ThrowState(env()->isolate(), "database is currently in use");
  return false;
}

void Database::Open() {
  if (is_open()) return ThrowState(env()->isolate(), "database is already open");
  int code = OpenEmbedded();
  if (code == SQLITE_NOTFOUND) {
    const int flags = options_.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    code = sqlite3_open_v2(options_.location.c_str(), &connection_, flags | SQLITE_OPEN_URI, nullptr);
  }
  if (code == SQLITE_OK) code = Configure();
  if (code == SQLITE_OK) Environment::AddBeforeExitNow(CloseDatabases);
  if (Check(code)) return;
  sqlite3_close_v2(connection_);
  connection_ = nullptr;
}

// A database that is embedded in the executable, as one in memory that cannot be written. SQLITE_NOTFOUND for others.
int Database::OpenEmbedded() {
  const VirtualRoot* root = VirtualRoot::Of(env());
  std::string path = root == nullptr ? "" : PathOf(options_.location);
  if (path.empty()) return SQLITE_NOTFOUND;
  VirtualRoot::Resolve(&path);
  const std::optional<VirtualRoot::Entry> entry = root->FindOnly(path);
  if (!entry || entry->is_folder()) return SQLITE_NOTFOUND;
  embedded_path_ = entry->path;
  const std::vector<std::byte> bytes = root->Read(*entry);
  const int code = sqlite3_open_v2(":memory:", &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code != SQLITE_OK) return code;
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(std::max<size_t>(bytes.size(), 1)));
  if (copy == nullptr) return SQLITE_NOMEM;
  std::memcpy(copy, bytes.data(), bytes.size());
  // A file without a log beside it reads as one that has no log: the two bytes say which kind it is.
  constexpr size_t kWriteVersion = 18, kReadVersion = 19;
  if (bytes.size() > kReadVersion) copy[kWriteVersion] = copy[kReadVersion] = 1;
  return sqlite3_deserialize(connection_, "main", copy, bytes.size(), bytes.size(),
                             SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
}

int Database::Configure() {
  const std::pair<int, bool> settings[] = {{SQLITE_DBCONFIG_DQS_DML, options_.double_quoted_strings},
                                           {SQLITE_DBCONFIG_DQS_DDL, options_.double_quoted_strings},
                                           {SQLITE_DBCONFIG_ENABLE_FKEY, options_.foreign_keys},
                                           {SQLITE_DBCONFIG_DEFENSIVE, options_.defensive}};
  for (const auto& [setting, value] : settings) {
    if (const int code = sqlite3_db_config(connection_, setting, int{value}, nullptr); code != SQLITE_OK) return code;
  }
  sqlite3_busy_timeout(connection_, options_.timeout);
  for (const Limit& limit : kLimits) {
    if (options_.limits[limit.id]) sqlite3_limit(connection_, limit.id, *options_.limits[limit.id]);
  }
  extensions_enabled_ = options_.allow_extension;
  return SQLITE_OK;
}

void Database::FinalizeStatements() {
  for (Statement* statement : std::set<Statement*>(std::move(statements_))) statement->Finalize();
  statements_.clear();
}

// Backups that are under way end by themselves: SQLite keeps what they read until then.
void Database::CloseConnection() {
  if (!is_open()) return;
  FinalizeStatements();
  for (Session* session : std::set<Session*>(std::move(sessions_))) session->Delete();
  sessions_.clear();
  sqlite3_close_v2(connection_);
  connection_ = nullptr;
}

void Database::Close() {
  if (RequireIdle()) CloseConnection();
}

void Database::Dispose() {
  v8::TryCatch guard(env()->isolate());
  Close();
}

bool Database::Rethrow() {
  if (terminated_) {
    terminated_ = false;
    return true;
  }
  if (exception_.IsEmpty()) return false;
  env()->isolate()->ThrowException(exception_.Get(env()->isolate()));
  exception_.Reset();
  return true;
}

bool Database::Check(int code) {
  if (Rethrow()) return false;
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return true;
  env()->isolate()->ThrowException(SqliteError(env()->isolate(), connection_));
  return false;
}

void Database::KeepException(v8::TryCatch* guard) {
  if (guard->HasTerminated()) {
    terminated_ = true;
    guard->ReThrow();
  } else {
    exception_.Reset(env()->isolate(), guard->Exception());
  }
}

v8::MaybeLocal<v8::Value> Database::Call(v8::Local<v8::Function> function, v8::Local<v8::Value> receiver, int argc,
                                         v8::Local<v8::Value> argv[]) {
  if (failed()) return {};
  v8::TryCatch guard(env()->isolate());
  v8::MaybeLocal<v8::Value> result = function->Call(env()->context(), receiver, argc, argv);
  if (result.IsEmpty()) KeepException(&guard);
  return result;
}

sqlite3_stmt* Database::Compile(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code;
  {
    const Running running(this);
    code = sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr);
  }
  if (!Check(code)) {
    sqlite3_finalize(statement);
    return nullptr;
  }
  if (statement == nullptr) ThrowArgumentValue(env()->isolate(), "The SQL query contains no statements.");
  return statement;
}

void Database::Prepare(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!info[0]->IsString()) return ThrowArgumentType(env()->isolate(), "The \"sql\" argument must be a string.");
  StatementOptions options = statement_options();
  const bool ok = Options(env(), info[1])
                      .Read("returnArrays", &options.return_arrays)
                      .Read("readBigInts", &options.read_big_ints)
                      .Read("allowBareNamedParameters", &options.allow_bare_names)
                      .Read("allowUnknownNamedParameters", &options.allow_unknown_names)
                      .ok();
  if (!ok || !RequireOpen()) return;
  sqlite3_stmt* statement = Compile(std::string(Utf8(env()->isolate(), info[0]).view()));
  if (statement == nullptr) return;
  if (Statement* made = Statement::Make(this, statement, options)) info.GetReturnValue().Set(made->object());
}

void Database::Exec(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!info[0]->IsString()) return ThrowArgumentType(env()->isolate(), "The \"sql\" argument must be a string.");
  const Utf8 sql(env()->isolate(), info[0]);
  int code;
  {
    const Running running(this);
    code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  Check(code);
}

void Database::CreateTagStore(const CallInfo& info) {
  if (!RequireOpen()) return;
  constexpr char kPositive[] = "The \"maxSize\" argument must be a positive integer.";
  double capacity = 1000;
  if (!info[0]->IsUndefined()) {
    if (!info[0]->IsNumber()) return ThrowArgumentType(env()->isolate(), kPositive);
    capacity = info[0].As<v8::Number>()->Value();
    if (!(capacity > 0) || capacity > INT_MAX || std::floor(capacity) != capacity) return ThrowRange(env()->isolate(), kPositive);
  }
  v8::Local<v8::Object> store;
  if (TagStore::Make(this, static_cast<size_t>(capacity)).ToLocal(&store)) info.GetReturnValue().Set(store);
}

void Database::Location(const CallInfo& info) {
  std::string name;
  if (!RequireOpen() || !ReadDatabaseName(env()->isolate(), info[0], &name)) return;
  if (name == "main" && !embedded_path_.empty()) return ReturnUtf8(info, embedded_path_);
  const char* file = sqlite3_db_filename(connection_, name.c_str());
  if (file == nullptr || *file == '\0') return info.GetReturnValue().SetNull();
  ReturnUtf8(info, file);
}

void Database::Serialize(const CallInfo& info) {
  std::string name;
  if (!RequireOpen() || !ReadDatabaseName(env()->isolate(), info[0], &name)) return;
  sqlite3_int64 size = 0;
  const auto serialize = [&] { return sqlite3_serialize(connection_, name.c_str(), &size, 0); };
  std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(serialize(), sqlite3_free);
  if (bytes == nullptr && size == 0) {
    // Older versions of SQLite give nothing of a database that has not been written, instead of its empty first page.
    const Running running(this);
    sqlite3_exec(connection_, "BEGIN IMMEDIATE; COMMIT", nullptr, nullptr, nullptr);
    bytes.reset(serialize());
  }
  if (Rethrow()) return;
  if (bytes == nullptr && size != 0) {
    env()->isolate()->ThrowException(SqliteError(env()->isolate(), connection_));
    return;
  }
  v8::Local<v8::Value> copy;
  if (CopyToUint8Array(env(), bytes.get(), static_cast<size_t>(size)).ToLocal(&copy)) info.GetReturnValue().Set(copy);
}

// deserialize(bytes, { dbName }): the connection's database is a copy of `bytes` from then on.
void Database::Deserialize(const CallInfo& info) {
  if (!RequireOpen()) return;
  v8::Isolate* isolate = env()->isolate();
  if (!info[0]->IsUint8Array()) return ThrowArgumentType(isolate, "The \"buffer\" argument must be a Uint8Array.");
  if (info[0].As<v8::Uint8Array>()->ByteLength() == 0) return ThrowArgumentValue(isolate, "The \"buffer\" argument must not be empty.");
  std::string name = "main";
  if (!Options(env(), info[1]).Read("dbName", &name).ok() || !RequireIdle()) return;
  if (backups_ > 0) return ThrowState(isolate, "database is currently in use");
  const ReadBytes bytes(info[0]);
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(std::max<size_t>(bytes.size(), 1)));
  if (copy == nullptr) {
    return ThrowCoded(isolate, ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  }
  std::memcpy(copy, bytes.data(), bytes.size());
  embedded_path_.clear();
  FinalizeStatements();
  Check(sqlite3_deserialize(connection_, name.c_str(), copy, bytes.size(), bytes.size(),
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE));
}

void Database::EnableLoadExtension(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!info[0]->IsBoolean()) return ThrowArgumentType(env()->isolate(), "The \"allow\" argument must be a boolean.");
  if (info[0]->IsTrue() && !options_.allow_extension) {
    return ThrowState(env()->isolate(), "Cannot enable extension loading because it was disabled at database creation.");
  }
  extensions_enabled_ = info[0]->IsTrue();
}

void Database::LoadExtension(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!extensions_enabled_) return ThrowState(env()->isolate(), "extension loading is not allowed");
  if (!info[0]->IsString()) return ThrowArgumentType(env()->isolate(), "The \"path\" argument must be a string.");
  ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_LOAD_SQLITE_EXTENSION",
             "cannot load " + std::string(Utf8(env()->isolate(), info[0]).view()) +
                 ": a static executable has no dynamic linker; FTS5, R*Tree, JSON and math functions are built in");
}

void Database::EnableDefensive(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!info[0]->IsBoolean()) return ThrowArgumentType(env()->isolate(), "The \"active\" argument must be a boolean.");
  Check(sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, int{info[0]->IsTrue()}, nullptr));
}

void Database::IsTransaction(const CallInfo& info) {
  if (!is_open()) return ThrowState(env()->isolate(), "database is not open");
  info.GetReturnValue().Set(sqlite3_get_autocommit(connection_) == 0);
}

void Database::Limits(const CallInfo& info) {
  v8::Local<v8::Value> limits = object()->GetInternalField(kLimitsField).As<v8::Value>();
  v8::Local<v8::Object> made;
  if (limits->IsObject()) return info.GetReturnValue().Set(limits);
  if (!NewLimits(env(), this).ToLocal(&made)) return;
  object()->SetInternalField(kLimitsField, made);
  info.GetReturnValue().Set(made);
}

}  // namespace dv8::node::sqlite
