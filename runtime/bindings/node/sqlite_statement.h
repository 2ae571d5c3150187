// internalBinding('sqlite').StatementSync and its iterators.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bindings/node/sqlite_database.h"

namespace dv8::node::sqlite {

class Statement final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Statement, NativeObject)
  static constexpr const char* kClassName = "StatementSync";
  static constexpr int kFields = 2;

  // Takes over `statement`. Null with an exception.
  static Statement* Make(Database* database, sqlite3_stmt* statement, const StatementOptions& options);
  ~Statement() override;

  void All(const CallInfo& info);
  void Get(const CallInfo& info);
  void Run(const CallInfo& info);
  void Iterate(const CallInfo& info);
  void Columns(const CallInfo& info);
  void SourceSql(const CallInfo& info);
  void ExpandedSql(const CallInfo& info);
  void SetReadBigInts(const CallInfo& info) { SetOption(info, "readBigInts", &StatementOptions::read_big_ints); }
  void SetReturnArrays(const CallInfo& info) { SetOption(info, "returnArrays", &StatementOptions::return_arrays); }
  void SetAllowBareNamedParameters(const CallInfo& info) {
    SetOption(info, "allowBareNamedParameters", &StatementOptions::allow_bare_names);
  }
  void SetAllowUnknownNamedParameters(const CallInfo& info) { SetOption(info, "enabled", &StatementOptions::allow_unknown_names); }

  // What is left to do once parameters are bound. Empty with an exception.
  v8::MaybeLocal<v8::Value> AllRows();
  v8::MaybeLocal<v8::Value> FirstRow();
  v8::MaybeLocal<v8::Value> RunResult();
  v8::MaybeLocal<v8::Value> NewIterator();

  // Ready for new parameters; false with an exception.
  bool Reset();
  // Parameter `index`, which counts from 1.
  bool BindValue(v8::Local<v8::Value> value, int index);
  // False, with an exception, when the database has been closed, or the statement runs, a function of which calls this.
  bool RequireIdle();
  bool is_finalized() const { return statement_ == nullptr; }
  sqlite3_stmt* statement() const { return statement_; }
  Database* database() const { return database_; }
  uint64_t generation() const { return generation_; }

  // One step; what it gave, after which Database::Check() is due.
  int Step();
  // The row that the statement is at.
  v8::MaybeLocal<v8::Value> Row();
  // Ends what the statement runs, so that no lock stays.
  void Rewind() { sqlite3_reset(statement_); }
  // Called by the database that closes.
  void Finalize();

 private:
  Statement(Database* database, v8::Local<v8::Object> object, sqlite3_stmt* statement, const StatementOptions& options);
  static constexpr int kDatabaseField = 1;

  bool Bind(const CallInfo& info);
  bool BindNames(v8::Local<v8::Object> values);
  bool CollectBareNames();
  int IndexOfName(const std::string& name) const;
  bool UpdateColumnNames();
  void SetOption(const CallInfo& info, const char* argument, bool StatementOptions::* option);
  bool RequireLive();
  Integers integers() const { return options_.read_big_ints ? Integers::kBigInts : Integers::kNumbers; }

  Database* database_;  // Null once finalized.
  sqlite3_stmt* statement_;
  StatementOptions options_;
  bool running_ = false;
  uint64_t generation_ = 0;  // Of resets: an iterator belongs to one.
  std::optional<std::map<std::string, std::string>> bare_names_;
  std::vector<v8::Global<v8::Name>> column_names_;
  int names_compilation_ = -1;  // How often SQLite had compiled the statement anew when the names were read.
};

class StatementIterator final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(StatementIterator, NativeObject)
  static constexpr const char* kClassName = "StatementSyncIterator";
  static constexpr int kFields = 2;
  static constexpr int kStatementField = 1;

  StatementIterator(Environment* env, v8::Local<v8::Object> object, Statement* statement);
  void Next(const CallInfo& info);
  void Return(const CallInfo& info);

 private:
  void Answer(const CallInfo& info, bool done, v8::Local<v8::Value> value);

  Statement* statement_;  // Lives: its object is in the field.
  uint64_t generation_;
  bool done_ = false;
};

}  // namespace dv8::node::sqlite
