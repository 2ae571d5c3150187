#include "runtime/bindings/node/sqlite_session.h"

namespace dv8::node::sqlite {

Session::Session(Database* database, v8::Local<v8::Object> object, sqlite3_session* session)
    : NativeObject(database->env(), object), database_(database), session_(session) {
  object->SetInternalField(kDatabaseField, database->object());
  database->sessions().insert(this);
}

Session::~Session() {
  if (database_ != nullptr) database_->sessions().erase(this);
  Delete();
}

void Session::Delete() {
  if (session_ != nullptr) sqlite3session_delete(session_);
  session_ = nullptr;
  database_ = nullptr;
}

bool Session::RequireOpen() {
  auto* database = NativeObject::Cast<Database>(object()->GetInternalField(kDatabaseField).As<v8::Value>());
  if (database == nullptr || !database->RequireOpen()) {
    if (!env()->isolate()->HasPendingException()) ThrowState(env()->isolate(), "database is not open");
    return false;
  }
  if (session_ != nullptr) return true;
  ThrowState(env()->isolate(), "session is not open");
  return false;
}

void Session::Record(const CallInfo& info, int (*make)(sqlite3_session*, int*, void**)) {
  if (recording_) return ThrowState(env()->isolate(), "session is currently in use");
  if (!RequireOpen()) return;
  int size = 0, code;
  void* bytes = nullptr;
  Database* database = database_;
  {
    const Database::Running running(database);
    recording_ = true;
    code = make(session_, &size, &bytes);
    recording_ = false;
  }
  v8::Local<v8::Value> copy;
  if (database->Check(code) && CopyToUint8Array(env(), bytes, static_cast<size_t>(size)).ToLocal(&copy)) {
    info.GetReturnValue().Set(copy);
  }
  sqlite3_free(bytes);
}

void Session::Close() {
  if (recording_) return ThrowState(env()->isolate(), "session is currently in use");
  if (!RequireOpen()) return;
  database_->sessions().erase(this);
  Delete();
}

void Session::Dispose() {
  v8::TryCatch guard(env()->isolate());
  Close();
}

void Database::CreateSession(const CallInfo& info) {
  std::string table, name = "main";
  if (info.Length() > 0) {
    if (!info[0]->IsObject()) return ThrowArgumentType(env()->isolate(), "The \"options\" argument must be an object.");
    Options options(env(), info[0]);
    const std::pair<const char*, std::string*> texts[] = {{"table", &table}, {"db", &name}};
    for (const auto& [key, text] : texts) {
      if (!options.HasOwn(key)) continue;
      v8::Local<v8::Value> value;
      if (options.Read(key, &value).ok() && !value->IsString()) options.FailType(key, "a string");
      if (options.ok()) *text = Utf8(env()->isolate(), value).view();
    }
    if (!options.ok()) return;
  }
  if (!RequireOpen()) return;
  sqlite3_session* session = nullptr;
  if (!Check(sqlite3session_create(connection_, name.c_str(), &session))) return;
  v8::Local<v8::Object> object;
  if (!Check(sqlite3session_attach(session, table.empty() ? nullptr : table.c_str())) ||
      !NewInstanceOf(env(), Session::kClassName).ToLocal(&object)) {
    sqlite3session_delete(session);
    return;
  }
  new Session(this, object, session);
  info.GetReturnValue().Set(object);
}

namespace {

struct Application {
  Database* database;
  v8::Local<v8::Function> on_conflict, filter;
};

int OnConflict(void* context, int kind, sqlite3_changeset_iter*) {
  constexpr int kInvalid = -1;  // SQLite's answer is SQLITE_MISUSE.
  const auto* application = static_cast<Application*>(context);
  if (application->on_conflict.IsEmpty()) return SQLITE_CHANGESET_ABORT;
  v8::Isolate* isolate = application->database->env()->isolate();
  const v8::HandleScope scope(isolate);
  v8::Local<v8::Value> argument = v8::Integer::New(isolate, kind), result;
  if (!application->database->Call(application->on_conflict, v8::Null(isolate), 1, &argument).ToLocal(&result)) {
    return SQLITE_CHANGESET_ABORT;
  }
  return result->IsInt32() ? result.As<v8::Int32>()->Value() : kInvalid;
}

int IsTableWanted(void* context, const char* table) {
  const auto* application = static_cast<Application*>(context);
  v8::Isolate* isolate = application->database->env()->isolate();
  const v8::HandleScope scope(isolate);
  v8::Local<v8::String> name;
  if (!FromUtf8(isolate, table).ToLocal(&name)) return 0;
  v8::Local<v8::Value> argument = name, result;
  return application->database->Call(application->filter, v8::Null(isolate), 1, &argument).ToLocal(&result) &&
         result->BooleanValue(isolate);
}

// Whether each change has the values that it is found by, and a new row all of its values: SQLite reads them
// without looking (until 3.51).
bool HasAllValues(std::vector<uint8_t>& changeset) {
  sqlite3_changeset_iter* changes = nullptr;
  if (sqlite3changeset_start(&changes, static_cast<int>(changeset.size()), changeset.data()) != SQLITE_OK) return true;
  bool all = true;
  while (all && sqlite3changeset_next(changes) == SQLITE_ROW) {
    const char* table;
    int columns, operation;
    unsigned char* is_key;
    if (sqlite3changeset_op(changes, &table, &columns, &operation, nullptr) != SQLITE_OK ||
        sqlite3changeset_pk(changes, &is_key, nullptr) != SQLITE_OK) {
      break;
    }
    for (int i = 0; all && i < columns; i++) {
      sqlite3_value* value = nullptr;
      if (operation == SQLITE_INSERT) {
        all = sqlite3changeset_new(changes, i, &value) == SQLITE_OK && value != nullptr;
      } else if (is_key[i] != 0) {
        all = sqlite3changeset_old(changes, i, &value) == SQLITE_OK && value != nullptr;
      }
    }
  }
  sqlite3changeset_finalize(changes);
  return all;
}

}  // namespace

// applyChangeset(bytes, { filter, onConflict }) → whether it was applied.
void Database::ApplyChangeset(const CallInfo& info) {
  if (!RequireOpen()) return;
  v8::Isolate* isolate = env()->isolate();
  if (!info[0]->IsUint8Array()) return ThrowArgumentType(isolate, "The \"changeset\" argument must be a Uint8Array.");
  Application application{this, {}, {}};
  Options options(env(), info[1]);
  options.Read("onConflict", &application.on_conflict);
  if (options.HasOwn("filter")) {
    options.Read("filter", &application.filter);
    if (options.ok() && application.filter.IsEmpty()) options.FailType("filter", "a function");
  }
  if (!options.ok() || !RequireOpen()) return;
  // A copy: the program's functions may change it meanwhile.
  const std::span<uint8_t> given = BytesOf(info[0]);
  std::vector<uint8_t> bytes(given.begin(), given.end());
  int code = SQLITE_CORRUPT;
  if (HasAllValues(bytes)) {
    const Running running(this);
    code = sqlite3changeset_apply(connection_, static_cast<int>(bytes.size()), bytes.data(),
                                  application.filter.IsEmpty() ? nullptr : IsTableWanted, OnConflict, &application);
  }
  if (Rethrow()) return;
  if (code == SQLITE_OK || code == SQLITE_ABORT) return info.GetReturnValue().Set(code == SQLITE_OK);
  isolate->ThrowException(SqliteError(isolate, code));
}

}  // namespace dv8::node::sqlite
