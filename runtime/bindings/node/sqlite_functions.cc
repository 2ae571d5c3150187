// What SQLite calls of the program's: functions, aggregates and the authorizer.
#include <algorithm>

#include "runtime/bindings/node/sqlite_database.h"

namespace dv8::node::sqlite {
namespace {

constexpr char kThrown[] = "";  // The text of an error that Database::Check() replaces.

class ScalarFunction {
 public:
  ScalarFunction(Database* database, v8::Local<v8::Function> function, Integers integers)
      : database_(database), integers_(integers), function_(database->env()->isolate(), function) {}

  static void Invoke(sqlite3_context* call, int argc, sqlite3_value** values) {
    const auto* self = static_cast<ScalarFunction*>(sqlite3_user_data(call));
    v8::Isolate* isolate = self->database_->env()->isolate();
    const v8::HandleScope scope(isolate);
    v8::MaybeLocal<v8::Value> answer;
    self->database_->WithArguments({}, argc, values, self->integers_, [&](int count, v8::Local<v8::Value>* list) {
      answer = self->database_->Call(self->function_.Get(isolate), v8::Undefined(isolate), count, list);
    });
    v8::Local<v8::Value> result;
    if (!answer.ToLocal(&result)) return sqlite3_result_error(call, kThrown, 0);
    SetResult(isolate, call, result);
  }
  static void Destroy(void* self) { delete static_cast<ScalarFunction*>(self); }

 private:
  Database* database_;
  Integers integers_;
  v8::Global<v8::Function> function_;
};

struct AggregateFunctions {
  v8::Local<v8::Value> start;
  v8::Local<v8::Function> step, inverse, result;
};

class AggregateFunction {
 public:
  AggregateFunction(Database* database, const AggregateFunctions& functions, Integers integers) : database_(database), integers_(integers) {
    v8::Isolate* isolate = database->env()->isolate();
    start_.Reset(isolate, functions.start);
    step_.Reset(isolate, functions.step);
    inverse_.Reset(isolate, functions.inverse);
    result_.Reset(isolate, functions.result);
  }

  static void Step(sqlite3_context* call, int argc, sqlite3_value** values) {
    Of(call)->Advance(call, argc, values, &AggregateFunction::step_);
  }
  static void Inverse(sqlite3_context* call, int argc, sqlite3_value** values) {
    Of(call)->Advance(call, argc, values, &AggregateFunction::inverse_);
  }
  static void Value(sqlite3_context* call) {
    AggregateFunction* self = Of(call);
    const v8::HandleScope scope(self->database_->env()->isolate());
    State* state = self->StateOf(call);
    if (state == nullptr) return;
    state->is_window = true;
    self->GiveResult(call, *state);
  }
  static void Final(sqlite3_context* call) {
    AggregateFunction* self = Of(call);
    const v8::HandleScope scope(self->database_->env()->isolate());
    // Of a window, Value() has given all results.
    if (State* state = self->StateOf(call); state != nullptr && !state->is_window) self->GiveResult(call, *state);
    if (auto** slot = static_cast<State**>(sqlite3_aggregate_context(call, 0))) {
      delete *slot;
      *slot = nullptr;
    }
  }
  static void Destroy(void* self) { delete static_cast<AggregateFunction*>(self); }

 private:
  struct State {
    v8::Global<v8::Value> value;
    bool is_window = false;
  };

  static AggregateFunction* Of(sqlite3_context* call) { return static_cast<AggregateFunction*>(sqlite3_user_data(call)); }

  // What one use of the aggregate has so far. Null after a failure, which is the call's result then.
  State* StateOf(sqlite3_context* call) {
    auto** slot = static_cast<State**>(sqlite3_aggregate_context(call, sizeof(State*)));
    if (slot == nullptr) {
      sqlite3_result_error_nomem(call);
      return nullptr;
    }
    if (*slot != nullptr) return *slot;
    v8::Isolate* isolate = database_->env()->isolate();
    v8::Local<v8::Value> start = start_.Get(isolate);
    if (start->IsFunction() && !database_->Call(start.As<v8::Function>(), v8::Null(isolate), 0, nullptr).ToLocal(&start)) {
      sqlite3_result_error(call, kThrown, 0);
      return nullptr;
    }
    *slot = new State{v8::Global<v8::Value>(isolate, start)};
    return *slot;
  }

  void Advance(sqlite3_context* call, int argc, sqlite3_value** values, v8::Global<v8::Function> AggregateFunction::* function) {
    v8::Isolate* isolate = database_->env()->isolate();
    const v8::HandleScope scope(isolate);
    State* state = StateOf(call);
    if (state == nullptr) return;
    v8::MaybeLocal<v8::Value> answer;
    database_->WithArguments(state->value.Get(isolate), argc, values, integers_, [&](int count, v8::Local<v8::Value>* list) {
      answer = database_->Call((this->*function).Get(isolate), v8::Undefined(isolate), count, list);
    });
    v8::Local<v8::Value> value;
    if (!answer.ToLocal(&value)) return sqlite3_result_error(call, kThrown, 0);
    state->value.Reset(isolate, value);
  }

  void GiveResult(sqlite3_context* call, const State& state) {
    v8::Isolate* isolate = database_->env()->isolate();
    v8::Local<v8::Value> value = state.value.Get(isolate);
    if (!result_.IsEmpty() && !database_->Call(result_.Get(isolate), v8::Null(isolate), 1, &value).ToLocal(&value)) {
      return sqlite3_result_error(call, kThrown, 0);
    }
    SetResult(isolate, call, value);
  }

  Database* database_;
  Integers integers_;
  v8::Global<v8::Value> start_;
  v8::Global<v8::Function> step_, inverse_, result_;
};

// The number of parameters that a function says it has. False with an exception.
bool ReadLength(Environment* env, v8::Local<v8::Function> function, int* length) {
  v8::Local<v8::Value> value;
  if (!function->Get(env->context(), Internalized(env->isolate(), "length")).ToLocal(&value)) return false;
  *length = value->IsInt32() ? value.As<v8::Int32>()->Value() : 0;
  return true;
}

Integers IntegersOf(bool big_ints) { return big_ints ? Integers::kBigInts : Integers::kNumbers; }

}  // namespace

// function(name, [options], function)
void Database::CustomFunction(const CallInfo& info) {
  if (!RequireOpen()) return;
  v8::Isolate* isolate = env()->isolate();
  if (!info[0]->IsString()) return ThrowArgumentType(isolate, "The \"name\" argument must be a string.");
  bool big_ints = false, varargs = false, deterministic = false, direct_only = false;
  const bool has_options = info.Length() >= 3;
  if (has_options) {
    if (!info[1]->IsObject()) return ThrowArgumentType(isolate, "The \"options\" argument must be an object.");
    const bool ok = Options(env(), info[1])
                        .Read("useBigIntArguments", &big_ints)
                        .Read("varargs", &varargs)
                        .Read("deterministic", &deterministic)
                        .Read("directOnly", &direct_only)
                        .ok();
    if (!ok) return;
  }
  const v8::Local<v8::Value> given = info[has_options ? 2 : 1];
  if (!given->IsFunction()) return ThrowArgumentType(isolate, "The \"function\" argument must be a function.");
  v8::Local<v8::Function> function = given.As<v8::Function>();
  int count = -1;
  if ((!varargs && !ReadLength(env(), function, &count)) || !RequireOpen()) return;
  const Utf8 name(isolate, info[0]);
  Check(sqlite3_create_function_v2(
      connection_, name.c_str(), count, SQLITE_UTF8 | (deterministic ? SQLITE_DETERMINISTIC : 0) | (direct_only ? SQLITE_DIRECTONLY : 0),
      new ScalarFunction(this, function, IntegersOf(big_ints)), ScalarFunction::Invoke, nullptr, nullptr, ScalarFunction::Destroy));
}

// aggregate(name, { start, step, result, inverse, useBigIntArguments, varargs, directOnly })
void Database::Aggregate(const CallInfo& info) {
  if (!RequireOpen()) return;
  v8::Isolate* isolate = env()->isolate();
  if (!info[0]->IsString()) return ThrowArgumentType(isolate, "The \"name\" argument must be a string.");
  if (!info[1]->IsObject()) return ThrowArgumentType(isolate, "The \"options\" argument must be an object.");
  AggregateFunctions functions;
  v8::Local<v8::Value> result;
  bool big_ints = false, varargs = false, direct_only = false;
  Options options(env(), info[1]);
  options.Read("start", &functions.start);
  if (options.ok() && functions.start->IsUndefined()) options.FailType("start", "a function or a primitive value");
  options.Read("step", &functions.step);
  if (options.ok() && functions.step.IsEmpty()) options.FailType("step", "a function");
  options.Read("result", &result)
      .Read("useBigIntArguments", &big_ints)
      .Read("varargs", &varargs)
      .Read("directOnly", &direct_only)
      .Read("inverse", &functions.inverse);
  if (!options.ok()) return;
  if (result->IsFunction()) functions.result = result.As<v8::Function>();
  int count = -1;
  if (!varargs) {
    // The first parameter is what the aggregate has so far.
    int inverse_length = 0;
    if (!ReadLength(env(), functions.step, &count)) return;
    if (!functions.inverse.IsEmpty() && !ReadLength(env(), functions.inverse, &inverse_length)) return;
    count = std::max({count - 1, inverse_length - 1, 0});
  }
  if (!RequireOpen()) return;
  const bool is_window = !functions.inverse.IsEmpty();
  const Utf8 name(isolate, info[0]);
  Check(sqlite3_create_window_function(connection_, name.c_str(), count, SQLITE_UTF8 | (direct_only ? SQLITE_DIRECTONLY : 0),
                                       new AggregateFunction(this, functions, IntegersOf(big_ints)), AggregateFunction::Step,
                                       AggregateFunction::Final, is_window ? AggregateFunction::Value : nullptr,
                                       is_window ? AggregateFunction::Inverse : nullptr, AggregateFunction::Destroy));
}

void Database::SetAuthorizer(const CallInfo& info) {
  if (!RequireOpen()) return;
  if (!info[0]->IsNull() && !info[0]->IsFunction()) {
    return ThrowArgumentType(env()->isolate(), "The \"callback\" argument must be a function or null.");
  }
  object()->SetInternalField(kAuthorizerField, info[0]);
  Check(sqlite3_set_authorizer(connection_, info[0]->IsNull() ? nullptr : Authorize, this));
}

int Database::Authorize(void* self, int action, const char* first, const char* second, const char* third, const char* fourth) {
  auto* database = static_cast<Database*>(self);
  v8::Isolate* isolate = database->env()->isolate();
  const v8::HandleScope scope(isolate);
  v8::Local<v8::Value> function = database->object()->GetInternalField(kAuthorizerField).As<v8::Value>();
  if (!function->IsFunction()) return SQLITE_DENY;
  v8::Local<v8::Value> arguments[5] = {v8::Integer::New(isolate, action)};
  const char* texts[] = {first, second, third, fourth};
  for (size_t i = 0; i < std::size(texts); i++) {
    if (!TextOrNull(isolate, texts[i]).ToLocal(&arguments[i + 1])) return SQLITE_DENY;
  }
  database->authorizing_ = true;
  v8::Local<v8::Value> answer;
  const bool has_answer =
      database->Call(function.As<v8::Function>(), v8::Undefined(isolate), std::size(arguments), arguments).ToLocal(&answer);
  database->authorizing_ = false;
  if (!has_answer) return SQLITE_DENY;
  const int code = answer->IsInt32() ? answer.As<v8::Int32>()->Value() : -1;
  if (!answer->IsInt32()) {
    database->Fail(v8::Exception::TypeError(Internalized(isolate, "Authorizer callback must return an integer authorization code")));
    return SQLITE_DENY;
  }
  if (code == SQLITE_OK || code == SQLITE_DENY || code == SQLITE_IGNORE) return code;
  database->Fail(v8::Exception::RangeError(Internalized(isolate, "Authorizer callback returned a invalid authorization code")));
  return SQLITE_DENY;
}

}  // namespace dv8::node::sqlite
