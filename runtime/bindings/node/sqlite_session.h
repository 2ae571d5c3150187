// internalBinding('sqlite').Session: what changes in a database, recorded.
#pragma once

#include "runtime/bindings/node/sqlite_database.h"

namespace dv8::node::sqlite {

class Session final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Session, NativeObject)
  static constexpr const char* kClassName = "Session";
  static constexpr int kFields = 2;

  Session(Database* database, v8::Local<v8::Object> object, sqlite3_session* session);
  ~Session() override;

  void Changeset(const CallInfo& info) { Record(info, sqlite3session_changeset); }
  void Patchset(const CallInfo& info) { Record(info, sqlite3session_patchset); }
  void Close();
  void Dispose();
  // Called by the database that closes.
  void Delete();

 private:
  static constexpr int kDatabaseField = 1;
  bool RequireOpen();
  void Record(const CallInfo& info, int (*make)(sqlite3_session*, int*, void**));

  Database* database_;  // Null once the database has been closed.
  sqlite3_session* session_;
  bool recording_ = false;
};

}  // namespace dv8::node::sqlite
