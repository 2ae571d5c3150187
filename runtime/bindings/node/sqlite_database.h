// internalBinding('sqlite').DatabaseSync: a connection, and who depends on it.
//
// Statements and sessions have the database's JavaScript object in an internal field, so that it lives as long as they
// do. The collector may all the same delete the native parts in any order: the database knows them all, and closing it,
// or deleting it, takes theirs from them. What SQLite calls (functions, the authorizer) may call anything of the program:
// while it runs (Running), nothing that it stands on can be closed.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>

#include "runtime/bindings/node/sqlite_values.h"

namespace dv8::node::sqlite {

class Statement;
class Session;

struct StatementOptions {
  bool read_big_ints = false;
  bool return_arrays = false;
  bool allow_bare_names = true;
  bool allow_unknown_names = false;
};

struct Limit {
  const char* name;
  int id;
};
inline constexpr Limit kLimits[] = {
    {"length", SQLITE_LIMIT_LENGTH},
    {"sqlLength", SQLITE_LIMIT_SQL_LENGTH},
    {"column", SQLITE_LIMIT_COLUMN},
    {"exprDepth", SQLITE_LIMIT_EXPR_DEPTH},
    {"compoundSelect", SQLITE_LIMIT_COMPOUND_SELECT},
    {"vdbeOp", SQLITE_LIMIT_VDBE_OP},
    {"functionArg", SQLITE_LIMIT_FUNCTION_ARG},
    {"attach", SQLITE_LIMIT_ATTACHED},
    {"likePatternLength", SQLITE_LIMIT_LIKE_PATTERN_LENGTH},
    {"variableNumber", SQLITE_LIMIT_VARIABLE_NUMBER},
    {"triggerDepth", SQLITE_LIMIT_TRIGGER_DEPTH},
};

struct OpenOptions {
  std::string location;
  bool read_only = false;
  bool foreign_keys = true;
  bool double_quoted_strings = false;
  bool allow_extension = false;
  bool defensive = true;
  int timeout = 0;
  StatementOptions statements;
  std::array<std::optional<int>, std::size(kLimits)> limits;
};

class Database final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Database, NativeObject)
  static constexpr int kFields = 3;

  Database(Environment* env, v8::Local<v8::Object> object, OpenOptions options) : NativeObject(env, object), options_(std::move(options)) {}
  ~Database() override;

  static void Construct(const CallInfo& info);
  void Open();
  void Close();
  void Dispose();
  // Not in the midst of a statement, and not while a backup runs in the pool.
  void CloseAtExit() {
    if (running_ == 0 && backups_ == 0) CloseConnection();
  }
  void Prepare(const CallInfo& info);
  void Exec(const CallInfo& info);
  void CreateTagStore(const CallInfo& info);
  void Location(const CallInfo& info);
  void Serialize(const CallInfo& info);
  void Deserialize(const CallInfo& info);
  void EnableLoadExtension(const CallInfo& info);
  void EnableDefensive(const CallInfo& info);
  void LoadExtension(const CallInfo& info);
  // sqlite_functions.cc
  void CustomFunction(const CallInfo& info);
  void Aggregate(const CallInfo& info);
  void SetAuthorizer(const CallInfo& info);
  // sqlite_session.cc
  void CreateSession(const CallInfo& info);
  void ApplyChangeset(const CallInfo& info);

  bool IsOpen() { return is_open(); }
  void IsTransaction(const CallInfo& info);
  void Limits(const CallInfo& info);

  sqlite3* connection() const { return connection_; }
  bool is_open() const { return connection_ != nullptr; }
  // False, with an exception, when the database is not open, or when its authorizer runs, from which SQLite must not be
  // called.
  bool RequireOpen();
  const StatementOptions& statement_options() const { return options_.statements; }
  std::set<Statement*>& statements() { return statements_; }
  std::set<Session*>& sessions() { return sessions_; }
  void BeginBackup() { backups_++; }
  void EndBackup() { backups_--; }

  // Compiles one statement; null, with an exception, when that fails or there is none in `sql`.
  sqlite3_stmt* Compile(const std::string& sql);

  // Around each call of SQLite that may run the program's functions.
  class Running {
   public:
    explicit Running(Database* database) : database_(database) { database_->running_++; }
    ~Running() { database_->running_--; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Database* database_;
  };
  // True when a call of SQLite gave OK, ROW or DONE. Otherwise throws what the program's functions have thrown in it,
  // or SQLite's error.
  bool Check(int code);
  // Throws what the program's functions have thrown in the last call of SQLite; false when they have not.
  bool Rethrow();

  // Calls a function of the program from within SQLite. Empty when it threw, or one before it in the same call of SQLite
  // did: Check() throws that.
  v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Function> function, v8::Local<v8::Value> receiver, int argc, v8::Local<v8::Value> argv[]);
  // The arguments of a function, behind `first` when there is one. Calls `use` with them when all could be read.
  template <typename Use>
  void WithArguments(v8::Local<v8::Value> first, int argc, sqlite3_value** values, Integers integers, const Use& use) {
    if (failed()) return;
    std::vector<v8::Local<v8::Value>> list;
    list.reserve(argc + 1);
    if (!first.IsEmpty()) list.push_back(first);
    v8::TryCatch guard(env()->isolate());
    for (int i = 0; i < argc; i++) {
      v8::Local<v8::Value> value;
      if (!ToValue(env(), Argument{values[i]}, integers).ToLocal(&value)) return KeepException(&guard);
      list.push_back(value);
    }
    use(static_cast<int>(list.size()), list.data());
  }
  bool failed() const { return terminated_ || !exception_.IsEmpty(); }
  // What a callback throws by itself.
  void Fail(v8::Local<v8::Value> exception) { exception_.Reset(env()->isolate(), exception); }

 private:
  static constexpr int kAuthorizerField = 1, kLimitsField = 2;

  int OpenEmbedded();
  int Configure();
  void CloseConnection();
  void FinalizeStatements();
  bool RequireIdle();
  void KeepException(v8::TryCatch* guard);
  static int Authorize(void* self, int action, const char* first, const char* second, const char* third, const char* fourth);

  OpenOptions options_;
  std::string embedded_path_;  // Of a database that is packed in.
  sqlite3* connection_ = nullptr;
  bool extensions_enabled_ = false;
  bool authorizing_ = false;
  bool terminated_ = false;
  int running_ = 0;
  int backups_ = 0;
  v8::Global<v8::Value> exception_;
  std::set<Statement*> statements_;
  std::set<Session*> sessions_;
};

// An object whose properties are sqlite3_limit()'s.
v8::MaybeLocal<v8::Object> NewLimits(Environment* env, Database* database);
void AppendLimitReferences(std::vector<intptr_t>* list);

// backup(database, path, options) → a promise of the number of pages.
void Backup(const CallInfo& info);

}  // namespace dv8::node::sqlite
