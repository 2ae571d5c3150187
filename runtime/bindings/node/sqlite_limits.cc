// db.limits: properties of an object whose internal field has the database.
#include <cmath>
#include <limits>

#include "runtime/bindings/node/sqlite_database.h"

namespace dv8::node::sqlite {
namespace {

using v8::Intercepted;

// The first field stays undefined: the object is no NativeObject.
constexpr int kDatabaseField = 1;

const Limit* FindLimit(v8::Isolate* isolate, v8::Local<v8::Name> property) {
  if (!property->IsString()) return nullptr;
  const Utf8 name(isolate, property);
  for (const Limit& limit : kLimits) {
    if (name.view() == limit.name) return &limit;
  }
  return nullptr;
}

// Null, with an exception, when the database is not open.
template <typename Info>
Database* DatabaseOf(const Info& info) {
  auto* database = NativeObject::Cast<Database>(info.HolderV2()->GetInternalField(kDatabaseField).template As<v8::Value>());
  if (database != nullptr && database->is_open()) return database;
  ThrowState(info.GetIsolate(), "database is not open");
  return nullptr;
}

Intercepted Get(v8::Local<v8::Name> property, const v8::PropertyCallbackInfo<v8::Value>& info) {
  const Limit* limit = FindLimit(info.GetIsolate(), property);
  if (limit == nullptr) return Intercepted::kNo;
  if (Database* database = DatabaseOf(info)) info.GetReturnValue().Set(sqlite3_limit(database->connection(), limit->id, -1));
  return Intercepted::kYes;
}

Intercepted Set(v8::Local<v8::Name> property, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const Limit* limit = FindLimit(isolate, property);
  if (limit == nullptr) return Intercepted::kNo;
  Database* database = DatabaseOf(info);
  if (database == nullptr) return Intercepted::kYes;
  const double number = value->IsNumber() ? value.As<v8::Number>()->Value() : std::nan("");
  const bool is_unlimited = number == std::numeric_limits<double>::infinity();
  if (!is_unlimited && !value->IsInt32()) {
    ThrowArgumentType(isolate, "Limit value must be a non-negative integer or Infinity.");
  } else if (number < 0) {
    ThrowRange(isolate, "Limit value must be non-negative.");
  } else {
    sqlite3_limit(database->connection(), limit->id, is_unlimited ? std::numeric_limits<int>::max() : static_cast<int>(number));
  }
  return Intercepted::kYes;
}

Intercepted Query(v8::Local<v8::Name> property, const v8::PropertyCallbackInfo<v8::Integer>& info) {
  if (FindLimit(info.GetIsolate(), property) == nullptr) return Intercepted::kNo;
  info.GetReturnValue().Set(static_cast<int32_t>(v8::DontDelete));
  return Intercepted::kYes;
}

void Enumerate(const v8::PropertyCallbackInfo<v8::Array>& info) {
  v8::Local<v8::Value> names[std::size(kLimits)];
  for (size_t i = 0; i < std::size(kLimits); i++) names[i] = Internalized(info.GetIsolate(), kLimits[i].name);
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), names, std::size(names)));
}

}  // namespace

v8::MaybeLocal<v8::Object> NewLimits(Environment* env, Database* database) {
  v8::Local<v8::ObjectTemplate> shape = v8::ObjectTemplate::New(env->isolate());
  shape->SetInternalFieldCount(kDatabaseField + 1);
  shape->SetHandler(v8::NamedPropertyHandlerConfiguration(Get, Set, Query, nullptr, Enumerate, nullptr, nullptr, {},
                                                          v8::PropertyHandlerFlags::kHasNoSideEffect));
  v8::Local<v8::Object> limits;
  if (shape->NewInstance(env->context()).ToLocal(&limits)) limits->SetInternalField(kDatabaseField, database->object());
  return limits;
}

void AppendLimitReferences(std::vector<intptr_t>* list) {
  for (const auto address : {reinterpret_cast<intptr_t>(&Get), reinterpret_cast<intptr_t>(&Set), reinterpret_cast<intptr_t>(&Query),
                             reinterpret_cast<intptr_t>(&Enumerate)}) {
    list->push_back(address);
  }
}

}  // namespace dv8::node::sqlite
