// internalBinding('sqlite'): node:sqlite over SQLite. Its classes are in the files sqlite_*.
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/sqlite_backup.h"
#include "runtime/bindings/node/sqlite_session.h"
#include "runtime/bindings/node/sqlite_statement.h"
#include "runtime/bindings/node/sqlite_tag_store.h"

namespace dv8::node {
namespace {

using namespace sqlite;

constexpr char kDispose[] = "[Symbol.dispose]";  // What Init() makes a method of the symbol.

#define V(name) {#name, name}
constexpr ConstantSpec kConstants[] = {
    V(SQLITE_CHANGESET_OMIT),
    V(SQLITE_CHANGESET_REPLACE),
    V(SQLITE_CHANGESET_ABORT),
    V(SQLITE_CHANGESET_DATA),
    V(SQLITE_CHANGESET_NOTFOUND),
    V(SQLITE_CHANGESET_CONFLICT),
    V(SQLITE_CHANGESET_CONSTRAINT),
    V(SQLITE_CHANGESET_FOREIGN_KEY),
    V(SQLITE_OK),
    V(SQLITE_DENY),
    V(SQLITE_IGNORE),
    V(SQLITE_CREATE_INDEX),
    V(SQLITE_CREATE_TABLE),
    V(SQLITE_CREATE_TEMP_INDEX),
    V(SQLITE_CREATE_TEMP_TABLE),
    V(SQLITE_CREATE_TEMP_TRIGGER),
    V(SQLITE_CREATE_TEMP_VIEW),
    V(SQLITE_CREATE_TRIGGER),
    V(SQLITE_CREATE_VIEW),
    V(SQLITE_DELETE),
    V(SQLITE_DROP_INDEX),
    V(SQLITE_DROP_TABLE),
    V(SQLITE_DROP_TEMP_INDEX),
    V(SQLITE_DROP_TEMP_TABLE),
    V(SQLITE_DROP_TEMP_TRIGGER),
    V(SQLITE_DROP_TEMP_VIEW),
    V(SQLITE_DROP_TRIGGER),
    V(SQLITE_DROP_VIEW),
    V(SQLITE_INSERT),
    V(SQLITE_PRAGMA),
    V(SQLITE_READ),
    V(SQLITE_SELECT),
    V(SQLITE_TRANSACTION),
    V(SQLITE_UPDATE),
    V(SQLITE_ATTACH),
    V(SQLITE_DETACH),
    V(SQLITE_ALTER_TABLE),
    V(SQLITE_REINDEX),
    V(SQLITE_ANALYZE),
    V(SQLITE_CREATE_VTABLE),
    V(SQLITE_DROP_VTABLE),
    V(SQLITE_FUNCTION),
    V(SQLITE_SAVEPOINT),
    V(SQLITE_COPY),
    V(SQLITE_RECURSIVE),
};
#undef V

constexpr FunctionSpec kDatabaseMethods[] = {
    Method<&Database::Open>("open"),
    Method<&Database::Close>("close"),
    Method<&Database::Dispose>(kDispose),
    Method<&Database::Prepare>("prepare"),
    Method<&Database::Exec>("exec"),
    Method<&Database::CustomFunction>("function"),
    Method<&Database::CreateTagStore>("createTagStore"),
    Method<&Database::Location>("location"),
    Method<&Database::Aggregate>("aggregate"),
    Method<&Database::CreateSession>("createSession"),
    Method<&Database::ApplyChangeset>("applyChangeset"),
    Method<&Database::EnableLoadExtension>("enableLoadExtension"),
    Method<&Database::EnableDefensive>("enableDefensive"),
    Method<&Database::LoadExtension>("loadExtension"),
    Method<&Database::Serialize>("serialize"),
    Method<&Database::Deserialize>("deserialize"),
    Method<&Database::SetAuthorizer>("setAuthorizer"),
};
constexpr AccessorSpec kDatabaseProperties[] = {
    Getter<&Database::IsOpen>("isOpen"),
    Getter<&Database::IsTransaction>("isTransaction"),
    Getter<&Database::Limits>("limits"),
};
constexpr FunctionSpec kStatementMethods[] = {
    Method<&Statement::Iterate>("iterate"),
    Method<&Statement::All>("all"),
    Method<&Statement::Get>("get"),
    Method<&Statement::Run>("run"),
    Method<&Statement::Columns>("columns"),
    Method<&Statement::SetAllowBareNamedParameters>("setAllowBareNamedParameters"),
    Method<&Statement::SetAllowUnknownNamedParameters>("setAllowUnknownNamedParameters"),
    Method<&Statement::SetReadBigInts>("setReadBigInts"),
    Method<&Statement::SetReturnArrays>("setReturnArrays"),
};
constexpr AccessorSpec kStatementProperties[] = {
    Getter<&Statement::SourceSql>("sourceSQL"),
    Getter<&Statement::ExpandedSql>("expandedSQL"),
};
constexpr FunctionSpec kIteratorMethods[] = {
    Method<&StatementIterator::Next>("next"),
    Method<&StatementIterator::Return>("return"),
};
constexpr FunctionSpec kSessionMethods[] = {
    Method<&Session::Changeset>("changeset"),
    Method<&Session::Patchset>("patchset"),
    Method<&Session::Close>("close"),
    Method<&Session::Dispose>(kDispose),
};
constexpr FunctionSpec kTagStoreMethods[] = {
    Method<&TagStore::Get>("get"), Method<&TagStore::All>("all"),     Method<&TagStore::Iterate>("iterate"),
    Method<&TagStore::Run>("run"), Method<&TagStore::Clear>("clear"),
};
constexpr AccessorSpec kTagStoreProperties[] = {
    Getter<&TagStore::Capacity>("capacity"),
    Getter<&TagStore::DatabaseOf>("db"),
    Getter<&TagStore::Size>("size"),
};

constexpr ClassSpec kClasses[] = {
    {"DatabaseSync", Database::Construct, kDatabaseMethods, Database::kFields, kDatabaseProperties},
    {Statement::kClassName, ConstructInternally, kStatementMethods, Statement::kFields, kStatementProperties},
    {Session::kClassName, ConstructInternally, kSessionMethods, Session::kFields},
    {StatementIterator::kClassName, ConstructInternally, kIteratorMethods, StatementIterator::kFields},
    {TagStore::kClassName, ConstructInternally, kTagStoreMethods, TagStore::kFields, kTagStoreProperties},
    {BackupJob::kClassName, ConstructInternally, {}, BackupJob::kFields},
};

v8::Local<v8::Object> PrototypeOf(v8::Local<v8::Context> context, v8::Local<v8::Object> holder, const char* name) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Value> type = holder->Get(context, Internalized(isolate, name)).ToLocalChecked();
  return type.As<v8::Object>()->Get(context, Internalized(isolate, "prototype")).ToLocalChecked().As<v8::Object>();
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  for (const char* name : {"DatabaseSync", Session::kClassName}) {
    v8::Local<v8::Object> prototype = PrototypeOf(context, target, name);
    v8::Local<v8::String> key = Internalized(isolate, kDispose);
    v8::Local<v8::Value> dispose = prototype->Get(context, key).ToLocalChecked();
    prototype->Delete(context, key).Check();
    prototype->DefineOwnProperty(context, v8::Symbol::GetDispose(isolate), dispose, v8::DontEnum).Check();
  }
  PrototypeOf(context, target, StatementIterator::kClassName)
      ->SetPrototypeV2(context, PrototypeOf(context, context->Global(), "Iterator"))
      .Check();
  for (const ClassSpec& spec : std::span(kClasses).subspan(1)) KeepClass(env, target, spec.name);
  for (const char* hidden : {StatementIterator::kClassName, TagStore::kClassName, BackupJob::kClassName}) {
    target->Delete(context, Internalized(isolate, hidden)).Check();
  }
  v8::Local<v8::Object> constants = v8::Object::New(isolate);
  DefineConstants(context, constants, kConstants);
  target->Set(context, Internalized(isolate, "constants"), constants).Check();
  v8::Local<v8::Function> backup = v8::Function::New(context, Backup, {}, 2, v8::ConstructorBehavior::kThrow).ToLocalChecked();
  backup->SetName(Internalized(isolate, "backup"));
  target->Set(context, Internalized(isolate, "backup"), backup).Check();
}

void AppendReferences(std::vector<intptr_t>* list) {
  list->push_back(reinterpret_cast<intptr_t>(&Backup));
  AppendLimitReferences(list);
}

}  // namespace

extern const BindingSpec kNodeSqlite;
constexpr BindingSpec kNodeSqlite{"sqlite", {}, {}, kClasses, Init, AppendReferences};

}  // namespace dv8::node
