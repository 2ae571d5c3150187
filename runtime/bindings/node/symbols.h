// The symbols that C++ and lib/ share: internalBinding('symbols').
#pragma once

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// The symbol of this description: "owner_symbol", "handle_onclose", "oninit", "messaging_transfer_symbol"...
v8::Local<v8::Symbol> SharedSymbol(Environment* env, const char* description);
// A private symbol of internalBinding('util').privateSymbols, by its name there: "transfer_mode_private_symbol".
v8::Local<v8::Private> PrivateSymbol(Environment* env, const char* name);

// All of them, by name: what util has as privateSymbols.
v8::Local<v8::Object> PrivateSymbols(Environment* env);

}  // namespace dv8::node
