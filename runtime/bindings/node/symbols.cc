// runtime/bindings/node/symbols.cc: internalBinding('symbols').
#include "runtime/bindings/node/symbols.h"

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr const char* kSymbols[] = {
    "fs_use_promises_symbol",
    "async_id_symbol",
    "constructor_key_symbol",
    "handle_onclose",
    "no_message_symbol",
    "messaging_deserialize_symbol",
    "imported_cjs_symbol",
    "messaging_transfer_symbol",
    "messaging_clone_symbol",
    "messaging_transfer_list_symbol",
    "oninit",
    "owner_symbol",
    "onpskexchange",
    "resource_symbol",
    "trigger_async_id_symbol",
    "builtin_source_text_module_hdo",
    "source_text_module_default_hdo",
    "vm_context_no_contextify",
    "vm_dynamic_import_default_internal",
    "vm_dynamic_import_main_context_default",
    "vm_dynamic_import_missing_flag",
    "vm_dynamic_import_no_callback",
};

constexpr const char* kPrivateSymbols[] = {
    "arrow_message_private_symbol",
    "contextify_context_private_symbol",
    "decorated_private_symbol",
    "empty_context_frame_sentinel_symbol",
    "transfer_mode_private_symbol",
    "host_defined_option_symbol",
    "js_transferable_wrapper_private_symbol",
    "entry_point_module_private_symbol",
    "entry_point_promise_private_symbol",
    "module_source_private_symbol",
    "module_export_names_private_symbol",
    "module_circular_visited_private_symbol",
    "module_export_private_symbol",
    "module_first_parent_private_symbol",
    "module_last_parent_private_symbol",
    "napi_type_tag",
    "napi_wrapper",
    "untransferable_object_private_symbol",
    "exit_info_private_symbol",
    "promise_trace_id",
    "source_map_data_private_symbol",
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  for (const char* description : kSymbols) {
    target->Set(env->context(), Internalized(isolate, description), SharedSymbol(env, description)).Check();
  }
}

}  // namespace

v8::Local<v8::Symbol> SharedSymbol(Environment* env, const char* description) {
  v8::Local<v8::Value> kept = env->Kept(description);
  if (kept->IsSymbol()) return kept.As<v8::Symbol>();
  v8::Local<v8::Symbol> symbol = v8::Symbol::New(env->isolate(), Internalized(env->isolate(), description));
  env->Keep(description, symbol);
  return symbol;
}

v8::Local<v8::Private> PrivateSymbol(Environment* env, const char* name) {
  v8::Local<v8::Object> all = PrivateSymbols(env);
  v8::Local<v8::Data> symbol = all->Get(env->context(), Internalized(env->isolate(), name)).ToLocalChecked();
  return symbol.As<v8::Private>();
}

v8::Local<v8::Object> PrivateSymbols(Environment* env) {
  constexpr const char* kName = "util.privateSymbols";
  v8::Local<v8::Value> kept = env->Kept(kName);
  if (kept->IsObject()) return kept.As<v8::Object>();
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::ObjectTemplate> symbols = v8::ObjectTemplate::New(isolate);
  for (const char* name : kPrivateSymbols) {
    symbols->Set(isolate, name, v8::Private::New(isolate, Internalized(isolate, name)));
  }
  v8::Local<v8::Object> object = symbols->NewInstance(env->context()).ToLocalChecked();
  env->Keep(kName, object);
  return object;
}

extern const BindingSpec kNodeSymbols;
constexpr BindingSpec kNodeSymbols{"symbols", {}, {}, {}, Init};

}  // namespace dv8::node
