// sqlite.backup(): copies a database page by page, in the pool.
#include "runtime/bindings/node/sqlite_backup.h"

namespace dv8::node::sqlite {

BackupJob::BackupJob(v8::Local<v8::Object> object, Database* source, v8::Local<v8::Promise::Resolver> resolver,
                     v8::Local<v8::Function> progress, int pages)
    : NativeObject(source->env(), object), source_(source), pages_(pages) {
  object->SetInternalField(kSourceField, source->object());
  resolver_.Reset(env()->isolate(), resolver);
  progress_.Reset(env()->isolate(), progress);
  work_.data = this;
}

BackupJob::~BackupJob() { CloseFiles(); }

void BackupJob::CloseFiles() {
  if (backup_ != nullptr) sqlite3_backup_finish(backup_);
  backup_ = nullptr;
  if (target_ != nullptr) sqlite3_close_v2(target_);
  target_ = nullptr;
}

void BackupJob::Start(const std::string& source_name, const std::string& target_path, const std::string& target_name) {
  MakeStrong();
  source_->BeginBackup();
  code_ = sqlite3_open_v2(target_path.c_str(), &target_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nullptr);
  if (code_ == SQLITE_OK) backup_ = sqlite3_backup_init(target_, target_name.c_str(), source_->connection(), source_name.c_str());
  if (backup_ == nullptr) return Reject(SqliteError(env()->isolate(), target_));
  Queue();
}

void BackupJob::Queue() {
  is_queued_ = true;
  uv_queue_work(
      env()->loop(), &work_, [](uv_work_t* work) { static_cast<BackupJob*>(work->data)->Work(); },
      [](uv_work_t* work, int status) { static_cast<BackupJob*>(work->data)->AfterWork(status); });
}

void BackupJob::AfterWork(int status) {
  is_queued_ = false;
  v8::Isolate* isolate = env()->isolate();
  const v8::HandleScope scope(isolate);
  const v8::Context::Scope context_scope(env()->context());
  if (status == UV_ECANCELED || env()->stopping()) return End();
  env()->BeginCallback();
  Continue();
  env()->EndCallback(false);
}

// After each step: tells of it, and takes the next one.
void BackupJob::Continue() {
  v8::Isolate* isolate = env()->isolate();
  if (code_ != SQLITE_OK && code_ != SQLITE_DONE && code_ != SQLITE_BUSY && code_ != SQLITE_LOCKED) {
    return Reject(SqliteError(isolate, code_));
  }
  const int total = sqlite3_backup_pagecount(backup_);
  const int remaining = sqlite3_backup_remaining(backup_);
  if (remaining == 0) {
    if (code_ != SQLITE_DONE) return Reject(SqliteError(isolate, target_));
    v8::Local<v8::Promise::Resolver> resolver = resolver_.Get(isolate);
    End();
    (void)resolver->Resolve(env()->context(), v8::Integer::New(isolate, total));
    return;
  }
  if (!progress_.IsEmpty()) {
    v8::Local<v8::Object> state = v8::Object::New(isolate);
    const std::pair<const char*, int> counts[] = {{"totalPages", total}, {"remainingPages", remaining}};
    for (const auto& [name, count] : counts) {
      state->CreateDataProperty(env()->context(), Internalized(isolate, name), v8::Integer::New(isolate, count)).Check();
    }
    v8::Local<v8::Value> argument = state;
    v8::TryCatch guard(isolate);
    (void)progress_.Get(isolate)->Call(env()->context(), v8::Null(isolate), 1, &argument);
    if (guard.HasTerminated()) {
      guard.ReThrow();
      return End();
    }
    if (guard.HasCaught()) return Reject(guard.Exception());
  }
  Queue();
}

void BackupJob::Reject(v8::Local<v8::Value> error) {
  v8::Local<v8::Promise::Resolver> resolver = resolver_.Get(env()->isolate());
  End();
  (void)resolver->Reject(env()->context(), error);
}

void BackupJob::End() {
  CloseFiles();
  source_->EndBackup();
  resolver_.Reset();
  progress_.Reset();
  MakeWeak();
}

void Backup(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = env->isolate();
  auto* source = NativeObject::Cast<Database>(info[0]);
  if (source == nullptr) return ThrowArgumentType(isolate, "The \"sourceDb\" argument must be an object.");
  if (!source->RequireOpen()) return;
  std::string target, source_name = "main", target_name = "main";
  int rate = 100;
  v8::Local<v8::Function> progress;
  if (!ReadDatabasePath(env, info[1], &target)) return;
  if (info.Length() > 2) {
    if (!info[2]->IsObject()) return ThrowArgumentType(isolate, "The \"options\" argument must be an object.");
    Options options(env, info[2]);
    if (options.Read("rate", &rate).ok() && rate <= 0) {
      return ThrowRange(isolate, "The \"options.rate\" argument must be a positive integer.");
    }
    if (!options.Read("source", &source_name).Read("target", &target_name).Read("progress", &progress).ok()) return;
  }
  v8::Local<v8::Promise::Resolver> resolver;
  v8::Local<v8::Object> object;
  if (!source->RequireOpen() || !OpenLoop(info) || !v8::Promise::Resolver::New(env->context()).ToLocal(&resolver) ||
      !NewInstanceOf(env, BackupJob::kClassName).ToLocal(&object)) {
    return;
  }
  info.GetReturnValue().Set(resolver->GetPromise());
  (new BackupJob(object, source, resolver, progress, rate))->Start(source_name, target, target_name);
}

}  // namespace dv8::node::sqlite
