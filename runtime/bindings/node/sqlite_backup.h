// One copy that sqlite.backup() makes: steps in the pool, and what the program hears of them on the isolate's thread.
#pragma once

#include "runtime/bindings/node/sqlite_database.h"

namespace dv8::node::sqlite {

class BackupJob final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(BackupJob, NativeObject)
  static constexpr const char* kClassName = "BackupJob";
  static constexpr int kFields = 2;

  BackupJob(v8::Local<v8::Object> object, Database* source, v8::Local<v8::Promise::Resolver> resolver, v8::Local<v8::Function> progress,
            int pages);
  ~BackupJob() override;
  void Start(const std::string& source_name, const std::string& target_path, const std::string& target_name);
  void CloseNow() override {
    if (is_queued_) uv_cancel(reinterpret_cast<uv_req_t*>(&work_));
  }

 private:
  static constexpr int kSourceField = 1;
  void Queue();
  void Work() { code_ = sqlite3_backup_step(backup_, pages_); }
  void AfterWork(int status);
  void Continue();
  void Reject(v8::Local<v8::Value> error);
  // No more steps: the object is the collector's from here on.
  void End();
  void CloseFiles();
  void OnCollected() override {
    if (!is_queued_) delete this;
  }

  Database* source_;  // Its object is in the field.
  int pages_;
  int code_ = SQLITE_OK;
  sqlite3* target_ = nullptr;
  sqlite3_backup* backup_ = nullptr;
  bool is_queued_ = false;
  v8::Global<v8::Promise::Resolver> resolver_;
  v8::Global<v8::Function> progress_;
  uv_work_t work_;
};

}  // namespace dv8::node::sqlite
